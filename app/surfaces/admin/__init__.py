"""Signing in, one's own account, and the screens of master data and of the engines."""

from __future__ import annotations

from flask import Flask

from app.surfaces.admin import account, parties, refusals, signing_in

__all__ = ["register"]


def register(app: Flask) -> None:
    """Register all screens of this surface."""
    refusals.register(app)
    signing_in.register(app)
    account.register(app)
    parties.register(app)
