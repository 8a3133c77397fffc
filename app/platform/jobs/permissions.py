"""Rights on the queue."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission
from app.platform.jobs.models import Job, PeriodicTask


class Permissions(PermissionSet, package="jobs"):
    """Seeing background work and putting it right."""

    JOB_LIST = permission("job.list", N_("See background jobs and why one failed"), reads=(Job, PeriodicTask))
    JOB_MANAGE = permission("job.manage", N_("Try a failed job again, or cancel one"))
