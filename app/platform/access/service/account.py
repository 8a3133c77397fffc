"""What everybody may do with his own account."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import NotAuthenticated, NotPermitted
from app.platform.access import links
from app.platform.access.models import User
from app.platform.access.service import guards, people, sessions
from app.platform.db import locks, note, session


def _own(actor: Actor) -> User:
    if actor.user_id is None:
        raise NotPermitted
    return locks.lock(User, actor.user_id)


def change_password(actor: Actor, *, password_hash: str, access_version: int, agent: str | None = None) -> str:
    """Set one's own password; every session ends, and the id of a new one for this browser is given back.

    password_hash: made outside the unit of work from a password that was checked.
    access_version: of the moment the old password was checked; has it moved since, the check is worth nothing.
    Raises: NotPermitted, NotAuthenticated.
    """
    user = _own(actor)
    if user.access_version != access_version:
        raise NotAuthenticated
    user.password_hash = password_hash
    user.must_change_password = False
    user.access_version += 1
    _revoke_links(user)
    note("password.changed", subject=(User.__tablename__, user.id))
    session.flush()
    return sessions.begin(user, address=actor.address, agent=agent)


def _revoke_links(user: User) -> None:
    for purpose in (links.PASSWORD, links.RESET):
        links.revoke_links(purpose, User.__tablename__, user.id)


def accept_invitation(actor: Actor, *, link_id: int, purpose: str, password_hash: str) -> User:
    """Set the password of the person the link was made for; the link and all sessions are dead afterwards.

    Raises: LinkInvalid when the link was used, revoked or overtaken by another change of password.
    """
    link = links.use_link(link_id, purpose)
    user = locks.lock(User, link.row_id)
    if not user.is_active or (link.facts or {}).get("access_version") != user.access_version:
        raise links.LinkInvalid
    user.password_hash = password_hash
    user.must_change_password = False
    guards.end_access_of([user.id])
    _revoke_links(user)
    note("password.changed", subject=(User.__tablename__, user.id))
    session.refresh(user)
    return user


def set_preferences(actor: Actor, *, language: str | None, timezone: str | None, theme: str | None) -> User:
    """Language, time zone and theme of one's own screens; None follows browser, house and system.

    Raises: NotPermitted, InvalidInput.
    """
    made = people.checked({"language": language, "timezone": timezone, "theme": theme})
    user = _own(actor)
    for name, value in made.items():
        setattr(user, name, value)
    session.flush()
    return user


def end_own_sessions(actor: Actor, *, keep: int | None = None) -> int:
    """End all of one's sessions but ``keep``; how many."""
    return sessions.end_sessions_of(actor, user_id=_own(actor).id, keep=keep)


def has_people() -> bool:
    """Whether anybody can sign in at all (the first admin is made by a command, once)."""
    return session.scalar(sa.select(User.id).limit(1)) is not None
