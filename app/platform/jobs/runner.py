"""Threads that do jobs: in the web process of a small house, in ``flask worker`` of a large one.

Workers take one job each. The keeper prolongs leases, looks at the clock and sees who asked to cancel. A process that is
killed leaves rows whose lease ends; whoever looks next takes them over.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable

import sqlalchemy as sa
import structlog
from flask import Flask

from app.kernel import clock
from app.platform.access import house_reading
from app.platform.db import db, run
from app.platform.jobs import periodic, queue, wake
from app.platform.jobs.models import PeriodicTask
from app.platform.jobs.performing import WORKER, Running, perform

log = structlog.get_logger("jobs")

POLL_SECONDS = 1.0
CALM_SECONDS = 5.0  #: after something unexpected, such as a database that is down


class Runner:
    """A set of worker threads and their keeper."""

    def __init__(
        self,
        app: Flask,
        *,
        threads: int = 2,
        lease_seconds: float = queue.LEASE_SECONDS,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self.app = app
        self.owner = f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self.threads = threads
        self.lease_seconds = lease_seconds
        self.poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._guard = threading.Lock()
        self._running: dict[int, Running] = {}
        self._started: list[threading.Thread] = []
        self._last_beat = 0.0

    # ------------------------------------------------------------------------------------------------- from outside
    def start(self) -> Runner:
        """Begin to work, in daemon threads."""
        for number in range(self.threads):
            self._thread(f"job-{number}", self._work)
        self._thread("job-keeper", self._keep)
        log.info("worker.started", owner=self.owner, threads=self.threads)
        return self

    def stop(self, patience_seconds: float = 20.0) -> bool:
        """Take no more jobs and wait for those under way; False when some did not end: their leases will."""
        self._stopping.set()
        wake.local()
        deadline = time.monotonic() + patience_seconds
        for thread in self._started:
            thread.join(max(0.0, deadline - time.monotonic()))
        clean = not any(thread.is_alive() for thread in self._started)
        log.info("worker.stopped", owner=self.owner, clean=clean)
        return clean

    def wait(self) -> None:
        """Until somebody calls `stop`."""
        while not self._stopping.wait(1.0):
            pass

    # ------------------------------------------------------------------------------------------------------ threads
    def _thread(self, name: str, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._started.append(thread)
        thread.start()

    def _work(self) -> None:
        awake = wake.sleeper()
        while not self._stopping.is_set():
            awake.clear()
            if not self._guarded(self._one_job):
                awake.wait(self.poll_seconds)

    def _keep(self) -> None:
        while not self._stopping.is_set() or self._running:
            self._guarded(self._look_after)
            time.sleep(min(self.poll_seconds, self.lease_seconds / 5))

    def _guarded(self, step: Callable[[], bool]) -> bool:
        """One step in an application context of its own; a worker outlives every surprise but tells it."""
        try:
            with self.app.app_context(), house_reading():
                return step()
        except Exception:
            log.exception("worker.surprised", owner=self.owner)
            self._stopping.wait(CALM_SECONDS)
            return False

    # -------------------------------------------------------------------------------------------------------- steps
    def _one_job(self) -> bool:
        if not self._is_work_waiting():
            return False
        claimed = run(queue.claim, WORKER, owner=self.owner, limit=1, lease_seconds=self.lease_seconds)
        if not claimed:
            return False
        running = Running(self.owner, claimed[0], self.lease_seconds)
        with self._guard:
            self._running[running.id] = running
        try:
            perform(running)
        finally:
            with self._guard:
                self._running.pop(running.id, None)
        return True

    def _is_work_waiting(self) -> bool:
        with db.engine.connect() as connection:
            return connection.execute(queue.anything_to_do()).first() is not None

    def _look_after(self) -> bool:
        with self._guard:
            mine = dict(self._running)
        if mine and time.monotonic() - self._last_beat >= self.lease_seconds / 3:
            asked = run(queue.beat, WORKER, owner=self.owner, job_ids=list(mine), lease_seconds=self.lease_seconds)
            for job_id in asked:
                mine[job_id].cancel_asked = True
            self._last_beat = time.monotonic()
        if not self._stopping.is_set():
            self._start_due()
        return True

    def _start_due(self) -> None:
        zone = self.app.config["DEFAULT_TIMEZONE"]
        with db.engine.connect() as connection:
            rows = connection.execute(sa.select(PeriodicTask.name, PeriodicTask.last_due_at)).all()
        if periodic.due_now({row.name: row.last_due_at for row in rows}, clock.now(), zone):
            run(periodic.start_due, WORKER, zone=zone)


def start_embedded(app: Flask) -> Runner:
    """Work inside this process: for web servers after their fork, never in their parent."""
    runner = Runner(app, threads=2).start()
    app.extensions["handoff_runner"] = runner
    return runner


def stop_embedded(app: Flask, patience_seconds: float = 10.0) -> None:
    """Let the runner of this process come to an end, if it has one."""
    runner = app.extensions.pop("handoff_runner", None)
    if isinstance(runner, Runner):
        runner.stop(patience_seconds)
