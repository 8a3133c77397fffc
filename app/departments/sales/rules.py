"""What can be wrong with an order: pure functions over plain values, each problem named at its line.

A problem is data: a stable code, the line, a sentence, whether a person with a right may let it pass, and which right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.departments.sales.permissions import Permissions
from app.kernel.errors import Message
from app.kernel.money import HUNDRED, round_to
from app.kernel.quantity import plain
from app.kernel.text import N_
from app.platform.access import Permission
from app.records.orders.models import LineKind

ZERO = Decimal(0)
PRICE_PLACES = 6
#: an order with the same lines within so many days asks whether it is the same order
DUPLICATE_DAYS = 7


class Severity(StrEnum):
    """What a problem does to the order."""

    STOPS = "stops"  #: it must be corrected
    ASKS = "asks"  #: somebody with the right may let it pass, with a reason


#: code of a problem -> the right that may let it pass; what is not here must be corrected
MAY_PASS: Mapping[str, Permission] = {
    "quantity.minimum": Permissions.QUANTITY_ALLOW,
    "quantity.multiple": Permissions.QUANTITY_ALLOW,
    "price.no_list": Permissions.PRICE_ALLOW,
    "price.off_list": Permissions.PRICE_ALLOW,
    "price.below_floor": Permissions.FLOOR_ALLOW,
    "credit.exceeded": Permissions.CREDIT_ALLOW,
    "duplicate.number": Permissions.DUPLICATE_ALLOW,
    "duplicate.lines": Permissions.DUPLICATE_ALLOW,
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.  position and line_id: None where it is about the whole order."""

    code: str
    message: Message
    position: int | None = None
    line_id: int | None = None

    @property
    def severity(self) -> Severity:
        """Whether anybody may let it pass."""
        return Severity.ASKS if self.code in MAY_PASS else Severity.STOPS

    @property
    def right(self) -> Permission | None:
        """The right that may let it pass."""
        return MAY_PASS.get(self.code)

    @property
    def key(self) -> tuple[int | None, str]:
        """What an override names."""
        return (self.line_id, self.code)

    @property
    def field(self) -> str:
        """Where a form shows it: ``lines.3.quantity`` or ``credit``."""
        head, _, _ = self.code.partition(".")
        return head if self.position is None else f"lines.{self.position}.{head}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """A line beside what the catalog says about its product now; prices per entered unit, in the order's basis."""

    line_id: int
    position: int
    kind: LineKind
    product: str = ""  #: its code; empty where the line has none
    is_active: bool = True
    is_sold: bool = True
    quantity: Decimal = ZERO  #: entered
    loose: Decimal = ZERO  #: base units beside
    base_quantity: Decimal = ZERO
    unit: str = ""
    unit_decimals: int = 3
    base_unit: str = ""
    base_decimals: int = 3
    known_factor: Decimal | None = None  #: base units in the unit as the catalog says; None: not a unit of the product
    factor: Decimal = Decimal(1)
    minimum: Decimal = ZERO
    multiple: Decimal = ZERO
    unit_price: Decimal = ZERO
    net_unit_price: Decimal = ZERO  #: after discounts
    list_price: Decimal | None = None
    floor_price: Decimal | None = None
    tolerance_percent: Decimal = ZERO
    discount: Decimal = ZERO  #: percent or amount, whatever is given
    discount_reason: str = ""
    description: str = ""


def line_problems(line: LineFacts) -> list[Problem]:
    """Everything that is wrong with one line."""
    if line.kind is LineKind.TEXT:
        return []
    found: list[tuple[str, Message]] = [*_product_problems(line), *_quantity_problems(line), *_price_problems(line)]
    return [Problem(code, message, line.position, line.line_id) for code, message in found]


def _product_problems(line: LineFacts) -> Iterable[tuple[str, Message]]:
    if not line.product:
        if not line.description:
            yield "product.unnamed", Message(N_("Say what this line is: name a product or describe the service."))
        return
    if not line.is_active:
        yield (
            "product.discontinued",
            Message(N_("%(product)s is discontinued. Choose its successor."), product=line.product),
        )
    elif not line.is_sold:
        yield "product.not_sold", Message(N_("%(product)s is not for sale."), product=line.product)
    if line.known_factor is None:
        yield (
            "unit.foreign",
            Message(N_("%(unit)s is not a unit of %(product)s."), unit=line.unit, product=line.product),
        )
    elif line.known_factor != line.factor:
        yield "unit.changed", Message(
            N_("One %(unit)s of %(product)s is now %(now)s of its own units, not %(then)s. Enter the line again."),
            unit=line.unit, product=line.product, now=plain(line.known_factor), then=plain(line.factor),
        )  # fmt: skip


def _quantity_problems(line: LineFacts) -> Iterable[tuple[str, Message]]:
    if line.quantity <= 0 and line.loose <= 0:
        yield "quantity.not_positive", Message(N_("The quantity must be more than nothing."))
        return
    for quantity, unit, places in (
        (line.quantity, line.unit, line.unit_decimals), (line.loose, line.base_unit, line.base_decimals),
    ):  # fmt: skip
        if round_to(quantity, places) != quantity:
            yield (
                "quantity.decimals",
                Message(N_("%(unit)s is counted with at most %(places)s decimals."), unit=unit, places=places),
            )
    if not line.product or line.kind is LineKind.SAMPLE:
        return
    if line.base_quantity < line.minimum:
        yield "quantity.minimum", Message(
            N_("%(product)s is sold from %(minimum)s on; this is %(quantity)s."),
            product=line.product, minimum=plain(line.minimum), quantity=plain(line.base_quantity),
        )  # fmt: skip
    if line.multiple > 0 and line.base_quantity % line.multiple:
        yield "quantity.multiple", Message(
            N_("%(product)s is sold in multiples of %(multiple)s; this is %(quantity)s."),
            product=line.product, multiple=plain(line.multiple), quantity=plain(line.base_quantity),
        )  # fmt: skip


def _price_problems(line: LineFacts) -> Iterable[tuple[str, Message]]:
    if line.discount and not line.discount_reason:
        yield "discount.no_reason", Message(N_("Say why there is a discount."))
    if line.kind is not LineKind.PRODUCT:
        return
    if line.list_price is None:
        if line.unit_price == 0:
            yield "price.missing", Message(N_("%(product)s has no list price. Enter a price."), product=line.product)
        else:
            yield "price.no_list", Message(N_("%(product)s has no list price to compare with."), product=line.product)
    elif not within_tolerance(line.unit_price, line.list_price, line.tolerance_percent):
        yield "price.off_list", Message(
            N_("The price %(price)s differs from the list price %(list)s by more than %(tolerance)s %%."),
            price=plain(line.unit_price), list=plain(line.list_price), tolerance=plain(line.tolerance_percent),
        )  # fmt: skip
    if line.floor_price is not None and line.net_unit_price < line.floor_price:
        # The floor itself is a guarded field and is not told here.
        yield (
            "price.below_floor",
            Message(N_("After discount the price is below the floor of %(product)s."), product=line.product),
        )


def within_tolerance(price: Decimal, list_price: Decimal, tolerance_percent: Decimal) -> bool:
    """Whether a price is as near to the list as agreed, above or below."""
    return abs(price - list_price) * HUNDRED <= list_price * tolerance_percent


def in_basis(price: Decimal, tax_percent: Decimal, *, listed: str, wanted: str) -> Decimal:
    """A price of one basis in the other, six decimals half up."""
    if listed == wanted:
        return price
    whole = HUNDRED + tax_percent
    return round_to(price * HUNDRED / whole if wanted == "excluded" else price * whole / HUNDRED, PRICE_PLACES)


def net_unit_price(
    unit_price: Decimal, quantity: Decimal, discount_percent: Decimal, discount_amount: Decimal
) -> Decimal:
    """Price of one unit after the line's discounts, six decimals."""
    if quantity <= 0:
        return unit_price
    after = unit_price * (HUNDRED - discount_percent) / HUNDRED - discount_amount / quantity
    return round_to(after, PRICE_PLACES)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """The whole order beside what the house knows about its customer; money in the company's currency."""

    line_count: int
    customer: str
    is_active: bool
    is_customer: bool
    has_address: bool
    has_terms: bool
    needs_address: bool
    currency: str
    credit_limit: Decimal | None = None
    exposure: Decimal = ZERO  #: what the customer owes and has on order, without this order
    worth: Decimal = ZERO  #: this order
    same_number: tuple[str, ...] = ()  #: orders with the same number of the customer
    same_lines: tuple[str, ...] = ()
    customer_order_number: str = ""


def order_problems(order: OrderFacts) -> list[Problem]:
    """Everything that is wrong with the order as a whole."""
    found: list[tuple[str, Message]] = []
    if order.line_count == 0:
        found.append(("order.empty", Message(N_("The order has no lines."))))
    if not order.is_customer:
        found.append(("customer.none", Message(N_("%(customer)s is not a customer."), customer=order.customer)))
    elif not order.is_active:
        found.append(("customer.closed", Message(N_("%(customer)s is closed for orders."), customer=order.customer)))
    if order.needs_address and not order.has_address:
        found.append(("address.missing", Message(N_("Say where the goods shall go."))))
    if not order.has_terms:
        found.append(("terms.missing", Message(N_("Say when the customer pays: choose payment terms."))))
    if order.credit_limit is not None and order.exposure + order.worth > order.credit_limit:
        found.append(("credit.exceeded", _over_limit(order, order.credit_limit)))
    if order.same_number:
        found.append(("duplicate.number", Message(
            N_("The customer's number %(number)s is on %(orders)s already."),
            number=order.customer_order_number, orders=", ".join(order.same_number),
        )))  # fmt: skip
    elif order.same_lines:
        found.append(("duplicate.lines", Message(
            N_("%(orders)s of the last %(days)s days has the same lines. Is it the same order?"),
            orders=", ".join(order.same_lines), days=DUPLICATE_DAYS,
        )))  # fmt: skip
    return [Problem(code, message) for code, message in found]


def _over_limit(order: OrderFacts, limit: Decimal) -> Message:
    # The limit is a guarded field: who may read it sees it on the customer's page.
    return Message(
        N_("With this order the customer's open amount passes the credit limit by %(over)s %(currency)s."),
        over=f"{order.exposure + order.worth - limit:,.2f}",
        currency=order.currency,
    )


def unanswered(problems: Iterable[Problem], overrides: Iterable[tuple[int | None, str]]) -> list[Problem]:
    """Problems that nobody let pass."""
    allowed = set(overrides)
    return [one for one in problems if one.severity is Severity.STOPS or one.key not in allowed]


def price_step(
    items: Sequence[tuple[Decimal, date, date | None, Decimal, Decimal | None]], quantity: Decimal, day: date
) -> tuple[Decimal, Decimal | None] | None:
    """Unit price and floor that hold for a base quantity on a day.

    items: (from quantity, valid from, valid until, price, floor). The largest step wins, then the newest.
    """
    valid = [item for item in items if item[0] <= quantity and item[1] <= day and (item[2] is None or day <= item[2])]
    if not valid:
        return None
    best = max(valid, key=lambda item: (item[0], item[1]))
    return best[3], best[4]
