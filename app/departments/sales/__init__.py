"""Sales: take, verify, confirm, amend and close customers' orders."""

from __future__ import annotations

from flask import Flask

from app.departments.sales import papers, permissions, returns, views
from app.departments.sales.service import links
from app.platform.events import subscribe
from app.records.orders.events import OrderSent

__all__ = ["links", "papers", "permissions", "register"]


def register(app: Flask) -> None:
    """The screens of sales; it listens to itself, and to what becomes of returned goods: an order begins here."""
    subscribe(OrderSent, papers.print_when_sent)
    views.register(app)
    returns.register(app)
