"""Screens of sales."""

from __future__ import annotations

from flask import Flask

from app.departments.sales.views import amending, checking, confirming, hints, importing, orders
from app.platform.backoffice import Item, add_item, add_view
from app.records.orders.permissions import Permissions as OrderPermissions

__all__ = ["register"]


def register(app: Flask) -> None:
    """The order book, its entry, and the pages of an order's steps."""
    add_view(app, orders.OrderDesk)
    for screen in (checking, confirming, amending, importing, hints):
        screen.register(app)
    add_item(
        app,
        Item(
            "home", orders.OrderDesk.title, "sales_orders.index_view", OrderPermissions.ORDER_READ,
            icon="list", position=30, quick=3, key="g o",
        ),
    )  # fmt: skip
