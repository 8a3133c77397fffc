"""Screens of master data and of the engines."""

from __future__ import annotations

from flask import Flask

from app.surfaces.admin import parties

__all__ = ["register"]


def register(app: Flask) -> None:
    """Register all screens of this surface."""
    parties.register(app)
