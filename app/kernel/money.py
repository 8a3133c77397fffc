"""Money without surprises: Decimal only, one rounding rule, the entered basis as truth.

Rounding is half up to the currency's minor unit, per line. A line entered with tax included keeps its gross amount
exactly; tax is carved out of it. A line entered net keeps its net amount; tax is put on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

#: ISO 4217 currencies whose minor unit is not 2 decimals. Source: ISO 4217 list one.
MINOR_UNITS = {
    "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
}  # fmt: skip

ZERO = Decimal(0)
HUNDRED = Decimal(100)

TaxBasis = Literal["included", "excluded"]


def minor_unit(currency: str) -> int:
    """Decimals of the currency's smallest coin."""
    return MINOR_UNITS.get(currency, 2)


def round_to(amount: Decimal, places: int) -> Decimal:
    """Half up to ``places`` decimals; -0.5 becomes -1."""
    return amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def round_money(amount: Decimal, currency: str) -> Decimal:
    """Half up to the currency's minor unit."""
    return round_to(amount, minor_unit(currency))


@dataclass(frozen=True, slots=True)
class LineAmounts:
    """What one line is worth: net + tax = gross, always."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def split_tax(entered: Decimal, tax_percent: Decimal, basis: TaxBasis, currency: str) -> LineAmounts:
    """Split an entered line total (in its basis) into net, tax and gross."""
    if basis == "included":
        gross = round_money(entered, currency)
        net = round_money(gross * HUNDRED / (HUNDRED + tax_percent), currency)
        return LineAmounts(net, gross - net, gross)
    net = round_money(entered, currency)
    tax = round_money(net * tax_percent / HUNDRED, currency)
    return LineAmounts(net, tax, net + tax)


def line_total(
    quantity: Decimal,
    unit_price: Decimal,
    currency: str,
    *,
    discount_percent: Decimal = ZERO,
    discount_amount: Decimal = ZERO,
) -> Decimal:
    """Quantity x unit price less discount, in the entered basis, rounded once.

    quantity: in the unit the price is for.  discount_percent: 0..100.
    discount_amount: for the whole line, after the percent.
    """
    raw = quantity * unit_price * (HUNDRED - discount_percent) / HUNDRED - discount_amount
    return round_money(raw, currency)


def line_amounts(
    quantity: Decimal,
    unit_price: Decimal,
    tax_percent: Decimal,
    basis: TaxBasis,
    currency: str,
    *,
    discount_percent: Decimal = ZERO,
    discount_amount: Decimal = ZERO,
) -> LineAmounts:
    """Net, tax and gross of a line: 20,000 x 0.35 tax included at 13 % is 6,194.69 + 805.31 = 7,000.00."""
    entered = line_total(
        quantity, unit_price, currency, discount_percent=discount_percent, discount_amount=discount_amount
    )
    return split_tax(entered, tax_percent, basis, currency)


def share(total: Decimal, part: Decimal, whole: Decimal, currency: str) -> Decimal:
    """``total`` x part / whole, rounded; the whole gives back the total exactly."""
    return total if part == whole else round_money(total * part / whole, currency)
