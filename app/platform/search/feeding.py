"""Keeps the search words in step with the records, in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import RowMapping
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from app.kernel.text import search_tokens
from app.platform.db import Base, bulk, locks, session
from app.platform.db.bulk import Inserted
from app.platform.db.changes import Change, recorders
from app.platform.db.unit_of_work import UnitOfWork
from app.platform.search.models import SearchEntry, as_tsvector
from app.platform.search.registry import Searchable, followers_of, kind_of, registered

CHUNK = 2_000
LABEL_LENGTH = 200
_NAME = "search"
_entries = SearchEntry.__table__


def install() -> None:
    """Listen to every change of the process; calling it again changes nothing."""
    if follow_changes not in recorders:
        recorders.append(follow_changes)
    if learn_inserted not in bulk.recorders:
        bulk.recorders.append(learn_inserted)


def follow_changes(session: Session, changes: Sequence[Change]) -> None:
    """Remember what changed, and learn it once at the end of the unit of work: a row is often written several times."""
    touched: dict[type[Base], set[int]] = {}
    for change in changes:
        kind = kind_of(change.model)
        if kind is not None and (change.action != "update" or not kind.watched.isdisjoint(change.new)):
            touched.setdefault(change.model, set()).add(change.row_id)
        if change.action == "update" and not locks.is_new(change.model.__tablename__, change.row_id):
            for child, ids in _children(session, change):
                touched.setdefault(child, set()).update(ids)
    if touched:
        _later(session, touched)


def learn_inserted(session: Session, inserted: Inserted) -> None:
    """Words of a batch of new rows: nobody waits to change them again."""
    kind = kind_of(inserted.model)
    if kind is None:
        return
    for start in range(0, len(inserted.ids), CHUNK):
        mine = kind.model.__table__.c.id.in_(inserted.ids[start : start + CHUNK])
        _store(session.connection(), session.connection().execute(_reading(kind).where(mine)).mappings(), kind)


def _later(session: Session, touched: dict[type[Base], set[int]]) -> None:
    unit: UnitOfWork | None = session.info.get("unit")
    if unit is None or unit.committing:
        _learn(session, touched)
        return
    waiting: dict[type[Base], set[int]] = unit.waiting.setdefault(_NAME, {})
    unit.closing[_NAME] = lambda: _learn(session, waiting)
    for model, ids in touched.items():
        waiting.setdefault(model, set()).update(ids)


def learn(model: type[Base], ids: Iterable[int]) -> None:
    """Make the words of rows that were written set-based, in the open unit of work."""
    _learn(session(), {model: set(ids)})


def _learn(session: Session, touched: dict[type[Base], set[int]]) -> None:
    """Words of the rows that are there; none for those that are gone."""
    session.flush()
    connection = session.connection()
    while touched:
        model, ids = touched.popitem()
        kind = kind_of(model)
        if kind is None:
            continue
        wanted = sorted(ids)
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            rows = connection.execute(_reading_some(kind), {"ids": part}).mappings().all()
            _store(connection, rows, kind)
            if gone := set(part) - {row["id"] for row in rows}:
                mine = (_entries.c.table_name == model.__tablename__, _entries.c.row_id.in_(gone))
                connection.execute(sa.delete(SearchEntry).where(*mine))


def _children(session: Session, change: Change) -> Iterator[tuple[type[Base], Iterable[int]]]:
    """Rows that are found by words of the changed row."""
    for child, way in followers_of(change.model):
        if not set(way.fields).isdisjoint(change.new):
            table = child.model.__table__
            following = sa.select(table.c.id).where(table.c[way.column] == change.row_id)
            yield child.model, session.connection().scalars(following).all()


def _reading(kind: Searchable) -> sa.Select[Any]:
    """The words of rows, with those of the records they refer to."""
    table = kind.model.__table__
    columns = [table.c.id, *(table.c[name] for name in dict.fromkeys((*kind.fields, *kind.label)))]
    source: Any = table
    for number, way in enumerate(kind.through):
        other = way.model.__table__.alias(f"other{number}")
        source = source.outerjoin(other, other.c.id == table.c[way.column])
        columns += [other.c[name].label(f"through_{number}_{name}") for name in way.fields]
    return sa.select(*columns).select_from(source).order_by(table.c.id)


@cache
def _reading_some(kind: Searchable) -> sa.Select[Any]:
    return _reading(kind).where(kind.model.__table__.c.id.in_(sa.bindparam("ids", expanding=True)))


def _store(connection: sa.Connection, rows: Iterable[RowMapping], kind: Searchable) -> int:
    values = [_entry(kind, row) for row in rows]
    if values and connection.dialect.name == "postgresql":
        connection.execute(_STORE_ARRAYS, _as_arrays(kind, values))
    elif values:
        connection.execute(_STORE_ROWS, values)
    return len(values)


def _upsert(insert: Any) -> Any:
    new = insert.excluded
    key, words = ["table_name", "row_id"], {"label": new.label, "tokens": new.tokens}
    return insert.on_conflict_do_update(index_elements=key, set_=words)


_STORE_ROWS = _upsert(sqlite.insert(SearchEntry))
#: all rows as four parameters: a fifth of the work of one execution per row
_STORE_ARRAYS = sa.text(
    "INSERT INTO search_entries (table_name, row_id, label, tokens) "
    "SELECT :table_name, row_id, label, CAST(tokens AS tsvector) FROM unnest("
    "CAST(:ids AS bigint[]), CAST(:labels AS text[]), CAST(:tokens AS text[])) AS told(row_id, label, tokens) "
    "ON CONFLICT (table_name, row_id) DO UPDATE SET label = excluded.label, tokens = excluded.tokens"
)


def _as_arrays(kind: Searchable, values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "table_name": kind.model.__tablename__,
        "ids": [value["row_id"] for value in values],
        "labels": [value["label"] for value in values],
        "tokens": [as_tsvector(value["tokens"]) for value in values],
    }


def _entry(kind: Searchable, row: RowMapping) -> dict[str, Any]:
    words = [row[name] for name in kind.fields]
    words += [value for name, value in row.items() if name.startswith("through_")]
    label = " · ".join(str(row[name]) for name in kind.label if row[name])
    return {
        "table_name": kind.model.__tablename__,
        "row_id": row["id"],
        "label": label[:LABEL_LENGTH],
        "tokens": search_tokens(*(None if word is None else str(word) for word in words)),
    }


def rebuild(connection: sa.Connection) -> Iterator[tuple[str, int]]:
    """Make all words anew, kind by kind: after an import by raw SQL, or when more fields are searched. (table, rows)."""
    kinds = registered()
    connection.execute(
        sa.delete(SearchEntry).where(_entries.c.table_name.not_in([k.model.__tablename__ for k in kinds]))
    )
    for kind in kinds:
        table, name, done, last = kind.model.__table__, kind.model.__tablename__, 0, 0
        connection.execute(sa.delete(SearchEntry).where(_entries.c.table_name == name))
        while rows := connection.execute(_reading(kind).where(table.c.id > last).limit(CHUNK)).mappings().all():
            done += _store(connection, rows, kind)
            last = rows[-1]["id"]
        yield name, done
