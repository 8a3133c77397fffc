"""Eight clients, each a process, want the last units of the same goods."""

from __future__ import annotations

import os
import time

import pytest
import sqlalchemy as sa

from app.platform.db import session
from tests.soak import racing
from tests.soak.saying import say

CLIENTS = 8


@pytest.fixture(autouse=True)
def _nobody_stays():
    yield
    racing.end_all()


@pytest.mark.promise("CO1", "CO8")
@pytest.mark.soak
def test_eight_clients_compete_for_scarce_goods(live_app, live_make, databases, tmp_path):
    orders = int(os.environ.get("SOAK_ORDERS", "100000")) // (5 if databases.kind == "sqlite" else 1)
    orders = max(orders - orders % CLIENTS, CLIENTS)
    customers = racing.open_race(live_make, orders)
    session.rollback()
    if databases.kind == "postgresql":  # what the planner knows of an empty table is wrong for a full one
        with live_app.extensions["sqlalchemy"].engine.connect() as line:
            line.execute(sa.text("ANALYZE"))
    share = orders // CLIENTS
    began = time.perf_counter()
    clients = [
        racing.start(live_app.config["DATABASE_URL"], tmp_path, 1 + n * share, 1 + (n + 1) * share, customers)
        for n in range(CLIENTS)
    ]
    results = [racing.result(client, 4 * 3600) for client in clients]
    seconds = time.perf_counter() - began
    outcomes, took = racing.summed(results)
    say(
        f"{orders} orders by {CLIENTS} clients on {databases.kind}: {orders / seconds:.0f} a second,"
        f" median {took[len(took) // 2] * 1000:.0f} ms, 99 % {took[len(took) * 99 // 100] * 1000:.0f} ms,"
        f" longest {took[-1]:.1f} s; {dict(outcomes)}"
    )
    assert outcomes == {"taken": orders, "repeated": orders // 50, "cancelled": orders // 10}
    racing.must_hold(live_make, orders)
