"""What a person does with jobs."""

from __future__ import annotations

from app.kernel.actor import Actor
from app.kernel.errors import WrongState
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import after_commit, locks, note
from app.platform.jobs import queue, wake
from app.platform.jobs.models import Job, JobState
from app.platform.jobs.permissions import Permissions


class NotRetryable(WrongState):
    """Only a dead or cancelled job can be tried again."""

    code = "jobs.not_retryable"
    default_message = N_("Only a job that failed or was cancelled can be tried again; this one is “%(state)s”.")


class NotCancellable(WrongState):
    """The job is over."""

    code = "jobs.not_cancellable"
    default_message = N_("This job is over (“%(state)s”) and cannot be cancelled.")


def retry_job(actor: Actor, *, job_id: int) -> None:
    """Queue a dead or cancelled job again with all its attempts.  Raises: NotPermitted, NotFound, NotRetryable.

    Where an equal job (dedup_key) waits already, nothing is added: that one does the work.
    """
    require(actor, Permissions.JOB_MANAGE)
    job = locks.lock(Job, job_id)
    require(actor, Permissions.JOB_MANAGE, job)
    if job.state not in {JobState.DEAD, JobState.CANCELLED}:
        raise NotRetryable(state=job.state.value)
    note("job.retried", subject=("jobs", job.id), name=job.name)
    if job.dedup_key is None or queue.waiting_with(job.dedup_key) is None:
        queue.requeue(job.id, queue.now(), attempts=0, finished_at=None, cancel_asked=False)
        after_commit(wake.local)


def cancel_job(actor: Actor, *, job_id: int) -> JobState:
    """Cancel a waiting or dead job at once; ask a running one to stop, which it does at its next step.

    Raises: NotPermitted, NotFound, NotCancellable.
    """
    require(actor, Permissions.JOB_MANAGE)
    job = locks.lock(Job, job_id)
    require(actor, Permissions.JOB_MANAGE, job)
    if job.state in {JobState.DONE, JobState.CANCELLED}:
        raise NotCancellable(state=job.state.value)
    note("job.cancelled", subject=("jobs", job.id), name=job.name)
    if job.state is JobState.RUNNING:
        job.cancel_asked = True
        return JobState.RUNNING
    queue.end([job.id], JobState.CANCELLED, queue.now())
    return JobState.CANCELLED
