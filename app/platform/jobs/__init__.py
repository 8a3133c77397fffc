"""Background work: wanted in a transaction, done by any worker, lost by none."""

from app.platform.jobs import housekeeping
from app.platform.jobs.models import Job, JobState, PeriodicTask
from app.platform.jobs.performing import Cancelled, Running, drain
from app.platform.jobs.permissions import Permissions
from app.platform.jobs.queue import LeaseLost, enqueue
from app.platform.jobs.registry import JobKind, job, kinds
from app.platform.jobs.runner import Runner, start_embedded, stop_embedded
from app.platform.jobs.service import cancel_job, retry_job

__all__ = [
    "Cancelled",
    "Job",
    "JobKind",
    "JobState",
    "LeaseLost",
    "PeriodicTask",
    "Permissions",
    "Runner",
    "Running",
    "cancel_job",
    "drain",
    "enqueue",
    "housekeeping",
    "job",
    "kinds",
    "retry_job",
    "start_embedded",
    "stop_embedded",
]
