"""Roles: bundles of grants (permission and row scope) and of rights on guarded fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, RuleBroken
from app.kernel.text import N_, clean
from app.platform.access.models import Role, RoleField, RoleGrant
from app.platform.access.permissions import registry
from app.platform.access.policy import guarded_fields, require, scopes_of
from app.platform.access.rights import Permissions
from app.platform.access.service import guards
from app.platform.db import session

FieldChoice = Literal["read", "write"]
_code = re.compile(r"[a-z][a-z0-9_]{1,59}")


class RoleInUse(RuleBroken):
    """People still have the role."""

    code = "access.role_in_use"
    default_message = N_("%(count)s people have this role. Take it from them first.")


def _names(name_en: str, name_zh: str) -> tuple[str, str]:
    english, chinese = clean(name_en, 100), clean(name_zh, 100)
    if not (english or chinese):
        raise InvalidInput({"name_en": Message(N_("Enter the name."))})
    return english or chinese, chinese or english


def create_role(actor: Actor, *, code: str, name_en: str, name_zh: str = "", description: str = "") -> Role:
    """Add a role that may do nothing yet.  Raises: NotPermitted, InvalidInput, ConstraintBroken (code taken)."""
    require(actor, Permissions.ROLE_UPDATE)
    key = clean(code, 60).lower()
    if not _code.fullmatch(key):
        raise InvalidInput(
            {"code": Message(N_("A code has small letters, digits and _ only and begins with a letter."))}
        )
    english, chinese = _names(name_en, name_zh)
    role = Role(code=key, name_en=english, name_zh=chinese, description=clean(description, 1000))
    session.add(role)
    session.flush()
    return role


def update_role(
    actor: Actor,
    *,
    role_id: int,
    name_en: str,
    name_zh: str,
    description: str = "",
    requires_second_factor: bool | None = None,
    version: int | None = None,
) -> Role:
    """Rename a role, and say whether it requires a second factor; its code stays. None: that stays too.

    Who has the role and no second factor sets one up with the next request.
    Raises: NotPermitted, NotFound, InvalidInput, Conflict.
    """
    require(actor, Permissions.ROLE_UPDATE)
    english, chinese = _names(name_en, name_zh)
    role = guards.locked(actor, Permissions.ROLE_UPDATE, Role, role_id)
    entered: dict[str, str | bool] = {
        "name_en": english, "name_zh": chinese, "description": clean(description, 1000),
    }  # fmt: skip
    if requires_second_factor is not None:
        entered["requires_second_factor"] = requires_second_factor
    guards.expect_version(role, version, entered)
    for name, value in entered.items():
        setattr(role, name, value)
    session.flush()
    return role


def delete_role(actor: Actor, *, role_id: int) -> None:
    """Remove a role nobody has.  Raises: NotPermitted, NotFound, RoleInUse."""
    role = guards.locked(actor, Permissions.ROLE_UPDATE, Role, role_id)
    holders = guards.people_with_role(role_id)
    if holders:
        raise RoleInUse(count=len(holders))
    for grant in _grants(role_id).values():
        session.delete(grant)
    for right in _fields(role_id).values():
        session.delete(right)
    session.flush()
    session.delete(role)


def _grants(role_id: int) -> dict[str, RoleGrant]:
    rows = session.scalars(sa.select(RoleGrant).where(RoleGrant.role_id == role_id).order_by(RoleGrant.id))
    return {row.permission: row for row in rows}


def _fields(role_id: int) -> dict[str, RoleField]:
    rows = session.scalars(sa.select(RoleField).where(RoleField.role_id == role_id).order_by(RoleField.id))
    return {f"{row.table_name}.{row.field_name}": row for row in rows}


def _check(grants: Mapping[str, str], fields: Mapping[str, FieldChoice]) -> None:
    problems: dict[str, Message] = {}
    for code, row_scope in grants.items():
        found = registry.find(code)
        if found is None:
            problems[f"grants.{code}"] = Message(N_("There is no such permission."))
        elif row_scope not in scopes_of(found):
            problems[f"grants.{code}"] = Message(N_("This permission cannot be given for these rows."))
    for key, right in fields.items():
        if key not in guarded_fields() or right not in {"read", "write"}:
            problems[f"fields.{key}"] = Message(N_("There is no such field to guard."))
    if problems:
        raise InvalidInput(problems)


def _widens(
    held: Mapping[str, RoleGrant],
    grants: Mapping[str, str],
    rights: Mapping[str, RoleField],
    fields: Mapping[str, FieldChoice],
) -> bool:
    """Whether anything is given that was not given before; a changed row scope counts, whichever is the wider."""
    if any(code not in held or row_scope != held[code].row_scope for code, row_scope in grants.items()):
        return True
    return any(key not in rights or (right == "write" and not rights[key].may_write) for key, right in fields.items())


def update_grants(
    actor: Actor,
    *,
    role_id: int,
    grants: Mapping[str, str],
    fields: Mapping[str, FieldChoice],
    version: int | None = None,
) -> Role:
    """Let a role have exactly these grants.

    grants: permission -> row scope.  fields: ``table.field`` -> read or write.
    Grants whose permission this installation does not know stay untouched: they mean nothing now and may come back.
    Raises: NotPermitted, NotFound, InvalidInput, Conflict, OwnRights (widening a role one has), LastAdmin.
    """
    require(actor, Permissions.ROLE_GRANTS)
    _check(grants, fields)
    guards.lock_admin_roles()
    role = guards.locked(actor, Permissions.ROLE_GRANTS, Role, role_id)
    guards.expect_version(role, version, {})
    held, rights = _grants(role_id), _fields(role_id)
    holders = guards.people_with_role(role_id)
    guards.refuse_raising_oneself(actor, holders, adds=_widens(held, grants, rights, fields))
    admins = guards.admin_ids()
    changed = _write_grants(role_id, held, grants)
    changed = _write_fields(role_id, rights, fields) or changed
    if changed:
        role.updated_at = clock.now()
        guards.keep_an_admin(admins)
        guards.end_access_of(holders)
    return role


def _write_grants(role_id: int, held: Mapping[str, RoleGrant], grants: Mapping[str, str]) -> bool:
    changed = False
    for code, row in held.items():
        if code not in grants and code in registry:
            session.delete(row)
            changed = True
    for code, row_scope in sorted(grants.items()):
        found = held.get(code)
        if found is None:
            session.add(RoleGrant(role_id=role_id, permission=code, row_scope=row_scope))
        elif found.row_scope != row_scope:
            found.row_scope = row_scope
        else:
            continue
        changed = True
    return changed


def _write_fields(role_id: int, held: Mapping[str, RoleField], fields: Mapping[str, FieldChoice]) -> bool:
    changed = False
    for key, row in held.items():
        if key not in fields and key in guarded_fields():
            session.delete(row)
            changed = True
    for key, right in sorted(fields.items()):
        table, _, name = key.rpartition(".")
        found = held.get(key)
        if found is None:
            found = RoleField(role_id=role_id, table_name=table, field_name=name, may_read=True)
            found.may_write = right == "write"
            session.add(found)
        elif found.may_write != (right == "write") or not found.may_read:
            found.may_read, found.may_write = True, right == "write"
        else:
            continue
        changed = True
    return changed
