"""Goods that came back are delivered again without charge: an order of its own, for which nothing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.departments.sales.service.confirmation import pass_on
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.quantity import is_whole_units
from app.platform.db import session
from app.platform.events import publish
from app.records.billing.events import BillingSetUp
from app.records.numbers import document_number
from app.records.orders.models import ConfirmedHow, Order, OrderLine
from app.records.orders.states import OrderState
from app.records.parties.models import BillingPolicy, Party
from app.records.returns.events import ReplacementDue
from app.records.returns.models import CustomerReturn, CustomerReturnFinding, CustomerReturnLine

ZERO = Decimal(0)
#: what the new order takes over from the one whose goods came back
SAME = (
    "company_id", "customer_id", "channel", "customer_order_number", "owner_id", "currency", "rate", "price_basis",
    "payment_term_id", "billing_title", "billing_tax_number", "billing_address_id", "shipping_address_id",
    "warehouse_id",
)  # fmt: skip
SAME_ON_LINE = (
    "kind", "product_id", "description", "specification", "customer_part_number", "tax_percent",
)  # fmt: skip


def deliver_again(_actor: Actor, event: ReplacementDue) -> None:
    """Make and confirm the order over what the findings say is replaced; stock is bound or bought as for any order."""
    found = session.get_one(CustomerReturn, event.return_id)
    origin = session.get_one(Order, found.order_id)
    pairs = _what(event.finding_ids)
    order = _order(origin, found)
    lines = [_line(order, place, line, finding.quantity) for place, (finding, line) in enumerate(pairs, start=1)]
    session.add_all(lines)
    session.flush()
    for finding, _ in pairs:
        finding.replacement_order_id = order.id
    customer = session.get_one(Party, order.customer_id)
    pass_on(
        order, lines, how=ConfirmedHow.PHONE, person=origin.confirmed_by or customer.name[:100], said_at=clock.now()
    )
    publish(BillingSetUp(order_id=order.id))


def _what(finding_ids: Sequence[int]) -> list[tuple[CustomerReturnFinding, OrderLine]]:
    rows = session.execute(
        sa.select(CustomerReturnFinding, OrderLine)
        .join(CustomerReturnLine, CustomerReturnLine.id == CustomerReturnFinding.line_id)
        .join(OrderLine, OrderLine.id == CustomerReturnLine.order_line_id)
        .where(CustomerReturnFinding.id.in_(finding_ids))
        .order_by(OrderLine.position, CustomerReturnFinding.id)
    )
    return [(row[0], row[1]) for row in rows]


def _order(origin: Order, found: CustomerReturn) -> Order:
    now = clock.now()
    made = Order(
        state=OrderState.VERIFIED,
        received_at=now,
        verified_at=now,
        billing_policy=BillingPolicy.ORDERED,  # nothing is asked for, so no delivery waits for an invoice
        billing_confirmed_at=now,
        internal_note=f"{origin.number} / {found.number}",
        **{name: getattr(origin, name) for name in SAME},
    )
    session.add(made)
    session.flush()
    made.number = document_number("SO", made.id)
    return made


def _line(order: Order, position: int, line: OrderLine, quantity: Decimal) -> OrderLine:
    """In the unit it was sold in; pieces where it is no whole number of those."""
    unit_id, factor = line.unit_id, line.unit_factor
    if line.product is not None and not is_whole_units(quantity, factor):
        unit_id, factor = line.product.base_unit_id, Decimal(1)
    return OrderLine(
        order_id=order.id,
        position=position,
        unit_id=unit_id,
        unit_factor=factor,
        entered_quantity=quantity / factor,
        ordered=quantity,
        unit_price=ZERO,
        net=ZERO,
        tax=ZERO,
        gross=ZERO,
        **{name: getattr(line, name) for name in SAME_ON_LINE},
    )
