"""What everybody starts from: my desk, finding, and whether the house is well."""

from __future__ import annotations

from flask import Flask

from app.surfaces.home import finding, health, views
from app.surfaces.home.subjects import introduce_records


def register(app: Flask) -> None:
    """Install the desk and tell it about the shared records."""
    introduce_records()
    views.register(app)
    finding.register(app)
    health.register(app)
