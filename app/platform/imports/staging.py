"""Reading files into the staging tables, chunk by chunk; a killed import goes on after its last chunk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Message
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, run, session
from app.platform.imports.mapping import PLACE, ImportMapping, Table
from app.platform.imports.models import ImportRef, ImportRow, ImportRun, RunState
from app.platform.imports.permissions import Permissions
from app.platform.imports.reading import Source, rows_of
from app.platform.imports.targets import targets
from app.platform.imports.values import filled, values_of

CHUNK = 2_000
KEY_LIMIT = 80


def stage(actor: Actor, mapping: ImportMapping, source: Source, digest: str) -> int:
    """Stage everything that is not staged yet; the run's id. Each chunk is a unit of work of its own."""
    run_id, state = run(_open_run, actor, mapping=mapping.name, digest=digest)
    if state is not RunState.STAGING:
        return run_id
    for table in mapping.tables:
        done = run(_staged_so_far, actor, run_id=run_id, table_no=table.number)
        parts = enumerate(_prepared(table, source), start=1)
        for chunk in _chunks(islice(parts, done, None)):
            run(_add_chunk, actor, run_id=run_id, table_no=table.number, target=table.target, chunk=chunk)
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
    locks.lock(ImportRun, run_id).state = RunState.STAGED


def _prepared(table: Table, source: Source) -> Iterator[dict[str, Any]]:
    kinds = targets.get(table.target).types()
    seen: set[str] = set()
    for number, record in rows_of(table, source):
        key = filled(table.key, record)
        if table.distinct:
            if key in seen:
                continue
            seen.add(key)
        values, refs, problems = values_of(table, kinds, record)
        if not key or len(key) > KEY_LIMIT:
            problems.append(
                (" ".join(PLACE.findall(table.key)), key, Message(N_("The key is empty or too long.")), True)
            )
        yield {
            "row_no": number,
            "external_key": key[:KEY_LIMIT],
            "values": values,
            "source": record,
            "problems": [[column, value, [text.text, _plain(text)], bad] for column, value, text, bad in problems],
            "is_bad": any(bad for *_, bad in problems),
            "refs": refs,
        }


def _plain(message: Message) -> dict[str, str]:
    return {name: str(value) for name, value in message.data.items()}


def _chunks(parts: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    walk = iter(parts)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk


def _add_chunk(
    actor: Actor, *, run_id: int, table_no: int, target: str, chunk: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    require(actor, Permissions.RUN)
    rows = [
        {**{name: row[name] for name in row if name != "refs"}, "run_id": run_id, "table_no": table_no, "part": part,
         "target": target}
        for part, row in chunk
    ]  # fmt: skip
    ids = session.scalars(sa.insert(ImportRow).returning(ImportRow.id, sort_by_parameter_order=True), rows).all()
    refs = [
        {"run_id": run_id, "row_id": row_id, "field": field, "target": name, "external_key": key[:KEY_LIMIT]}
        for row_id, (_, row) in zip(ids, chunk, strict=True)
        for field, (name, key) in row["refs"].items()
    ]
    if refs:
        session.execute(sa.insert(ImportRef), refs)
