"""Customers' returns as sales sees them: asked for, decided on, replaced without charge."""

from __future__ import annotations

from flask import Flask

from app.departments.sales.returns import replacing, views
from app.platform.events import subscribe
from app.records.returns.events import ReplacementDue

__all__ = ["register"]


def register(app: Flask) -> None:
    """Listen to the warehouse's findings, and show the screens."""
    subscribe(ReplacementDue, replacing.deliver_again)
    views.register(app)
