"""The queue: one row per job, and one per task that comes back by the clock."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Keyed
from app.platform.db.types import Json, UtcDateTime, enum_column


class JobState(StrEnum):
    """Where a job is. ``dead``: gave up, waits for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


class Job(Keyed, Base):
    """One piece of work, written in the transaction that wants it done.

    A running row belongs to its owner until ``lease_until``; after that anybody may take it over.
    """

    __tablename__ = "jobs"
    __audited__ = False
    __table_args__ = (
        sa.UniqueConstraint("name", "due_at"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="progress_percent"),
        sa.CheckConstraint("(state = 'running') = (lease_owner IS NOT NULL)", name="running_has_owner"),
        sa.Index("ix_jobs_state_run_at", "state", "run_at", "id"),
        sa.Index("ix_jobs_name_id", "name", "id"),
        sa.Index(
            "uq_jobs_dedup_key_queued",
            "dedup_key",
            unique=True,
            sqlite_where=sa.text("state = 'queued'"),
            postgresql_where=sa.text("state = 'queued'"),
        ),
    )
    name: Mapped[str] = mapped_column(sa.String(80))  #: of the registered function
    args: Mapped[dict[str, Any]] = mapped_column(Json())
    state: Mapped[JobState] = enum_column(JobState, default=JobState.QUEUED)
    #: while one job with this key waits, asking again adds none
    dedup_key: Mapped[str | None] = mapped_column(sa.String(200))
    #: asking again with this key never adds one, also when the first is long done
    once_key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  #: of a periodic job: the moment the clock named
    asked_by: Mapped[str] = mapped_column(sa.String(100))  #: name of the actor who wanted it
    created_at: Mapped[datetime] = mapped_column(UtcDateTime())
    run_at: Mapped[datetime] = mapped_column(UtcDateTime())  #: not before
    attempts: Mapped[int] = mapped_column(sa.Integer(), default=0)
    lease_owner: Mapped[str | None] = mapped_column(sa.String(100))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  #: of the latest attempt
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    progress: Mapped[int] = mapped_column(sa.Integer(), default=0)  #: percent
    progress_note: Mapped[str] = mapped_column(sa.String(200), default="")
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str | None] = mapped_column(sa.Text())
    result: Mapped[dict[str, Any] | None] = mapped_column(Json())


class PeriodicTask(Keyed, Base):
    """A registered job that the clock starts. ``last_due_at`` moves forward only; who moves it, queues the job."""

    __tablename__ = "periodic_tasks"
    __audited__ = False
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    last_due_at: Mapped[datetime] = mapped_column(UtcDateTime())
