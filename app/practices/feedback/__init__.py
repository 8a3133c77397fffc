"""Feedback: customers rate what they got, and low ratings become somebody's case."""

from __future__ import annotations

from flask import Flask

from app.platform.events import subscribe
from app.practices.feedback import service
from app.records.shipping.events import OrderFirstDelivered


def register(_app: Flask) -> None:
    """Listen to deliveries."""
    subscribe(OrderFirstDelivered, service.ask_after_first_delivery)
