"""What the second opinion writes down: orders, goods and money as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

Q = Fraction
NONE = Fraction(0)


class Refused(Exception):
    """The rules do not allow this step; nothing may change."""


def must(holds: bool, why: str) -> None:
    """Raises: Refused unless it holds."""
    if not holds:
        raise Refused(why)


def rounded(amount: Fraction, places: int) -> Fraction:
    """Half away from zero to so many decimals."""
    scale = 10**places
    size = Fraction(floor(abs(amount) * scale + Fraction(1, 2)), scale)
    return size if amount >= 0 else -size


def split(total: Fraction, tax_percent: Fraction, basis: str) -> tuple[Fraction, Fraction]:
    """Net and tax in cents of an amount in its basis."""
    entered = rounded(total, 2)
    if basis == "included":
        net = rounded(entered * 100 / (100 + tax_percent), 2)
        return net, entered - net
    return entered, rounded(entered * tax_percent / 100, 2)


@dataclass
class Line:
    """An order line; quantities in base units."""

    id: int
    position: int
    kind: str
    product: str
    entered: Fraction
    factor: Fraction
    price: Fraction
    percent: Fraction
    amount: Fraction
    tax: Fraction
    basis: str
    ordered: Fraction = NONE
    cancelled: Fraction = NONE
    allocated: Fraction = NONE
    picked: Fraction = NONE
    packed: Fraction = NONE
    shipped: Fraction = NONE
    delivered: Fraction = NONE
    failed: Fraction = NONE
    invoiced: Fraction = NONE
    credited: Fraction = NONE
    claimed: tuple[Fraction, Fraction] = (NONE, NONE)  #: net and tax on papers, less credits

    def __post_init__(self) -> None:
        self.ordered = rounded(self.entered * self.factor, 3)

    @property
    def is_goods(self) -> bool:
        return self.kind in {"product", "sample"}

    @property
    def wanted(self) -> Fraction:
        return self.ordered - self.cancelled

    @property
    def gone(self) -> Fraction:
        """Left the house and did not come back."""
        return self.shipped - self.failed

    @property
    def to_ship(self) -> Fraction:
        return self.wanted - self.gone

    @property
    def lacking(self) -> Fraction:
        return self.to_ship - self.allocated if self.is_goods else NONE

    @property
    def in_hand(self) -> Fraction:
        """Picked and still here."""
        return self.picked - self.shipped

    @property
    def billed(self) -> Fraction:
        return self.invoiced - self.credited

    def worth(self, quantity: Fraction) -> tuple[Fraction, Fraction]:
        """Net and tax of so many base units: their share of what was agreed for the whole line."""
        return split(self.agreed * quantity / self.ordered, self.tax, self.basis)

    @property
    def agreed(self) -> Fraction:
        """The whole line in its basis, not rounded."""
        return self.entered * self.price * (100 - self.percent) / 100 - self.amount

    @property
    def totals(self) -> tuple[Fraction, Fraction]:
        return split(self.agreed, self.tax, self.basis)


@dataclass
class Order:
    """An order with its lines."""

    key: int
    customer: int
    policy: str
    basis: str
    billing_known: bool
    allows_part: bool
    lines: list[Line]
    id: int = 0
    state: str = "draft"
    held: bool = False
    billing_set_up: bool = False
    confirmed_at: int = 0
    may_repeat: bool = False  #: somebody let the same order pass twice

    def line(self, line_id: int) -> Line:
        return next(line for line in self.lines if line.id == line_id)

    @property
    def gross(self) -> Fraction:
        return sum((sum(line.totals) for line in self.lines), NONE)

    @property
    def signature(self) -> list[tuple[str, Fraction]]:
        return sorted((line.product, line.ordered) for line in self.lines if line.product)


@dataclass
class Part:
    """One order line's goods in a shipment."""

    line: Line
    left: Fraction = NONE  #: on the pick list, not yet taken
    picked: Fraction = NONE
    shipped: Fraction = NONE
    delivered: Fraction = NONE
    failed: Fraction = NONE
    invoiced: Fraction = NONE


@dataclass
class Shipment:
    """Goods of one order that leave together."""

    id: int
    order: Order
    parts: dict[int, Part]  #: by order line id, in the order they were planned
    state: str = "draft"
    has_carrier: bool = False

    @property
    def is_here(self) -> bool:
        return self.state in {"draft", "picking", "picked", "packed", "ready"}


@dataclass
class ClaimLine:
    """One line of an invoice or credit note."""

    line: Line
    quantity: Fraction
    net: Fraction
    tax: Fraction
    id: int = 0
    returned: Fraction = NONE  #: credited so far
    given_back: tuple[Fraction, Fraction] = (NONE, NONE)


@dataclass
class Claim:
    """An invoice, or the credit note over one."""

    order: Order
    lines: list[ClaimLine]
    shipment: Shipment | None = None
    reverses: Claim | None = None
    state: str = "draft"
    settled: Fraction = NONE
    posted_on: int = 0  #: a day's number
    id: int = 0

    @property
    def gross(self) -> Fraction:
        return sum((line.net + line.tax for line in self.lines), NONE)

    @property
    def open(self) -> Fraction:
        return self.gross - self.settled


@dataclass
class Payment:
    """Money of a customer."""

    customer: int
    amount: Fraction
    order: Order | None = None
    used: Fraction = NONE
    id: int = 0
    parts: list[tuple[Claim, Fraction]] = field(default_factory=list)  #: settlements in the order they were booked


@dataclass
class Shelf:
    """One product's stock by kind of place."""

    storage: Fraction = NONE
    receiving: Fraction = NONE
    blocked: Fraction = NONE
    expected: Fraction = NONE  #: purchase orders still owe it


@dataclass
class Book:
    """All of it."""

    orders: list[Order] = field(default_factory=list)
    shipments: list[Shipment] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    shelves: dict[str, Shelf] = field(default_factory=dict)

    def reserved(self, product: str) -> Fraction:
        return sum((line.allocated for order in self.orders for line in order.lines if line.product == product), NONE)

    def free(self, product: str) -> Fraction:
        return self.shelves[product].storage - self.reserved(product)

    def receivable(self, customer: int) -> Fraction:
        """Open amounts of a customer's posted invoices."""
        posted = (c for c in self.claims if c.state == "posted" and c.reverses is None)
        return sum((c.open for c in posted if c.order.customer == customer), NONE)
