"""Moving average cost, as a pure function of what was there and what comes or goes.

Value keeps four decimals, cost six. The last piece takes the whole remaining value with it, so that an empty stock is
worth exactly nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from app.kernel.money import round_to

VALUE_PLACES = 4
COST_PLACES = 6


@dataclass(frozen=True, slots=True)
class Costed:
    """One booked move and the balance after it."""

    unit_cost: Decimal
    value: Decimal  #: signed as the quantity
    on_hand: Decimal
    balance: Decimal
    average: Decimal


def cost_move(
    on_hand: Decimal, balance: Decimal, average: Decimal, quantity: Decimal, unit_cost: Decimal | None
) -> Costed:
    """Cost of moving ``quantity`` (signed, base units).

    unit_cost: of what comes in; None: at the average (what goes out always goes at the average).
    Raises: ValueError when more would go than is there.
    """
    after = on_hand + quantity
    if after < 0:
        raise ValueError("more would go than is there")
    if quantity < 0:
        value = -balance if after == 0 else -min(balance, round_to(-quantity * average, VALUE_PLACES))
        return Costed(average, value, after, balance + value, average)
    cost = round_to(average if unit_cost is None else unit_cost, COST_PLACES)
    value = round_to(quantity * cost, VALUE_PLACES)
    total = balance + value
    return Costed(cost, value, after, total, round_to(total / after, COST_PLACES) if after else cost)
