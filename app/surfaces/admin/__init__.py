"""Signing in, one's own account, and the screens of master data and of the engines."""

from __future__ import annotations

from flask import Flask

from app.surfaces.admin import (
    account,
    audit_log,
    catalog,
    departments,
    forgotten,
    history,
    housekeeping,
    jobs,
    links,
    parties,
    people,
    refusals,
    roles,
    second_factor,
    settings,
    signing_in,
)

__all__ = ["register"]

ROOMS = (
    refusals,
    signing_in,
    forgotten,
    account,
    second_factor,
    parties,
    catalog,
    people,
    departments,
    roles,
    links,
    settings,
    jobs,
    history,
    audit_log,
    housekeeping,
)


def register(app: Flask) -> None:
    """Register all screens of this surface."""
    for room in ROOMS:
        room.register(app)
