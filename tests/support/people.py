"""People of the tests: a person with rights, and the actor he is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind
from app.platform.access import actor_for, everything
from app.platform.access.models import Department, Role, RoleField, RoleGrant, User, UserDepartment, UserRole
from app.platform.db import run, session

_numbers = count(1)
#: argon2id of "correct horse battery", made once: hashing in every test would take longer than the tests
PASSWORD = "correct horse battery"
_hash: dict[str, str] = {}


def house() -> Actor:
    """The house itself, with every right."""
    return everything("tests", ActorKind.CLI, "cli")


def password_hash() -> str:
    from app.platform.access import passwords

    return _hash.setdefault(PASSWORD, passwords.hashed(PASSWORD))


def _role(actor: Actor, *, grants: Mapping[str, str], fields: Mapping[str, str]) -> Role:
    role = Role(code=f"role{next(_numbers)}", name_en="Role", name_zh="角色")
    session.add(role)
    session.flush()
    session.add_all(RoleGrant(role_id=role.id, permission=str(code), row_scope=s) for code, s in grants.items())
    for key, right in fields.items():
        table, _, name = key.rpartition(".")
        session.add(
            RoleField(role_id=role.id, table_name=table, field_name=name, may_read=True, may_write=right == "write")
        )
    return role


def _department(actor: Actor, *, code: str) -> Department:
    found = session.scalars(sa.select(Department).where(Department.code == code)).first()
    if found is None:
        found = Department(code=code, name_en=code.title(), name_zh=code, mark_en=code[0].upper(), mark_zh=code[0])
        session.add(found)
        session.flush()
    return found


def _person(actor: Actor, *, roles: Iterable[int], departments: Mapping[int, bool], **values: Any) -> User:
    user = User(**values)
    session.add(user)
    session.flush()
    session.add_all(UserRole(user_id=user.id, role_id=role_id) for role_id in roles)
    session.add_all(
        UserDepartment(user_id=user.id, department_id=key, is_head=head) for key, head in departments.items()
    )
    return user


def make_role(grants: Mapping[Any, str] | Iterable[Any] = (), fields: Mapping[str, str] | None = None) -> Role:
    """A role.  grants: permissions (all rows), or permission -> row scope."""
    pairs = grants if isinstance(grants, Mapping) else dict.fromkeys(grants, "all")
    return run(_role, house(), grants={str(code): s for code, s in pairs.items()}, fields=fields or {})


def make_department(code: str) -> Department:
    """The department of this code."""
    return run(_department, house(), code=code)


def make_user(
    grants: Mapping[Any, str] | Iterable[Any] = (),
    *,
    roles: Iterable[Role] = (),
    departments: Iterable[str] = (),
    head_of: Iterable[str] = (),
    **values: Any,
) -> User:
    """A person with the password PASSWORD and a role of his own holding ``grants``."""
    number = next(_numbers)
    own = [make_role(grants)] if grants else []
    places = {make_department(code).id: code in set(head_of) for code in {*departments, *head_of}}
    defaults = {"login": f"person{number}", "name": f"Person {number}", "password_hash": password_hash()}
    return run(
        _person, house(), roles=[role.id for role in (*own, *roles)], departments=places, **{**defaults, **values}
    )


def actor_of(user: User, surface: str = "web") -> Actor:
    """What the person may do now."""
    fresh = session.get(User, user.id)
    assert fresh is not None
    actor = actor_for(fresh, surface=surface)
    session.rollback()
    return actor


def make_actor(grants: Mapping[Any, str] | Iterable[Any] = (), **values: Any) -> Actor:
    """A person with these grants, as an actor."""
    return actor_of(make_user(grants, **values))
