"""Jobs that exist only in tests; each leaves a row whose number of copies shows how often it took effect."""

from __future__ import annotations

import time

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import ExternalFailure
from app.platform.access.models import FailedLogin
from app.platform.db import session
from app.platform.jobs import job


def leave_mark(actor: Actor, *, mark: str, seconds: float = 0) -> dict[str, str]:
    session.add(FailedLogin(login=mark, address=actor.name, at=clock.now()))
    session.flush()
    time.sleep(seconds)
    return {"mark": mark}


def marks() -> dict[str, int]:
    """Mark -> number of rows."""
    rows = session.execute(sa.select(FailedLogin.login, sa.func.count()).group_by(FailedLogin.login))
    return {row[0]: row[1] for row in rows}


mark = job("tests.mark.leave")(leave_mark)


@job("tests.mark.stumble", max_attempts=3)
def stumble(actor: Actor, *, mark: str, until: int = 99) -> None:
    """Leaves its mark and then fails: the mark must not stay."""
    leave_mark(actor, mark=mark)
    raise ExternalFailure("The carrier does not answer.")


@job("tests.mark.refuse", max_attempts=3)
def refuse(actor: Actor, *, mark: str) -> None:
    raise ExternalFailure("The carrier does not know this address.", retryable=False)


@job("tests.mark.carry", outside=True)
def carry(running, *, mark: str, seconds: float = 0) -> None:
    """Slow work outside a transaction, its effect in the last unit of work."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.05)
        running.stop_if_asked()
    running.complete(leave_mark, mark=mark)


@job("tests.mark.quit", outside=True, max_attempts=1)
def quit_process(running) -> None:
    raise SystemExit(3)
