"""Departments: the five of the order's way, and any an admin adds."""

from __future__ import annotations

import re

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, WrongState
from app.kernel.text import N_, clean
from app.platform.access.models import Department, UserDepartment
from app.platform.access.policy import require
from app.platform.access.rights import Permissions
from app.platform.access.service import guards
from app.platform.db import session

_code = re.compile(r"[a-z][a-z0-9_]{1,39}")


def _values(name_en: str, name_zh: str, mark_en: str, mark_zh: str, position: int) -> dict[str, str | int]:
    english, chinese = clean(name_en, 100), clean(name_zh, 100)
    if not (english or chinese):
        raise InvalidInput({"name_en": Message(N_("Enter the name."))})
    if not 0 <= position <= 10_000:
        raise InvalidInput({"position": Message(N_("A place is a number from 0 to 10000."))})
    english, chinese = english or chinese, chinese or english
    return {
        "name_en": english,
        "name_zh": chinese,
        "mark_en": clean(mark_en, 2) or english[0].upper(),
        "mark_zh": clean(mark_zh, 2) or chinese[0],
        "position": position,
    }


def create_department(
    actor: Actor,
    *,
    code: str,
    name_en: str,
    name_zh: str = "",
    mark_en: str = "",
    mark_zh: str = "",
    position: int = 100,
) -> Department:
    """Add a department. Its mark is the first letter of its name unless one is given.

    Raises: NotPermitted, InvalidInput, ConstraintBroken (code taken).
    """
    require(actor, Permissions.DEPARTMENT_UPDATE)
    key = clean(code, 40).lower()
    if not _code.fullmatch(key):
        raise InvalidInput(
            {"code": Message(N_("A code has small letters, digits and _ only and begins with a letter."))}
        )
    department = Department(code=key, **_values(name_en, name_zh, mark_en, mark_zh, position))
    session.add(department)
    session.flush()
    return department


def update_department(
    actor: Actor,
    *,
    department_id: int,
    name_en: str,
    name_zh: str,
    mark_en: str = "",
    mark_zh: str = "",
    position: int = 100,
    version: int | None = None,
) -> Department:
    """Rename a department; its code stays.  Raises: NotPermitted, NotFound, InvalidInput, Conflict."""
    require(actor, Permissions.DEPARTMENT_UPDATE)
    entered = _values(name_en, name_zh, mark_en, mark_zh, position)
    department = guards.locked(actor, Permissions.DEPARTMENT_UPDATE, Department, department_id)
    guards.expect_version(department, version, entered)
    for name, value in entered.items():
        setattr(department, name, value)
    session.flush()
    return department


def _open(actor: Actor, department_id: int, *, is_active: bool) -> Department:
    department = guards.locked(actor, Permissions.DEPARTMENT_UPDATE, Department, department_id)
    if department.is_active == is_active:
        raise WrongState(state="open" if is_active else "closed")
    department.is_active = is_active
    members = sa.select(UserDepartment.user_id).where(UserDepartment.department_id == department_id)
    guards.end_access_of(session.scalars(members))
    return department


def close_department(actor: Actor, *, department_id: int) -> Department:
    """Nobody belongs to it any more; its history stays.  Raises: NotPermitted, NotFound, WrongState."""
    return _open(actor, department_id, is_active=False)


def reopen_department(actor: Actor, *, department_id: int) -> Department:
    """Its people belong to it again.  Raises: NotPermitted, NotFound, WrongState."""
    return _open(actor, department_id, is_active=True)
