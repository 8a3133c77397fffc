"""Purchasing: stock assessment, requisitions, suppliers, purchase orders."""

from __future__ import annotations

from flask import Flask

from app.departments.purchasing import assessment
from app.platform.events import subscribe
from app.records.orders.events import OrderAmended, OrderConfirmed
from app.records.stock.events import OrderAllocated, OrderShort


def register(_app: Flask) -> None:
    """Listen to what the others do."""
    subscribe(OrderConfirmed, assessment.on_order_confirmed)
    subscribe(OrderAmended, assessment.on_order_confirmed)
    subscribe(OrderShort, assessment.on_order_confirmed)
    subscribe(OrderAllocated, assessment.on_order_allocated)
