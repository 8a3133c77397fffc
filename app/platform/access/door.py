"""Signing in and changing a password: hashing stands between two units of work, never inside one."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import InvalidInput, Message, NotAuthenticated, NotPermitted
from app.kernel.text import N_
from app.platform.access import links, passwords, throttle
from app.platform.access.grants import role_by_code
from app.platform.access.models import LoginSession, User
from app.platform.access.reading import house_reading
from app.platform.access.service import account, guards, people, second_factor, signing_in
from app.platform.access.tokens import digest
from app.platform.db import locks, run, session

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Visit:
    """Where a request comes from.  address: as the connection says, never as a header claims."""

    address: str
    agent: str | None = None
    request_id: str | None = None

    def actor(self, name: str = "sign-in", **more: Any) -> Actor:
        """Who acts while nobody is signed in."""
        return Actor(
            name=name, kind=ActorKind.SYSTEM, surface="web", request_id=self.request_id, address=self.address, **more
        )


def _read(*criteria: sa.ColumnElement[bool]) -> User | None:
    with house_reading():
        found = session.scalars(sa.select(User).where(*criteria)).first()
    session.expunge_all()
    session.rollback()
    return found


def _person(found: User, visit: Visit) -> Actor:
    return Actor(
        name=found.name, kind=ActorKind.USER, user_id=found.id, surface="web",
        request_id=visit.request_id, address=visit.address,
    )  # fmt: skip


def sign_in(login: str, password: str, *, visit: Visit) -> str:
    """The random id of a new session, for the cookie.

    Raises: TooManyRequests (before anything is hashed, the right password included), WrongCredentials.
    """
    key = people.login_key(login) or throttle.UNKNOWN
    door = visit.actor()
    left = run(throttle.claim_try, door, login=key, address=visit.address)
    found = _read(User.login == key)
    fits = passwords.matches(found.password_hash if found else None, password)
    if found is None or not fits or not found.is_active:
        run(signing_in.record_failure, door, user_id=found.id if found else None, left=left)
        raise signing_in.wrong(left)
    outdated = passwords.is_outdated(found.password_hash or "")
    return run(
        signing_in.begin_session,
        _person(found, visit),
        user_id=found.id,
        access_version=found.access_version,
        address=visit.address,
        agent=visit.agent,
        new_hash=passwords.hashed(password) if outdated else None,
    )


def sign_in_without_password(user_id: int, *, visit: Visit) -> str:
    """Walk in as a person of the demo. The caller has made sure that this house is a demo.  Raises: NotPermitted."""
    found = _read(User.id == user_id)
    if found is None or not found.is_active:
        raise NotPermitted
    return run(
        signing_in.begin_session,
        _person(found, visit),
        user_id=found.id,
        access_version=found.access_version,
        address=visit.address,
        agent=visit.agent,
    )


def awaits_code(token: str) -> bool:
    """Whether a session that was just opened waits for the code of the second factor."""
    with house_reading():
        found = session.scalar(sa.select(LoginSession.awaits_code).where(LoginSession.token_hash == digest(token)))
    session.rollback()
    return bool(found)


def _with_code(actor: Actor, user_id: int, visit: Visit, use_case: Callable[..., R], **values: Any) -> R:
    """A use case that takes a code: the try is counted first, and a wrong code stands in the log.

    Raises: TooManyRequests, and what the use case raises.
    """
    key = second_factor.throttle_key(user_id)
    left = run(throttle.claim_try, actor, login=key, address=visit.address)
    try:
        return run(use_case, actor, **values)
    except InvalidInput:
        run(signing_in.record_failure, actor, user_id=user_id, left=left)
        raise


def prove_code(session_id: int, user_id: int, code: str, *, visit: Visit) -> str:
    """The second step of signing in; the random id of the full session.

    Raises: TooManyRequests, NotAuthenticated (too late), InvalidInput at ``code``.
    """
    found = _read(User.id == user_id)
    if found is None:
        raise NotAuthenticated
    return _with_code(
        _person(found, visit), user_id, visit, second_factor.prove_code,
        session_id=session_id, code=code, agent=visit.agent,
    )  # fmt: skip


def renew_codes(actor: Actor, code: str, *, visit: Visit) -> list[str]:
    """New recovery codes.  Raises: TooManyRequests, InvalidInput at ``code``, WrongState."""
    return _with_code(actor, actor.user_id or 0, visit, second_factor.renew_codes, code=code)


def drop_factor(actor: Actor, code: str, *, visit: Visit) -> None:
    """Do without a second factor.  Raises: TooManyRequests, InvalidInput at ``code``, WrongState, FactorRequired."""
    _with_code(actor, actor.user_id or 0, visit, second_factor.drop_own_factor, code=code)


def change_password(actor: Actor, *, old: str, new: str, visit: Visit) -> str:
    """Set one's own password after proving the old one; the id of the new session for this browser.

    Raises: TooManyRequests, InvalidInput at ``old`` or ``new``, NotPermitted.
    """
    found = _read(User.id == (actor.user_id or 0))
    if found is None:
        raise NotPermitted
    left = run(throttle.claim_try, actor, login=found.login, address=visit.address)
    if not passwords.matches(found.password_hash, old):
        run(signing_in.record_failure, actor, user_id=found.id, left=left)
        raise InvalidInput({"old": Message(N_("This is not your password. %(left)s tries left."), left=left)})
    run(_forgive, actor, login=found.login, address=visit.address)
    passwords.require_good(new, (found.login, found.name), "new")
    if new == old:
        raise InvalidInput({"new": Message(N_("Choose another password than the old one."))})
    return run(
        account.change_password,
        actor,
        password_hash=passwords.hashed(new),
        access_version=found.access_version,
        agent=visit.agent,
    )


def _forgive(actor: Actor, *, login: str, address: str) -> None:
    throttle.forgive(login, address)


def accept_invitation(token: str, *, purpose: str, new: str, visit: Visit) -> None:
    """Choose a password with an invitation, or after forgetting the old one; the person then signs in with it.

    Raises: LinkInvalid, InvalidInput at ``new``.
    """
    link = links.open_link(token, purpose, address=visit.address)
    found = _read(User.id == link.row_id)
    if found is None:
        raise links.LinkInvalid
    passwords.require_good(new, (found.login, found.name), "new")
    run(
        account.accept_invitation,
        visit.actor(f"invitation of {found.name}"),
        link_id=link.link_id,
        purpose=purpose,
        password_hash=passwords.hashed(new),
    )


def make_first_admin(actor: Actor, *, login: str, name: str, password: str, role_code: str) -> User:
    """The first admin of a house that has none.  Raises: InvalidInput, NotPermitted (there is one)."""
    passwords.require_good(password, (login, name))
    return run(
        _first_admin, actor, login=login, name=name, password_hash=passwords.hashed(password), role_code=role_code
    )


def _first_admin(actor: Actor, *, login: str, name: str, password_hash: str, role_code: str) -> User:
    role = role_by_code(role_code)
    locks.lock_all(type(role), [role.id])
    if guards.admin_ids():
        raise NotPermitted(N_("This house has an admin already. Let him add people in the browser."))
    user = people.create_user(actor, login=login, name=name, password_hash=password_hash)
    return people.set_roles(actor, user_id=user.id, role_ids=[role.id])


def temporary_password() -> str:
    """A password nobody guesses, to be changed at first sign-in."""
    return secrets.token_urlsafe(12)


__all__ = [
    "Visit",
    "accept_invitation",
    "awaits_code",
    "change_password",
    "drop_factor",
    "make_first_admin",
    "prove_code",
    "renew_codes",
    "sign_in",
    "sign_in_without_password",
    "temporary_password",
]
