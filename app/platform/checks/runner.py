"""Asks the checks in one snapshot of the database."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.platform.checks.registry import Check
from app.platform.db import session

#: rows that are shown of a broken check
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check found."""

    check: Check
    count: int  #: rows that break it
    rows: tuple[Mapping[str, Any], ...]  #: the first of them
    left_out: int
    seconds: float

    @property
    def is_good(self) -> bool:
        """Whether it holds."""
        return self.count == 0


def run_checks(wanted: Iterable[Check]) -> Iterator[Outcome]:
    """One outcome after another, all of the same moment."""
    bind = session().get_bind()
    if isinstance(bind, sa.Connection):  # a test that will be rolled back
        yield from (_ask(bind, one) for one in wanted)
        return
    with bind.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        yield from (_ask(connection, one) for one in wanted)


def _ask(connection: sa.Connection, one: Check) -> Outcome:
    begun = time.monotonic()
    query = one.broken()
    rows = connection.execute(query.limit(SHOWN)).mappings().all()
    count = len(rows) if len(rows) < SHOWN else _count(connection, query)
    left_out = _count(connection, one.left_out()) if one.left_out else 0
    shown = tuple(dict(row) for row in rows)
    return Outcome(one, count, shown, left_out, time.monotonic() - begun)


def _count(connection: sa.Connection, query: sa.Select[Any]) -> int:
    return int(connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0)
