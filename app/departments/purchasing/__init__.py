"""Purchasing: stock assessment, requisitions, suppliers, purchase orders."""

from __future__ import annotations

from flask import Flask

from app.departments.purchasing import assessment, papers, returning_pages, views
from app.platform.events import subscribe
from app.records.orders.events import OrderAmended, OrderConfirmed
from app.records.stock.events import OrderAllocated, OrderShort
from app.records.supply.events import PurchaseOrderSent


def register(app: Flask) -> None:
    """Listen to what the others do, and show the screens."""
    subscribe(OrderConfirmed, assessment.on_order_confirmed)
    subscribe(OrderAmended, assessment.on_order_confirmed)
    subscribe(OrderShort, assessment.on_order_confirmed)
    subscribe(OrderAllocated, assessment.on_order_allocated)
    subscribe(PurchaseOrderSent, papers.print_when_sent)
    views.register(app)
    returning_pages.register(app)
