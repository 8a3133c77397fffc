"""SQLite as a server would be: WAL, full durability, foreign keys, and writers that queue instead of failing.

SQLite's own busy handler has tails of seconds when several processes write. A file lock beside the database is fair
enough and cheap: every writer takes it before BEGIN IMMEDIATE and gives it back after COMMIT or ROLLBACK.
"""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

if sys.platform != "win32":
    import fcntl

WRITE = "handoff_write"  #: execution option: this transaction is going to write
BUSY_TIMEOUT_MS = 15_000

_locks: dict[str, threading.Lock] = {}
_guard = threading.Lock()


def configure(engine: sa.Engine) -> None:
    """Hang the pragmas and the BEGIN statements on an engine."""
    sa.event.listen(engine, "connect", _on_connect)
    sa.event.listen(engine, "begin", _on_begin)


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: sa.Connection) -> None:
    write = connection.get_execution_options().get(WRITE)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@contextmanager
def writer_turn(engine: sa.Engine) -> Iterator[None]:
    """Wait for the turn to write; on another database, or in memory, nothing to wait for."""
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        yield
        return
    with _guard:
        lock = _locks.setdefault(path, threading.Lock())
    with lock, _file_lock(Path(f"{path}.writer")):
        yield


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    if sys.platform == "win32":  # one process there; the thread lock is enough
        yield
        return
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
