"""The row's life: wanted, claimed, ended. Every change of state is one conditional statement.

Time is the database's on PostgreSQL, so that machines with different clocks agree about leases; SQLite has one machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.db import Base, acting, after_commit, is_sqlite, session
from app.platform.jobs import wake
from app.platform.jobs.models import Job, JobState
from app.platform.jobs.registry import kinds

LEASE_SECONDS = 15
LONGEST_WAIT_SECONDS = 3600
ERROR_LENGTH = 4000


class LeaseLost(RuntimeError):
    """Another worker has taken the job over: nothing of this attempt may be kept."""


def moment() -> Any:
    """This instant for a statement: the database's own clock on PostgreSQL, unless a test holds the clock."""
    if is_sqlite() or clock.is_frozen():
        return clock.now()
    return sa.func.clock_timestamp(type_=Job.run_at.type)


def now() -> datetime:
    """This instant as a value, by the same clock."""
    found = moment()
    instant: datetime = found if isinstance(found, datetime) else session.execute(sa.select(found)).scalar_one()
    return instant


def insert_new(model: type[Base]) -> Any:
    """INSERT that leaves alone what a unique constraint refuses."""
    insert: Any = sqlite.insert if is_sqlite() else postgresql.insert
    return insert(model.__table__).on_conflict_do_nothing()


# ----------------------------------------------------------------------------------------------------------- wanted
def enqueue(
    name: str,
    args: Mapping[str, Any] | None = None,
    *,
    dedup_key: str | None = None,
    once_key: str | None = None,
    run_at: datetime | None = None,
    due_at: datetime | None = None,
) -> int:
    """Want a job done, in the caller's unit of work: no commit, no job. Gives its id.

    args: JSON values.  dedup_key: a waiting job with this key is enough; it keeps its own arguments.  once_key: one job
    for all time, whatever became of it.  run_at: not before.  due_at: set by the clock only.
    Raises: KeyError on an unknown name, TypeError on arguments that JSON cannot carry.
    """
    kinds.get(name)
    values: dict[str, Any] = dict(args or {})
    if json.loads(json.dumps(values)) != values:
        raise TypeError(f"arguments of {name} do not survive JSON: {values!r}")
    instant = moment()
    row = {
        "name": name,
        "args": values,
        "state": JobState.QUEUED,
        "dedup_key": dedup_key,
        "once_key": once_key,
        "due_at": due_at,
        "asked_by": acting().name,
        "created_at": instant,
        "run_at": run_at or instant,
        "attempts": 0,
        "progress": 0,
        "progress_note": "",
        "cancel_asked": False,
    }
    statement = insert_new(Job).values(row).returning(Job.id)
    after_commit(wake.local)
    for _ in range(10):
        made: int | None = session.execute(statement).scalar()
        found = made if made is not None else _existing(name, dedup_key, once_key, due_at)
        if found is not None:
            return found
    raise RuntimeError(f"{name}: the job with the same key kept vanishing")


def _existing(name: str, dedup_key: str | None, once_key: str | None, due_at: datetime | None) -> int | None:
    """The job that stands in the way of a new one."""
    if dedup_key is not None and (found := waiting_with(dedup_key)) is not None:
        return found
    ever = []
    if once_key is not None:
        ever.append(Job.once_key == once_key)
    if due_at is not None:
        ever.append(sa.and_(Job.name == name, Job.due_at == due_at))
    return session.execute(sa.select(Job.id).where(sa.or_(*ever))).scalar() if ever else None


def waiting_with(dedup_key: str) -> int | None:
    """The waiting job with this key, locked until the caller commits.

    Without the lock a worker could take it now and do it without seeing what the caller is about to commit.
    """
    waiting = sa.select(Job.id).where(Job.dedup_key == dedup_key, Job.state == JobState.QUEUED)
    found: int | None = session.execute(waiting.with_for_update()).scalar()
    return found


# ---------------------------------------------------------------------------------------------------------- claimed
def anything_to_do() -> sa.Select[Any]:
    """Cheap look before a claim, so that an idle worker never writes."""
    names = [name for name, _ in kinds]
    return sa.select(sa.literal(1)).where(Job.name.in_(names), sa.or_(*_claimable(moment()))).limit(1)


def _claimable(instant: Any) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Jobs whose owner died, and jobs whose time has come; each is a range of the index on state and run_at."""
    return (
        sa.and_(Job.state == JobState.RUNNING, Job.lease_until < instant),
        sa.and_(Job.state == JobState.QUEUED, Job.run_at <= instant),
    )


def claim(actor: Actor, *, owner: str, limit: int = 1, lease_seconds: float = LEASE_SECONDS) -> list[dict[str, Any]]:
    """Take jobs whose owner died, then waiting ones, oldest first; only kinds this process knows.

    A job that brought its worker down too often is declared dead instead. Gives id, name, args, attempts, asked_by.
    """
    instant = now()
    chosen: list[Any] = []
    for criterion in _claimable(instant):
        found = session.execute(
            sa.select(Job.id, Job.name, Job.attempts, Job.cancel_asked, Job.state)
            .where(Job.name.in_([name for name, _ in kinds]), criterion)
            .order_by(Job.run_at, Job.id)
            .limit(limit - len(chosen))
            .with_for_update(skip_locked=True)
        )
        chosen.extend(found)
    taken = []
    for row in chosen:
        if row.cancel_asked:
            end([row.id], JobState.CANCELLED, instant)
        elif row.state is JobState.RUNNING and row.attempts >= kinds.get(row.name).max_attempts:
            end([row.id], JobState.DEAD, instant, last_error="The worker stopped without an answer each time.")
        else:
            taken.append(row.id)
    if not taken:
        return []
    session.execute(
        sa.update(Job)
        .where(Job.id.in_(taken))
        .values(
            state=JobState.RUNNING,
            attempts=Job.attempts + 1,
            lease_owner=owner,
            lease_until=instant + timedelta(seconds=lease_seconds),
            heartbeat_at=instant,
            started_at=instant,
            progress=0,
            progress_note="",
        )
    )
    rows = session.execute(
        sa.select(Job.id, Job.name, Job.args, Job.attempts, Job.asked_by).where(Job.id.in_(taken)).order_by(Job.id)
    )
    return [dict(row) for row in rows.mappings()]


def beat(actor: Actor, *, owner: str, job_ids: Iterable[int], lease_seconds: float = LEASE_SECONDS) -> set[int]:
    """Prolong the leases of jobs that still run here; gives the ids whose cancelling a person asked for."""
    instant = now()
    mine = _mine(owner, list(job_ids))
    session.execute(
        sa.update(Job).where(mine).values(heartbeat_at=instant, lease_until=instant + timedelta(seconds=lease_seconds))
    )
    return set(session.execute(sa.select(Job.id).where(mine, Job.cancel_asked.is_(True))).scalars())


def hold(owner: str, job_id: int) -> None:
    """Lock the row for the rest of this unit of work.  Raises: LeaseLost when it is not ours any more."""
    mine = sa.select(Job.id).where(_mine(owner, [job_id])).with_for_update()
    if session.execute(mine).first() is None:
        raise LeaseLost(f"job {job_id}")


def _mine(owner: str, job_ids: list[int]) -> sa.ColumnElement[bool]:
    return sa.and_(Job.id.in_(job_ids), Job.lease_owner == owner, Job.state == JobState.RUNNING)


# ------------------------------------------------------------------------------------------------------------ ended
def end(job_ids: list[int], state: JobState, instant: datetime, **values: Any) -> None:
    """Set a last state; nobody owns the row any more."""
    session.execute(
        sa.update(Job)
        .where(Job.id.in_(job_ids))
        .values(state=state, finished_at=instant, lease_owner=None, lease_until=None, **values)
    )


def finish(owner: str, job_id: int, result: Mapping[str, Any] | None) -> None:
    """Mark the job done in the unit of work that holds its effect.  Raises: LeaseLost."""
    hold(owner, job_id)
    kept = dict(result) if result is not None else None
    end([job_id], JobState.DONE, now(), progress=100, result=kept, last_error=None)


def stop_cancelled(actor: Actor, *, owner: str, job_id: int) -> None:
    """The job saw that a person wants it stopped, and stopped.  Raises: LeaseLost."""
    hold(owner, job_id)
    end([job_id], JobState.CANCELLED, now())


def fail(actor: Actor, *, owner: str, job_id: int, error: str, again: bool) -> JobState:
    """Queue the job again after 2**attempts seconds, or declare it dead.  Raises: LeaseLost.

    Where an equal job (dedup_key) is waiting already, that one stands for both.
    """
    hold(owner, job_id)
    row = session.execute(
        sa.select(Job.name, Job.attempts, Job.dedup_key, Job.cancel_asked).where(Job.id == job_id)
    ).one()
    instant = now()
    text = error[:ERROR_LENGTH]
    if row.cancel_asked:
        end([job_id], JobState.CANCELLED, instant, last_error=text)
        return JobState.CANCELLED
    if not again or row.attempts >= kinds.get(row.name).max_attempts:
        end([job_id], JobState.DEAD, instant, last_error=text)
        return JobState.DEAD
    if row.dedup_key and (twin := waiting_with(row.dedup_key)):
        end([job_id], JobState.CANCELLED, instant, last_error=f"{text}\nJob {twin} is waiting and stands for this one.")
        return JobState.CANCELLED
    wait = min(2**row.attempts, LONGEST_WAIT_SECONDS)
    requeue(job_id, instant + timedelta(seconds=wait), last_error=text)
    return JobState.QUEUED


def requeue(job_id: int, run_at: datetime, **values: Any) -> None:
    """Let the job wait until ``run_at``."""
    session.execute(
        sa.update(Job)
        .where(Job.id == job_id)
        .values(state=JobState.QUEUED, run_at=run_at, lease_owner=None, lease_until=None, **values)
    )


def show_progress(owner: str, job_id: int, percent: int, text: str, lease_seconds: float) -> None:
    """Raises: LeaseLost."""
    hold(owner, job_id)
    instant = now()
    session.execute(
        sa.update(Job)
        .where(Job.id == job_id)
        .values(
            progress=max(0, min(100, percent)),
            progress_note=text[:200],
            heartbeat_at=instant,
            lease_until=instant + timedelta(seconds=lease_seconds),
        )
    )
