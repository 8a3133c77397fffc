"""What finance does by itself when others act: the standard automations."""

from __future__ import annotations

from app.departments.finance.errors import BillingNotSetUp, NothingToInvoice
from app.departments.finance.invoicing import draft_for
from app.kernel.actor import Actor
from app.platform.db import locks
from app.records.billing.completion import complete_if_done
from app.records.billing.events import BillingSetUp, ShipmentBillable
from app.records.orders.events import OrderClosedShort, OrderFulfilled
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
