"""The warehouse: what comes in, where it lies, what is picked, packed and handed on."""

from __future__ import annotations

from flask import Flask

from app.departments.warehouse import jobs, pages, returns, trimming, views
from app.platform.events import subscribe
from app.records.orders.events import LineCancelled, OrderAmended, OrderCancelled, OrderClosedShort

__all__ = ["register"]


def register(app: Flask) -> None:
    """Listen to what the others do, and show the screens."""
    subscribe(OrderCancelled, trimming.trim_pick_lists)
    subscribe(OrderClosedShort, trimming.trim_pick_lists)
    subscribe(LineCancelled, trimming.trim_pick_lists)
    subscribe(OrderAmended, trimming.trim_pick_lists)
    subscribe(OrderCancelled, jobs.serve_after_release)
    subscribe(OrderClosedShort, jobs.serve_after_release)
    subscribe(LineCancelled, jobs.serve_after_release)
    views.register(app)
    pages.register(app)
    returns.register(app)
