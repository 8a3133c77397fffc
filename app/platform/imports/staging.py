"""Reading files into the staging table, block by block; a killed import goes on after its last block."""

from __future__ import annotations

from itertools import repeat
from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.access import require
from app.platform.db import bulk, locks, run, session
from app.platform.imports.mapping import ImportMapping
from app.platform.imports.models import REF_COLUMNS, ImportRow, ImportRun, RunState
from app.platform.imports.permissions import Permissions
from app.platform.imports.preparing import Prepared, prepared
from app.platform.imports.reading import Files

_NAMES = ("run_id", "table_no", "part", "row_no", "external_key", "data", "problems", "is_bad")


def stage(actor: Actor, mapping: ImportMapping, source: Files, digest: str) -> int:
    """Stage everything that is not staged yet; the run's id. Each block is a unit of work of its own."""
    run_id, state = run(_open_run, actor, mapping=mapping.name, digest=digest)
    if state is not RunState.STAGING:
        return run_id
    for table in mapping.tables:
        done = run(_staged_so_far, actor, run_id=run_id, table_no=table.number)
        part = 0
        for block in prepared(table, source):
            part += len(block.keys)
            if part > done:
                run(_add_block, actor, run_id=run_id, table_no=table.number, last=part, block=block)
    run(_close_staging, actor, run_id=run_id)
    return run_id


def _open_run(actor: Actor, *, mapping: str, digest: str) -> tuple[int, RunState]:
    require(actor, Permissions.RUN)
    found = session.scalar(sa.select(ImportRun).where(ImportRun.digest == digest))
    if found is None:
        found = ImportRun(mapping=mapping, digest=digest, started_at=clock.now())
        session.add(found)
        session.flush()
    return found.id, found.state


def _staged_so_far(actor: Actor, *, run_id: int, table_no: int) -> int:
    require(actor, Permissions.RUN)
    highest = sa.select(sa.func.max(ImportRow.part)).where(ImportRow.run_id == run_id, ImportRow.table_no == table_no)
    return session.scalar(highest) or 0


def _close_staging(actor: Actor, *, run_id: int) -> None:
    require(actor, Permissions.RUN)
    bulk.analyze(ImportRow.__tablename__)
    locks.lock(ImportRun, run_id).state = RunState.STAGED


def _add_block(actor: Actor, *, run_id: int, table_no: int, last: int, block: Prepared) -> None:
    """last: part of the block's last row."""
    require(actor, Permissions.RUN)
    count = len(block.keys)
    places = range(count)
    columns: list[Any] = [
        repeat(run_id, count), repeat(table_no, count), range(last - count + 1, last + 1), block.numbers, block.keys,
        block.data, map(block.told, places), map(block.is_bad, places), *block.refs,
    ]  # fmt: skip
    names = [*_NAMES, *REF_COLUMNS[: len(block.refs)]]
    bulk.write_rows(ImportRow.__tablename__, names, zip(*columns, strict=True))
