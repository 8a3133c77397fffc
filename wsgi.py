"""The application object for a web server and for the ``flask`` command."""

from __future__ import annotations

from app import create_app
from app.kernel.garbage import settle
from config import ConfigurationError

try:
    app = create_app()
except ConfigurationError as problem:
    raise SystemExit(f"Handoff does not start:\n{problem}") from None
settle()
