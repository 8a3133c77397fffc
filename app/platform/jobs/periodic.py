"""Jobs that the clock starts: each moment of a cron line starts one job, however many schedulers look.

A house that was closed makes up for the latest missed moment only. A task seen for the first time waits for its next one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from croniter import croniter

from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.jobs import queue
from app.platform.jobs.models import PeriodicTask
from app.platform.jobs.registry import JobKind, kinds


def latest_due(cron: str, instant: datetime, zone: str) -> datetime:
    """The latest moment of a cron line that is not after ``instant``, in UTC."""
    local = instant.astimezone(ZoneInfo(zone))
    if croniter.match(cron, local):
        return local.replace(second=0, microsecond=0).astimezone(UTC)
    found: datetime = croniter(cron, local).get_prev(datetime)
    return found.astimezone(UTC)


def scheduled() -> list[JobKind]:
    """Job kinds with a cron line."""
    return [kind for _, kind in kinds if kind.cron]


def due_now(known: dict[str, datetime], instant: datetime, zone: str) -> list[str]:
    """Names of tasks that are new or whose moment has come.  known: name -> last_due_at."""
    return [
        kind.name
        for kind in scheduled()
        if kind.cron and (kind.name not in known or known[kind.name] < latest_due(kind.cron, instant, zone))
    ]


def start_due(actor: Actor, *, zone: str) -> list[str]:
    """Queue every task whose moment has come; names of those this call queued."""
    instant = queue.now()
    known = {
        row.name: row.last_due_at for row in session.execute(sa.select(PeriodicTask.name, PeriodicTask.last_due_at))
    }
    started = []
    for name in due_now(known, instant, zone):
        due = latest_due(kinds.get(name).cron or "", instant, zone)
        if name not in known:
            session.execute(queue.insert_new(PeriodicTask).values(name=name, last_due_at=due))
            continue
        moved = session.execute(
            sa.update(PeriodicTask)
            .where(PeriodicTask.name == name, PeriodicTask.last_due_at < due)
            .values(last_due_at=due)
            .returning(PeriodicTask.id)
        ).first()
        if moved is not None:
            queue.enqueue(name, due_at=due)
            started.append(name)
    return started
