"""Pages for people without an account: each is opened by a signed link and shows one matter."""

from __future__ import annotations

from flask import Flask

from app.surfaces.portal import (
    feedback,
    handing_out,
    orders,
    purchase,
    tracking,
)

__all__ = ["register"]


def register(app: Flask) -> None:
    """Show the pages."""
    for room in (orders, tracking, feedback, purchase, handing_out):
        room.register(app)
