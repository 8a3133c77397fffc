"""Logistics: who carries what, when it left, and who signed for it."""

from __future__ import annotations

from flask import Flask

from app.departments.logistics import pages, views

__all__ = ["register"]


def register(app: Flask) -> None:
    """Show the screens."""
    views.register(app)
    pages.register(app)
