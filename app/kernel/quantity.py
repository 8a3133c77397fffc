"""Quantities: three decimals, base units as truth, entered units for people."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

PLACES = 3
STEP = Decimal("0.001")
#: largest quantity a line may hold; keeps scaled integers far from 64 bits
LIMIT = Decimal("999999999.999")


def round_quantity(quantity: Decimal) -> Decimal:
    """Half up to three decimals."""
    return quantity.quantize(STEP, rounding=ROUND_HALF_UP)


def to_base(entered: Decimal, factor: Decimal) -> Decimal:
    """Entered units into base units: 3 boxes at factor 12 are 36 pieces."""
    return round_quantity(entered * factor)


def is_whole_units(base: Decimal, factor: Decimal) -> bool:
    """Whether a base quantity is a whole number of units of ``factor``."""
    return base % factor == 0


def split_units(base: Decimal, factor: Decimal) -> tuple[Decimal, Decimal]:
    """Whole units of ``factor`` and the rest in base units: 41 pieces at factor 12 are (3, 5)."""
    whole = (base / factor).to_integral_value(rounding="ROUND_FLOOR")
    return whole, base - whole * factor


def round_up_to_multiple(quantity: Decimal, multiple: Decimal) -> Decimal:
    """Smallest multiple that covers ``quantity``; ``multiple`` 0 leaves it as it is."""
    if multiple <= 0:
        return quantity
    return (quantity / multiple).to_integral_value(rounding=ROUND_CEILING) * multiple


def plain(quantity: Decimal) -> str:
    """Without trailing zeros or an exponent: ``36``, ``2.5``."""
    text = format(quantity.normalize(), "f")
    return "0" if text in {"-0", ""} else text
