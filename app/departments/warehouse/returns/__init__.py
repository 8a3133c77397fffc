"""The warehouse's part of returns: take in, inspect, send back, to customers and to suppliers."""

from __future__ import annotations

from flask import Flask

from app.departments.warehouse.returns import pages, views

__all__ = ["register"]


def register(app: Flask) -> None:
    """The screens."""
    views.register(app)
    pages.register(app)
