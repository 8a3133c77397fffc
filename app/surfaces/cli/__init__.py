"""Commands for the terminal: ``flask <group> <command>``."""

from __future__ import annotations

from flask import Flask

from app.surfaces.cli import audit, check, database, demo, imports, search, user
from app.surfaces.cli.worker import worker


def register(app: Flask) -> None:
    """Hang every command on the app."""
    for group in (
        database.group,
        demo.group,
        imports.group,
        user.group,
        audit.group,
        search.group,
        check.check,
        worker,
    ):
        app.cli.add_command(group)
