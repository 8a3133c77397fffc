"""One attempt of one job, from the claimed row to its end."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import ExternalFailure
from app.platform.access import everything
from app.platform.db import run
from app.platform.jobs import queue
from app.platform.jobs.models import JobState
from app.platform.jobs.registry import JobKind, kinds

log = structlog.get_logger("jobs")

#: who claims and ends; the job itself acts under its own name
WORKER = Actor(name="worker", kind=ActorKind.SYSTEM, surface="job")


class Cancelled(Exception):
    """A person asked to stop this job, and it did."""


class Running:
    """What an outside job knows about itself, and how it reaches the data.

    Nothing it does inside the house is kept when another worker has taken the job over meanwhile.
    """

    def __init__(self, owner: str, claimed: Mapping[str, Any], lease_seconds: float = queue.LEASE_SECONDS) -> None:
        self.id: int = claimed["id"]
        self.attempt: int = claimed["attempts"]
        self.kind: JobKind = kinds.get(claimed["name"])
        self.args: dict[str, Any] = claimed["args"]
        self.owner = owner
        self.lease_seconds = lease_seconds
        self.cancel_asked = False
        self.ended = False
        self.actor: Actor = everything(
            f"job {self.kind.name}",
            ActorKind.JOB,
            "job",
            request_id=f"job-{self.id}-{self.attempt}",
            on_behalf=claimed["asked_by"],
        )

    def stop_if_asked(self) -> None:
        """Call between steps.  Raises: Cancelled."""
        if self.cancel_asked:
            raise Cancelled

    def progress(self, percent: int, note: str = "") -> None:
        """Show how far it is.  Raises: LeaseLost, Cancelled."""
        self.stop_if_asked()
        run(_show_progress, WORKER, running=self, percent=percent, text=note)

    def run(self, use_case: Callable[..., Any], **values: Any) -> Any:
        """One unit of work as the job's actor, kept only while the job is ours.  Raises: LeaseLost."""

        def fenced(actor: Actor) -> Any:
            queue.hold(self.owner, self.id)
            return use_case(actor, **values)

        return run(fenced, self.actor)

    def complete(self, use_case: Callable[..., Any], **values: Any) -> Any:
        """The last unit of work: its changes and the end of the job are one commit.  Raises: LeaseLost."""

        def last(actor: Actor) -> Any:
            result = use_case(actor, **values)
            queue.finish(self.owner, self.id, result if isinstance(result, Mapping) else None)
            return result

        done = run(last, self.actor)
        self.ended = True
        return done


def _show_progress(actor: Actor, *, running: Running, percent: int, text: str) -> None:
    queue.show_progress(running.owner, running.id, percent, text, running.lease_seconds)


def perform(running: Running) -> JobState | None:
    """Do the job and write down how it ended; None when another worker has it now."""
    try:
        if running.kind.outside:
            result = running.kind.function(running, **running.args)
            if not running.ended:
                running.complete(_nothing_more, result=result)
        else:
            running.complete(running.kind.function, **running.args)
    except queue.LeaseLost:
        log.warning("job.taken_over", job=running.id, kind=running.kind.name)
        return None
    except Cancelled:
        return _settle(running, queue.stop_cancelled)
    except KeyboardInterrupt:
        raise
    except BaseException as problem:  # also sys.exit() and the panics of compiled libraries: the worker goes on
        log.exception("job.failed", job=running.id, kind=running.kind.name, attempt=running.attempt)
        again = not (isinstance(problem, ExternalFailure) and not problem.retryable)
        return _settle(running, queue.fail, error=_told(problem), again=again)
    log.info("job.done", job=running.id, kind=running.kind.name, attempt=running.attempt)
    return JobState.DONE


def _nothing_more(actor: Actor, *, result: Any) -> Any:
    return result


def _settle(running: Running, ending: Callable[..., Any], **values: Any) -> JobState | None:
    try:
        state = run(ending, WORKER, owner=running.owner, job_id=running.id, **values)
    except queue.LeaseLost:
        return None
    return state if isinstance(state, JobState) else JobState.CANCELLED


def _told(problem: BaseException) -> str:
    """The sentence first, then where it happened."""
    where = "".join(traceback.format_exception(problem)[-4:])
    return f"{type(problem).__name__}: {problem}\n\n{where}"


def drain(limit: int = 1000) -> int:
    """Do every job that is due, here and now, until none is left; how many attempts that took. For tests and commands."""
    count = 0
    while count < limit:
        claimed = run(queue.claim, WORKER, owner="inline", limit=1)
        if not claimed:
            return count
        perform(Running("inline", claimed[0]))
        count += 1
    raise RuntimeError(f"jobs keep making jobs: {limit} done and more are waiting")
