"""The field of a race: scarce goods, many customers, clients in processes of their own; and what must hold afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.departments.warehouse import serving
from app.platform.audit import seal_once, verify
from app.platform.checks import checks, run_checks
from app.platform.db import run, session
from app.platform.process.default_flow import install_default_flow
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OrderState
from app.records.stock.models import StockLevel
from app.surfaces.admin.standard_roles import install_standard_roles
from tests.soak.race_client import PRODUCTS
from tests.support.factories import house
from tests.support.source import ROOT

CUSTOMERS = 200
_started: list[subprocess.Popen[str]] = []


def open_race(make: Any, orders: int) -> list[int]:
    """Goods for about half of what will be asked; the customers."""
    run(install_standard_roles, house())
    run(install_default_flow, house())
    make.company()
    listed = make.price_list(tolerance_percent=Decimal(100))
    scarce = max(orders * 5 // (PRODUCTS * 2), 1)
    for kind in range(PRODUCTS):
        make.price(make.product(code=f"SCARCE-{kind}", stock=scarce), "10", price_list_id=listed.id)
    return [make.customer().id for _ in range(CUSTOMERS)]


def start(url: str, folder: Path, first: int, last: int, customers: list[int], **told: Any) -> subprocess.Popen[str]:
    """A client that takes the orders of these numbers."""
    words = {"url": url, "folder": str(folder), "first": first, "last": last, "customers": customers,
             "patient": False, **told}  # fmt: skip
    client = subprocess.Popen(
        [sys.executable, "-m", "tests.soak.race_client", json.dumps(words)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    _started.append(client)
    return client


def end_all() -> None:
    """Nobody stays when a test fails half way."""
    for client in _started:
        client.kill()
        client.wait()
    _started.clear()


def result(client: subprocess.Popen[str], patience: float) -> dict[str, Any]:
    """What it did.  Raises: AssertionError with its words when it failed."""
    said, problem = client.communicate(timeout=patience)
    assert client.returncode == 0, problem[-4_000:]
    return json.loads(said)


def must_hold(make: Any, orders: int) -> None:
    """Every order once, nothing oversold, nothing left lying while somebody waits, books and log in order."""
    session.rollback()
    assert make.count(Order) == orders
    run(serving.serve_waiting, house(), warehouse_id=make.warehouse().id)
    stock = session.execute(sa.select(StockLevel.product_id, StockLevel.on_hand, StockLevel.allocated)).all()
    alive = Order.state.in_((OrderState.CONFIRMED, OrderState.IN_FULFILMENT))
    wanted = dict(
        session.execute(
            sa.select(OrderLine.product_id, sa.func.sum(OrderLine.ordered))
            .join(Order, Order.id == OrderLine.order_id).where(alive).group_by(OrderLine.product_id)
        ).all()
    )  # fmt: skip
    for product_id, on_hand, allocated in stock:
        assert allocated == min(on_hand, wanted.get(product_id, Decimal(0)))
    must_be_sound()


def must_be_sound() -> None:
    """``check`` and ``audit verify``."""
    session.rollback()
    assert [f"{one.check.name}: {one.rows}" for one in run_checks(checks()) if not one.is_good] == []
    seal_once()
    assert verify().findings == []


def summed(results: list[dict[str, Any]]) -> tuple[Counter[str], list[float]]:
    """All clients' outcomes, and every order's seconds, sorted."""
    outcomes: Counter[str] = Counter()
    for one in results:
        outcomes.update(one["outcomes"])
    return outcomes, sorted(seconds for one in results for seconds in one["seconds"])
