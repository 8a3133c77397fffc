"""Departments: the five of the order's way, and any an admin adds."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext
from markupsafe import Markup

from app.platform.access import Department, Permissions, service
from app.platform.backoffice import (
    ButtonAction,
    Column,
    DepartmentView,
    Picker,
    Required,
    TextField,
    WholeField,
    add_picker,
    add_view,
)
from app.platform.backoffice import html as draw
from app.platform.process.permissions import Permissions as Process
from app.surfaces.admin.wording import name_of


def _mark(department: Any) -> Markup:
    return draw.dept_mark(department.code, name_of(department))


class DepartmentDesk(DepartmentView, model=Department):
    """All departments; closed ones stay for the history they have."""

    slug = "departments"
    title = lazy_gettext("Departments")
    menu_group = "setup"
    menu_icon = "board"
    menu_position = 20
    new_label = lazy_gettext("New department")
    list_permission = Permissions.DEPARTMENT_READ
    create_permission, create_use_case = Permissions.DEPARTMENT_UPDATE, service.create_department
    edit_permission, edit_use_case = Permissions.DEPARTMENT_UPDATE, service.update_department
    columns = (
        "code",
        Column("department", lazy_gettext("Department"), render=_mark, needs=("name_en", "name_zh")),
        "mark_en",
        "mark_zh",
        "position",
        "is_active",
    )
    details = ("code", "name_en", "name_zh", "mark_en", "mark_zh", "position", "is_active", "created_at", "updated_at")
    sortable = ("code",)
    default_sort = "code"
    filters = ("is_active",)
    labels = {
        "mark_en": lazy_gettext("Mark, English"),
        "mark_zh": lazy_gettext("Mark, Chinese"),
        "position": lazy_gettext("Place in lists"),
    }
    edit_fields = (
        ("name_en", TextField(lazy_gettext("Name, English"), [Required()])),
        ("name_zh", TextField(lazy_gettext("Name, Chinese"))),
        (
            "mark_en",
            TextField(lazy_gettext("Mark, English"), description=lazy_gettext("One letter; left empty, the first")),
        ),
        (
            "mark_zh",
            TextField(lazy_gettext("Mark, Chinese"), description=lazy_gettext("One sign; left empty, the first")),
        ),
        ("position", WholeField(lazy_gettext("Place in lists"), [Required()], default=100)),
    )
    create_fields = (
        (
            "code",
            TextField(lazy_gettext("Code"), [Required()], description=lazy_gettext("Small letters; stays for good")),
        ),
        *edit_fields,
    )
    actions = (
        ButtonAction(
            "close",
            lazy_gettext("Close department"),
            Permissions.DEPARTMENT_UPDATE,
            service.close_department,
            confirm=lazy_gettext("Its people no longer belong to it and sign in again; its history stays."),
            when=lambda row: row.is_active,
            needs=("is_active",),
            is_danger=True,
        ),
        ButtonAction(
            "reopen",
            lazy_gettext("Reopen department"),
            Permissions.DEPARTMENT_UPDATE,
            service.reopen_department,
            when=lambda row: not row.is_active,
            needs=("is_active",),
        ),
    )

    def row_label(self, row: Any) -> str:
        """The name in the reader's language."""
        return name_of(row)


def register(app: Flask) -> None:
    """The view and its picker."""
    add_view(app, DepartmentDesk)
    add_picker(
        app,
        Picker(
            "departments",
            Department,
            (Permissions.DEPARTMENT_READ, Process.HAND_OFF_READ),
            name_of,
            search=("code", "name_en", "name_zh"),
            criteria=lambda _actor: Department.is_active.is_(True),
            order_by="code",
            least=0,
        ),
    )
