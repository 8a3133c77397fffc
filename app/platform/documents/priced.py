"""Papers with prices: lines, sums by tax rate, total in capitals.

Amounts are in the paper's currency, rounded to its minor unit. The classes refuse totals that do not add up: better no
paper than one that the other side can prove wrong.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.kernel.capitals import rmb_capitals
from app.kernel.money import TaxBasis, minor_unit
from app.platform.documents.data import Paper, Party, Quantity, plain

ZERO = Decimal(0)
AMOUNTS = frozenset({"net", "tax", "gross", "paid", "due", "discount_amount"})


def _in_minor_units(data: Any, places: int) -> Any:
    if isinstance(data, list):
        return [_in_minor_units(item, places) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        name: _shown(value, places) if name in AMOUNTS else _in_minor_units(value, places)
        for name, value in data.items()
    }


def _shown(amount: str, places: int) -> str:
    """With so many decimals; more only where the amount has them."""
    value = Decimal(amount).normalize()
    return f"{value:.{max(places, -int(value.as_tuple().exponent))}f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One line with its price; net + tax = gross.

    unit_price: per ``price_unit``, in the paper's price basis.  partner_code: the other side's number for the product.
    due_on: promised or requested day.  order_number: only where the paper covers several orders.
    """

    position: int
    code: str
    name: str
    quantity: Quantity
    unit_price: Decimal
    price_unit: str
    tax_percent: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    specification: str = ""
    partner_code: str = ""
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    due_on: date | None = None
    order_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSum:
    """All lines of one tax rate."""

    percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedPaper(Paper):
    """What all papers with prices share.

    company: our letterhead.  partner: customer or supplier.  price_basis: how ``unit_price`` is to be read.
    exchange_rate: units of the company's currency for one of ``currency``; None when they are the same.
    link: a page where the partner answers, printed as a QR code.  Raises: ValueError when the sums do not meet.
    """

    number: str
    issued_on: date
    company: Party
    partner: Party
    currency: str
    lines: tuple[PricedLine, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    price_basis: TaxBasis = "included"
    exchange_rate: Decimal | None = None
    terms: str = ""
    note: str = ""
    prepared_by: str = ""
    link: str | None = None

    def __post_init__(self) -> None:
        """Refuse sums that do not meet."""
        for name in ("net", "tax", "gross"):
            found = sum((getattr(line, name) for line in self.lines), ZERO)
            if found != getattr(self, name):
                raise ValueError(f"{self.number}: {name} is {getattr(self, name)}, its lines make {found}")
        if self.net + self.tax != self.gross:
            raise ValueError(f"{self.number}: {self.net} + {self.tax} is not {self.gross}")

    def tax_sums(self) -> tuple[TaxSum, ...]:
        """Net and tax by rate, highest rate first."""
        rates = sorted({line.tax_percent for line in self.lines}, reverse=True)
        return tuple(
            TaxSum(
                percent=rate,
                net=sum((line.net for line in self.lines if line.tax_percent == rate), ZERO),
                tax=sum((line.tax for line in self.lines if line.tax_percent == rate), ZERO),
            )
            for rate in rates
        )

    def as_data(self) -> dict[str, Any]:
        """Amounts with the decimals of their currency: the database keeps four of them."""
        found: dict[str, Any] = _in_minor_units(Paper.as_data(self), minor_unit(self.currency))
        return found

    def derived(self) -> dict[str, Any]:
        """The sums by tax rate, and the total in capitals where the currency is renminbi."""
        return {
            "taxes": plain(self.tax_sums()),
            "capitals": rmb_capitals(self.gross) if self.currency == "CNY" else "",
        }
