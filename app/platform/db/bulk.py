"""Many new rows at once, by column: COPY on PostgreSQL, one prepared statement on SQLite, and the same log as ever.

The ORM and ``dml`` spend most of their time per row and value. Here values are turned into what the database stores
once per different value, and recorders (the log, the search words) get all rows of a batch together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform.db.base import Base
from app.platform.db.extension import session
from app.platform.db.types import Json, UtcDateTime

#: different values remembered of one column; a column of other people's keys must not fill the memory
MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Inserted:
    """Rows that were just inserted, by column. ``given`` has what the caller gave, without the columns' defaults."""

    model: type[Base]
    ids: Sequence[int]
    given: Mapping[str, Sequence[Any]]


BulkRecorder = Callable[[Session, Inserted], None]
#: what ``changes.recorders`` does for single changes, each room does here for many new rows
recorders: list[BulkRecorder] = []


class Remembered(dict[Any, Any]):
    """Value -> what ``make`` makes of it, made once per different value. Fast as ``map(remembered.__getitem__, ...)``."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> Any:
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        made = self[value] = self._make(value)
        return made


def insert_columns(model: type[Base], given: Mapping[str, Sequence[Any]]) -> list[int]:
    """Insert rows given by column (all of the same length); their ids in the order given.

    None takes the column's default, as if it were not given.
    """
    count = len(next(iter(given.values())))
    if not count:
        return []
    table: Any = model.__table__
    ids = take_ids(table, count)
    stored: dict[str, Iterable[Any]] = {"id": ids}
    for column in table.columns:
        values = given.get(column.key)
        if column.key != "id" and (values is not None or column.default is not None):
            filled = _filled(column, values, count)
            stored[column.name] = filled if isinstance(filled, repeat) else as_stored(column.type, list(filled))
    write_rows(table.name, list(stored), zip(*stored.values(), strict=False))
    for recorder in recorders:
        recorder(session(), Inserted(model, ids, given))
    return ids


def _filled(column: sa.Column[Any], values: Sequence[Any] | None, count: int) -> Iterable[Any]:
    """The values, with the column's default for None."""
    default: Any = column.default
    if default is None:
        return values or ()
    if not default.is_callable:
        standing = default.arg
        if values is None:
            return repeat(as_stored(column.type, [standing])[0], count)
        return [standing if value is None else value for value in values]
    if isinstance(column.type, UtcDateTime):  # a batch happens at one moment
        moment = default.arg(None)
        return repeat(as_stored(column.type, [moment])[0], count) if values is None else [v or moment for v in values]
    return [default.arg(None) if value is None else value for value in values or repeat(None, count)]


def as_stored(kind: sa.types.TypeEngine[Any], values: Sequence[Any]) -> Sequence[Any]:
    """Values as the driver takes them."""
    dialect = session.connection().dialect
    processor = kind.dialect_impl(dialect).bind_processor(dialect)
    if processor is None:
        return values
    if isinstance(kind, Json) or (len(values) and isinstance(values[0], list)):  # they have no hash
        return [processor(value) for value in values]
    return list(map(Remembered(processor).__getitem__, values))


def take_ids(table: Any, count: int) -> list[int]:
    """Ids for new rows: from the sequence on PostgreSQL; on SQLite the writer is alone and counts on."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        highest = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0))) or 0
        return list(range(highest + 1, highest + 1 + count))
    sequence = sa.func.nextval(sa.func.pg_get_serial_sequence(table.name, "id"))
    numbers = sa.func.generate_series(1, count).table_valued("n")
    return list(connection.scalars(sa.select(sequence).select_from(numbers)))


def write_rows(table: str, names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows of values as the driver takes them. Nothing is recorded: for tables of the machinery."""
    connection = session.connection()
    columns = ", ".join(f'"{name}"' for name in names)
    if connection.dialect.name == "sqlite":
        places = ", ".join("?" for _ in names)
        connection.exec_driver_sql(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', list(rows))  # noqa: S608  names of the model
        return
    statement = f'COPY "{table}" ({columns}) FROM STDIN'
    raw: Any = connection.connection.driver_connection
    try:
        with raw.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as problem:
        raise sa.exc.DBAPIError.instance(
            statement, None, problem, psycopg.Error, True, dialect=connection.dialect
        ) from None


def let_run() -> None:
    """Statements over millions of rows may take their time in this transaction."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def analyze(*tables: str) -> None:
    """Tell the planner about rows that came in this transaction; it would take the tables for empty."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.exec_driver_sql(f'ANALYZE "{table}"')
