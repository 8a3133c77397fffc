"""The schema's version: bringing a database to it, and knowing whether it is there."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

_PROJECT = Path(__file__).resolve().parents[3] / "pyproject.toml"


def configuration(engine: sa.Engine | None = None) -> Config:
    """Alembic's configuration from the project's own file.  engine: to migrate with; none: one for DATABASE_URL."""
    made = Config(toml_file=_PROJECT)
    if engine is not None:
        made.attributes["engine"] = engine
    return made


def upgrade(engine: sa.Engine, revision: str = "head") -> None:
    """Bring the database to a revision, in one transaction."""
    command.upgrade(configuration(engine), revision)


def downgrade(engine: sa.Engine, revision: str) -> None:
    """Take the database back to a revision (``base``: empty), in one transaction."""
    command.downgrade(configuration(engine), revision)


def head() -> str | None:
    """The revision this code expects.  Raises: alembic.util.CommandError when there are two."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def current(engine: sa.Engine) -> str | None:
    """The revision the database is at; none for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current(engine: sa.Engine) -> bool:
    """Whether code and database fit."""
    return current(engine) == head()
