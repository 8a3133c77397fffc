"""The databases of a bench: made once under BENCH_FOLDER, kept for the next run.

PostgreSQL is BENCH_DATABASE_URL if set, else the server of the wheel the tests use, with settings a house would have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg import sql

from app.platform.db.engine import normalized
from bench.harness import KEY, ROOT
from tests.support.databases import imported_wheel

FOLDER = Path(os.environ.get("BENCH_FOLDER") or ROOT / "instance" / "bench").resolve()
#: a server that keeps its promises: every commit waits for the disk
SERVER = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "max_connections": "60",
}


class Sqlite:
    """Files."""

    kind = "sqlite"

    def __init__(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)

    def prepared(self, orders: int) -> str:
        """A demo company with so many orders; made beside its place and moved there when it is complete."""
        path = FOLDER / f"orders-{orders}.sqlite3"
        if not path.exists():
            draft = FOLDER / f"draft-{orders}.sqlite3"
            _fill(f"sqlite:///{draft}", orders)
            with sa.create_engine(f"sqlite:///{draft}").connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            draft.replace(path)
        _upgrade(f"sqlite:///{path}")
        return f"sqlite:///{path}"

    @contextmanager
    def copy(self, orders: int) -> Iterator[str]:
        """A copy of the file."""
        path = FOLDER / f"copy-{uuid.uuid4().hex[:8]}.sqlite3"
        shutil.copyfile(self.prepared(orders).removeprefix("sqlite:///"), path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for beside in FOLDER.glob(f"{path.name}*"):
                beside.unlink()

    def close(self) -> None:
        """Files need no closing."""


class Postgresql:
    """Databases of one server."""

    kind = "postgresql"

    def __init__(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        self._server: Any = None
        given = os.environ.get("BENCH_DATABASE_URL")
        self._url = sa.make_url(normalized(given)) if given else self._from_wheel()

    def _from_wheel(self) -> sa.URL:
        folder = FOLDER / "postgresql"
        folder.mkdir(exist_ok=True)
        wheel = imported_wheel(folder / "run")
        self._server = wheel.get_server(folder / "data", cleanup_mode="stop", postgres_version=16)
        url = sa.make_url(normalized(self._server.get_uri()))
        if not (folder / "tuned").exists():
            with self._admin(url) as connection:
                for name, value in SERVER.items():
                    command = sql.SQL("ALTER SYSTEM SET {} = {}")
                    connection.execute(command.format(sql.Identifier(name), sql.Literal(value)))
            (folder / "tuned").touch()
            self._server.cleanup()  # shared buffers are set when the server starts
            return self._from_wheel()
        return url

    @staticmethod
    def _admin(url: sa.URL) -> psycopg.Connection[Any]:
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(address, autocommit=True)

    def _run(self, command: str, *names: str) -> None:
        with self._admin(self._url) as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def _address(self, name: str) -> str:
        return self._url.set(database=name).render_as_string(hide_password=False)

    def _exists(self, name: str) -> bool:
        with self._admin(self._url) as connection:
            return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone())

    def prepared(self, orders: int) -> str:
        """A demo company with so many orders."""
        name, draft = f"bench_orders_{orders}", f"bench_draft_{orders}"
        if not self._exists(name):
            if not self._exists(draft):
                self._run("CREATE DATABASE {} TEMPLATE template0", draft)
            _fill(self._address(draft), orders)
            with self._admin(self._url.set(database=draft)) as connection:
                connection.execute("VACUUM ANALYZE")
            self._run("ALTER DATABASE {} RENAME TO {}", draft, name)
        _upgrade(self._address(name))
        return self._address(name)

    @contextmanager
    def copy(self, orders: int) -> Iterator[str]:
        """``CREATE DATABASE ... TEMPLATE``."""
        name = f"bench_copy_{uuid.uuid4().hex[:8]}"
        template = str(sa.make_url(self.prepared(orders)).database)
        self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        try:
            yield self._address(name)
        finally:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def close(self) -> None:
        """Stop the wheel's server; a given one goes on."""
        if self._server is not None:
            self._server.cleanup()


def place(kind: str) -> Sqlite | Postgresql:
    """The databases of one kind."""
    return Sqlite() if kind == "sqlite" else Postgresql()


@cache
def _upgrade(url: str) -> None:
    """Bring a database that was made earlier to the schema of now."""
    _flask(url, "db", "upgrade")


def _fill(url: str, orders: int) -> None:
    """Migrate, load the demo once, add what is missing; again goes on where it was interrupted."""
    _flask(url, "db", "upgrade")
    _flask(url, "demo", "load")
    _flask(url, "demo", "bulk", "--orders", str(orders))


def _flask(url: str, *words: str) -> None:
    env = dict(os.environ, DATABASE_URL=url, SECRET_KEY=KEY)
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
