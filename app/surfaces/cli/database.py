"""``flask db``: the schema from the command line, the same steps as a bare ``alembic``."""

from __future__ import annotations

import click
from alembic import command
from alembic.util import CommandError
from flask.cli import AppGroup

from app.platform.db import db, migrations

group = AppGroup("db", help="Bring the database to the schema this code expects, or back.")


def _say_where() -> None:
    revision, newest = migrations.current(db.engine), migrations.head()
    place = "empty" if revision is None else f"at {revision}"
    click.echo(f"The database is {place}{' (newest)' if revision == newest else f'; the newest is {newest}'}.")


@group.command("upgrade")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Apply every migration up to REVISION (default: the newest)."""
    try:
        migrations.upgrade(db.engine, revision)
    except CommandError as problem:
        raise click.ClickException(str(problem)) from None
    _say_where()


@group.command("downgrade")
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Take back the newest migration, or all down to REVISION ("base": empty)."""
    try:
        migrations.downgrade(db.engine, revision)
    except CommandError as problem:
        raise click.ClickException(str(problem)) from None
    _say_where()


@group.command("current")
def current() -> None:
    """Say which migration the database is at."""
    _say_where()


@group.command("check")
def check() -> None:
    """Fail when models and migrations differ."""
    try:
        command.check(migrations.configuration(db.engine))
    except CommandError as problem:
        raise click.ClickException(str(problem)) from None


@group.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """Write a migration from the difference between models and database, for a person to read and edit."""
    command.revision(migrations.configuration(db.engine), message, autogenerate=True)
