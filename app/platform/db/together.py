"""Rows of one table that changed in the same columns are updated together, ahead of the flush.

The ORM sends one UPDATE for each row of a table that counts versions. An order's lines nearly always change in the same
columns, so one statement with many parameters does, checked in the same way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, class_mapper
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError

from app.kernel import clock
from app.platform.db.base import Base, Timestamped, Versioned

Changed = tuple[Base, tuple[str, ...]]  #: a row and the names of its columns that changed


def write_together(session: Session, changed: Sequence[Changed]) -> None:
    """Update what has company, in id order; the flush finds the rows done and writes the rest.

    Raises: StaleDataError as the ORM would.
    """
    groups: dict[tuple[type[Base], tuple[str, ...]], list[Any]] = defaultdict(list)
    for row, names in changed:
        if isinstance(row, Versioned) and "id" not in names and "version" not in names:
            groups[type(row), names].append(row)
    for (model, names), rows in groups.items():
        if len(rows) > 1:
            _update(session, model, names, sorted(rows, key=lambda row: row.id))


def _update(session: Session, model: type[Base], names: tuple[str, ...], rows: Sequence[Any]) -> None:
    stamped: dict[str, Any] = {"updated_at": clock.now()} if issubclass(model, Timestamped) else {}
    values = [
        {
            "the_id": row.id,
            "the_version": row.version,
            "new_version": row.version + 1,
            **{f"new_{name}": getattr(row, name) for name in names},
            **{f"new_{name}": value for name, value in stamped.items()},
        }
        for row in rows
    ]
    done = session.connection().execute(_statement(model, (*names, *stamped)), values).rowcount
    if done != len(rows):
        raise StaleDataError(f"{len(rows)} rows of {model.__tablename__} were to change, {done} did")
    for row, new in zip(rows, values, strict=True):
        for name in (*names, *stamped, "version"):
            set_committed_value(row, name, new[f"new_{name}"])


@cache
def _statement(model: type[Base], names: tuple[str, ...]) -> sa.Update:
    columns = class_mapper(model).columns
    return (
        sa.update(model.__table__)  # type: ignore[arg-type]
        .where(
            columns.id == sa.bindparam("the_id", type_=columns.id.type),
            columns.version == sa.bindparam("the_version", type_=columns.version.type),
        )
        .values({columns[n]: sa.bindparam(f"new_{n}", type_=columns[n].type) for n in ("version", *names)})
    )
