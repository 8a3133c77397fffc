"""Blocks: gapless behind parallel writers, one sealer, a new epoch after a restore, the head kept outside."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.access.models import Department
from app.platform.audit import Sealer, note, seal_once, sealing, verify
from app.platform.audit.sealing import ADVISORY_LOCK
from app.platform.db import db, run, session
from tests.platform.audit.tampering import CLERK, TABLES, as_owner, entry_ids, rows_of, seal, write_notes

pytestmark = [pytest.mark.usefixtures("live_app"), pytest.mark.slow]
ENTRIES, BLOCKS, _ = TABLES
WRITERS, ROUNDS = 8, 12


@pytest.mark.promise("AL5")
def test_parallel_writers_lose_nothing_and_blocks_have_no_gap(live_app: Flask):

    def add(actor: Actor, *, name: str) -> None:
        names = {"name_en": name, "name_zh": name, "mark_en": "x", "mark_zh": "x"}
        session.add_all([Department(code=f"{name}-{n}", **names) for n in range(3)])

    def write(worker: int) -> None:
        with live_app.app_context():
            for turn in range(ROUNDS):
                run(add, CLERK, name=f"w{worker}-{turn}")

    sealer = Sealer(live_app, interval=0.02)
    sealer.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        assert list(pool.map(write, range(WRITERS))) == [None] * WRITERS
    until = time.monotonic() + 30
    while verify().unsealed and time.monotonic() < until:
        time.sleep(0.1)
    sealer.stop()
    proof = verify()
    assert (proof.findings, proof.unsealed, proof.entries) == ([], 0, WRITERS * ROUNDS * 3)
    blocks = rows_of(BLOCKS)
    assert [block["number"] for block in blocks] == list(range(1, len(blocks) + 1))
    assert len(blocks) > 1
    assert sum(block["entry_count"] for block in blocks) == WRITERS * ROUNDS * 3
    assert all(before["high"] == after["low"] for before, after in pairwise(blocks))
    departments = {row["id"] for row in rows_of(Department.__table__)}
    assert {row["row_id"] for row in rows_of(ENTRIES)} == departments


def test_nothing_to_seal_makes_no_block():
    assert seal_once() is None
    write_notes("a")
    assert seal() == 1
    assert seal_once() is None
    assert len(rows_of(BLOCKS)) == 1


@pytest.mark.promise("AL5")
@pytest.mark.postgresql
def test_an_open_transaction_holds_its_entries_back(live_app: Flask):
    """Ids are given out before commits: what commits later must still find its place in a block."""
    go, opened = threading.Event(), threading.Event()

    def slow(actor: Actor) -> None:
        note("test.slow")
        opened.set()
        assert go.wait(20)

    def work() -> None:
        with live_app.app_context():
            run(slow, CLERK)

    thread = threading.Thread(target=work)
    thread.start()
    assert opened.wait(20)
    write_notes("quick")
    assert seal_once() is None
    go.set()
    thread.join()
    seal()
    assert [row["action"] for row in rows_of(ENTRIES)] == ["test.slow", "test.note"]
    proof = verify()
    assert (proof.findings, proof.unsealed) == ([], 0)


@pytest.mark.postgresql
def test_one_sealer_at_a_time():
    write_notes("a")
    with db.engine.connect() as other, other.begin():
        other.execute(sa.select(sa.func.pg_advisory_xact_lock(ADVISORY_LOCK)))
        assert seal_once() is None
    assert seal() == 1


@pytest.mark.postgresql
def test_a_restore_on_another_server_begins_an_epoch():
    """There transaction numbers start again, below those of the entries that came along."""
    write_notes("a")
    seal()
    write_notes("b")
    with as_owner() as owner:
        owner.exec_driver_sql("UPDATE audit_epochs SET server = 'the old one'")
    session.remove()
    db.engine.dispose()  # a connection asks once which server it talks to
    write_notes("c")
    assert (seal(), seal()) == (2, 3)
    assert [(row["epoch"], row["entry_count"]) for row in rows_of(BLOCKS)] == [(1, 1), (1, 1), (2, 1)]
    assert [row["epoch"] for row in rows_of(ENTRIES)] == [1, 1, 2]
    write_notes("d")
    seal()
    proof = verify()
    assert (proof.findings, proof.unsealed, proof.blocks) == ([], 0, 4)


def test_the_anchor_keeps_the_newest_block_and_one_of_each_day(live_app: Flask, tmp_path: Path):
    anchor = tmp_path / "kept" / "anchor"
    live_app.config["AUDIT_ANCHOR"] = str(anchor)
    for day in (1, 1, 2, 3, 3):
        with clock.freeze(datetime(2026, 3, day, 12, tzinfo=UTC)):
            write_notes("a")
            seal()
    kept = [json.loads(line) for line in anchor.read_text().splitlines()]
    assert [(line["number"], line["sealed_at"][:10]) for line in kept] == [
        (2, "2026-03-01"), (3, "2026-03-02"), (5, "2026-03-03"),
    ]  # fmt: skip
    assert [line["hash"] for line in kept] == [rows_of(BLOCKS)[number - 1]["hash"].hex() for number in (2, 3, 5)]
    assert verify(anchor).findings == []


def test_a_sealer_goes_on_after_a_failure(live_app: Flask, monkeypatch: Any, caplog: Any):
    real, calls = sealing.seal_once, []

    def failing_once() -> int | None:
        calls.append(1)
        if len(calls) == 1:
            raise OSError("the database is away")
        return real()

    monkeypatch.setattr(sealing, "seal_once", failing_once)
    write_notes("a")
    sealer = Sealer(live_app, interval=0.02)
    sealer.start()
    until = time.monotonic() + 30
    while verify().unsealed and time.monotonic() < until:
        time.sleep(0.05)
    sealer.stop()
    assert not sealer.is_alive()
    assert verify().unsealed == 0
    assert "tried again" in caplog.text
    assert entry_ids() == [1]
