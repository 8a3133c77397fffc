"""Finance: billing set-up, invoices, credit notes, payments, supplier bills, receivables."""

from __future__ import annotations

from flask import Flask

from app.departments.finance import automation, differences, jobs, pages, papers, returning, setup, views
from app.platform.events import subscribe
from app.records.billing.events import (
    BillingSetUp,
    DraftThrownAway,
    InvoicePosted,
    InvoiceSettled,
    ShipmentBillable,
)
from app.records.orders.events import (
    LineCancelled,
    OrderAmended,
    OrderCancelled,
    OrderClosedShort,
    OrderConfirmed,
    OrderFulfilled,
)
from app.records.shipping.events import ShipmentCameBack, ShipmentDelivered

__all__ = ["jobs", "register"]


def register(app: Flask) -> None:
    """Listen to what the others do, and show the screens."""
    subscribe(OrderConfirmed, setup.set_up_known_customer)
    subscribe(ShipmentBillable, automation.draft_what_left)
    subscribe(BillingSetUp, automation.draft_what_waited)
    subscribe(InvoicePosted, papers.print_when_posted)
    subscribe(LineCancelled, automation.let_drafts_follow)
    subscribe(OrderAmended, automation.let_drafts_follow)
    subscribe(OrderCancelled, automation.let_drafts_follow)
    subscribe(OrderClosedShort, automation.let_drafts_follow)
    subscribe(ShipmentCameBack, automation.let_drafts_follow)
    for told in (
        BillingSetUp, DraftThrownAway, InvoicePosted, InvoiceSettled, LineCancelled, OrderAmended, OrderCancelled,
        OrderClosedShort, OrderFulfilled, ShipmentDelivered, ShipmentCameBack,
    ):  # fmt: skip
        subscribe(told, differences.judge_later)
    subscribe(OrderFulfilled, automation.complete_order)
    subscribe(OrderClosedShort, automation.complete_order)
    subscribe(ShipmentDelivered, automation.complete_order)
    subscribe(ShipmentCameBack, automation.complete_order)
    views.register(app)
    returning.register(app)
    pages.register(app)
