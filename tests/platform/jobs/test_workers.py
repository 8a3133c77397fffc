"""Workers as threads and as processes, with real commits on both databases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.platform import jobs
from app.platform.access import everything
from app.platform.db import run, session
from app.platform.jobs import Job, JobState, PeriodicTask, Runner, periodic, queue
from app.platform.jobs.performing import WORKER
from tests.platform.jobs import errands

ADMIN = everything("Admin", ActorKind.USER, "test")
ROOT = Path(__file__).parents[3]


def want(name="tests.mark.leave", **options) -> int:
    return run(lambda actor: jobs.enqueue(name, **options), ADMIN)


def errands_only():
    """The jobs of these tests; a runner also starts the house's periodic ones when their minute comes."""
    return Job.name.startswith("tests.")


def states() -> dict[str, int]:
    session.rollback()
    counted = sa.select(Job.state, sa.func.count()).where(errands_only()).group_by(Job.state)
    return {row[0].value: row[1] for row in session.execute(counted)}


def wait_for(condition, seconds=20.0):
    """Time it took, in seconds."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"after {seconds} s: {states()}"
        time.sleep(0.05)
    return time.monotonic() - began


def in_threads(app, functions):
    """Run functions at the same moment, each with an application context of its own."""
    barrier = threading.Barrier(len(functions))

    def one(function):
        with app.app_context():
            barrier.wait()
            return function()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(one, functions))


@pytest.fixture
def runner_of(live_app):
    """Makes runners that end with the test."""
    made = []

    def make(**options):
        made.append(Runner(live_app, **options).start())
        return made[-1]

    yield make
    for runner in made:
        runner.stop(5)


@pytest.mark.promise("CO7")
def test_two_runners_do_each_job_once(runner_of):
    for number in range(40):
        want("tests.mark.leave" if number % 2 else "tests.mark.carry", args={"mark": f"m{number}"})
    runner_of(threads=3, poll_seconds=0.05)
    runner_of(threads=3, poll_seconds=0.05)
    wait_for(lambda: states() == {"done": 40})
    assert errands.marks() == {f"m{number}": 1 for number in range(40)}
    assert set(session.scalars(sa.select(Job.attempts).where(errands_only()))) == {1}


def test_commit_wakes_the_workers_of_the_same_process(runner_of):
    runner_of(threads=1, poll_seconds=30)
    time.sleep(0.3)
    want(args={"mark": "m"})
    assert wait_for(lambda: states() == {"done": 1}) < 5


def test_stopping_ends_what_runs_and_takes_no_more(runner_of):
    first = want("tests.mark.carry", args={"mark": "first", "seconds": 1})
    runner = runner_of(threads=1, poll_seconds=0.05)
    wait_for(lambda: states() == {"running": 1})
    second = want(args={"mark": "second"})
    assert runner.stop(10) is True
    session.rollback()
    assert session.get_one(Job, first).state is JobState.DONE
    assert session.get_one(Job, second).state is JobState.QUEUED


def test_running_job_is_stopped_from_outside(runner_of):
    job_id = want("tests.mark.carry", args={"mark": "m", "seconds": 30})
    runner_of(threads=1, poll_seconds=0.05, lease_seconds=1)
    wait_for(lambda: states() == {"running": 1})
    assert run(jobs.cancel_job, ADMIN, job_id=job_id) is JobState.RUNNING
    wait_for(lambda: states() == {"cancelled": 1})
    assert errands.marks() == {}


def test_long_job_keeps_its_lease(runner_of):
    want("tests.mark.carry", args={"mark": "m", "seconds": 3})
    runner_of(threads=2, poll_seconds=0.05, lease_seconds=1)
    wait_for(lambda: states() == {"done": 1})
    assert session.scalars(sa.select(Job.attempts).where(errands_only())).one() == 1


def test_waiting_job_is_not_taken_while_somebody_relies_on_it(live_app):
    """Who asked again with the same key has changes that the job must see."""
    first = want(args={"mark": "m"}, dedup_key="same")
    relying = threading.Event()
    committed = []

    def rely():
        def use_case(actor):
            assert jobs.enqueue("tests.mark.leave", {"mark": "other"}, dedup_key="same") == first
            relying.set()
            time.sleep(0.5)
            committed.append(time.monotonic())

        run(use_case, ADMIN)

    def take():
        relying.wait(5)
        return run(queue.claim, WORKER, owner="w"), time.monotonic()

    _, (claimed, at) = in_threads(live_app, [rely, take])
    assert claimed == [] or at >= committed[0]


@pytest.mark.promise("CO7")
def test_two_schedulers_start_each_moment_once(live_app, monkeypatch):
    run(
        lambda actor: session.add(
            PeriodicTask(name="jobs.finished.forget", last_due_at=datetime(2026, 1, 1, tzinfo=UTC))
        ),
        ADMIN,
    )
    monkeypatch.setattr(periodic, "due_now", lambda known, instant, zone: ["jobs.finished.forget"])
    started = in_threads(live_app, [lambda: run(periodic.start_due, WORKER, zone="Asia/Shanghai")] * 6)
    assert sorted(started, key=len) == [[]] * 5 + [["jobs.finished.forget"]]
    session.rollback()
    assert session.scalars(sa.select(Job.state)).all() == [JobState.QUEUED]


# ------------------------------------------------------------------------------------------------------- processes
@pytest.fixture
def worker_process(live_app):
    """Starts ``flask worker`` on the test's database; what still lives at the end is killed."""
    made = []

    def start(*words):
        env = dict(os.environ)
        for name in ("DATABASE_URL", "SECRET_KEY", "AUDIT_KEY", "FILES_FOLDER"):
            env[name] = str(live_app.config[name])
        made.append(
            subprocess.Popen(
                [sys.executable, "-m", "tests.platform.jobs.house_with_errands", *words],
                cwd=ROOT,
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        )
        return made[-1]

    yield start
    for process in made:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def until_working(process):
    for line in process.stdout:
        if line.startswith("Working as"):
            return
    raise AssertionError("the worker ended before it began")


@pytest.mark.promise("DU1", "DU5")
@pytest.mark.slow
def test_killed_worker_loses_nothing_and_doubles_nothing(worker_process):
    victim, survivor = worker_process("--threads", "3"), worker_process("--threads", "2")
    until_working(victim)
    until_working(survivor)
    expected = {}
    for number in range(6):
        expected[f"plain{number}"] = expected[f"carried{number}"] = 1
        want(args={"mark": f"plain{number}", "seconds": 0.2})
        want("tests.mark.carry", args={"mark": f"carried{number}", "seconds": 2})

    def held_by_victim():
        session.rollback()
        own = sa.select(Job.id).where(Job.lease_owner.contains(f":{victim.pid}:"))
        return list(session.scalars(own))

    wait_for(lambda: len(held_by_victim()) >= 2)
    os.killpg(victim.pid, signal.SIGKILL)
    victim.wait()
    orphans = held_by_victim()
    assert orphans
    assert wait_for(lambda: states() == {"done": 12}, 60) < 30
    assert errands.marks() == expected
    assert all(session.get_one(Job, job_id).attempts == 2 for job_id in orphans)


@pytest.mark.slow
def test_worker_ends_cleanly_on_sigterm(worker_process):
    want("tests.mark.carry", args={"mark": "m", "seconds": 1.5})
    process = worker_process("--threads", "2")
    wait_for(lambda: states() == {"running": 1}, 60)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "Stopping; no new jobs are taken." in said
    assert states() == {"done": 1}
    assert errands.marks() == {"m": 1}
