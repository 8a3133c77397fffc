"""Refusals about stock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.kernel.errors import RuleBroken
from app.kernel.quantity import plain
from app.kernel.text import N_


@dataclass(frozen=True, slots=True)
class Shortage:
    """What was wanted and what is there, base units."""

    product_id: int
    product: str
    wanted: Decimal
    available: Decimal


class InsufficientStock(RuleBroken):
    """Not enough at the place, or it is held for somebody else; ``shortages`` lists every product."""

    code = "stock.insufficient"

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        self.shortages = tuple(shortages)
        first = self.shortages[0]
        super().__init__(
            N_("Not enough stock of %(product)s: %(wanted)s wanted, %(available)s free."),
            product=first.product,
            wanted=plain(first.wanted),
            available=plain(first.available),
            count=len(self.shortages),
        )
