"""A person's second factor: set up, proved at sign-in, given up; and taken away by an admin when the phone is lost."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, NotAuthenticated, NotPermitted, RuleBroken, WrongState
from app.kernel.text import N_
from app.platform.access import codes, throttle
from app.platform.access.models import LoginSession, RecoveryCode, Role, SecondFactor, User, UserRole
from app.platform.access.rights import Permissions
from app.platform.access.service import guards, sessions
from app.platform.access.tokens import digest
from app.platform.db import locks, note, session


class FactorRequired(RuleBroken):
    """A role of the person asks for a second factor."""

    code = "second_factor.required"
    default_message = N_("One of your roles requires a second factor. You can only replace it.")


class OwnFactor(NotPermitted):
    """Admins help others; their own factor needs a code like everybody's."""

    code = "second_factor.own"
    default_message = N_("Your own second factor is changed under My account, with a code.")


def throttle_key(user_id: int) -> str:
    """Under which wrong codes are counted; no login has a blank."""
    return f"code {user_id}"


def is_required() -> sa.ColumnElement[bool]:
    """For a statement over User: a role of the person requires a second factor."""
    return (
        sa.select(UserRole.id)
        .join(Role, Role.id == UserRole.role_id)
        .where(UserRole.user_id == User.id, Role.requires_second_factor)
        .exists()
    )


def is_set_up() -> sa.ColumnElement[bool]:
    """For a statement over User: the person proved a second factor."""
    return (
        sa.select(SecondFactor.id)
        .where(SecondFactor.user_id == User.id, SecondFactor.confirmed_at.is_not(None))
        .exists()
    )


def has_factor(user_id: int) -> bool:
    """Whether signing in asks for a code."""
    return bool(session.scalar(sa.select(is_set_up()).where(User.id == user_id)))


def factor_of(user_id: int) -> SecondFactor | None:
    """The person's factor, proved or only offered."""
    return session.scalars(sa.select(SecondFactor).where(SecondFactor.user_id == user_id)).first()


def codes_left(user_id: int) -> int:
    """How many recovery codes the person has not used."""
    left = sa.select(sa.func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return session.scalar(left) or 0


def _locked(user_id: int) -> SecondFactor:
    found = factor_of(user_id)
    if found is None:
        raise WrongState(state="none")
    return locks.lock(SecondFactor, found.id)


def _wrong_code() -> InvalidInput:
    return InvalidInput({"code": Message(N_("This code is wrong, or was used already. Wait for the next one."))})


def _take(user_id: int, code: str) -> None:
    """Use a code up: of the phone, or from the sheet of recovery codes.  Raises: InvalidInput, WrongState."""
    factor = _locked(user_id)
    if factor.confirmed_at is None:
        raise WrongState(state="none")
    step = codes.step_of(code, user_id=user_id, salt=factor.salt, after=factor.last_step)
    if step is not None:
        factor.last_step = step
        session.flush()
        return
    kept = session.scalars(
        sa.select(RecoveryCode).where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_hash == digest(codes.normal(code)),
            RecoveryCode.used_at.is_(None),
        )
    ).first()
    if kept is None:
        raise _wrong_code()
    kept.used_at = clock.now()
    session.flush()
    note("second_factor.recovery_code_used", subject=(User.__tablename__, user_id), left=codes_left(user_id))


def _forget(user_id: int) -> None:
    for row in session.scalars(sa.select(RecoveryCode).where(RecoveryCode.user_id == user_id)).all():
        session.delete(row)
    factor = factor_of(user_id)
    if factor is not None:
        session.delete(factor)
    session.flush()


def _new_codes(user_id: int) -> list[str]:
    for row in session.scalars(sa.select(RecoveryCode).where(RecoveryCode.user_id == user_id)).all():
        session.delete(row)
    made = codes.recovery_codes()
    session.add_all(RecoveryCode(user_id=user_id, code_hash=digest(codes.normal(code))) for code in made)
    session.flush()
    return made


def _own(actor: Actor) -> User:
    if actor.user_id is None:
        raise NotPermitted
    return locks.lock(User, actor.user_id)


def offer_factor(actor: Actor) -> None:
    """Begin to set a factor up; an older offer is replaced.  Raises: NotPermitted, WrongState (there is one)."""
    user = _own(actor)
    factor = factor_of(user.id)
    if factor is not None and factor.confirmed_at is not None:
        raise WrongState(state="confirmed")
    _forget(user.id)
    session.add(SecondFactor(user_id=user.id, salt=codes.new_salt()))
    session.flush()


def confirm_factor(actor: Actor, *, code: str, agent: str | None = None) -> tuple[str, list[str]]:
    """Prove that the phone makes the right codes; every session ends.

    Gives the id of a new session for this browser and the recovery codes, which are shown this once.
    Raises: NotPermitted, WrongState, InvalidInput at ``code``.
    """
    user = _own(actor)
    factor = _locked(user.id)
    if factor.confirmed_at is not None:
        raise WrongState(state="confirmed")
    step = codes.step_of(code, user_id=user.id, salt=factor.salt, after=factor.last_step)
    if step is None:
        raise _wrong_code()
    factor.confirmed_at, factor.last_step = clock.now(), step
    user.access_version += 1
    made = _new_codes(user.id)
    note("second_factor.set_up", subject=(User.__tablename__, user.id))
    return sessions.begin(user, address=actor.address, agent=agent), made


def renew_codes(actor: Actor, *, code: str) -> list[str]:
    """New recovery codes; the old ones are worth nothing.  Raises: NotPermitted, WrongState, InvalidInput."""
    user = _own(actor)
    _take(user.id, code)
    throttle.forgive(throttle_key(user.id), actor.address or "")
    note("second_factor.codes_renewed", subject=(User.__tablename__, user.id))
    return _new_codes(user.id)


def drop_own_factor(actor: Actor, *, code: str) -> None:
    """Do without a second factor again.  Raises: NotPermitted, WrongState, FactorRequired, InvalidInput."""
    user = _own(actor)
    if session.scalar(sa.select(is_required()).where(User.id == user.id)):
        raise FactorRequired
    _take(user.id, code)
    throttle.forgive(throttle_key(user.id), actor.address or "")
    _forget(user.id)
    note("second_factor.given_up", subject=(User.__tablename__, user.id))


def remove_factor(actor: Actor, *, user_id: int) -> User:
    """Take a person's factor away because the phone is lost; the person is signed out everywhere.

    Raises: NotPermitted, NotFound, OwnFactor, WrongState (there is none).
    """
    user = guards.locked(actor, Permissions.USER_FACTOR, User, user_id)
    if user.id == actor.user_id:
        raise OwnFactor
    if factor_of(user_id) is None:
        raise WrongState(state="none")
    _forget(user_id)
    note("second_factor.removed", subject=(User.__tablename__, user_id))
    guards.end_access_of([user_id])
    session.refresh(user)
    return user


def prove_code(actor: Actor, *, session_id: int, code: str, agent: str | None = None) -> str:
    """The second step of signing in: the waiting session ends and a full one begins; its id for the cookie.

    Raises: NotAuthenticated (too late, or access changed meanwhile), InvalidInput at ``code``.
    """
    waiting = locks.lock(LoginSession, session_id)
    user = locks.lock(User, waiting.user_id)
    is_good = waiting.awaits_code and waiting.ended_at is None and waiting.expires_at > clock.now()
    if not is_good or not user.is_active or waiting.access_version != user.access_version:
        raise NotAuthenticated
    _take(user.id, code)
    throttle.forgive(throttle_key(user.id), actor.address or "")
    waiting.ended_at = clock.now()
    session.flush()
    note("sign_in", subject=(User.__tablename__, user.id))
    return sessions.begin(user, address=actor.address, agent=agent)
