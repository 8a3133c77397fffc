"""``flask search``: the words by which records are found."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from app.kernel.actor import Actor, ActorKind
from app.platform import search
from app.platform.db import run, session

group = AppGroup("search", help="The words by which records are found.")
_COMMAND = Actor(name="search rebuild", kind=ActorKind.CLI, surface="cli")


def _rebuild(_actor: Actor) -> list[tuple[str, int]]:
    return list(search.rebuild(session().connection()))


@group.command("rebuild")
def rebuild() -> None:
    """Make all search words anew; needed after writing to tables with raw SQL, and after a change of what is searched."""
    for table, rows in run(_rebuild, _COMMAND):
        click.echo(f"{table}: {rows}")
