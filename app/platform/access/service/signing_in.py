"""The steps of signing in that touch the database; ``access.door`` puts them together around the hashing."""

from __future__ import annotations

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError
from app.kernel.text import N_
from app.platform.access import throttle
from app.platform.access.models import User
from app.platform.access.service import second_factor, sessions
from app.platform.db import locks, note, session


class WrongCredentials(HandoffError):
    """Unknown login, wrong password or closed access: all look the same."""

    code = "sign_in.wrong"
    status = 401
    default_message = N_("Login or password is wrong. %(left)s tries left, then a wait of %(minutes)s minutes.")


def record_failure(actor: Actor, *, user_id: int | None, left: int) -> None:
    """Write down a wrong password. What was typed as login is not kept: people type passwords there."""
    subject = (User.__tablename__, user_id) if user_id is not None else None
    note("sign_in.refused", subject=subject, left=left)


def begin_session(
    actor: Actor, *, user_id: int, access_version: int, address: str, agent: str | None, new_hash: str | None = None
) -> str:
    """Open a session for the person whose password was just found right; the random id for the cookie.

    With a second factor it only waits for the code: no way of signing in goes around this place.

    Raises: WrongCredentials when access was closed or the password changed in between.
    """
    user = locks.lock(User, user_id)
    if not user.is_active or user.access_version != access_version:
        raise WrongCredentials(left=0, minutes=_minutes())
    throttle.forgive(user.login, address)
    if new_hash is not None:
        user.password_hash = new_hash
    session.flush()
    awaits_code = second_factor.has_factor(user.id)
    note("sign_in.password" if awaits_code else "sign_in", subject=(User.__tablename__, user.id))
    return sessions.begin(user, address=address, agent=agent, awaits_code=awaits_code)


def _minutes() -> int:
    return int(throttle.WINDOW.total_seconds() // 60)


def wrong(left: int) -> WrongCredentials:
    """The refusal with the tries that are left."""
    return WrongCredentials(left=left, minutes=_minutes())


def record_refusal(
    actor: Actor, *, permission: str | None, subject: tuple[str, int] | None, address: str, method: str
) -> None:
    """Write down that somebody was refused, after everything else was rolled back.  address: path without its query."""
    note("refusal", subject=subject, permission=permission, path=address[:300], method=method)
