"""What every change of rights obeys: nobody raises himself, an admin is left, sessions of those concerned end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, RuleBroken
from app.kernel.text import N_
from app.platform.access.models import Role, RoleGrant, User, UserRole
from app.platform.access.permissions import Permission
from app.platform.access.policy import require
from app.platform.access.rights import ADMIN_RIGHTS
from app.platform.db import Base, Versioned, dml, locks, session

M = TypeVar("M", bound=Base)


class OwnRights(RuleBroken):
    """Somebody would give himself more."""

    code = "access.own_rights"
    default_message = N_("Nobody can extend his own rights. Ask another admin.")


class LastAdmin(RuleBroken):
    """Nobody would be left who may change rights."""

    code = "access.last_admin"
    default_message = N_("This is the last person who may manage roles. Make somebody else an admin first.")


def _roles_with(permission: str) -> sa.Select[int]:
    return sa.select(RoleGrant.role_id).where(RoleGrant.permission == permission, RoleGrant.row_scope == "all")


def lock_admin_roles() -> None:
    """Queue with everybody else who is about to take an admin away: each then counts after the other has finished."""
    locks.lock_all(Role, session.scalars(_roles_with(ADMIN_RIGHTS[0].code)).all())


def admin_ids() -> set[int]:
    """People who are active and hold every admin right."""
    statement = sa.select(User.id).where(User.is_active)
    for right in ADMIN_RIGHTS:
        holders = sa.select(UserRole.user_id).where(UserRole.role_id.in_(_roles_with(right.code)))
        statement = statement.where(User.id.in_(holders))
    return set(session.scalars(statement))


def keep_an_admin(before: set[int]) -> None:
    """Raises: LastAdmin when there was one before and none is left."""
    session.flush()
    if before and not admin_ids():
        raise LastAdmin


def locked(actor: Actor, permission: Permission, model: type[M], row_id: int) -> M:
    """The row, locked, if the actor's right reaches it.  Raises: NotPermitted, NotFound."""
    require(actor, permission)
    row = locks.lock(model, row_id)
    require(actor, permission, row)
    return row


def refuse_raising_oneself(actor: Actor, people: Iterable[int], *, adds: bool) -> None:
    """Raises: OwnRights."""
    if adds and actor.user_id is not None and actor.user_id in people:
        raise OwnRights


def end_access_of(user_ids: Iterable[int]) -> None:
    """Sessions of these people are dead from the next request on; they sign in again with their new rights."""
    ids = sorted(set(user_ids))
    if ids:
        session.flush()
        dml.update_where(User, User.id.in_(ids), values={"access_version": User.access_version + 1})


def people_with_role(role_id: int) -> list[int]:
    """Ids of everybody who holds a role."""
    return list(session.scalars(sa.select(UserRole.user_id).where(UserRole.role_id == role_id)))


def expect_version(row: Versioned, version: int | None, entered: Mapping[str, object]) -> None:
    """Raises: Conflict with both values of each field the other person changed. None: the caller saw no version."""
    if version is None or row.version == version:
        return
    raise Conflict(
        {name: (getattr(row, name), value) for name, value in entered.items() if getattr(row, name) != value}
    )
