"""The warehouse's part of returns: take in, inspect, send back, to customers and to suppliers."""

from __future__ import annotations

from flask import Flask

from app.departments.warehouse.returns import pages, papers, views
from app.platform.events import subscribe
from app.records.returns.events import SupplierReturnSent

__all__ = ["register"]


def register(app: Flask) -> None:
    """The screens, and the slip that travels with the goods."""
    subscribe(SupplierReturnSent, papers.print_when_sent)
    views.register(app)
    pages.register(app)
