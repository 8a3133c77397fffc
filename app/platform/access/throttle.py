"""Guessing is slow: tries are counted in the database, per account and per source, before a password is looked at.

A try is written down first and forgiven when it succeeds, so that many at once count as many. Tries that are refused
for being too many are not counted: whoever waits gets in again, however long a stranger keeps knocking. Who comes from
an address from which this person has signed in lately is judged by that address alone: strangers cannot lock him out.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import TooManyRequests
from app.platform.access.models import FailedLogin, LoginSession, User
from app.platform.db import is_sqlite, session

WINDOW = timedelta(minutes=15)
#: wrong passwords for one account from one address within the window
TRIES = 8
#: for one account from everywhere, for whom the address is new
TRIES_ANYWHERE = 24
#: for all accounts from one address (an office behind one address has many people)
TRIES_ADDRESS = 60
FAMILIAR = timedelta(days=30)
KEPT = timedelta(days=1)
UNKNOWN = "?"


def _one_after_the_other(keys: Iterable[str]) -> None:
    """Queue the tries on the same account or from the same address (SQLite: the writer is alone anyway)."""
    if is_sqlite():
        return
    for key in sorted(keys):
        number = int.from_bytes(hashlib.sha256(f"sign-in {key}".encode()).digest()[:8], "big", signed=True)
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def source_of(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 network that one IPv6 line has all to itself."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


def _seconds_until_free(limit: int, *criteria: sa.ColumnElement[bool]) -> int:
    """0 while fewer than ``limit`` tries lie in the window, else when the oldest that counts leaves it."""
    now = clock.now()
    statement = (
        sa.select(FailedLogin.at)
        .where(FailedLogin.at > now - WINDOW, *criteria)
        .order_by(FailedLogin.at.desc())
        .offset(limit - 1)
        .limit(1)
    )
    oldest: datetime | None = session.scalar(statement)
    return 0 if oldest is None else max(1, int((oldest + WINDOW - now).total_seconds()) + 1)


def _is_familiar(login: str, address: str) -> bool:
    statement = (
        sa.select(LoginSession.id)
        .join(User, User.id == LoginSession.user_id)
        .where(User.login == login, LoginSession.address == address, LoginSession.created_at > clock.now() - FAMILIAR)
        .limit(1)
    )
    return session.scalar(statement) is not None


def _wait(login: str, address: str) -> int:
    here = _seconds_until_free(TRIES, FailedLogin.login == login, FailedLogin.address == address)
    source = _seconds_until_free(TRIES_ADDRESS, FailedLogin.address == address)
    return max(here, source)


def _wait_anywhere(login: str, address: str) -> int:
    anywhere = _seconds_until_free(TRIES_ANYWHERE, FailedLogin.login == login)
    return 0 if anywhere and _is_familiar(login, address) else anywhere


def claim_try(actor: Actor, *, login: str, address: str) -> int:
    """Count a try before the password is looked at; how many are left after this one.

    Raises: TooManyRequests with the seconds to wait, for the right password too.
    """
    source = source_of(address)
    _one_after_the_other({f"account {login}", f"address {source}"})
    seconds = max(_wait(login, source), _wait_anywhere(login, address))
    if seconds:
        raise TooManyRequests(seconds=seconds)
    old = clock.now() - KEPT
    session.execute(
        sa.delete(FailedLogin).where(
            sa.or_(FailedLogin.login == login, FailedLogin.address == source), FailedLogin.at < old
        )
    )
    session.execute(sa.insert(FailedLogin), {"login": login, "address": source, "at": clock.now()})
    return tries_left(login, source)


def claim_at(*, kind: str, address: str, most: int) -> None:
    """Count something that is no try of a password.  kind: with a blank in it, which no login has.

    Raises: TooManyRequests after ``most`` from one address within the window.
    """
    source = source_of(address)
    _one_after_the_other({f"address {source}"})
    criteria = (FailedLogin.login == kind, FailedLogin.address == source)
    if seconds := _seconds_until_free(most, *criteria):
        raise TooManyRequests(seconds=seconds)
    session.execute(sa.insert(FailedLogin), {"login": kind, "address": source, "at": clock.now()})


def tries_left(login: str, address: str) -> int:
    """How many wrong passwords this account still allows from this address."""
    count = sa.select(sa.func.count()).where(
        FailedLogin.login == login,
        FailedLogin.address == source_of(address),
        FailedLogin.at > clock.now() - WINDOW,
    )
    return max(0, TRIES - (session.scalar(count) or 0))


def forgive(login: str, address: str) -> None:
    """The password was right: the tries of this account from this address count no more."""
    session.execute(sa.delete(FailedLogin).where(FailedLogin.login == login, FailedLogin.address == source_of(address)))


def forget_old(actor: Actor) -> int:
    """Delete tries that count no more; how many.  For a periodic job."""
    gone = session.execute(sa.delete(FailedLogin).where(FailedLogin.at < clock.now() - KEPT).returning(FailedLogin.id))
    return len(gone.all())
