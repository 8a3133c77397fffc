"""How a migration reaches the database: bare ``alembic upgrade head`` and ``flask db upgrade`` both end here.

Everything from the first step to the last is one transaction on both databases, so that a step that fails leaves
nothing behind. Two processes that start at the same moment migrate one after the other.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy.types import TypeDecorator

import app
import config
from app.platform.db import Base
from app.platform.db import sqlite as sqlite_engine
from app.platform.db.changes import AUDITED
from app.platform.db.engine import engine_options, normalized

#: any constant; the same for everybody who migrates this database
MIGRATION_LOCK = 7_264_133
#: tables another library or the database itself keeps: Procrastinate's, FTS5's and its shadows
FOREIGN_TABLES = re.compile(r"^(procrastinate_|sqlite_)|_fts(_(data|idx|content|docsize|config))?$")


def import_models() -> None:
    """Fill the metadata with every table of the house."""
    for module in pkgutil.walk_packages(app.__path__, "app.", onerror=importlib.import_module):
        if module.name.rpartition(".")[2] == "models" or ".models." in module.name:
            importlib.import_module(module.name)


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Compare only tables that are ours."""
    return not (kind == "table" and name and FOREIGN_TABLES.search(name))


def include_object(thing: Any, _name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:  # noqa: FBT001  alembic's signature
    """An index may be for one database only."""
    return kind != "index" or thing.info.get("only", _engine.dialect.name) == _engine.dialect.name


def render_item(kind: str, item: Any, _autogen: Any) -> str | bool:
    """Write the plain type of a column kind of ours: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def engine() -> sa.Engine:
    """The caller's engine, else one for DATABASE_URL."""
    given = context.config.attributes.get("engine")
    if isinstance(given, sa.Engine):
        return given
    url = normalized(config.load().database_url)
    made = sa.create_engine(url, **engine_options(url))
    if made.dialect.name == "sqlite":
        sqlite_engine.configure(made)
    return made


def run(connection: sa.Connection) -> None:
    """Migrate on an open connection that no transaction has begun on."""
    is_sqlite = connection.dialect.name == "sqlite"
    # what a release does to its own rows is told by the release: inside the application the log's guard would refuse it
    connection = connection.execution_options(**{AUDITED: True})
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
        transactional_ddl=True,
        transaction_per_migration=False,
        include_name=include_name,
        include_object=include_object,
        render_item=render_item,
    )
    with connection.begin():
        if not is_sqlite:
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
        context.run_migrations()
        if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"the migration breaks {len(broken)} references, first: {tuple(broken[0])}")


def run_on_sqlite(target: sa.Engine) -> None:
    """Foreign keys are off while tables are rebuilt, else the rebuild of a parent deletes its children."""
    with (
        sqlite_engine.writer_turn(target),
        target.connect().execution_options(**{sqlite_engine.WRITE: True}) as connection,
    ):
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")  # says nothing inside a transaction, so before BEGIN
        try:
            run(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


import_models()
if context.is_offline_mode():
    raise SystemExit("Migrations read what is there; give DATABASE_URL and run them online.")
_engine = engine()
if _engine.dialect.name == "sqlite":
    run_on_sqlite(_engine)
else:
    with _engine.connect() as _connection:
        run(_connection)
