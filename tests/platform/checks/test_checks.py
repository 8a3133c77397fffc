"""The registry, the runner and the command; the records' own checks are proved beside the records."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.kernel.actor import Actor
from app.platform.access.models import Department
from app.platform.checks import checks, registry, run_checks
from app.platform.checks.registry import Check
from app.platform.db import run, session
from tests.support.factories import Make

departments = Department.__table__


def negative() -> sa.Select[Any]:
    return (
        sa.select(departments.c.id, departments.c.position).where(departments.c.position < 0).order_by(departments.c.id)
    )


POSITIVE = Check(
    "test.positions_positive", "A position is not below zero.", negative, lambda: sa.select(departments.c.id)
)


@pytest.fixture
def only_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry._registry, "_items", {POSITIVE.name: POSITIVE})


def add(actor: Actor, *, positions: list[int]) -> None:
    names = {"name_en": "x", "name_zh": "x", "mark_en": "x", "mark_zh": "x"}
    session.add_all(Department(code=f"d{n}", position=position, **names) for n, position in enumerate(positions))


def test_a_check_that_holds_says_what_it_left_out(app: Any, make: Any):
    run(add, make.house(), positions=[1, 2])
    (outcome,) = run_checks([POSITIVE])
    assert (outcome.is_good, outcome.count, outcome.rows, outcome.left_out) == (True, 0, (), 2)


def test_a_broken_check_gives_rows_and_their_number(app: Any, make: Any):
    run(add, make.house(), positions=[5, *range(-30, 0)])
    (outcome,) = run_checks([POSITIVE])
    assert (outcome.is_good, outcome.count, len(outcome.rows)) == (False, 30, 20)
    assert [row["position"] for row in outcome.rows] == list(range(-30, -10))


def test_a_name_is_taken_once():
    with pytest.raises(ValueError, match="registered twice"):
        registry.check(checks()[0].name, "again")(negative)


@pytest.mark.usefixtures("only_one")
def test_the_command_shows_the_rows_and_fails(live_app: Any):
    make = Make()
    run(add, make.house(), positions=[5])
    flask = live_app.test_cli_runner()
    good = flask.invoke(args=["check"])
    assert (good.exit_code, good.output) == (
        0,
        "ok      test.positions_positive; 1 imported rows left out\n1 checks, 0 broken, 0 rows.\n",
    )

    def spoil(actor: Actor) -> int:
        found = session.scalars(sa.select(Department)).one()
        found.position = -1
        return int(found.id)

    row_id = run(spoil, make.house())
    bad = flask.invoke(args=["check", "test."])
    assert (bad.exit_code, bad.output.splitlines()) == (
        1,
        [
            "BROKEN  test.positions_positive: 1 rows; 1 imported rows left out. A position is not below zero.",
            f"        id={row_id}  position=-1",
            "1 checks, 1 broken, 1 rows.",
        ],
    )
    unknown = flask.invoke(args=["check", "nonsense"])
    assert (unknown.exit_code, unknown.output) == (1, "Error: There is no check called nonsense.\n")
