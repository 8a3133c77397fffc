"""Handoff: five departments, one order book, and a clock on every pass between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from app import wiring


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The application, wired.  config: overrides of what config.py reads from the environment (tests, tools)."""
    app = Flask(__name__, static_folder="static")
    wiring.install(app, config or {})
    return app
