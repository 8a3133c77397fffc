"""Arithmetic of logistics, over plain values."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app.kernel.money import round_money

ZERO = Decimal(0)


def total_weight(weights: Iterable[Decimal | None]) -> Decimal | None:
    """kg of all packages; None when one is unknown."""
    known = list(weights)
    if not known or any(weight is None for weight in known):
        return None
    return sum((weight for weight in known if weight is not None), ZERO)


def carriage(
    base_charge: Decimal | None, per_kg: Decimal | None, weight_kg: Decimal | None, currency: str
) -> Decimal | None:
    """What a carrier should bill; None when he has no tariff, or one by weight and the weight is unknown."""
    if base_charge is None and per_kg is None:
        return None
    if per_kg is not None and weight_kg is None:
        return None
    return round_money((base_charge or ZERO) + (per_kg or ZERO) * (weight_kg or ZERO), currency)
