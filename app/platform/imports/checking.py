"""Set-based checks over the staging table: keys that come twice, records that are nowhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import bulk, locks, session
from app.platform.imports.mapping import Column, ImportMapping, Table
from app.platform.imports.models import REF_COLUMNS, ImportRow, ImportRun, RunState
from app.platform.imports.permissions import Permissions
from app.platform.imports.targets import key_of, targets

#: a bad parent makes its children bad; parents stand before their children in most mappings
ROUNDS = 5

Problems = dict[tuple[int, int], list[list[Any]]]  #: (table, part) -> problems


def check(actor: Actor, *, run_id: int, mapping: ImportMapping) -> int:
    """Mark what cannot be applied; how many rows are bad in all.  Raises: NotPermitted, NotFound."""
    require(actor, Permissions.RUN)
    bulk.let_run()
    found = locks.lock(ImportRun, run_id)
    if found.state is RunState.STAGED:
        for table in mapping.tables:
            if not table.distinct:
                _mark(run_id, _repeated_keys(run_id, table))
        for _ in range(ROUNDS):
            marked = [_mark(run_id, _dangling(run_id, mapping, table)) for table in mapping.tables]
            if not any(marked):
                break
        found.state = RunState.CHECKED
    bad = sa.select(sa.func.count()).select_from(ImportRow).where(*bad_rows(run_id))
    return session.scalar(bad) or 0


def bad_rows(run_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """Rows that cannot be applied, read by the index of those with problems."""
    return ImportRow.run_id == run_id, ImportRow.problems.is_not(None), ImportRow.is_bad == sa.true()


def _repeated_keys(run_id: int, table: Table) -> Problems:
    """Later rows whose key an earlier row of the table has."""
    mine = (ImportRow.run_id == run_id, ImportRow.table_no == table.number)
    first = (
        sa.select(ImportRow.external_key, sa.func.min(ImportRow.part).label("part"))
        .where(*mine)
        .group_by(ImportRow.external_key)
        .having(sa.func.count() > 1)
        .subquery()
    )
    rows = session.execute(
        sa.select(ImportRow.part, ImportRow.external_key)
        .join(first, first.c.external_key == ImportRow.external_key)
        .where(*mine, ImportRow.part != first.c.part)
    )
    sentence = N_("This key comes more than once in the file.")
    return {(table.number, part): [["key", key, [sentence, {}], True]] for part, key in rows}


def references(table: Table) -> Iterator[tuple[Column, Any]]:
    """Columns that refer to records, each with the column of the staging table that holds the key."""
    columns = (column for column in table.columns if column.ref)
    return zip(columns, (getattr(ImportRow, name) for name in REF_COLUMNS), strict=False)


def _dangling(run_id: int, mapping: ImportMapping, table: Table) -> Problems:
    """References of good rows to nothing."""
    problems: Problems = defaultdict(list)
    for column, key in references(table):
        name = str(column.ref)
        target = targets.get(name)
        given = [other.number for other in mapping.tables if other.target == name]
        rows = session.execute(
            sa.select(ImportRow.part, key).where(
                ImportRow.run_id == run_id,
                ImportRow.table_no == table.number,
                ImportRow.is_bad == sa.false(),
                key.is_not(None),
                *(~_is_staged(run_id, number, key) for number in given),
                ~sa.exists().where(key_of(target, target.model.__table__, mapping.name, key)),
            )
        )
        sentence = N_("There is no %(target)s with the key %(key)s.")
        for part, wanted in rows:
            told = [sentence, {"target": name, "key": wanted}]
            problems[table.number, part].append([column.field, wanted, told, True])
    return problems


def _is_staged(run_id: int, table_no: int, key: Any) -> sa.Exists:
    """Whether a good row of that table has the key.

    SQLite takes the index by key only for one table at a time, and only if it need not look at the row itself.
    """
    staged = sa.orm.aliased(ImportRow)
    found: sa.Select[Any] = sa.select(sa.literal_column("1")).where(
        staged.run_id == run_id,
        staged.table_no == table_no,
        staged.external_key == key,
        staged.is_bad == sa.false(),
    )
    return found.exists()


def _mark(run_id: int, problems: Problems) -> int:
    """Write problems to their rows; how many."""
    for (table_no, part), told in sorted(problems.items()):
        row = (ImportRow.run_id == run_id, ImportRow.table_no == table_no, ImportRow.part == part)
        known = session.scalar(sa.select(ImportRow.problems).where(*row)) or []
        session.execute(sa.update(ImportRow).where(*row).values(problems=[*known, *told], is_bad=True))
    return len(problems)
