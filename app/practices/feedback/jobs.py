"""What feedback does by the clock."""

from __future__ import annotations

from app.kernel.actor import Actor
from app.platform.jobs import job
from app.practices.feedback.service import expire_requests

EXPIRE = "feedback.request.expire"


@job(EXPIRE, cron="40 * * * *")
def expire_unanswered(actor: Actor) -> dict[str, int]:
    """Close what nobody answered in time."""
    return {"requests": len(expire_requests(actor))}
