"""Customers' returns as sales sees them: asked for, decided on, replaced without charge."""

from __future__ import annotations

from flask import Flask

from app.departments.sales.returns import papers, replacing, views
from app.platform.events import subscribe
from app.records.returns.events import ReplacementDue, ReturnAuthorised

__all__ = ["register"]


def register(app: Flask) -> None:
    """Listen to the warehouse's findings, and show the screens."""
    subscribe(ReturnAuthorised, papers.print_when_authorised)
    subscribe(ReplacementDue, replacing.deliver_again)
    views.register(app)
