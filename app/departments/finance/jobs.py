"""What finance does by the clock."""

from __future__ import annotations

import sqlalchemy as sa

from app.departments.finance.disputes import announce_overdue
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.jobs import job
from app.records.parties.models import Company

ANNOUNCE = "finance.overdue.announce"


@job(ANNOUNCE, cron="20 * * * *")
def announce_overdue_everywhere(actor: Actor) -> dict[str, int]:
    """Say of each invoice, once, that it is overdue; hourly, so that it is said early on every company's day."""
    zones = session.scalars(sa.select(Company.timezone).distinct()).all()
    today = min((clock.today(zone) for zone in zones), default=clock.now().date())
    return {"invoices": len(announce_overdue(actor, today=today))}
