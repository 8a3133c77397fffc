"""The life of a job's row, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import NotFound, NotPermitted
from app.platform import jobs
from app.platform.access import everything
from app.platform.db import run, session
from app.platform.jobs import Job, JobState, queue
from app.platform.jobs.performing import WORKER, Running, perform
from app.platform.jobs.service import NotCancellable, NotRetryable
from tests.platform.jobs import errands

pytestmark = pytest.mark.usefixtures("app")

ADMIN = everything("Admin", ActorKind.USER, "test")
NOBODY = Actor("Nobody", ActorKind.USER)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def want(name="tests.mark.leave", **options) -> int:
    options.setdefault("args", {"mark": "m"})
    return run(lambda actor: jobs.enqueue(name, **options), ADMIN)


def row(job_id: int) -> Job:
    session.expunge_all()
    return session.get_one(Job, job_id)


def all_jobs() -> list[Job]:
    return list(session.scalars(sa.select(Job).order_by(Job.id)))


def claim_one(owner="me", **options) -> Running:
    (claimed,) = run(queue.claim, WORKER, owner=owner, **options)
    return Running(owner, claimed)


def test_job_is_done_once_under_its_own_name():
    job_id = want()
    assert jobs.drain() == 1
    done = row(job_id)
    assert (done.state, done.attempts, done.progress, done.result) == (JobState.DONE, 1, 100, {"mark": "m"})
    assert done.asked_by == "Admin"
    assert done.finished_at is not None
    assert done.lease_owner is None
    assert errands.marks() == {"m": 1}
    from app.platform.access.models import FailedLogin

    assert session.scalars(sa.select(FailedLogin.address)).one() == "job tests.mark.leave"
    assert jobs.drain() == 0


def test_no_commit_no_job():
    def change_of_mind(actor):
        jobs.enqueue("tests.mark.leave", {"mark": "m"})
        raise ValueError("changed my mind")

    with pytest.raises(ValueError, match="changed my mind"):
        run(change_of_mind, ADMIN)
    assert all_jobs() == []


@pytest.mark.parametrize("args", [{"amount": Decimal(1)}, {"at": NOON}, {1: "x"}, {"t": (1, 2)}])
def test_arguments_must_survive_json(args):
    with pytest.raises(TypeError):
        want(args=args)
    assert all_jobs() == []


def test_unknown_job_cannot_be_wanted():
    with pytest.raises(KeyError, match=r"unknown job: 'tests.no.job'"):
        want("tests.no.job")


def test_job_of_a_newer_release_waits_for_a_worker_that_knows_it():
    job_id = want()
    run(lambda actor: session.execute(sa.update(Job).values(name="future.thing.do")), ADMIN)
    assert jobs.drain() == 0
    assert row(job_id).state is JobState.QUEUED


def test_waiting_job_with_the_same_key_is_enough():
    first = want(dedup_key="kpi:2026-11-22", args={"mark": "first"})
    assert want(dedup_key="kpi:2026-11-22", args={"mark": "second"}) == first
    assert jobs.drain() == 1
    again = want(dedup_key="kpi:2026-11-22", args={"mark": "third"})
    assert again != first
    assert jobs.drain() == 1
    assert errands.marks() == {"first": 1, "third": 1}


@pytest.mark.promise("DU5")
def test_key_for_all_time_is_never_done_twice():
    first = want(once_key="mail:order:7")
    assert jobs.drain() == 1
    assert want(once_key="mail:order:7") == first
    assert jobs.drain() == 0
    assert errands.marks() == {"m": 1}


def test_later_job_waits_for_its_time():
    with clock.freeze(NOON):
        job_id = want(run_at=NOON + timedelta(minutes=5))
        assert jobs.drain() == 0
    with clock.freeze(NOON + timedelta(minutes=5)):
        assert jobs.drain() == 1
    assert row(job_id).started_at == NOON + timedelta(minutes=5)


def test_failing_job_waits_longer_each_time_and_then_is_dead():
    moment = NOON
    with clock.freeze(moment):
        job_id = want("tests.mark.stumble")
        assert jobs.drain() == 1
    for attempt, wait in ((1, 2), (2, 4)):
        failed = row(job_id)
        assert (failed.state, failed.attempts) == (JobState.QUEUED, attempt)
        assert failed.run_at == moment + timedelta(seconds=wait)
        assert failed.last_error.startswith("ExternalFailure: The carrier does not answer.")
        moment = failed.run_at
        with clock.freeze(moment - timedelta(seconds=1)):
            assert jobs.drain() == 0
        with clock.freeze(moment):
            assert jobs.drain() == 1
    dead = row(job_id)
    assert (dead.state, dead.attempts, dead.finished_at) == (JobState.DEAD, 3, moment)
    assert errands.marks() == {}, "what a failed attempt changed must not stay"


def test_failure_that_no_repeat_can_heal_is_dead_at_once():
    job_id = want("tests.mark.refuse")
    assert jobs.drain() == 1
    assert (row(job_id).state, row(job_id).attempts) == (JobState.DEAD, 1)


def test_worker_survives_a_job_that_quits():
    job_id = want("tests.mark.quit", args={})
    assert jobs.drain() == 1
    assert row(job_id).state is JobState.DEAD
    assert row(job_id).last_error.startswith("SystemExit: 3")


def test_failed_job_gives_way_to_an_equal_one_that_waits():
    with clock.freeze(NOON):
        first = want("tests.mark.stumble", dedup_key="same")
        running = claim_one()
        second = want("tests.mark.stumble", dedup_key="same", run_at=NOON + timedelta(hours=1))
        assert perform(running) is JobState.CANCELLED
    assert row(first).last_error.endswith(f"Job {second} is waiting and stands for this one.")
    assert row(second).state is JobState.QUEUED


# -------------------------------------------------------------------------------------------- leases and fencing
def test_living_lease_is_nobody_elses():
    with clock.freeze(NOON):
        want()
        claim_one("a")
    with clock.freeze(NOON + timedelta(seconds=queue.LEASE_SECONDS)):
        assert run(queue.claim, WORKER, owner="b") == []


@pytest.mark.promise("DU5")
def test_ended_lease_is_taken_over_and_the_first_owner_keeps_nothing():
    with clock.freeze(NOON):
        job_id = want(args={"mark": "once"})
        slow = claim_one("a")
    with clock.freeze(NOON + timedelta(seconds=queue.LEASE_SECONDS + 1)):
        quick = claim_one("b")
        assert (quick.id, quick.attempt) == (job_id, 2)
        assert perform(slow) is None
        assert errands.marks() == {}
        assert row(job_id).lease_owner == "b"
        assert perform(quick) is JobState.DONE
        assert perform(slow) is None
    assert errands.marks() == {"once": 1}


def test_heartbeat_prolongs_only_ones_own_lease():
    with clock.freeze(NOON):
        job_id = want()
        claim_one("a")
    with clock.freeze(NOON + timedelta(seconds=10)):
        run(queue.beat, WORKER, owner="b", job_ids=[job_id])
        assert row(job_id).lease_until == NOON + timedelta(seconds=queue.LEASE_SECONDS)
        run(queue.beat, WORKER, owner="a", job_ids=[job_id])
        assert row(job_id).lease_until == NOON + timedelta(seconds=10 + queue.LEASE_SECONDS)


@pytest.mark.postgresql
def test_leases_follow_the_databases_clock(monkeypatch):
    """A machine whose clock is an hour ahead must not take over what another one is doing."""
    job_id = want()
    claim_one("a")
    right = clock.now()
    monkeypatch.setattr(clock, "now", lambda: right + timedelta(hours=1))
    assert run(queue.claim, WORKER, owner="ahead") == []
    assert abs(row(job_id).lease_until - right) < timedelta(minutes=1)


def test_job_that_kills_its_worker_every_time_is_dead_in_the_end():
    moment = NOON
    with clock.freeze(moment):
        job_id = want("tests.mark.stumble")
    for _ in range(3):
        with clock.freeze(moment):
            claim_one()
        moment += timedelta(seconds=queue.LEASE_SECONDS + 1)
    with clock.freeze(moment):
        assert run(queue.claim, WORKER, owner="b") == []
    assert row(job_id).state is JobState.DEAD
    assert row(job_id).last_error == "The worker stopped without an answer each time."


def test_recovery_takes_less_than_thirty_seconds():
    from app.platform.jobs.runner import CALM_SECONDS, POLL_SECONDS

    assert queue.LEASE_SECONDS + POLL_SECONDS + CALM_SECONDS < 30


def test_oldest_job_goes_first():
    with clock.freeze(NOON):
        late = want(args={"mark": "late"}, run_at=NOON)
        early = want(args={"mark": "early"}, run_at=NOON - timedelta(minutes=1))
        assert [claim_one().id, claim_one().id] == [early, late]


# ------------------------------------------------------------------------------------------------- what people do
def test_dead_job_is_tried_again_by_a_person():
    job_id = want("tests.mark.refuse")
    jobs.drain()
    run(jobs.retry_job, ADMIN, job_id=job_id)
    assert (row(job_id).state, row(job_id).attempts) == (JobState.QUEUED, 0)
    assert jobs.drain() == 1


def test_only_a_job_that_failed_can_be_tried_again():
    job_id = want()
    with pytest.raises(NotRetryable, match="this one is “queued”"):
        run(jobs.retry_job, ADMIN, job_id=job_id)


def test_retry_adds_none_where_an_equal_job_waits():
    first = want("tests.mark.refuse", dedup_key="same")
    jobs.drain()
    want("tests.mark.refuse", dedup_key="same")
    run(jobs.retry_job, ADMIN, job_id=first)
    assert row(first).state is JobState.DEAD


def test_waiting_job_is_cancelled_at_once():
    job_id = want()
    assert run(jobs.cancel_job, ADMIN, job_id=job_id) is JobState.CANCELLED
    assert jobs.drain() == 0
    with pytest.raises(NotCancellable, match="“cancelled”"):
        run(jobs.cancel_job, ADMIN, job_id=job_id)


def test_running_job_stops_at_its_next_step():
    job_id = want("tests.mark.carry")
    running = claim_one()
    assert run(jobs.cancel_job, ADMIN, job_id=job_id) is JobState.RUNNING
    assert run(queue.beat, WORKER, owner="me", job_ids=[job_id]) == {job_id}
    running.cancel_asked = True
    running.args["seconds"] = 5
    assert perform(running) is JobState.CANCELLED
    assert row(job_id).state is JobState.CANCELLED
    assert errands.marks() == {}


def test_cancelled_job_whose_worker_died_is_not_begun_again():
    with clock.freeze(NOON):
        job_id = want("tests.mark.carry")
        claim_one()
        run(jobs.cancel_job, ADMIN, job_id=job_id)
    with clock.freeze(NOON + timedelta(minutes=1)):
        assert run(queue.claim, WORKER, owner="b") == []
    assert row(job_id).state is JobState.CANCELLED


def test_progress_is_shown_and_keeps_the_lease():
    with clock.freeze(NOON):
        job_id = want("tests.mark.carry")
        running = claim_one()
    with clock.freeze(NOON + timedelta(seconds=9)):
        running.progress(40, "400 of 1,000 lines")
    shown = row(job_id)
    assert (shown.progress, shown.progress_note) == (40, "400 of 1,000 lines")
    assert shown.lease_until == NOON + timedelta(seconds=9 + queue.LEASE_SECONDS)


@pytest.mark.parametrize("use_case", [jobs.retry_job, jobs.cancel_job])
def test_queue_is_changed_by_those_with_the_right_only(use_case):
    job_id = want("tests.mark.refuse")
    jobs.drain()
    before = (row(job_id).state, row(job_id).attempts)
    with pytest.raises(NotPermitted):
        run(use_case, NOBODY, job_id=job_id)
    assert (row(job_id).state, row(job_id).attempts) == before
    with pytest.raises(NotFound):
        run(use_case, ADMIN, job_id=job_id + 1000)


def test_finished_jobs_are_forgotten_after_ninety_days():
    with clock.freeze(NOON):
        done, kept, dead = want(), want(once_key="k"), want("tests.mark.refuse")
        jobs.drain()
    with clock.freeze(NOON + timedelta(days=90)):
        assert run(jobs.housekeeping.forget_finished, ADMIN) == {"forgotten": 0}
    with clock.freeze(NOON + timedelta(days=90, seconds=1)):
        assert run(jobs.housekeeping.forget_finished, ADMIN) == {"forgotten": 1}
    assert [job.id for job in all_jobs()] == [kept, dead]
    assert done not in {kept, dead}
