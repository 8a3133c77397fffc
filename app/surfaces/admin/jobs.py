"""Background work: what waits, what runs, what failed and why, with the button that tries again."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import lazy_gettext

from app.platform.backoffice import ButtonAction, Column, DepartmentView, add_view
from app.platform.jobs import service
from app.platform.jobs.models import Job, JobState
from app.platform.jobs.permissions import Permissions


def _can_retry(job: Any) -> bool:
    return job.state in {JobState.DEAD, JobState.CANCELLED}


def _can_cancel(job: Any) -> bool:
    return job.state in {JobState.QUEUED, JobState.RUNNING, JobState.DEAD}


class JobDesk(DepartmentView, model=Job):
    """The queue, newest first."""

    slug = "jobs"
    title = lazy_gettext("Background work")
    menu_group = "setup"
    menu_icon = "clock"
    menu_position = 70
    list_permission = Permissions.JOB_LIST
    empty_hint = lazy_gettext("Work that runs by itself appears here.")
    columns = (
        "name",
        "state",
        "run_at",
        "attempts",
        Column("progress", hide="wide"),
        Column("asked_by", hide="wide"),
        "last_error",
    )
    details = (
        "name", "state", "asked_by", "created_at", "run_at", "started_at", "finished_at", "attempts", "progress",
        "progress_note", "cancel_asked", "lease_owner", "lease_until", "args", "result", "last_error",
    )  # fmt: skip
    labels = {
        "name": lazy_gettext("Job"),
        "run_at": lazy_gettext("Not before"),
        "attempts": lazy_gettext("Tries"),
        "progress": lazy_gettext("Percent done"),
        "progress_note": lazy_gettext("What it does"),
        "asked_by": lazy_gettext("Asked for by"),
        "last_error": lazy_gettext("Last error"),
        "started_at": lazy_gettext("Last begun"),
        "finished_at": lazy_gettext("Finished"),
        "cancel_asked": lazy_gettext("Asked to stop"),
        "lease_owner": lazy_gettext("Held by"),
        "lease_until": lazy_gettext("Held until"),
        "args": lazy_gettext("Given"),
        "result": lazy_gettext("Result"),
    }
    sortable = ("name",)
    filters = ("state", "name")
    actions = (
        ButtonAction(
            "retry",
            lazy_gettext("Try again"),
            Permissions.JOB_MANAGE,
            service.retry_job,
            when=_can_retry,
            needs=("state",),
            is_primary=True,
        ),
        ButtonAction(
            "cancel",
            lazy_gettext("Cancel"),
            Permissions.JOB_MANAGE,
            service.cancel_job,
            when=_can_cancel,
            needs=("state",),
        ),
    )


def register(app: Flask) -> None:
    """The view."""
    add_view(app, JobDesk)
