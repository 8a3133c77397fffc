"""Commands for the terminal: ``flask <group> <command>``."""

from __future__ import annotations

from flask import Flask

from app.surfaces.cli import database


def register(app: Flask) -> None:
    """Hang every command on the app."""
    for group in (database.group,):
        app.cli.add_command(group)
