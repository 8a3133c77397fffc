"""Seals the log in blocks, behind the writers, so that nobody waits for the head of a chain.

PostgreSQL commits out of order of ids, but every transaction below ``pg_snapshot_xmin`` has ended: a block is all
entries of a stretch of transaction numbers up to there. SQLite has one writer: a stretch of ids taken in its turn.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app

from app.kernel import clock
from app.kernel.actor import Actor, ActorKind
from app.platform.audit import anchors, canonical
from app.platform.audit.epochs import epoch_of
from app.platform.audit.keys import audit_key
from app.platform.audit.models import AuditBlock, AuditEntry
from app.platform.db import run, session

log = logging.getLogger(__name__)

SEALER = Actor(name="sealer", kind=ActorKind.SYSTEM, surface="sealer")
ADVISORY_LOCK = 7_264_201  #: any constant; one sealer at a time
NO_HASH = bytes(32)  #: before the first block
END = 2**63 - 1  #: high end of an epoch that is over
INTERVAL_SECONDS = 0.8

entries = AuditEntry.__table__
blocks = AuditBlock.__table__


def place(dialect: str) -> Any:
    """The column whose stretches are sealed."""
    return entries.c.id if dialect == "sqlite" else entries.c.xid


def newest_block() -> sa.Select[Any]:
    """Head of the chain."""
    return sa.select(blocks).order_by(blocks.c.number.desc()).limit(1)


@contextmanager
def own_connection() -> Iterator[sa.Connection]:
    """A connection beside the session's (in a test that rolls back: the test's own)."""
    bind = session().get_bind()
    if isinstance(bind, sa.Connection):
        yield bind
    else:
        with bind.connect() as connection:
            yield connection


def seal_once(anchor: Path | None = None) -> int | None:
    """Seal what is complete; the number of the new block, or None when there was nothing to seal.

    anchor: file outside the database that keeps the head, default the setting AUDIT_ANCHOR.
    """
    if not _is_due():
        return None
    block = run(_seal, SEALER)
    if block is None:
        return None
    target = anchor or configured_anchor()
    if target is not None:
        anchors.keep(target, block, audit_key())
    return int(block["number"])


def configured_anchor() -> Path | None:
    """Where the head is kept outside the database."""
    text = current_app.config.get("AUDIT_ANCHOR")
    return Path(text) if text else None


def _is_due() -> bool:
    """Whether anything lies beyond the head, without taking a writer's turn for the question."""
    with own_connection() as connection:
        head = connection.execute(newest_block()).first()
        beyond: sa.ColumnElement[bool] = sa.true()
        if head is not None and connection.dialect.name == "sqlite":
            beyond = entries.c.id >= head.high
        elif head is not None:
            reached = sa.tuple_(sa.literal(head.epoch), sa.literal(head.high, entries.c.xid.type))
            beyond = sa.tuple_(entries.c.epoch, entries.c.xid) >= reached
        return connection.execute(sa.select(entries.c.id).where(beyond).limit(1)).first() is not None


def _seal(actor: Actor) -> dict[str, Any] | None:
    """Write the next block. Raises nothing when another sealer is at it: it does the work."""
    connection = session().connection()
    dialect = connection.dialect.name
    if dialect != "sqlite" and not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(ADVISORY_LOCK))):
        return None
    head = connection.execute(newest_block()).first()
    low = head.high if head else (1 if dialect == "sqlite" else 0)
    epoch = head.epoch if head else _first_epoch(connection)
    now_epoch = epoch_of(connection)
    while True:
        high = _complete_up_to(connection) if epoch >= now_epoch else END
        block = _block(connection, epoch, low, high, head)
        if block is not None:
            connection.execute(sa.insert(AuditBlock), block)
            return block
        if epoch >= now_epoch:
            return None
        epoch, low = epoch + 1, 0


def _first_epoch(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.min(entries.c.epoch), 1))) or 1)


def _complete_up_to(connection: sa.Connection) -> int:
    if connection.dialect.name == "sqlite":
        return int(connection.scalar(sa.select(sa.func.coalesce(sa.func.max(entries.c.id), 0))) or 0) + 1
    return int(connection.scalar(sa.text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")) or 0)


def _block(connection: sa.Connection, epoch: int, low: int, high: int, head: Any) -> dict[str, Any] | None:
    where = place(connection.dialect.name)
    found = connection.execute(
        sa.select(entries.c.id, entries.c.xid, entries.c.mac)
        .where(entries.c.epoch == epoch, where >= low, where < high)
        .order_by(entries.c.xid, entries.c.id)
    ).all()
    if not found:
        return None
    running = canonical.EntriesHash()
    for row in found:
        running.add(row.id, row.xid, row.mac)
    block: dict[str, Any] = {
        "number": head.number + 1 if head else 1,
        "epoch": epoch,
        "low": low,
        "high": high,
        "entry_count": len(found),
        "members": canonical.pack((row.id, row.mac) for row in found),
        "entries_hash": running.digest(),
        "previous_hash": head.hash if head else NO_HASH,
        "sealed_at": clock.now(),
    }
    block["hash"] = canonical.block_hash(block)
    block["mac"] = canonical.block_mac(audit_key(), block["hash"])
    return block


class Sealer(threading.Thread):
    """Seals in the background until ``stop``; start it after the fork."""

    def __init__(self, app: Flask, interval: float = INTERVAL_SECONDS) -> None:
        super().__init__(name="audit-sealer", daemon=True)
        self._app = app
        self._interval = interval
        self._ended = threading.Event()

    def run(self) -> None:
        """Seal, rest, repeat. A database that is away for a while is met again at the next turn."""
        while not self._ended.wait(self._interval):
            try:
                with self._app.app_context():
                    seal_once()
            except Exception:
                log.exception("sealing the audit log failed; it is tried again")

    def stop(self) -> None:
        """Seal no more, and wait for the turn that is going on."""
        self._ended.set()
        if self.is_alive():
            self.join(timeout=10)
