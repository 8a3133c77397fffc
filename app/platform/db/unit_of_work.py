"""``run``: the only place that begins, retries and commits.

One request, job run or API call is one unit of work. Whatever was read before (session, user) ends first; then the
writing transaction begins, so that on SQLite no reader turns into a writer half way.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, NotPermitted
from app.platform.db import sqlite, testing
from app.platform.db.constraints import explain
from app.platform.db.extension import db, session

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 6
KEPT = 1_000
#: PostgreSQL: serialization failure, deadlock, lock not available
RETRY_STATES = {"40001", "40P01", "55P03"}


@dataclass(slots=True)
class UnitOfWork:
    """What is going on in the session right now."""

    actor: Actor
    name: str
    committing: bool = False
    before_commit: list[Callable[[], None]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)
    #: what is written once, last of all: search words, events, the log; and what these engines collected for it
    closing: dict[str, Callable[[], None]] = field(default_factory=dict)
    waiting: dict[str, Any] = field(default_factory=dict)
    #: rows this unit inserted, as (table, id): nobody else sees them, so nothing else can hang on them
    created: set[tuple[str, int]] = field(default_factory=set)
    #: rows this unit holds the lock of, as (table, id): they are not read again
    held: set[tuple[str, int]] = field(default_factory=set)
    #: what engines read in this unit, by their names
    memo: dict[Any, Any] = field(default_factory=dict)
    #: the first rows of this unit: the session itself would let go of them and read them again
    kept: list[Any] = field(default_factory=list)

    def keep(self, row: Any) -> None:
        """Hold on to a row, so that it is read once; an import's thousands may go."""
        if len(self.kept) < KEPT:
            self.kept.append(row)

    def is_closing(self) -> bool:
        """Whether what is collected now must be written at once: at the end, and inside a savepoint, with which it goes."""
        return self.committing or session().in_nested_transaction()

    def forget(self) -> None:
        """A savepoint was rolled back: locks, rows and readings of this unit may be gone."""
        self.created.clear()
        self.held.clear()
        self.memo.clear()


class NestedRun(RuntimeError):
    """A use case called ``run``: call the other use case directly, it belongs to the same unit of work."""


def current_unit() -> UnitOfWork | None:
    """The open unit of work, or None while only reading."""
    unit: UnitOfWork | None = session.info.get("unit")
    return unit


def acting() -> Actor:
    """The actor of the open unit of work.  Raises: RuntimeError outside ``run``."""
    unit = current_unit()
    if unit is None:
        raise RuntimeError("no unit of work is open")
    return unit.actor


def before_commit(action: Callable[[], None]) -> None:
    """Do this once at the end of the unit of work, inside the transaction (counters, checks of the whole)."""
    unit = current_unit()
    if unit is None:
        raise RuntimeError("no unit of work is open")
    unit.before_commit.append(action)


def after_commit(action: Callable[[], None]) -> None:
    """Do this when the unit of work is safe on disk; lost if the process dies, so only wake-ups belong here."""
    unit = current_unit()
    if unit is None:
        raise RuntimeError("no unit of work is open")
    unit.after_commit.append(action)


def run(use_case: Callable[Concatenate[Actor, P], R], actor: Actor | None, /, *args: P.args, **values: P.kwargs) -> R:
    """Do one use case for one actor in one transaction, and commit it.

    Plain values go in; they are all a retry needs. ORM objects that come out are detached snapshots.
    Raises: what the use case raises (all rolled back); NotPermitted without an actor; Conflict after a lost race.
    """
    if actor is None:
        raise NotPermitted
    if current_unit() is not None:
        raise NestedRun(use_case.__name__)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _once(use_case, actor, args, values)
        except (DBAPIError, StaleDataError) as problem:
            if attempt == ATTEMPTS or not _is_passing(problem):
                raise _translated(problem) from problem
            time.sleep(random.uniform(0.5, 1.0) * 0.02 * 2**attempt)  # noqa: S311  jitter, not a secret
    raise AssertionError("unreachable")


def _once(use_case: Callable[..., R], actor: Actor, args: Any, values: Any) -> R:
    session.rollback()
    session.expunge_all()
    unit = UnitOfWork(actor, use_case.__name__)
    with sqlite.writer_turn(db.engine):
        session.info["unit"] = unit
        try:
            if not testing.is_bound():
                session.connection(execution_options={sqlite.WRITE: True})
            result = use_case(actor, *args, **values)
            session.flush()
            for action in unit.before_commit:
                action()
            session.flush()
            while unit.closing:
                name = next(iter(unit.closing))
                unit.closing.pop(name)()
            unit.committing = True
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info.pop("unit", None)
            session.expunge_all()
    for action in unit.after_commit:
        action()
    return result


def _is_passing(problem: Exception) -> bool:
    if isinstance(problem, StaleDataError):
        return True
    if isinstance(problem, OperationalError) and "database is locked" in str(problem.orig):
        return True
    return getattr(getattr(problem, "orig", None), "sqlstate", None) in RETRY_STATES


def _translated(problem: Exception) -> Exception:
    if isinstance(problem, StaleDataError):
        return Conflict()
    if isinstance(problem, IntegrityError):
        return explain(problem)
    return problem


def read_only_snapshot() -> None:
    """End the read transaction of this request, so that the next read sees what is committed now."""
    session.rollback()
    session.expunge_all()


def is_sqlite() -> bool:
    """Whether the house runs on the embedded database."""
    return db.engine.dialect.name == "sqlite"
