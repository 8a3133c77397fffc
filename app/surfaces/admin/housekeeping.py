"""What signing in leaves behind is forgotten when nothing asks for it any more."""

from __future__ import annotations

from flask import Flask

from app.kernel.actor import Actor
from app.platform.access import throttle
from app.platform.access.service import sessions
from app.platform.jobs.registry import job


@job("access.traces.forget", cron="10 4 * * *")
def forget_traces(actor: Actor) -> dict[str, int]:
    """Delete tries older than a day, and sessions that ended more than 30 days ago."""
    return {"tries": throttle.forget_old(actor), "sessions": sessions.forget_old(actor)}


def register(app: Flask) -> None:
    """Importing this module registered the job."""
