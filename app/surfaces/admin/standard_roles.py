"""The departments and roles a house begins with; admins change them afterwards in the browser.

Each room lists in its ``permissions`` module what the standard roles get by default: ``DEFAULT_GRANTS`` (role ->
permission -> row scope) and ``DEFAULT_FIELDS`` (``table.field`` -> role -> (read, write)). Here they are only merged.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform import access
from app.platform.access import Department, require
from app.platform.access.models import Role, RoleField, RoleGrant
from app.platform.access.policy import guarded_fields
from app.platform.access.service import guards
from app.platform.db import locks, session

ADMIN = "admin"
DIRECTOR = "director"
#: engines whose rights shape the house: for admins, not for whoever may read everything
ENGINES = ("access.", "jobs.", "settings.", "audit.")

#: code, English, Chinese, marks
DEPARTMENTS = (
    ("sales", "Sales", "销售", "S", "销"),
    ("purchasing", "Purchasing", "采购", "P", "采"),
    ("warehouse", "Warehouse", "仓库", "W", "仓"),
    ("logistics", "Logistics", "物流", "L", "运"),
    ("finance", "Finance", "财务", "F", "财"),
)
#: code, English, Chinese, what it is for
ROLES = (
    (ADMIN, "Administrator", "管理员", N_("Shapes people, roles, settings and process; may do everything.")),
    (DIRECTOR, "Director", "总经理", N_("Sees everything; changes little.")),
    ("sales", "Sales", "销售员", N_("Takes orders and has customers confirm them.")),
    ("sales_manager", "Sales manager", "销售经理", N_("Leads sales and decides on exceptions.")),
    ("purchasing", "Purchasing", "采购员", N_("Assesses stock, promises dates and buys what is short.")),
    ("warehouse", "Warehouse", "仓管员", N_("Receives, picks, packs and counts.")),
    ("logistics", "Logistics", "物流员", N_("Takes shipments out and tracks them.")),
    ("finance", "Finance", "财务", N_("Invoices, collects and pays.")),
)


@dataclass(slots=True)
class Defaults:
    """What a standard role gets.  grants: permission -> row scope.  fields: ``table.field`` -> (read, write)."""

    grants: dict[str, str] = field(default_factory=dict)
    fields: dict[str, tuple[bool, bool]] = field(default_factory=dict)


def _rooms() -> Iterator[ModuleType]:
    everything = Path(__file__).resolve().parents[2]
    for found in pkgutil.walk_packages([str(everything)], "app."):
        if found.name.endswith(".permissions"):
            yield importlib.import_module(found.name)


def defaults() -> dict[str, Defaults]:
    """Role -> what it gets, over all rooms."""
    made: dict[str, Defaults] = defaultdict(Defaults)
    for room in _rooms():
        for role, granted in getattr(room, "DEFAULT_GRANTS", {}).items():
            made[role].grants.update({str(code): row_scope for code, row_scope in granted.items()})
        for key, by_role in getattr(room, "DEFAULT_FIELDS", {}).items():
            for role, right in by_role.items():
                made[role].fields[key] = right
    _add_readers(made)
    return made


def _add_readers(made: dict[str, Defaults]) -> None:
    """The director reads all rows and guarded fields; the admin may do everything."""
    for code, right in access.registry:
        made[ADMIN].grants[code] = access.policy.ALL
        if right.reads and not code.startswith(ENGINES):
            made[DIRECTOR].grants[code] = access.policy.ALL
    for key in guarded_fields():
        made[ADMIN].fields[key] = (True, True)
        made[DIRECTOR].fields.setdefault(key, (True, False))


def install_standard_roles(actor: Actor) -> int:
    """Bring departments, roles and grants of this release into the house; how many rows were added.

    Doing it again adds nothing. What an admin took from a role stays taken: a permission is given by default only while
    the house has never seen it, that is while the administrator's role does not hold it.
    Raises: NotPermitted.
    """
    require(actor, access.Permissions.ROLE_GRANTS)
    guards.lock_admin_roles()
    added = _departments()
    roles = {role.code: role for role in session.scalars(sa.select(Role))}
    locks.lock_all(Role, [role.id for role in roles.values()])
    fresh: set[str] = set()
    for code, english, chinese, description in ROLES:
        if code not in roles:
            roles[code] = Role(code=code, name_en=english, name_zh=chinese, description=description)
            session.add(roles[code])
            fresh.add(code)
    session.flush()
    wanted = defaults()
    new_grants = set(wanted[ADMIN].grants) - _held_grants(roles[ADMIN])
    new_fields = set(wanted[ADMIN].fields) - _held_fields(roles[ADMIN])
    changed: list[int] = []
    for code, *_ in ROLES:
        rows = _rows(
            roles[code], wanted[code], None if code in fresh else new_grants, None if code in fresh else new_fields
        )
        session.add_all(rows)
        added += len(rows)
        if rows:
            changed.append(roles[code].id)
    session.flush()
    guards.end_access_of(user_id for role_id in changed for user_id in guards.people_with_role(role_id))
    return added + len(fresh)


def _departments() -> int:
    known = set(session.scalars(sa.select(Department.code)))
    missing = [
        Department(code=code, name_en=english, name_zh=chinese, mark_en=en, mark_zh=zh, position=10 * place)
        for place, (code, english, chinese, en, zh) in enumerate(DEPARTMENTS, start=1)
        if code not in known
    ]
    session.add_all(missing)
    return len(missing)


def _held_grants(role: Role) -> set[str]:
    return set(session.scalars(sa.select(RoleGrant.permission).where(RoleGrant.role_id == role.id)))


def _held_fields(role: Role) -> set[str]:
    rows = sa.select(RoleField.table_name, RoleField.field_name).where(RoleField.role_id == role.id)
    return {f"{table}.{name}" for table, name in session.execute(rows)}


def _rows(
    role: Role, wanted: Defaults, grants: set[str] | None, fields: set[str] | None
) -> list[RoleGrant | RoleField]:
    """Rows to add.  grants, fields: only these; None: all."""
    held, held_fields = _held_grants(role), _held_fields(role)
    made: list[RoleGrant | RoleField] = [
        RoleGrant(role_id=role.id, permission=code, row_scope=row_scope)
        for code, row_scope in sorted(wanted.grants.items())
        if code not in held and code in access.registry and (grants is None or code in grants)
    ]
    for key, (read, write) in sorted(wanted.fields.items()):
        table, _, name = key.rpartition(".")
        if key in guarded_fields() and key not in held_fields and (fields is None or key in fields):
            made.append(RoleField(role_id=role.id, table_name=table, field_name=name, may_read=read, may_write=write))
    return made
