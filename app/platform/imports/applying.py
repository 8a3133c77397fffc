"""Writing staged rows into the records: new ones inserted, changed ones updated, the same ones left alone.

Everything happens by column and in chunks: one statement reads the staged rows with the ids of what they refer to, one
writes the new records, one their entries in the log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import RuleBroken
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import bulk, dml, locks, session
from app.platform.db.bulk import Remembered
from app.platform.imports.checking import bad_rows, references
from app.platform.imports.mapping import ImportMapping, Table
from app.platform.imports.models import SPLIT, ImportRow, ImportRun, RunState
from app.platform.imports.permissions import Permissions
from app.platform.imports.targets import Row, Target, key_of, targets
from app.platform.imports.values import typed

CHUNK = 2_000
#: from so many new rows on the planner has to hear of them
MANY = 1_000


class HasProblems(RuleBroken):
    """Nothing is written while rows are bad, unless they are to be left out."""

    code = "imports.has_problems"
    default_message = N_("%(count)s rows have problems. Correct them, or leave them out with --skip-bad.")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Staged rows by column. ``known`` are the ids of those that are there already, None for new ones."""

    known: Sequence[int | None]
    columns: dict[str, Sequence[Any]]

    def picked(self, places: Sequence[int]) -> dict[str, list[Any]]:
        """The columns of some of the rows."""
        return {name: [values[place] for place in places] for name, values in self.columns.items()}


def apply(actor: Actor, *, run_id: int, mapping: ImportMapping, skip_bad: bool = False) -> ImportRun:
    """Write every good row of a checked run, all or nothing. Applying again writes nothing.

    Raises: NotPermitted, NotFound, HasProblems.
    """
    require(actor, Permissions.RUN)
    found = locks.lock(ImportRun, run_id)
    if found.state is RunState.APPLIED:
        found.created = found.changed = 0
        return found
    bulk.let_run()
    bad = sa.select(sa.func.count()).select_from(ImportRow).where(*bad_rows(run_id))
    found.left_out = session.scalar(bad) or 0
    if found.left_out and not skip_bad:
        raise HasProblems(count=found.left_out)
    found.created = found.changed = 0
    for table in mapping.tables:
        target, created = targets.get(table.target), 0
        for chunk in _chunks(run_id, table, mapping.name):
            new, changed = _write(target, mapping.name, chunk)
            created += new
            found.changed += changed
        found.created += created
        if created >= MANY:
            bulk.analyze(target.model.__tablename__)
    found.state, found.applied_at = RunState.APPLIED, clock.now()
    session.flush()
    return found


def _chunks(run_id: int, table: Table, source: str) -> Iterator[Chunk]:
    """Typed columns with their references resolved, in file order."""
    target = targets.get(table.target)
    kinds = target.types()
    fields = [column.field for column in table.columns if not column.ref]
    readers = [Remembered(_reader(kinds[name])) for name in fields]
    statement, refs = _reading(run_id, table, target, source)
    # one statement for the whole table: a plan made for the first rows, when there were no records, would be kept
    for rows in session.execute(statement, execution_options={"yield_per": CHUNK}).partitions():
        keys, data, known, *found = zip(*rows, strict=True)
        texts = zip(*(text.split(SPLIT) for text in data), strict=True) if fields else ()
        columns: dict[str, Sequence[Any]] = {"external_key": keys}
        for name, reader, column in zip(fields, readers, texts, strict=True):
            columns[name] = list(map(reader.__getitem__, column))
        columns.update(zip(refs, found, strict=True))
        yield Chunk(known, columns)


def _reader(kind: sa.types.TypeEngine[Any]) -> Any:
    return lambda text: typed(text, kind)


def _reading(run_id: int, table: Table, target: Target, source: str) -> tuple[sa.Select[Any], list[str]]:
    """(statement for the good rows with the ids of what they refer to, fields of those ids)."""
    own: Any = target.model.__table__.alias("own")
    if target.write:
        known: Any = sa.null()
        joined: Any = ImportRow.__table__
    else:
        known = own.c.id
        joined = sa.outerjoin(ImportRow.__table__, own, key_of(target, own, source, ImportRow.external_key))
    columns = [ImportRow.external_key, ImportRow.data, known.label("known")]
    refs: list[str] = []
    for column, key in references(table):
        other = targets.get(str(column.ref))
        aliased: Any = other.model.__table__.alias(f"other_{len(refs)}")
        joined = joined.outerjoin(aliased, key_of(other, aliased, source, key))
        columns.append(aliased.c.id.label(f"ref_id_{len(refs)}"))
        refs.append(column.field)
    statement = (
        sa.select(*columns)
        .select_from(joined)
        .where(
            ImportRow.run_id == run_id,
            ImportRow.table_no == table.number,
            ImportRow.is_bad == sa.false(),
        )
        .order_by(ImportRow.part)
    )
    return statement, refs


def _write(target: Target, source: str, chunk: Chunk) -> tuple[int, int]:
    """Insert or update; how many of each."""
    new = [place for place, row_id in enumerate(chunk.known) if row_id is None]
    if target.write:
        return target.write(source, _rows(target, chunk.picked(new))), 0
    if new:
        picked = chunk.picked(new) if len(new) < len(chunk.known) else dict(chunk.columns)
        bulk.insert_columns(target.model, _own(target, source, _completed(target, picked)))
    changed = 0
    if len(new) < len(chunk.known):
        places = [place for place, row_id in enumerate(chunk.known) if row_id is not None]
        rows = _rows(target, chunk.picked(places))
        changed = _update(target, source, rows, [chunk.known[place] for place in places])
    return len(new), changed


def _rows(target: Target, columns: Mapping[str, Sequence[Any]]) -> list[Row]:
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [target.complete(row) for row in rows] if target.complete else rows


def _completed(target: Target, columns: Mapping[str, Sequence[Any]]) -> Mapping[str, Sequence[Any]]:
    if not target.complete:
        return columns
    rows = _rows(target, columns)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def _own(target: Target, source: str, columns: Mapping[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
    """Columns of the table only; where a file leaves a value empty the column's default stands."""
    known = target.model.__table__.columns
    own = {name: values for name, values in columns.items() if name in known}
    if target.natural:
        own.pop("external_key", None)
        own[target.natural] = columns["external_key"]
    elif "external_source" in known:
        own["external_source"] = [source] * len(columns["external_key"])
    return own


def _update(target: Target, source: str, rows: Sequence[Row], ids: Sequence[int | None]) -> int:
    """Write what is different; how many records changed."""
    model: Any = target.model
    found = session.execute(sa.select(*model.__table__.columns).where(model.id.in_(ids)))
    before = {row.id: row._mapping for row in found}
    changed = 0
    for row, row_id in zip(rows, ids, strict=True):
        own = {name: values[0] for name, values in _own(target, source, {n: [v] for n, v in row.items()}).items()}
        different = {n: v for n, v in own.items() if v is not None and before[row_id][n] != v}
        if different:
            dml.update_where(model, model.id == row_id, values=different)
            changed += 1
    return changed
