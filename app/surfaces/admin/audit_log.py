"""The audit log of the whole house: read, narrowed, never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask import Flask, url_for
from flask_babel import lazy_gettext
from markupsafe import Markup

from app.kernel.actor import Actor
from app.platform.access import User
from app.platform.audit import AuditEntry
from app.platform.audit.permissions import Permissions
from app.platform.audit.reading import audited_models, tell
from app.platform.backoffice import Choice, Column, DepartmentView, add_view, current_actor, format  # noqa: A004
from app.platform.backoffice import html as draw
from app.platform.db import session
from app.surfaces.admin.history import ACTIONS, action_word, change_text, table_word

Criterion = Callable[[Actor], "sa.ColumnElement[bool]"]
#: changes that a line of the list shows
SHOWN = 3


def _is(column: Any, value: Any) -> Criterion:
    return lambda _actor: column == value


class _People(Mapping[str, tuple[Any, Criterion]]):
    """Everybody with a login, read when the filter is drawn."""

    def __getitem__(self, key: str) -> tuple[Any, Criterion]:
        return key, _is(AuditEntry.user_id, int(key))

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self._rows())

    def __len__(self) -> int:
        return len(self._rows())

    def items(self) -> Any:
        """(id, (name, criterion)) by name."""
        return [(key, (name, self[key][1])) for key, name in self._rows()]

    @staticmethod
    def _rows() -> list[tuple[str, str]]:
        query = sa.select(User.id, User.name).order_by(User.name).limit(500)
        return [(str(row.id), row.name) for row in session.execute(query)]


def _values(row: AuditEntry) -> Mapping[str, Any]:
    return {column.key: getattr(row, column.key) for column in sa.inspect(AuditEntry).column_attrs}


def _at(row: AuditEntry) -> Markup:
    return draw.time_tag(row.at, format.exact(row.at))


def _who(row: AuditEntry) -> Markup:
    return draw.person(row.actor_name)


def _record(row: AuditEntry) -> Markup | str:
    if row.record_table is None or row.record_id is None:
        return ""
    text = f"{table_word(row.record_table)} #{row.record_id}"
    if row.record_table not in audited_models():
        return text
    href = url_for("record_history", table=row.record_table, row_id=row.record_id)
    return Markup('<a href="{}">{}</a>').format(href, text)


def _changes(row: AuditEntry) -> Markup:
    told = tell(current_actor(), [{**_values(row), "personal": None}])
    changes = told[0].changes if told else ()
    texts = [change_text(row.table_name, change) for change in changes[:SHOWN]]
    if len(changes) > SHOWN:
        texts.append(Markup("…"))
    return Markup("; ").join(texts)


class AuditLog(DepartmentView, model=AuditEntry):
    """Who did what, when, from where and why."""

    department = "setup"
    slug = "audit_log"
    title = lazy_gettext("Audit log")
    menu_icon = "lock"
    menu_position = 90
    list_permission = Permissions.ENTRY_READ
    empty_hint = lazy_gettext("Every change of the house will be written down here.")
    labels = {
        "actor_name": lazy_gettext("Who"),
        "action": lazy_gettext("What"),
        "record_table": lazy_gettext("Record"),
        "record_id": lazy_gettext("Number of the record"),
        "table_name": lazy_gettext("Table"),
        "changes": lazy_gettext("Changes"),
        "at": lazy_gettext("When"),
        "on_behalf": lazy_gettext("On behalf of"),
        "surface": lazy_gettext("Through"),
        "request_id": lazy_gettext("Request"),
        "reason": lazy_gettext("Reason"),
        "actor_kind": lazy_gettext("Kind"),
        "row_id": lazy_gettext("Row"),
    }
    columns = (
        Column("at", render=_at, width="w-moment"),
        Column("actor_name", render=_who, width="w-ref"),
        Column("action", render=lambda row: action_word(row.action), width="w-state"),
        Column("record_table", render=_record, needs=("record_id",), width="w-ref"),
        Column("changes", render=_changes, needs=tuple(c.key for c in sa.inspect(AuditEntry).column_attrs)),
        Column("reason", hide="wide"),
    )
    details = (
        Column("at", render=_at),
        Column("actor_name", render=_who),
        "actor_kind",
        "on_behalf",
        "surface",
        "address",
        "request_id",
        "reason",
        Column("action", render=lambda row: action_word(row.action)),
        Column("table_name", render=lambda row: table_word(row.table_name)),
        Column("row_id", is_numeric=False),
        Column("record_table", render=_record),
    )
    sortable = ("at",)
    default_sort = "-id"
    filters = (
        Choice("person", lazy_gettext("Who"), _People()),
        Choice(
            "action",
            lazy_gettext("What"),
            {action: (lazy_gettext(text), _is(AuditEntry.action, action)) for action, text in ACTIONS.items()},
        ),
        "record_table",
        "record_id",
        "at",
    )
    details_template = "admin/audit/entry.html"

    def row_label(self, row: Any) -> str:
        """An entry has no other name."""
        return f"#{row.id}"

    def details_context(self, row: Any) -> dict[str, Any]:
        """All changes, with personal values that have not been erased."""
        told = tell(current_actor(), [_values(row)])
        return {"changes": told[0].changes if told else ()}


def register(app: Flask) -> None:
    """The view."""
    add_view(app, AuditLog)
