"""Imports: a file of orders and one of their lines, read, checked, applied and logged; beside the bare INSERT of the lines."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.kernel.actor import ActorKind
from app.platform.access import everything
from app.platform.db import bulk, db, run, session
from app.platform.imports import applying, checking, staging
from app.platform.imports.mapping import ImportMapping, load
from app.platform.imports.reading import Source, digest_of
from app.records.orders.models import OrderLine
from bench.harness import Bench, Section, budget, house

LINES_AN_ORDER = 3
MUST, AIM = 15_000, {"sqlite": 40_000, "postgresql": 25_000}
MOST_MEMORY, AIM_MEMORY = 100, 60
MAPPING = """
name = "bench"

[[tables]]
target = "companies"
key = "{code}"
rows = [{ code = "BENCH", name = "Bench", currency = "CNY" }]
columns = { name = "name", currency = "currency" }

[[tables]]
target = "units"
key = "{code}"
rows = [{ code = "BENCH", name = "piece" }]
columns = { name_en = "name", name_zh = "name" }

[[tables]]
target = "products"
file = "products.csv"
key = "{Code}"
columns = { code = { column = "Code", required = true }, name = "Name", base_unit_id = { ref = "units", template = "BENCH" } }

[[tables]]
target = "parties"
file = "customers.csv"
key = "{Code}"
[tables.columns]
code = { column = "Code", required = true }
name = { column = "Name", required = true }
is_customer = { constant = "1" }
currency = { constant = "CNY" }
price_basis = { constant = "excluded" }
billing_policy = { constant = "delivered" }

[[tables]]
target = "orders"
file = "orders.csv"
key = "{No}"
[tables.columns]
number = { template = "BENCH-{No}", required = true }
company_id = { ref = "companies", template = "BENCH" }
customer_id = { ref = "parties", key = "{Customer}" }
state = { constant = "completed" }
received_at = { column = "Date", required = true }
currency = { constant = "CNY" }
price_basis = { constant = "excluded" }
billing_policy = { constant = "delivered" }
net_total = "Net"

[[tables]]
target = "order_lines"
file = "lines.csv"
key = "{No}-{Line}"
[tables.columns]
order_id = { ref = "orders", key = "{No}" }
position = "Line"
product_id = { ref = "products", key = "{Product}" }
description = "Text"
unit_id = { ref = "units", template = "BENCH" }
entered_quantity = { column = "Quantity", required = true }
unit_price = { column = "Price", required = true }
discount_percent = "Discount"
net = "Net"
"""


def _files(folder: Path, lines: int) -> None:
    """A thousand products, a tenth as many customers as orders, prices and quantities of all kinds."""
    orders, products = lines // LINES_AN_ORDER, 1_000
    customers = max(orders // 10, 1)
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")

    def write(name: str, head: tuple[str, ...], rows: Any) -> None:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head)
            writer.writerows(rows)

    write("products.csv", ("Code", "Name"), ((f"B{n}", f"Screw 螺丝 {n}") for n in range(products)))
    write("customers.csv", ("Code", "Name"), ((f"C{n}", f"Customer 客户 {n}") for n in range(customers)))
    write(
        "orders.csv",
        ("No", "Customer", "Date", "Net"),
        ((n, f"C{n % customers}", f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}", f"{n % 9_000}.50") for n in range(orders)),
    )
    write(
        "lines.csv",
        ("No", "Line", "Product", "Text", "Quantity", "Price", "Discount", "Net"),
        (
            (n // LINES_AN_ORDER, n % LINES_AN_ORDER + 1, f"B{n * 7 % products}", f"Screw 螺丝 {n * 7 % products}",
             n % 50 + 1, f"{n % 997}.25", n % 4 * 5, f"{n * 13 % 99_991}.75")
            for n in range(lines)
        ),
    )  # fmt: skip


def _memory_mb(name: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def _timed(action: Callable[[], Any]) -> tuple[Any, float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    return result, time.perf_counter() - wall, time.process_time() - cpu


def _bare(_actor: Any) -> None:
    """The same lines once more, as values the driver takes, with nothing around; undone by the caller's mistake."""
    table: Any = OrderLine.__table__
    names = [column.name for column in table.columns]
    rows = session.connection().exec_driver_sql(
        f"SELECT {', '.join(names)} FROM order_lines WHERE external_source = 'bench'"
    )
    taken = [list(row) for row in rows]
    ids = bulk.take_ids(table, len(taken))
    at, key = names.index("position"), names.index("external_key")
    for row, row_id in zip(taken, ids, strict=True):
        row[names.index("id")], row[at], row[key] = row_id, row[at] + 500_000, f"{row[key]}-bare"
    begun = time.perf_counter()
    bulk.write_rows(table.name, names, map(tuple, taken))
    raise _Undo(len(taken), time.perf_counter() - begun)


class _Undo(RuntimeError):
    def __init__(self, rows: int, seconds: float) -> None:
        self.rows, self.seconds = rows, seconds
        super().__init__("undone")


def _import(folder: Path, mapping: ImportMapping) -> list[tuple[str, int, float, float]]:
    """(phase, rows, seconds, CPU seconds) of a whole import."""
    actor, source = everything("import bench", ActorKind.IMPORT, "bench"), Source(folder)
    digest = digest_of(folder / "mapping.toml", mapping, source)
    run_id, *staged = _timed(lambda: staging.stage(actor, mapping, source, digest))
    bad, *checked = _timed(lambda: run(checking.check, actor, run_id=run_id, mapping=mapping))
    done, *applied = _timed(lambda: run(applying.apply, actor, run_id=run_id, mapping=mapping))
    if bad or not done.created:
        raise RuntimeError(f"{bad} bad rows, {done.created} created")
    phases = [("read and stage", staged), ("check", checked), ("apply, log, index", applied)]
    return [(name, done.created, wall, cpu) for name, (wall, cpu) in phases]


def importing(bench: Bench) -> Section:
    """Rows a second over everything, and how much of it is ours."""
    section = Section(f"importing-{bench.kind}", f"Import, {bench.label}")
    lines = bench.orders * 3 // 10
    with tempfile.TemporaryDirectory() as name, bench.copy(bench.small) as url, house(url):
        folder = Path(name)
        _files(folder, lines)
        mapping = load(folder / "mapping.toml")
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted from now on
        before = _memory_mb("VmRSS")
        phases = _import(folder, mapping)
        grown = max(_memory_mb("VmHWM") - before, 0.0)
        try:
            run(_bare, everything("import bench", ActorKind.IMPORT, "bench"))
        except _Undo as bare:
            rows, seconds = bare.rows, bare.seconds
        db.session.remove()
    total, wall, cpu = phases[0][1], sum(phase[2] for phase in phases), sum(phase[3] for phase in phases)
    per_second = total / wall
    section.table(
        ("phase", "rows/s", "CPU µs a row"),
        [(name, count / spent, used / count * 1e6) for name, count, spent, used in phases],
    )
    section.table(
        ("figure", "value", "budget"),
        [
            ("rows", f"{total:,}", ""),
            ("rows/s, everything", f"{per_second:,.0f}", budget(-per_second, -MUST, -AIM[bench.kind])),
            ("rows per CPU second", f"{total / cpu:,.0f}", ""),
            ("memory, MB more at the peak", f"{grown:.0f}", budget(grown, MOST_MEMORY, AIM_MEMORY)),
            ("bare INSERT of the order lines, rows/s", f"{rows / seconds:,.0f}", ""),
        ],
    )
    return section


SECTIONS = [importing]
