"""Random walks of orders through the house agree, step by step, with a second opinion on quantities and money.

The short form runs with all tests and always takes the same steps; `make soak` walks thousands of new ways.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

pytest.importorskip("hypothesis", reason="walks are drawn, see requirements-dev.txt")

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from app.platform.access import house_reading
from app.platform.db import db, session
from app.platform.db.testing import bind_to
from tests.soak.saying import say
from tests.soak.walking.walk import Walk
from tests.soak.walking.world import open_house


@pytest.fixture
def walk(live_app, live_make) -> Callable[..., Counter[str]]:
    """``walk(examples, steps)``: so many walks; what was done, and how often."""
    opened = open_house(live_make)
    session.rollback()
    session.remove()

    def go(examples: int, steps: int, *, derandomize: bool) -> Counter[str]:
        counts: Counter[str] = Counter()
        with db.engine.connect() as line:
            outer = line.begin()

            Walk.world, Walk.connection, Walk.counted = opened, line, counts

            try:
                with bind_to(line), house_reading():
                    run_state_machine_as_test(
                        Walk,
                        settings=settings(
                            max_examples=examples, stateful_step_count=steps, deadline=None, database=None,
                            derandomize=derandomize, suppress_health_check=list(HealthCheck),
                            phases=(Phase.generate,) if os.environ.get("SOAK_RAW") else tuple(Phase),
                        ),
                    )  # fmt: skip
            finally:
                session.remove()
                outer.rollback()
        return counts

    return go


def test_walks_agree_with_a_second_opinion(walk):
    counts = walk(5, 25, derandomize=True)  # each step is compared as it is taken
    assert counts["take_order"] > 0
    assert sum(counts.values()) > 50


@pytest.mark.soak
def test_thousands_of_walks_agree_with_a_second_opinion(walk, databases):
    wanted = int(os.environ.get("SOAK_WALKS", "2000"))
    counts = walk(wanted if databases.kind == "sqlite" else wanted // 6, 40, derandomize=False)
    say(f"{sum(counts.values())} steps on {databases.kind}", *(f"{n:8} {name}" for name, n in sorted(counts.items())))
