"""Feedback: customers rate what they got, and low ratings become somebody's case."""

from __future__ import annotations

from flask import Flask

from app.platform.events import subscribe
from app.practices.feedback import jobs, service, views
from app.records.shipping.events import OrderFirstDelivered

__all__ = ["jobs", "register"]


def register(app: Flask) -> None:
    """Listen to deliveries, and show the lists."""
    subscribe(OrderFirstDelivered, service.ask_after_first_delivery)
    views.register(app)
