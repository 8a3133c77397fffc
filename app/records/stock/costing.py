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

    unit_cost: of what comes in, or of what goes back to where it came from at what it cost; None: at the average.
    Raises: ValueError when more would go than is there.
    """
    after = on_hand + quantity
    if after < 0:
        raise ValueError("more would go than is there")
    if quantity < 0:
        leaves_at = average if unit_cost is None else round_to(unit_cost, COST_PLACES)
        value = -balance if after == 0 else -min(balance, round_to(-quantity * leaves_at, VALUE_PLACES))
        rest = balance + value
        if after == 0 or unit_cost is None:
            return Costed(leaves_at, value, after, rest, average)
        return Costed(leaves_at, value, after, rest, round_to(rest / after, COST_PLACES))
    cost = round_to(average if unit_cost is None else unit_cost, COST_PLACES)
    value = round_to(quantity * cost, VALUE_PLACES)
    total = balance + value
    return Costed(cost, value, after, total, round_to(total / after, COST_PLACES) if after else cost)
