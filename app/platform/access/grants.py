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

# Asked with every request, so made once, and without the ORM: nothing of it is an object of the session.
_role, _grant, _field = UserRole.__table__, RoleGrant.__table__, RoleField.__table__
_department, _member = Department.__table__, UserDepartment.__table__
_roles = sa.select(_role.c.role_id).where(_role.c.user_id == sa.bindparam("user_id"))
_GRANTS = sa.select(_grant.c.permission, _grant.c.row_scope).where(_grant.c.role_id.in_(_roles))
_FIELDS = sa.select(_field.c.table_name, _field.c.field_name, _field.c.may_read, _field.c.may_write).where(
    _field.c.role_id.in_(_roles)
)
_DEPARTMENTS = (
    sa.select(_department.c.id, _department.c.code, _member.c.is_head)
    .join_from(_department, _member, _member.c.department_id == _department.c.id)
    .where(_member.c.user_id == sa.bindparam("user_id"), _department.c.is_active)
)


def actor_for(user: User, *, surface: str, **context: Any) -> Actor:
    """The person as an actor, with the union of what the roles grant. Reads inside whatever transaction is open.

    context: request_id, address, language, timezone, reason.
    """
    permissions, fields = rights_of(user.id)
    rows = session().connection().execute(_DEPARTMENTS, {"user_id": user.id}).all()
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
    connection = session().connection()
    scopes: dict[str, set[str]] = defaultdict(set)
    for code, row_scope in connection.execute(_GRANTS, {"user_id": user_id}):
        if code in registry:
            scopes[code].add(row_scope)
    fields: dict[str, FieldRight] = {}
    for table, field, read, write in connection.execute(_FIELDS, {"user_id": user_id}):
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
