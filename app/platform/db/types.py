"""Column kinds of the house.

Money, prices, quantities and rates are stored as scaled whole numbers, so that sums are exact on SQLite too. In SQL
only sum, min, max, coalesce, case, comparison and + or - between two values of the same kind are right on them;
everything else raises here instead of being silently wrong by a power of ten.
"""

from __future__ import annotations

import operator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

BIGGEST = 2**63 - 1
#: zero as it stands in the condition of a partial index: a planner does not recognise it behind a parameter
NOTHING = sa.literal_column("0", sa.BigInteger())
_ADDITIVE = (operator.add, operator.sub)
_REFUSED = {"mul", "truediv", "floordiv", "mod", "concat_op"}


class UnsafeArithmetic(TypeError):
    """SQL arithmetic on a scaled number that would be wrong by a power of ten."""


class Scaled(TypeDecorator[Decimal]):
    """A Decimal with a fixed number of decimals, stored as BIGINT x 10^places."""

    impl = sa.BigInteger
    cache_ok = True
    places: int

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> int | None:
        """Raises: ValueError on a float, a non-number or more decimals than the column holds."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (Decimal, int)):
            raise ValueError(f"{value!r} is not a Decimal")
        number = Decimal(value)
        if not number.is_finite():
            raise ValueError(f"{value!r} is not a finite number")
        scaled = number.scaleb(self.places)
        whole = int(scaled)
        if whole != scaled:
            raise ValueError(f"{value} has more than {self.places} decimals")
        if abs(whole) > BIGGEST:
            raise ValueError(f"{value} is too large")
        return whole

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)

    def process_literal_param(self, value: Any, dialect: sa.Dialect) -> str:
        return str(self.process_bind_param(value, dialect))

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Refuses what would be silently wrong."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            """Raises: UnsafeArithmetic."""
            self._check(op, other)
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            """Raises: UnsafeArithmetic."""
            self._check(op, (other,))
            return super().reverse_operate(op, other, **kwargs)

        def _check(self, op: Any, others: tuple[Any, ...]) -> None:
            if getattr(op, "__name__", "") in _REFUSED:
                raise UnsafeArithmetic(f"{op.__name__} on a scaled number: do it in Python")
            if op in _ADDITIVE:
                mine = self.type
                for other in others:
                    kind = getattr(other, "type", None)
                    same = isinstance(kind, Scaled) and isinstance(mine, Scaled) and kind.places == mine.places
                    if not (same or isinstance(other, Decimal)):
                        raise UnsafeArithmetic(f"{op.__name__} of a scaled number and {other!r}")

    @property
    def comparator_factory(self) -> Any:  # type: ignore[override]
        """The refusing comparator."""
        return Scaled.Comparator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, UTC in Python and in the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Raises: ValueError on a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """A JSON value that is replaced as a whole, never changed in place (SQLAlchemy would not notice)."""

    impl = sa.JSON
    cache_ok = True
    none_as_null: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(none_as_null=True)


def enum_type(kind: type[StrEnum], name: str | None = None) -> sa.Enum:
    """A StrEnum stored by value in a VARCHAR with a CHECK.  name: of the check, default from the class name."""
    label = name or "".join(f"_{c.lower()}" if c.isupper() else c for c in kind.__name__).lstrip("_")
    return sa.Enum(
        kind,
        name=label,
        native_enum=False,
        create_constraint=True,
        length=max(24, *(len(item.value) for item in kind)),
        values_callable=lambda items: [item.value for item in items],
    )


def enum_column(kind: type[StrEnum], **options: Any) -> Any:
    """``mapped_column`` for a StrEnum."""
    return mapped_column(enum_type(kind), **options)


def money_type() -> Scaled:
    """Amounts: 4 decimals."""
    return Scaled(4)


def price_type() -> Scaled:
    """Unit prices and unit costs: 6 decimals."""
    return Scaled(6)


def quantity_type() -> Scaled:
    """Quantities: 3 decimals."""
    return Scaled(3)


def rate_type() -> Scaled:
    """Exchange rates and unit factors: 10 decimals."""
    return Scaled(10)


def degree_type() -> Scaled:
    """Latitude and longitude in degrees (WGS84): 7 decimals, about a centimetre."""
    return Scaled(7)


money_column = Annotated[Decimal, mapped_column(Scaled(4))]
price_column = Annotated[Decimal, mapped_column(Scaled(6))]
quantity_column = Annotated[Decimal, mapped_column(Scaled(3))]
rate_column = Annotated[Decimal, mapped_column(Scaled(10))]
percent_column = Annotated[Decimal, mapped_column(Scaled(4))]
utc_column = Annotated[datetime, mapped_column(UtcDateTime())]
date_column = Annotated[date, mapped_column(sa.Date())]
json_column = Annotated[Any, mapped_column(Json())]
code_column = Annotated[str, mapped_column(sa.String(40))]
name_column = Annotated[str, mapped_column(sa.String(200))]
text_column = Annotated[str, mapped_column(sa.Text())]
currency_column = Annotated[str, mapped_column(sa.String(3))]
big_id = Annotated[int, mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"))]
