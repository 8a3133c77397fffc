"""Sales: take, verify, confirm, amend and close customers' orders."""

from __future__ import annotations

from flask import Flask

from app.departments.sales import papers, permissions, views
from app.departments.sales.service import links

__all__ = ["links", "papers", "permissions", "register"]


def register(app: Flask) -> None:
    """The screens of sales; it listens to nobody: an order begins here."""
    views.register(app)
