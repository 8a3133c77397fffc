"""One row of any model, made from what its columns need; for tests that walk over everything there is."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import sqlalchemy as sa

from app.kernel.errors import RuleBroken
from app.platform.db import Base, run, session
from app.platform.db.types import Scaled, UtcDateTime
from tests.support.people import house

_numbers = count(1)
#: decimals of an amount; tried as nothing, so that totals add up, then as one; quantities and rates are one
MONEY = 4
PLAIN = (
    (UtcDateTime, datetime(2026, 3, 2, 1, tzinfo=UTC)),
    (sa.Date, date(2026, 3, 2)),
    (sa.Boolean, False),
    (sa.Integer, 1),
)


def some_row(model: type[Base]) -> int | None:
    """Id of a row of ``model``: one that is there, else a new one with what it refers to; None where rules forbid it."""
    for amount in (0, 1):
        try:
            return run(lambda _actor, money: _some(model, money), house(), money=Decimal(amount))
        except RuleBroken:
            continue
    return None


def _some(model: type[Base], money: Decimal) -> int:
    found = session.scalar(sa.select(model.id).order_by(model.id).limit(1))  # type: ignore[attr-defined]
    if found is not None:
        return int(found)
    values: dict[str, Any] = {}
    mapper = sa.inspect(model)
    for name, column in mapper.columns.items():
        if name == "id" or column.nullable or column.default is not None or column.server_default is not None:
            continue
        values[name] = _value(name, column, money)
    row = model(**values)
    session.add(row)
    session.flush()
    return int(row.id)  # type: ignore[attr-defined]


def _value(name: str, column: sa.Column[Any], money: Decimal) -> Any:
    if column.foreign_keys:
        table = next(iter(column.foreign_keys)).column.table
        return _some(next(m.class_ for m in Base.registry.mappers if m.local_table is table), money)
    kind = column.type
    if isinstance(kind, sa.Enum):
        return next(iter(kind.enum_class))
    if isinstance(kind, Scaled):
        return money if kind.places == MONEY else Decimal(1)
    if isinstance(kind, sa.String):
        text = f"{name}{next(_numbers)}"
        return text[-kind.length :] if kind.length else text
    return next((value for one, value in PLAIN if isinstance(kind, one)), {})
