"""Jobs that the clock starts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.platform.db import run, session
from app.platform.jobs import Job, PeriodicTask, periodic, registry
from app.platform.jobs.performing import WORKER

ZONE = "Asia/Shanghai"
NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
def one_task(monkeypatch):
    """Only one task, at 09:00 and 15:30 on workdays."""
    kinds = registry.Registry("job")
    kinds.add(
        "tests.clock.strike", registry.JobKind("tests.clock.strike", lambda actor: None, cron="0,30 9,15 * * 1-5")
    )
    for module in (periodic, registry, periodic.queue):
        monkeypatch.setattr(module, "kinds", kinds)


def look(moment: datetime) -> list[str]:
    with clock.freeze(moment):
        return run(periodic.start_due, WORKER, zone=ZONE)


def dues() -> list[datetime]:
    return list(session.scalars(sa.select(Job.due_at).order_by(Job.due_at)))


@pytest.mark.usefixtures("app", "one_task")
class TestStarting:
    def test_task_seen_first_waits_for_its_next_moment(self):
        assert look(NINE + timedelta(minutes=5)) == []
        assert session.scalars(sa.select(PeriodicTask.last_due_at)).one() == NINE
        assert look(NINE + timedelta(minutes=29)) == []
        assert look(NINE + timedelta(minutes=30)) == ["tests.clock.strike"]
        assert dues() == [NINE + timedelta(minutes=30)]

    @pytest.mark.promise("CO7")
    def test_moment_is_started_once_however_many_look(self):
        look(NINE)
        for second in (0, 1, 30, 59):
            look(NINE + timedelta(minutes=30, seconds=second))
        assert dues() == [NINE + timedelta(minutes=30)]

    def test_house_that_was_closed_makes_up_for_the_latest_moment_only(self):
        look(NINE)
        assert look(NINE + timedelta(days=2, minutes=10)) == ["tests.clock.strike"]
        assert dues() == [NINE + timedelta(days=2)]

    def test_scheduler_whose_clock_is_behind_starts_nothing_twice(self):
        look(NINE)
        look(NINE + timedelta(minutes=30))
        assert look(NINE + timedelta(minutes=29)) == []
        assert dues() == [NINE + timedelta(minutes=30)]


@pytest.mark.parametrize(
    ("cron", "at", "due"),
    [
        ("0 9 * * *", "2026-11-23T01:00:00", "2026-11-23T01:00:00"),
        ("0 9 * * *", "2026-11-23T01:00:59", "2026-11-23T01:00:00"),
        ("0 9 * * *", "2026-11-23T00:59:59", "2026-11-22T01:00:00"),
        ("*/15 * * * *", "2026-11-23T01:31:00", "2026-11-23T01:30:00"),
        ("0 0 1 * *", "2026-11-23T01:00:00", "2026-10-31T16:00:00"),
        ("0 9 * * 1-5", "2026-11-22T10:00:00", "2026-11-20T01:00:00"),
    ],
)
def test_latest_moment_is_read_in_the_houses_zone(cron, at, due):
    instant, expected = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (at, due))
    assert periodic.latest_due(cron, instant, ZONE) == expected


@pytest.mark.parametrize(("name", "cron"), [("tests.a.b", "61 * * * *"), ("tests.a.b", "* * * * * *"), ("tests", None)])
def test_bad_declaration_is_refused(name, cron):
    with pytest.raises(ValueError, match=r"cron line|is called"):
        registry.job(name, cron=cron)
