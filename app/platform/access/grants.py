"""Turn rows (roles, grants, departments) into a frozen Actor."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind, FieldRight
from app.platform.access.models import Department, Role, RoleField, RoleGrant, User, UserDepartment, UserRole
from app.platform.access.permissions import registry
from app.platform.access.policy import guarded_fields
from app.platform.db import session


def actor_for(user: User, *, surface: str, **context: Any) -> Actor:
    """The person as an actor, with the union of what the roles grant. Reads inside whatever transaction is open.

    context: request_id, address, language, timezone, reason.
    """
    permissions, fields = rights_of(user.id)
    rows = session.execute(
        sa.select(Department.id, Department.code, UserDepartment.is_head)
        .join(UserDepartment, UserDepartment.department_id == Department.id)
        .where(UserDepartment.user_id == user.id, Department.is_active)
    ).all()
    return Actor(
        name=user.name,
        kind=ActorKind.USER,
        user_id=user.id,
        permissions=permissions,
        field_rights=fields,
        department_ids=frozenset(row.id for row in rows),
        headed_department_ids=frozenset(row.id for row in rows if row.is_head),
        department_codes=frozenset(row.code for row in rows),
        surface=surface,
        **context,
    )


def rights_of(user_id: int) -> tuple[MappingProxyType[str, frozenset[str]], MappingProxyType[str, FieldRight]]:
    """Permission -> scopes and guarded field -> right over all roles of a person."""
    role_ids = sa.select(UserRole.role_id).where(UserRole.user_id == user_id)
    scopes: dict[str, set[str]] = defaultdict(set)
    grants = sa.select(RoleGrant.permission, RoleGrant.row_scope).where(RoleGrant.role_id.in_(role_ids))
    for code, row_scope in session.execute(grants):
        if code in registry:
            scopes[code].add(row_scope)
    fields: dict[str, FieldRight] = {}
    rights = sa.select(RoleField.table_name, RoleField.field_name, RoleField.may_read, RoleField.may_write)
    for table, field, read, write in session.execute(rights.where(RoleField.role_id.in_(role_ids))):
        before = fields.get(f"{table}.{field}", FieldRight())
        fields[f"{table}.{field}"] = FieldRight(before.read or read, before.write or write)
    return (
        MappingProxyType({code: frozenset(names) for code, names in scopes.items()}),
        MappingProxyType(fields),
    )


def everything(name: str, kind: ActorKind, surface: str, **context: Any) -> Actor:
    """An actor of the house itself (job, command line, import) with every right on all rows."""
    return Actor(
        name=name,
        kind=kind,
        permissions=MappingProxyType({code: frozenset({"all"}) for code, _ in registry}),
        field_rights=MappingProxyType({key: FieldRight(read=True, write=True) for key in guarded_fields()}),
        surface=surface,
        **context,
    )


def role_by_code(code: str) -> Role:
    """Raises: sqlalchemy.exc.NoResultFound."""
    return session.scalars(sa.select(Role).where(Role.code == code)).one()
