"""Set-based checks over the staging tables: keys that come twice, records that are nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.imports.mapping import ImportMapping
from app.platform.imports.models import ImportRef, ImportRow, ImportRun, RunState
from app.platform.imports.permissions import Permissions
from app.platform.imports.targets import Target, targets

CHUNK = 500
#: a bad parent makes its children bad; chains in a mapping are short
ROUNDS = 5


def check(actor: Actor, *, run_id: int, mapping: ImportMapping) -> int:
    """Mark what cannot be applied; how many rows are bad in all.  Raises: NotPermitted, NotFound."""
    require(actor, Permissions.RUN)
    found = locks.lock(ImportRun, run_id)
    if found.state is RunState.STAGED:
        _mark(_repeated_keys(run_id, mapping), "key", N_("This key comes more than once in the file."))
        for _ in range(ROUNDS):
            missing = _dangling(run_id, mapping.name)
            if not missing:
                break
            _mark_refs(missing)
        found.state = RunState.CHECKED
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(ImportRow)
            .where(ImportRow.run_id == run_id, ImportRow.is_bad.is_(True))
        )
        or 0
    )


def _repeated_keys(run_id: int, mapping: ImportMapping) -> list[tuple[int, str]]:
    """Later rows of a table whose key an earlier row of it has (row id, key)."""
    tables = [table.number for table in mapping.tables if not table.distinct]
    earlier = sa.orm.aliased(ImportRow)
    first = (
        sa.select(earlier.table_no, earlier.external_key, sa.func.min(earlier.id).label("first_id"))
        .where(earlier.run_id == run_id, earlier.table_no.in_(tables))
        .group_by(earlier.table_no, earlier.external_key)
        .having(sa.func.count() > 1)
        .subquery()
    )
    rows = session.execute(
        sa.select(ImportRow.id, ImportRow.external_key)
        .join(first, (first.c.table_no == ImportRow.table_no) & (first.c.external_key == ImportRow.external_key))
        .where(ImportRow.run_id == run_id, ImportRow.id != first.c.first_id)
    )
    return [(row.id, row.external_key) for row in rows]


def _dangling(run_id: int, source: str) -> list[tuple[int, str, str, str]]:
    """References of good rows to nothing: (row id, field, target, key)."""
    names = session.scalars(sa.select(ImportRef.target).where(ImportRef.run_id == run_id).distinct())
    found: list[tuple[int, str, str, str]] = []
    for name in names:
        staged = sa.orm.aliased(ImportRow)
        statement = (
            sa.select(ImportRef.row_id, ImportRef.field, ImportRef.target, ImportRef.external_key)
            .join(ImportRow, ImportRow.id == ImportRef.row_id)
            .where(
                ImportRef.run_id == run_id,
                ImportRef.target == name,
                ImportRow.is_bad.is_(False),
                ~sa.exists().where(
                    staged.run_id == run_id,
                    staged.target == name,
                    staged.external_key == ImportRef.external_key,
                    staged.is_bad.is_(False),
                ),
                ~sa.exists().where(_is_known(targets.get(name), source)),
            )
        )
        found += [(row[0], row[1], row[2], row[3]) for row in session.execute(statement)]
    return found


def _is_known(target: Target, source: str) -> sa.ColumnElement[bool]:
    model: Any = target.model
    if target.natural:
        natural: sa.ColumnElement[bool] = getattr(model, target.natural) == ImportRef.external_key
        return natural
    same_source = model.external_source == source if hasattr(model, "external_source") else sa.true()
    return sa.and_(model.external_key == ImportRef.external_key, same_source)


def _mark(rows: Sequence[tuple[int, str]], column: str, sentence: str) -> None:
    _add_problems({row_id: [[column, value, [sentence, {}], True]] for row_id, value in rows})


def _mark_refs(missing: Iterable[tuple[int, str, str, str]]) -> None:
    problems: dict[int, list[list[Any]]] = defaultdict(list)
    for row_id, field, target, key in missing:
        sentence = N_("There is no %(target)s with the key %(key)s.")
        problems[row_id].append([field, key, [sentence, {"target": target, "key": key}], True])
    _add_problems(problems)


def _add_problems(problems: dict[int, list[list[Any]]]) -> None:
    ids = sorted(problems)
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        known = session.execute(sa.select(ImportRow.id, ImportRow.problems).where(ImportRow.id.in_(chunk)))
        session.execute(
            sa.update(ImportRow),
            [{"id": row.id, "problems": [*row.problems, *problems[row.id]], "is_bad": True} for row in known],
        )
