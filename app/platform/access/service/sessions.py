"""Signed-in browsers: opened at sign-in, dead at sign-out, change of rights or password, and after a time."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.text import clean
from app.platform.access.models import LoginSession, User
from app.platform.access.policy import require
from app.platform.access.rights import Permissions
from app.platform.access.tokens import SESSION_BYTES, digest, random_id
from app.platform.db import locks, note, session

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
#: between password and code
CODE_WAIT = timedelta(minutes=10)
TOUCH = timedelta(minutes=1)
#: how long ended sessions are kept for the list of addresses a person is known from
REMEMBERED = timedelta(days=30)


def begin(user: User, *, address: str | None, agent: str | None, awaits_code: bool = False) -> str:
    """A new session of ``user``; the random id for the cookie, which nobody can read from the row.

    awaits_code: it opens nothing but the page that asks for the code of the second factor.
    """
    token = random_id(SESSION_BYTES)
    now = clock.now()
    session.add(
        LoginSession(
            token_hash=digest(token),
            user_id=user.id,
            access_version=user.access_version,
            created_at=now,
            last_seen_at=now,
            expires_at=now + (CODE_WAIT if awaits_code else LONGEST),
            awaits_code=awaits_code,
            address=address,
            agent=clean(agent, 200) or None,
        )
    )
    session.flush()
    return token


def is_open() -> sa.ColumnElement[bool]:
    """Sessions that would be let in; the statement joins their User."""
    now = clock.now()
    return sa.and_(
        LoginSession.awaits_code.is_(False),
        LoginSession.ended_at.is_(None),
        LoginSession.expires_at > now,
        LoginSession.last_seen_at > now - IDLE,
        LoginSession.access_version == User.access_version,
        User.is_active,
    )


def touch(actor: Actor, *, session_id: int) -> None:
    """Note that the session is in use; the caller asks at most once a minute."""
    session.execute(
        sa.update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.last_seen_at < clock.now() - TOUCH)
        .values(last_seen_at=clock.now())
    )


def _end(*criteria: sa.ColumnElement[bool]) -> int:
    ended = session.execute(
        sa.update(LoginSession)
        .where(LoginSession.ended_at.is_(None), *criteria)
        .values(ended_at=clock.now())
        .returning(LoginSession.id)
    )
    return len(ended.all())


def end_session(actor: Actor, *, session_id: int) -> None:
    """End one session: one's own, or with the right anybody's.  Raises: NotPermitted, NotFound."""
    found = locks.get(LoginSession, session_id)
    if found.user_id != actor.user_id:
        require(actor, Permissions.SESSION_END, found)
    if _end(LoginSession.id == session_id):
        note("session.ended", subject=(User.__tablename__, found.user_id), session_id=session_id)


def end_sessions_of(actor: Actor, *, user_id: int, keep: int | None = None) -> int:
    """End all sessions of a person but ``keep``; how many.  Raises: NotPermitted, NotFound."""
    person = locks.get(User, user_id)
    if user_id != actor.user_id:
        require(actor, Permissions.SESSION_END, person)
    ended = _end(LoginSession.user_id == user_id, LoginSession.id != (keep or 0))
    if ended:
        note("session.ended", subject=(User.__tablename__, user_id), count=ended)
    return ended


def sign_out(actor: Actor, *, session_id: int) -> None:
    """The server forgets the browser; a copied cookie is worth nothing.  Raises: NotFound (not one's own)."""
    if not _end(LoginSession.id == session_id, LoginSession.user_id == actor.user_id):
        raise NotFound
    note("sign_out", subject=(User.__tablename__, actor.user_id or 0))


def forget_old(actor: Actor) -> int:
    """Delete sessions nobody needs any more; how many.  For a periodic job."""
    before = clock.now() - REMEMBERED
    gone = session.execute(sa.delete(LoginSession).where(LoginSession.expires_at < before).returning(LoginSession.id))
    return len(gone.all())
