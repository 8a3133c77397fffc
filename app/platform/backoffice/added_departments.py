"""Departments that an admin added in the browser: their mark, and their group in the sidebar."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from flask import g, has_request_context
from flask_babel import get_locale

from app.platform.access import Department, house_reading
from app.platform.access.models import RoleGrant, User, UserDepartment, UserRole
from app.platform.db import session


@dataclass(frozen=True, slots=True)
class Added:
    """One of them, in the reader's language.  permissions: what the roles of its people let them do."""

    code: str
    name: str
    letter: str
    position: int
    permissions: frozenset[str]


def added_departments(known: Collection[str]) -> Mapping[str, Added]:
    """Code -> every open department that no package brought; read once for a page.  known: those of packages."""
    if not has_request_context():
        return {}
    if "added_departments" not in g:
        with house_reading():
            g.added_departments = _read(known)
    found: Mapping[str, Added] = g.added_departments
    return found


def _read(known: Collection[str]) -> dict[str, Added]:
    rows = session.execute(
        sa.select(
            Department.code, Department.name_en, Department.name_zh, Department.mark_en, Department.mark_zh,
            Department.position, RoleGrant.permission,
        )
        .outerjoin(UserDepartment, UserDepartment.department_id == Department.id)
        .outerjoin(User, sa.and_(User.id == UserDepartment.user_id, User.is_active.is_(True)))
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .outerjoin(RoleGrant, RoleGrant.role_id == UserRole.role_id)
        .where(Department.is_active.is_(True), Department.code.not_in(known))
        .distinct()
    ).all()  # fmt: skip
    rights: dict[str, set[str]] = {}
    for row in rows:
        rights.setdefault(row.code, set()).update([row.permission] if row.permission else [])
    is_chinese = str(get_locale()).startswith("zh")
    return {
        row.code: Added(
            row.code,
            row.name_zh if is_chinese else row.name_en,
            row.mark_zh if is_chinese else row.mark_en,
            row.position,
            frozenset(rights[row.code]),
        )
        for row in rows
    }
