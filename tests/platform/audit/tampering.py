"""What somebody with the owner's password could do to the log: raw SQL, with the triggers out of the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind
from app.platform.audit import AuditBlock, AuditEntry, note, seal_once
from app.platform.audit.models import AuditPersonal
from app.platform.db import db, run, sqlite
from app.platform.db.triggers import drop_append_only, make_append_only

CLERK = Actor(name="clerk", kind=ActorKind.USER, user_id=1, surface="test")
TABLES = (AuditEntry.__table__, AuditBlock.__table__, AuditPersonal.__table__)
ONLY_ADDED = ("audit_entries", "audit_blocks", "audit_epochs")


def write_notes(*texts: str) -> list[int]:
    """One committed transaction with one entry per text; their ids."""

    def work(actor: Actor) -> None:
        for text in texts:
            note("test.note", text=text)

    run(work, CLERK)
    return entry_ids()[-len(texts) :]


def seal(anchor: Path | None = None) -> int:
    """Seal what was written. Transactions of other tests on the same server may hold it up for a moment."""
    until = time.monotonic() + 30
    while (number := seal_once(anchor)) is None:
        assert time.monotonic() < until, "nothing could be sealed"
        time.sleep(0.05)
    return number


def entry_ids() -> list[int]:
    with db.engine.connect() as connection:
        return list(connection.scalars(sa.select(AuditEntry.id).order_by(AuditEntry.id)))


@contextmanager
def as_owner() -> Iterator[sa.Connection]:
    """A transaction in which nothing is refused; the triggers are back after it."""
    options = {sqlite.WRITE: True}
    with db.engine.connect().execution_options(**options) as connection, connection.begin():
        for name in (*ONLY_ADDED, "audit_personal"):
            drop_append_only(connection, name)
        yield connection
        for name in ONLY_ADDED:
            make_append_only(connection, name)
        make_append_only(connection, "audit_personal", allow_delete=True)


def rows_of(table: Any) -> list[dict[str, Any]]:
    with db.engine.connect() as connection:
        return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def put_back(kept: dict[Any, list[dict[str, Any]]]) -> None:
    """Replace what is there with rows kept earlier: an older backup."""
    with as_owner() as owner:
        for table, rows in kept.items():
            owner.execute(sa.delete(table))
            if rows:
                owner.execute(sa.insert(table), rows)
