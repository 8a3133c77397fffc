"""CO5: numbers of invoices are unique and have no gap."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from app.kernel.errors import RuleBroken
from app.platform.db import run, session
from app.platform.settings import next_number, update_setting
from app.platform.settings.numbering import pattern_problem
from tests.support.people import house

IN_2026 = date(2026, 11, 22)


def take(actor, *, fails=False, **values):
    number = next_number("invoice", **values)
    if fails:
        raise RuleBroken("no")
    return number


def test_each_company_and_year_counts_for_itself(app):
    numbers = [
        run(take, house(), company_id=company, on=on)
        for company, on in [(1, IN_2026), (1, IN_2026), (2, IN_2026), (1, date(2027, 1, 1)), (1, IN_2026)]
    ]
    assert numbers == ["INV-26-00001", "INV-26-00002", "INV-26-00001", "INV-27-00001", "INV-26-00003"]


@pytest.mark.promise("CO5")
def test_a_rollback_leaves_no_gap(app):
    assert run(take, house(), on=IN_2026) == "INV-26-00001"
    with pytest.raises(RuleBroken):
        run(take, house(), on=IN_2026, fails=True)
    assert run(take, house(), on=IN_2026) == "INV-26-00002"


def test_an_admin_changes_the_pattern_and_without_a_year_the_numbers_go_on(app):
    run(update_setting, house(), name="numbering.invoice", value="{yyyy}{mm}/{n}")
    assert run(take, house(), on=IN_2026) == "202611/1"
    run(update_setting, house(), name="numbering.invoice", value="R{n:07}")
    assert [run(take, house(), on=day) for day in (IN_2026, date(2027, 5, 1))] == ["R0000001", "R0000002"]


@pytest.mark.parametrize(
    "bad", ["INV", "{n", "{n.__class__}", "{n[0]}", "{x}{n}", "{0}{n}", "{n:99999}", "{n!r:>60}", "{n:s}", "{}{n}"]
)
def test_a_pattern_is_numbers_and_dates_only(bad):
    assert pattern_problem(bad) is not None


@pytest.mark.promise("CO5")
def test_eight_writers_at_once_get_numbers_without_a_gap(live_app):
    taken, problems = [], []

    def work(number):
        with live_app.app_context():
            for turn in range(10):
                try:
                    taken.append(run(take, house(), on=IN_2026, fails=(turn + number) % 5 == 0))
                except RuleBroken:
                    pass
                except Exception as problem:
                    problems.append(problem)
                    raise

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.rollback()
    assert problems == []
    assert sorted(taken) == [f"INV-26-{number:05}" for number in range(1, 65)]
