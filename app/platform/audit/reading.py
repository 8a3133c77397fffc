"""The log as somebody may read it: typed values, and of guarded fields nothing at all."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.platform.access import may_read_field, scope
from app.platform.audit.canonical import read_back
from app.platform.audit.models import AuditEntry, AuditPersonal
from app.platform.db import Base, session

entries = AuditEntry.__table__
_personal = AuditPersonal.__table__


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an entry.

    is_secret: that it changed is all the log knows.  is_erased: the values were personal and have been erased.
    """

    field: str
    old: Any = None
    new: Any = None
    has_old: bool = False
    has_new: bool = False
    is_secret: bool = False
    is_erased: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the reader may see it."""

    id: int
    at: datetime
    actor_name: str
    actor_kind: str
    on_behalf: str | None
    surface: str
    reason: str | None
    action: str
    table_name: str | None
    row_id: int | None
    changes: tuple[FieldChange, ...]


@cache
def audited_models() -> Mapping[str, type[Base]]:
    """Table -> model of everything the log knows."""
    mappers = Base.registry.mappers
    found = {m.class_.__tablename__: m.class_ for m in mappers if m.class_.__audited__}
    return dict(sorted(found.items()))


def tell(actor: Actor, rows: Iterable[Any]) -> list[Told]:
    """Entries in the order given; a change of nothing but fields the reader may not see is left out."""
    found = list(rows)
    kept = _kept([row["uid"] for row in found if row["personal"]])
    told = [_told(actor, row, kept.get(row["uid"], {})) for row in found]
    return [one for one in told if one.changes or one.action != "update"]


def history(
    actor: Actor, model: type[Base], row: Base, *, before: int | None = None, limit: int = 50
) -> tuple[list[Told], int | None]:
    """What happened to a record and the rows that belong to it, newest first, below entry ``before``.

    With it the entry to go on below, if there is more. The caller has made sure that the actor may see the record.
    """
    row_id = int(row.id)  # type: ignore[attr-defined]
    criteria = [_is_shown(actor, model)]
    if model.__record__ is None:
        criteria += [entries.c.record_table == model.__tablename__, entries.c.record_id == row_id]
    else:
        record_table, column = model.__record__
        criteria += [
            entries.c.record_table == record_table,
            entries.c.record_id == getattr(row, column),
            entries.c.table_name == model.__tablename__,
            entries.c.row_id == row_id,
        ]
    if before is not None:
        criteria.append(entries.c.id < before)
    query = sa.select(entries).where(*criteria).order_by(entries.c.id.desc()).limit(limit + 1)
    rows = session().connection().execute(query).mappings().all()
    return tell(actor, rows[:limit]), rows[limit - 1]["id"] if len(rows) > limit else None


def _is_shown(actor: Actor, model: type[Base]) -> sa.ColumnElement[bool]:
    """Entries of the record's own table, and of the tables of its rows as far as the reader may see those."""
    parts: list[sa.ColumnElement[bool]] = [entries.c.table_name == model.__tablename__]
    for name, child in audited_models().items():
        if child is not model and child.__record__ and child.__record__[0] == model.__tablename__:
            allowed = scope(actor, child)
            if isinstance(allowed, sa.sql.elements.False_):
                continue
            mine = entries.c.table_name == name
            if not isinstance(allowed, sa.sql.elements.True_):
                mine &= entries.c.row_id.in_(sa.select(child.id).where(allowed))  # type: ignore[attr-defined]
            parts.append(mine)
    return sa.or_(*parts)


def _kept(uids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Personal values that have not been erased."""
    if not uids:
        return {}
    query = sa.select(_personal.c.entry_uid, _personal.c.changes).where(_personal.c.entry_uid.in_(uids))
    return {row.entry_uid: json.loads(row.changes) for row in session().connection().execute(query)}


def _told(actor: Actor, row: Any, kept: Mapping[str, Any]) -> Told:
    model = audited_models().get(row["table_name"] or "")
    changes = [
        _change(name, kept.get(name, found))
        for name, found in json.loads(row["changes"]).items()
        if model is None or not hasattr(model, name) or may_read_field(actor, model, name)
    ]
    names = ("id", "at", "actor_name", "actor_kind", "on_behalf", "surface", "reason", "action", "table_name", "row_id")
    return Told(**{name: row[name] for name in names}, changes=tuple(changes))


def _change(name: str, found: Mapping[str, Any]) -> FieldChange:
    kind = found.get("type")
    return FieldChange(
        name,
        old=read_back(kind, found.get("old")),
        new=read_back(kind, found.get("new")),
        has_old="old" in found,
        has_new="new" in found,
        is_secret=kind == "secret",
        is_erased=kind == "personal",
    )
