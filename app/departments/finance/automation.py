"""What finance does by itself when others act: the standard automations."""

from __future__ import annotations

import sqlalchemy as sa

from app.departments.finance.errors import BillingNotSetUp, NothingToInvoice
from app.departments.finance.invoicing import draft_for, is_invoiced, over_billed, throw_away
from app.kernel.actor import Actor
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.billing.completion import complete_if_done
from app.records.billing.events import BillingSetUp, ShipmentBillable, ShipmentInvoiced
from app.records.billing.models import Invoice, InvoiceLine, InvoiceState
from app.records.orders.events import LineCancelled, OrderAmended, OrderCancelled, OrderClosedShort, OrderFulfilled
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import Order
from app.records.parties.models import BillingPolicy
from app.records.shipping.events import ShipmentCameBack, ShipmentDelivered


def draft_what_left(_actor: Actor, event: ShipmentBillable) -> None:
    """Draft the invoice of a shipment as it leaves; finance looks at it and posts it.

    Where billing is not set up yet, nothing is drafted: the hand-off says so, and the set-up drafts it later.
    """
    order = locks.lock(Order, event.order_id)
    if order.billing_policy is BillingPolicy.PERIOD:
        return
    _try_draft(order, event.shipment_id)


def draft_what_waited(_actor: Actor, event: BillingSetUp) -> None:
    """Once billing is set up: draft what is billed by order, and what left before."""
    order = locks.lock(Order, event.order_id)
    if order.billing_policy is not BillingPolicy.PERIOD:
        _try_draft(order, None)


def let_drafts_follow(
    _actor: Actor, event: LineCancelled | OrderAmended | OrderCancelled | OrderClosedShort | ShipmentCameBack
) -> None:
    """Throw drafts away that claim more than is owed now, and draft again what is.

    What is posted stays: only a credit note makes it smaller.
    """
    order = locks.lock(Order, event.order_id)
    session.flush()
    if isinstance(event, ShipmentCameBack) and is_invoiced(event.shipment_id):
        publish(ShipmentInvoiced(shipment_id=event.shipment_id, order_id=order.id))  # nothing of it is billable
    over = [line.id for line in lines_of(order.id) if over_billed(order, line) > 0]
    if not over:
        return
    wrong = session.scalars(
        sa.select(Invoice.id)
        .join(InvoiceLine, InvoiceLine.invoice_id == Invoice.id)
        .where(Invoice.order_id == order.id, Invoice.state == InvoiceState.DRAFT, InvoiceLine.order_line_id.in_(over))
    )
    drafts = locks.lock_all(Invoice, wrong)
    for draft in drafts:
        throw_away(draft)
    if drafts and order.billing_policy is not BillingPolicy.PERIOD:
        _try_draft(order, None)
    complete_if_done(order)


def complete_order(
    _actor: Actor, event: OrderFulfilled | OrderClosedShort | ShipmentDelivered | ShipmentCameBack
) -> None:
    """Complete an order when nothing is owed any more."""
    complete_if_done(locks.lock(Order, event.order_id))


def _try_draft(order: Order, shipment_id: int | None) -> None:
    try:
        draft_for(order, shipment_id)
    except (BillingNotSetUp, NothingToInvoice):
        return
