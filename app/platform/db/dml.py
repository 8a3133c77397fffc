"""Core statements that write the same log as the ORM: set-based, one per step and not per line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from app.platform.db.base import Base, Versioned
from app.platform.db.changes import AUDITED, Change, record
from app.platform.db.extension import session

CHUNK = 1_000
_OPTIONS = {AUDITED: True, "synchronize_session": False}


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert plain rows; their ids in the order given."""
    ids: list[int] = []
    statement = sa.insert(model).returning(model.id, sort_by_parameter_order=True)  # type: ignore[attr-defined]
    for start in range(0, len(rows), CHUNK):
        chunk = [dict(row) for row in rows[start : start + CHUNK]]
        found = session.execute(statement, chunk, execution_options=_OPTIONS).scalars().all()
        record(
            session(),
            [Change("insert", model, i, {}, row, {**row, "id": i}) for i, row in zip(found, chunk, strict=True)],
        )
        ids.extend(found)
    return ids


def update_where(
    model: type[Base], *criteria: sa.ColumnElement[bool], values: Mapping[str, Any], extra: Sequence[str] = ()
) -> list[sa.Row[Any]]:
    """One conditional UPDATE. The rows are locked in id order first; the condition is checked again by the statement.

    Returns id, the changed columns and ``extra`` columns of the rows that were changed, in id order, with new values.
    """
    names = list(dict.fromkeys([*values, *_record_column(model), *extra]))
    columns = [model.id, *(getattr(model, name) for name in names)]  # type: ignore[attr-defined]
    before = session.execute(
        sa.select(*columns).where(*criteria).order_by(model.id).with_for_update(key_share=True)  # type: ignore[attr-defined]
    ).all()
    if not before:
        return []
    session.flush()
    assigned = dict(values)
    if issubclass(model, Versioned):
        assigned["version"] = model.version + 1
    statement = (
        sa.update(model)
        .where(model.id.in_([row.id for row in before]), *criteria)  # type: ignore[attr-defined]
        .values(assigned)
        .returning(*columns)
    )
    after = {row.id: row for row in session.execute(statement, execution_options=_OPTIONS)}
    _expire(model, after)
    changes = []
    for row in before:
        if row.id in after:
            now = after[row.id]._mapping
            changed = [name for name in values if row._mapping[name] != now[name]]
            if changed:
                changes.append(
                    Change(
                        "update", model, row.id,
                        {n: row._mapping[n] for n in changed}, {n: now[n] for n in changed}, dict(now),
                    )
                )  # fmt: skip
    record(session(), changes)
    return [after[key] for key in sorted(after)]


def delete_where(model: type[Base], *criteria: sa.ColumnElement[bool]) -> int:
    """Delete rows, each with its last values in the log; how many."""
    rows = session.execute(
        sa.select(*model.__table__.columns).where(*criteria).order_by(model.id).with_for_update()  # type: ignore[attr-defined]
    ).all()
    if rows:
        statement = sa.delete(model).where(model.id.in_([row.id for row in rows]))  # type: ignore[attr-defined]
        session.execute(statement, execution_options=_OPTIONS)
        _expire(model, {row.id: row for row in rows})
        record(session(), [Change("delete", model, row.id, dict(row._mapping), {}, dict(row._mapping)) for row in rows])
    return len(rows)


def _record_column(model: type[Base]) -> list[str]:
    return [model.__record__[1]] if model.__record__ else []


def _expire(model: type[Base], ids: Mapping[int, Any]) -> None:
    """What the statement changed is read afresh by whoever holds the object."""
    current = session()
    mapper = sa.inspect(model)
    for row_id in ids:
        obj = current.identity_map.get(mapper.identity_key_from_primary_key((row_id,)))
        if obj is not None:
            current.expire(obj)
