"""Purchasing rules as pure functions over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.kernel.quantity import round_up_to_multiple

ZERO = Decimal(0)
#: days between a receipt and the earliest shipment of what came
PUT_AWAY_DAYS = 1


@dataclass(frozen=True, slots=True)
class Supply:
    """So much comes on a day; none: nobody promised one."""

    expected_on: date | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Promise:
    """How a wanted quantity is covered."""

    covered: Decimal
    ready_on: date | None  #: when all that is covered can leave; none: now, or nothing is covered

    def is_whole(self, wanted: Decimal) -> bool:
        """Whether nothing is left to buy."""
        return self.covered >= wanted


def available_to_promise(free: Decimal, supply: Iterable[Supply], earlier_demand: Decimal, wanted: Decimal) -> Promise:
    """What of ``wanted`` can be promised, and for when.

    free: on hand and held for nobody.  supply: what is ordered and has a promised day (the rest cannot be promised).
    earlier_demand: what others still lack who confirmed before; it is served first.
    """
    left = wanted
    ready_on: date | None = None
    ahead = earlier_demand
    dated = sorted((part for part in supply if part.expected_on), key=lambda part: part.expected_on or date.max)
    for part in (Supply(None, free), *dated):
        for_others = min(ahead, part.quantity)
        ahead -= for_others
        mine = min(left, part.quantity - for_others)
        if mine > 0:
            left -= mine
            if part.expected_on:
                ready_on = part.expected_on + timedelta(days=PUT_AWAY_DAYS)
        if left == 0:
            break
    return Promise(wanted - left, ready_on)


def need_window(needed_on: date) -> date:
    """The Monday of the week of need: shortages of one week are one requisition."""
    return needed_on - timedelta(days=needed_on.weekday())


def units_to_order(base_quantity: Decimal, factor: Decimal, minimum: Decimal, multiple: Decimal) -> Decimal:
    """Purchase units that cover a base quantity, at least the minimum, in whole units or the supplier's multiple."""
    units = base_quantity / factor
    return round_up_to_multiple(max(units, minimum), multiple if multiple > 0 else Decimal(1))


@dataclass(frozen=True, slots=True)
class Offer:
    """What a supplier asks for a product. price: company currency per base unit, tax excluded."""

    supplier_id: int
    supplier: str
    price: Decimal
    lead_days: int
    rank: int
    is_qualified: bool


@dataclass(frozen=True, slots=True)
class RankedOffer:
    """An offer in its place, with the reasons a person can read."""

    offer: Offer
    arrives_on: date
    is_in_time: bool


def rank_offers(offers: Sequence[Offer], today: date, needed_by: date) -> list[RankedOffer]:
    """Best first: qualified before not, in time before late, then price, then the supplier's own rank."""
    ranked = [
        RankedOffer(
            offer, today + timedelta(days=offer.lead_days), today + timedelta(days=offer.lead_days) <= needed_by
        )
        for offer in offers
    ]
    return sorted(
        ranked,
        key=lambda found: (
            not found.offer.is_qualified,
            not found.is_in_time,
            found.offer.price,
            found.offer.rank,
            found.offer.supplier_id,
        ),
    )
