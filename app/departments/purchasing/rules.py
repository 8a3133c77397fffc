"""Purchasing rules as pure functions over plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.kernel.quantity import round_up_to_multiple


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
