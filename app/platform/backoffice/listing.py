"""One page of a list: ids by index with a keyset, then their rows in one statement, and a count that stops at 10,000.

No OFFSET and no full count: the page costs the same at a thousand and at ten million rows. An empty sort value stands
after all others when ascending and before them when descending, on both databases.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm.interfaces import ORMOption

from app.platform.db import Base, session
from app.platform.db.types import Scaled, UtcDateTime

COUNT_LIMIT = 10_000
SIZES = (20, 50, 100, 200)
DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the sort value and id of the row beside it."""

    value: Any
    row_id: int

    def token(self) -> str:
        """For the address; opaque, not secret."""
        return base64.urlsafe_b64encode(json.dumps([_plain(self.value), self.row_id]).encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Order:
    """Sorted by an indexed column, then by id."""

    attribute: InstrumentedAttribute[Any]
    name: str
    descending: bool

    @property
    def is_nullable(self) -> bool:
        """Whether the column may be empty."""
        return bool(self.attribute.property.columns[0].nullable)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the page begins: after or before a cursor, or at one end."""

    after: Cursor | None = None
    before: Cursor | None = None
    at_end: bool = False


@dataclass(slots=True)
class Page:
    """Rows of one page with the way on."""

    rows: list[Any]
    count: int
    is_capped: bool
    earlier: str | None
    later: str | None


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def read_cursor(token: str | None, order: Order) -> Cursor | None:
    """The cursor of a token; None for none and for garbage (the list then starts at its beginning)."""
    if not token or len(token) > 500:
        return None
    try:
        value, row_id = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if not isinstance(row_id, int) or isinstance(row_id, bool) or not 0 <= row_id < 2**63:
            return None
        return Cursor(None if value is None else _typed(value, order.attribute.type), row_id)
    except (ValueError, TypeError, binascii.Error, InvalidOperation, RecursionError):
        return None


def _typed(value: Any, kind: Any) -> Any:
    if isinstance(kind, Scaled):
        number = Decimal(value)
        if not number.is_finite() or number.adjusted() > 14 or -number.as_tuple().exponent > kind.places:  # type: ignore[operator]
            raise ValueError(value)
        return number
    if isinstance(kind, UtcDateTime):
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is None:
            raise ValueError(value)
        return instant
    if isinstance(kind, sa.Date):
        return date.fromisoformat(value)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return kind.enum_class(value)
    if isinstance(kind, sa.Boolean):
        return bool(value)
    if isinstance(kind, sa.Integer):
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**63:
            raise ValueError(value)
        return value
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def is_indexed(attribute: InstrumentedAttribute[Any]) -> bool:
    """Whether an index serves sorting by this column."""
    column = attribute.property.columns[0]
    table = column.table
    if column.primary_key or column.unique or column.index:
        return True
    leading = [next(iter(index.columns), None) for index in table.indexes]
    leading += [next(iter(c.columns), None) for c in table.constraints if isinstance(c, sa.UniqueConstraint)]
    return any(first is column for first in leading)


def _segments(
    model: type[Base], order: Order, cursor: Cursor | None, *, descending: bool
) -> list[tuple[list[sa.ColumnElement[bool]], list[Any]]]:
    """(criteria, ORDER BY) to read one after the other until the page is full.

    The empty values are a run of their own: with OR in one statement the index would be read from its beginning.
    """
    key: Any = model.id  # type: ignore[attr-defined]
    attribute = order.attribute
    direction = sa.desc if descending else sa.asc
    if attribute.property.columns[0].primary_key:
        beyond = [] if cursor is None else [key < cursor.row_id if descending else key > cursor.row_id]
        return [(beyond, [direction(key)])]
    filled: list[sa.ColumnElement[bool]] = []
    if cursor is not None and cursor.value is not None:
        mine = sa.tuple_(attribute, key)
        there = sa.tuple_(sa.literal(cursor.value, attribute.type), sa.literal(cursor.row_id, key.type))
        filled = [mine < there if descending else mine > there]
    by_value = [direction(attribute), direction(key)]
    if not order.is_nullable:
        return [(filled, by_value)]
    values = ([attribute.is_not(None), *filled], by_value)
    in_nulls = cursor is not None and cursor.value is None
    beyond = [] if cursor is None or not in_nulls else [key < cursor.row_id if descending else key > cursor.row_id]
    nulls = ([attribute.is_(None), *beyond], [direction(key)])
    if descending:
        return [nulls, values] if cursor is None or in_nulls else [values]
    return [nulls] if in_nulls else [values, nulls]


def read_page(
    model: type[Base],
    criteria: Sequence[sa.ColumnElement[bool]],
    counted_by: sa.ColumnElement[bool],
    order: Order,
    place: Place,
    size: int,
    options: Sequence[ORMOption],
) -> Page:
    """One page.

    counted_by: the actor's row criterion, stated for the count because that SELECT has no entity on top.
    """
    backwards = place.before is not None or place.at_end
    cursor = place.before if backwards else place.after
    descending = order.descending != backwards
    key: Any = model.id  # type: ignore[attr-defined]
    found: list[Any] = []
    for conditions, order_by in _segments(model, order, cursor, descending=descending):
        statement = sa.select(key, order.attribute).where(*criteria, *conditions).order_by(*order_by)
        found += session.execute(statement.limit(size + 1 - len(found))).all()
        if len(found) > size:
            break
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    ids = [row[0] for row in found]
    by_id: dict[int, Any] = {}
    if ids:
        rows: list[Any] = list(session.scalars(sa.select(model).where(key.in_(ids)).options(*options)).unique())
        by_id = {row.id: row for row in rows}
    limited = sa.select(key).where(*criteria, counted_by).limit(COUNT_LIMIT + 1).subquery()
    count = session.scalar(sa.select(sa.func.count()).select_from(limited)) or 0
    has_earlier = more if backwards else cursor is not None
    has_later = cursor is not None if backwards else more
    first = Cursor(found[0][1], found[0][0]).token() if found else None
    last = Cursor(found[-1][1], found[-1][0]).token() if found else None
    return Page(
        rows=[by_id[row_id] for row_id in ids if row_id in by_id],
        count=min(count, COUNT_LIMIT),
        is_capped=count > COUNT_LIMIT,
        earlier=first if has_earlier else None,
        later=last if has_later else None,
    )
