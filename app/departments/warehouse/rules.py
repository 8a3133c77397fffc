"""Arithmetic and choices of the warehouse, over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from app.kernel.money import round_to
from app.kernel.quantity import round_quantity

ZERO = Decimal(0)
HUNDRED = Decimal(100)
COST_PLACES = 6
WEIGHT_PLACES = 3

T = TypeVar("T")


def most_receivable(ordered: Decimal, cancelled: Decimal, tolerance_percent: Decimal) -> Decimal:
    """How much may arrive in all for a line, base units.  tolerance_percent: 0..100 on top of what is expected."""
    return round_quantity((ordered - cancelled) * (HUNDRED + tolerance_percent) / HUNDRED)


def receipt_cost(net: Decimal, ordered: Decimal, rate: Decimal) -> Decimal:
    """Cost of one base unit in company currency, tax excluded, discounts of the line included.

    net: of the whole line in the order's currency.  ordered: base units, > 0.  rate: company currency per unit of it.
    """
    return round_to(net * rate / ordered, COST_PLACES)


def first_to_serve(waiting: Sequence[tuple[T, Decimal]], available: Decimal) -> list[T]:
    """The waiting lines, oldest first, that ``available`` can reach; (line, shortage) in, lines out."""
    served: list[T] = []
    left = available
    for line, shortage in waiting:
        if left <= 0:
            break
        served.append(line)
        left -= shortage
    return served


def package_weight(contents: Iterable[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """Weight of what is inside, kg; None when one product's weight is unknown.  contents: (quantity, kg of one)."""
    total = ZERO
    for quantity, each in contents:
        if each is None:
            return None
        total += quantity * each
    return round_to(total, WEIGHT_PLACES)


def spread(quantity: Decimal, parts: Sequence[tuple[T, Decimal]]) -> list[tuple[T, Decimal]]:
    """Fill ``quantity`` from (part, at most) in order; parts that get nothing are left out."""
    filled: list[tuple[T, Decimal]] = []
    left = quantity
    for part, most in parts:
        share = min(left, most)
        if share > 0:
            filled.append((part, share))
            left -= share
    return filled


def differences(wanted: Mapping[T, Decimal], got: Mapping[T, Decimal]) -> dict[T, Decimal]:
    """Where two sets of quantities differ: key -> got less wanted."""
    keys = list(dict.fromkeys([*wanted, *got]))
    return {k: got.get(k, ZERO) - wanted.get(k, ZERO) for k in keys if got.get(k, ZERO) != wanted.get(k, ZERO)}
