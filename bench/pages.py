"""What people open: every list that grows with the orders, the order's pages, desk and search, and the export."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient

from bench.harness import Bench, Figures, Section, browser, budget, house, side_by_side

#: lists over tables with as many rows as there are orders, or more: path -> (table, filter and order, text to search)
LISTS = {
    "/sales/orders/": ("orders", "f.state=confirmed&sort=-received_at", "0004321"),
    "/purchasing/orders/": ("orders", "sort=promised_date", ""),
    "/warehouse/orders/": ("orders", "sort=-number", ""),
    "/warehouse/shipments/": ("shipments", "f.state=ready&sort=-planned_on", "SHD-0000437"),
    "/warehouse/moves/": ("stock_moves", "f.kind=shipment", ""),
    "/logistics/shipments/": ("shipments", "f.state=shipped&sort=-number", "SJ0000437"),
    "/finance/orders/": ("orders", "sort=-number", ""),
    "/finance/invoices/": ("invoices", "f.state=posted&sort=-due_on", "SHI-0000437"),
    "/finance/payments/": ("payments", "f.method=bank&sort=-number", "SHP-0000437"),
    "/master/customers/": ("parties", "f.currency=CNY&sort=-code", "恒瑞"),
}
#: words that very many orders have
COMMON = "/sales/orders/?q=SH"
MUST, AIM, GROWTH = 20.0, 8.0, 1.3


@dataclass(frozen=True, slots=True)
class Page:
    """One address, and the raw statement that reads the same page, if there is a fair one."""

    name: str
    path: str
    raw: str = ""


def _pages(client: FlaskClient) -> Iterator[Page]:
    for path, (table, narrowed, text) in LISTS.items():
        if client.get(path).status_code != 200:
            continue
        raw = f"SELECT * FROM {table} ORDER BY id DESC LIMIT 51" if path == "/sales/orders/" else ""
        yield Page(f"{path} first", path, raw)
        yield Page(f"{path} filtered, sorted", f"{path}?{narrowed}")
        yield Page(f"{path} deep", f"{path}?{_deep(client, path)}")
        if text:
            yield Page(f"{path} searched", f"{path}?q={text}")
    yield Page("/sales/orders/ searched, a common word", COMMON)


def _deep(client: FlaskClient, path: str) -> str:
    """Some pages before the end: the cursor stands behind nearly all rows."""
    last = client.get(f"{path}?last=1").text
    found = [part.split('"')[0].replace("&amp;", "&") for part in last.split("?")[1:] if part.startswith("before=")]
    return found[0] if found else "last=1"


def _measured(bench: Bench, orders: int) -> dict[str, tuple[Figures, Figures | None]]:
    found: dict[str, tuple[Figures, Figures | None]] = {}
    with house(bench.database(orders)) as app:
        from app.platform.db import db

        client = browser(app, "chenli")
        for page in _pages(client):
            actions: list[Any] = [lambda path=page.path: _opened(client, path)]
            if page.raw:
                actions.append(lambda text=page.raw: _read(db.engine, text))
            figures = side_by_side(actions, db.engine, rounds=bench.rounds)
            found[page.name] = figures[0], figures[1] if page.raw else None
    return found


def _opened(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    if answer.status_code not in {200, 302, 303}:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _read(engine: sa.Engine, text: str) -> Sequence[Any]:
    with engine.connect() as connection:
        return connection.exec_driver_sql(text).fetchall()


def lists(bench: Bench) -> Section:
    """Every list: first page, filtered and sorted, deep, searched; few orders beside many."""
    section = Section(f"lists-{bench.kind}", f"Lists, {bench.label}, {bench.orders:,} orders")
    small, large = _measured(bench, bench.small), _measured(bench, bench.orders)
    rows = []
    for name, (ours, raw) in large.items():
        growth = ours.work_ms / small[name][0].work_ms if name in small else 1.0
        is_kept = "yes" if growth <= GROWTH else "**no**"
        aim = (raw.work_ms if raw else 0.0) + AIM
        rows.append([
            name, ours.wall_ms, ours.work_ms, ours.server_ms, int(ours.statements), growth, is_kept,
            budget(ours.work_ms, MUST, aim),
        ])  # fmt: skip
    head = ["page", "wall ms", "CPU ms", "of it server", "statements", f"/ {bench.small:,}", "<= 1.3", "20 ms"]
    section.table(head, rows)
    raw = large["/sales/orders/ first"][1]
    if raw:
        section.say(f"Raw keyset page of 51 orders in the same run: {raw.work_ms:.2f} ms of CPU.")
    return section


def work(bench: Bench) -> Section:
    """The pages of an order, desk, board and search."""
    section = Section(f"work-{bench.kind}", f"Order, desk and search, {bench.label}, {bench.orders:,} orders")
    with house(bench.database(bench.orders)) as app:
        from app.platform.access import house_reading
        from app.platform.db import db, session
        from app.records.orders.models import Order

        with house_reading():
            state = {
                name: session.scalar(sa.select(sa.func.max(Order.id)).where(Order.state == name))
                for name in ("draft", "fulfilled", "completed")
            }
        session.rollback()
        sales, store = browser(app, "linxiaowen"), browser(app, "sunxiaojun")
        pages = {
            "order page, open": (sales, f"/sales/orders/{state['fulfilled']}/"),
            "order page, completed": (sales, f"/sales/orders/{state['completed']}/"),
            "edit form of a draft": (sales, f"/sales/orders/{state['draft']}/edit/"),
            "my desk, sales": (sales, "/desk/"),
            "my desk, warehouse": (store, "/desk/"),
            "the team's desk": (store, "/desk/?whose=team"),
            "search, one hit": (sales, "/search/?q=SH-0004321"),
            "search, a customer's name": (sales, "/search/?q=恒瑞机械"),
            "search, a word of all orders": (sales, "/search/?q=SH"),
        }
        rows = []
        for name, (client, path) in pages.items():
            ours = side_by_side([lambda c=client, p=path: _opened(c, p)], db.engine, rounds=bench.rounds)[0]
            met = budget(ours.work_ms, 25, 10)
            rows.append([name, ours.wall_ms, ours.work_ms, ours.server_ms, int(ours.statements), met])
    section.table(["page", "wall ms", "CPU ms", "of it server", "statements", "25 ms"], rows)
    return section


def export(bench: Bench) -> Section:
    """The order list as CSV, all of it."""
    section = Section(f"export-{bench.kind}", f"CSV of all orders, {bench.label}")
    with house(bench.database(bench.orders)) as app:
        client = browser(app, "chenli")
        address = "/sales/orders/export/csv/"
        with client.get(f"{address}?f.state=draft", buffered=False) as answer:
            sum(1 for _ in answer.response)
        tracemalloc.start()
        begun, cpu = time.perf_counter(), time.process_time()
        with client.get(address, buffered=False) as answer:
            lines = sum(piece.count(b"\n") for piece in answer.response)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
        grown = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        begun, cpu = time.perf_counter(), time.process_time()
        with client.get(address, buffered=False) as answer:
            lines = sum(piece.count(b"\n") for piece in answer.response)
        wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    per_second = lines / cpu
    met = "aim" if per_second >= (400_000 if bench.kind == "postgresql" else 150_000) else "must"
    met = met if per_second >= 100_000 else "**missed**"
    section.table(
        ["rows", "wall s", "CPU s", "rows per CPU second", "100,000 a second", "more memory MB", "40 MB"],
        [[lines, wall, cpu, per_second, met, grown, "yes" if grown <= 40 else "**no**"]],
    )
    return section


SECTIONS = (lists, work, export)
