"""Money rules as pure functions over plain values."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from app.kernel.money import LineAmounts, TaxBasis, round_money, split_tax

ZERO = Decimal(0)
HUNDRED = Decimal(100)

#: days overdue that end a column of the ageing table; the last column is open
AGE_LIMITS = (0, 30, 60, 90)


def due_date(issued_on: date, days: int, *, from_end_of_month: bool) -> date:
    """Day an invoice is due: ``days`` after it, or after the end of its month."""
    start = issued_on.replace(day=monthrange(issued_on.year, issued_on.month)[1]) if from_end_of_month else issued_on
    return start + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed for a line, and what of it is invoiced so far."""

    ordered: Decimal  #: base units
    entered: Decimal  #: the same in priced units; a base quantity is rounded, this is not
    unit_price: Decimal
    discount_percent: Decimal
    discount_amount: Decimal  #: of the whole line
    tax_percent: Decimal
    basis: TaxBasis
    currency: str
    invoiced: Decimal = ZERO  #: base units, net of credits
    invoiced_net: Decimal = ZERO
    invoiced_tax: Decimal = ZERO


def amounts_up_to(line: Agreed, quantity: Decimal) -> LineAmounts:
    """What ``quantity`` base units of the line are worth in all: their share of the whole line, divided last."""
    whole = line.entered * line.unit_price * (HUNDRED - line.discount_percent) / HUNDRED - line.discount_amount
    raw = whole * quantity / line.ordered if line.ordered else ZERO
    return split_tax(round_money(raw, line.currency), line.tax_percent, line.basis, line.currency)


def amounts_of_part(line: Agreed, quantity: Decimal) -> LineAmounts:
    """What to ask for the next ``quantity`` base units.

    The difference of two running totals, so that however a line is split, its parts add up to the whole to the cent.
    """
    whole = amounts_up_to(line, line.invoiced + quantity)
    net, tax = whole.net - line.invoiced_net, whole.tax - line.invoiced_tax
    return LineAmounts(net, tax, net + tax)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A posted invoice line, and what of it is credited so far."""

    quantity: Decimal  #: base units
    amounts: LineAmounts
    tax_percent: Decimal
    basis: TaxBasis
    currency: str
    credited_quantity: Decimal = ZERO
    credited_net: Decimal = ZERO
    credited_tax: Decimal = ZERO

    @property
    def left_quantity(self) -> Decimal:
        """What can still be credited, base units."""
        return self.quantity - self.credited_quantity


def credit_of_part(line: Claimed, quantity: Decimal) -> LineAmounts:
    """What to give back for ``quantity`` of a claimed line, in the basis its price was agreed in.

    Again the difference of two running totals: the pieces of a credit add up to the claim to the cent.
    """
    so_far = line.credited_quantity + quantity
    whole = line.amounts
    if so_far != line.quantity:
        total = whole.gross if line.basis == "included" else whole.net
        part = round_money(total * so_far / line.quantity, line.currency)
        whole = split_tax(part, line.tax_percent, line.basis, line.currency)
    net, tax = whole.net - line.credited_net, whole.tax - line.credited_tax
    return LineAmounts(net, tax, net + tax)


def billable_quantity(
    *, policy: str, wanted: Decimal, left_the_house: Decimal, returned: Decimal, net_invoiced: Decimal
) -> Decimal:
    """How much of a line may be invoiced now, base units; never negative.

    wanted: ordered less cancelled.  left_the_house: shipped less failed.  net_invoiced: invoiced less credited.
    """
    basis = wanted if policy == "ordered" else left_the_house
    return max(ZERO, basis - returned - net_invoiced)


def credit_due(
    *, policy: str, wanted: Decimal, left_the_house: Decimal, returned: Decimal, net_invoiced: Decimal
) -> Decimal:
    """How much was invoiced that is not owed any more (a return or a cancellation), base units."""
    basis = wanted if policy == "ordered" else left_the_house
    return max(ZERO, net_invoiced - (basis - returned))


def age_column(due_on: date, today: date) -> int:
    """0 for not due yet, 1..4 for up to 30, 60, 90 and more days overdue."""
    late = (today - due_on).days
    return next((column for column, limit in enumerate(AGE_LIMITS) if late <= limit), len(AGE_LIMITS))


def spread(amount: Decimal, open_amounts: Sequence[tuple[int, Decimal]]) -> list[tuple[int, Decimal]]:
    """Spread a payment over claims in the order given; what does not fit stays unallocated."""
    result = []
    left = amount
    for claim, still_open in open_amounts:
        part = min(left, still_open)
        if part > 0:
            result.append((claim, part))
            left -= part
    return result


def total(parts: Iterable[LineAmounts]) -> LineAmounts:
    """Sum of lines."""
    found = list(parts)
    net = sum((part.net for part in found), ZERO)
    tax = sum((part.tax for part in found), ZERO)
    return LineAmounts(net, tax, net + tax)
