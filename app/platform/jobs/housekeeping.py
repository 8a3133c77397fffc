"""The queue keeps itself small."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.jobs import queue
from app.platform.jobs.models import Job, JobState
from app.platform.jobs.registry import job

KEPT_DAYS = 90
AT_ONCE = 10_000


@job("jobs.finished.forget", cron="40 3 * * *")
def forget_finished(actor: Actor) -> dict[str, Any]:
    """Delete jobs that ended well or were cancelled 90 days ago; dead ones wait for a person, keyed ones stay forever."""
    over = sa.select(Job.id).where(
        Job.state.in_([JobState.DONE, JobState.CANCELLED]),
        Job.once_key.is_(None),
        Job.finished_at < queue.now() - timedelta(days=KEPT_DAYS),
    )
    ids = list(session.execute(over.order_by(Job.id).limit(AT_ONCE)).scalars())
    session.execute(sa.delete(Job).where(Job.id.in_(ids)))
    return {"forgotten": len(ids)}
