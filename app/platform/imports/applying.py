"""Writing staged rows into the records: new ones inserted, changed ones updated, the same ones left alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import RuleBroken
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import dml, locks, session
from app.platform.imports.mapping import ImportMapping, Table
from app.platform.imports.models import ImportRef, ImportRow, ImportRun, RunState
from app.platform.imports.permissions import Permissions
from app.platform.imports.targets import Row, Target, targets
from app.platform.imports.values import typed

CHUNK = 1_000


class HasProblems(RuleBroken):
    """Nothing is written while rows are bad, unless they are to be left out."""

    code = "imports.has_problems"
    default_message = N_("%(count)s rows have problems. Correct them, or leave them out with --skip-bad.")


def apply(actor: Actor, *, run_id: int, mapping: ImportMapping, skip_bad: bool = False) -> ImportRun:
    """Write every good row of a checked run, all or nothing. Applying again writes nothing.

    Raises: NotPermitted, NotFound, HasProblems.
    """
    require(actor, Permissions.RUN)
    found = locks.lock(ImportRun, run_id)
    if found.state is RunState.APPLIED:
        found.created = found.changed = 0
        return found
    bad = sa.select(sa.func.count()).select_from(ImportRow).where(ImportRow.run_id == run_id, ImportRow.is_bad)
    found.left_out = session.scalar(bad) or 0
    if found.left_out and not skip_bad:
        raise HasProblems(count=found.left_out)
    found.created = found.changed = 0
    for table in mapping.tables:
        for rows in _good_rows(run_id, table, mapping.name):
            created, changed = _write(targets.get(table.target), mapping.name, rows)
            found.created += created
            found.changed += changed
    found.state, found.applied_at = RunState.APPLIED, clock.now()
    session.flush()
    return found


def _good_rows(run_id: int, table: Table, source: str) -> Iterator[list[Row]]:
    """Typed rows with their references resolved, in file order, chunk by chunk."""
    target = targets.get(table.target)
    kinds = target.types()
    last = 0
    while True:
        staged = session.execute(
            sa.select(ImportRow.id, ImportRow.part, ImportRow.external_key, ImportRow.values)
            .where(
                ImportRow.run_id == run_id,
                ImportRow.table_no == table.number,
                ImportRow.is_bad.is_(False),
                ImportRow.part > last,
            )
            .order_by(ImportRow.part)
            .limit(CHUNK)
        ).all()
        if not staged:
            return
        last = staged[-1].part
        refs = _resolved([row.id for row in staged], source)
        yield [
            {
                **{
                    name: typed(value, kinds[name]) if value is not None else None for name, value in row.values.items()
                },
                **refs.get(row.id, {}),
                "external_key": row.external_key,
            }
            for row in staged
        ]


def _resolved(row_ids: Sequence[int], source: str) -> dict[int, dict[str, int]]:
    """Row id -> field -> id of the record it refers to."""
    refs = session.execute(
        sa.select(ImportRef.row_id, ImportRef.field, ImportRef.target, ImportRef.external_key).where(
            ImportRef.row_id.in_(row_ids)
        )
    ).all()
    by_target: dict[str, set[str]] = {}
    for ref in refs:
        by_target.setdefault(ref.target, set()).add(ref.external_key)
    ids = {name: _ids(targets.get(name), source, keys) for name, keys in by_target.items()}
    found: dict[int, dict[str, int]] = {}
    for ref in refs:
        found.setdefault(ref.row_id, {})[ref.field] = ids[ref.target][ref.external_key]
    return found


def _key_criterion(target: Target, source: str, keys: set[str]) -> sa.ColumnElement[bool]:
    model: Any = target.model
    own = getattr(model, target.key_column).in_(keys)
    has_source = not target.natural and hasattr(model, "external_source")
    return sa.and_(own, model.external_source == source) if has_source else own


def _ids(target: Target, source: str, keys: set[str]) -> dict[str, int]:
    model: Any = target.model
    column = getattr(model, target.key_column)
    return {
        row[0]: row[1]
        for row in session.execute(sa.select(column, model.id).where(_key_criterion(target, source, keys)))
    }


def _write(target: Target, source: str, rows: Sequence[Row]) -> tuple[int, int]:
    """Insert or update; how many of each."""
    if target.complete:
        rows = [target.complete(row) for row in rows]
    if target.write:
        return target.write(source, rows), 0
    known = _known(target, source, rows)
    fresh = [_own(target, source, row) for row in rows if row["external_key"] not in known]
    if fresh:
        dml.insert_rows(target.model, fresh)
    changed = sum(
        _update(target, source, row, known[row["external_key"]]) for row in rows if row["external_key"] in known
    )
    return len(fresh), changed


def _known(target: Target, source: str, rows: Sequence[Row]) -> dict[str, sa.Row[Any]]:
    keys = {row["external_key"] for row in rows}
    table = target.model.__table__
    found = session.execute(sa.select(*table.columns).where(_key_criterion(target, source, keys)))
    return {getattr(row, target.key_column): row for row in found}


def _own(target: Target, source: str, row: Row) -> Row:
    """Columns of the table only; what the file leaves empty keeps the column's default."""
    columns = target.model.__table__.columns
    own = {name: value for name, value in row.items() if name in columns and value is not None}
    if target.natural:
        own.pop("external_key", None)
        own[target.natural] = row["external_key"]
    elif "external_source" in columns:
        own["external_source"] = source
    return own


def _update(target: Target, source: str, row: Row, before: sa.Row[Any]) -> bool:
    own = _own(target, source, row)
    changed = {name: value for name, value in own.items() if before._mapping[name] != value}
    if changed:
        model: Any = target.model
        dml.update_where(model, model.id == before.id, values=changed)
    return bool(changed)
