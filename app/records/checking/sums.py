"""Comparing what a row says with the sum of the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

ZERO = Decimal(0)


def zero(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """0 of the column's own kind."""
    return sa.literal(ZERO, column.type)


def total(column: sa.ColumnElement[Any], criterion: sa.ColumnElement[bool] | None = None) -> sa.ColumnElement[Any]:
    """Sum of a column, 0 for no rows; of the rows that fulfil ``criterion`` only."""
    counted = column if criterion is None else sa.case((criterion, column), else_=zero(column))
    return sa.func.coalesce(sa.func.sum(counted), zero(column))


def filled(column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """0 where the other side of an outer join has no row."""
    return sa.func.coalesce(column, zero(column))


def differing(
    row_id: sa.ColumnElement[Any],
    source: Any,
    pairs: Sequence[tuple[str, sa.ColumnElement[Any], sa.ColumnElement[Any]]],
) -> sa.Select[Any]:
    """Rows of ``source`` in which the first of a pair is not the second.  pairs: (name, said, summed)."""
    shown = [column for name, said, summed in pairs for column in (said.label(name), summed.label(f"{name}_summed"))]
    return (
        sa.select(row_id.label("id"), *shown)
        .select_from(source)
        .where(sa.or_(*(said != summed for _, said, summed in pairs)))
        .order_by(row_id)
    )
