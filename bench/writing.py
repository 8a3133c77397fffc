"""Writing: an order taken and confirmed, beside raw SQL that writes the same rows; one product in every order."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.kernel import clock
from app.kernel.actor import Actor, ActorKind
from bench import writing_raw
from bench.harness import Bench, Section, budget, house, side_by_side
from bench.writing_raw import Raw

LINES = 5
PRODUCTS = 40
STOCK = Decimal(50_000_000)
CLIENTS = 8


@dataclass(frozen=True, slots=True)
class Goods:
    """What orders of a bench are made of."""

    actor: Actor
    customers: Sequence[int]
    products: Sequence[tuple[int, str]]  #: id, code

    def lines(self, hot: int | None = None) -> list[Any]:
        """Five lines of different products; hot: with this product among them."""
        from app.departments.sales.values import LineValues

        chosen = random.sample([one for one in self.products if one[0] != hot], LINES - (hot is not None))
        if hot is not None:
            chosen += [one for one in self.products if one[0] == hot]
        return [LineValues(product_code=code, quantity=Decimal(random.randint(10, 40) * 100)) for _, code in chosen]

    def take(self, hot: int | None = None) -> int:
        """One order of ours; its id."""
        from app.departments.sales.service import take_order
        from app.platform.db import run

        made = run(
            take_order,
            self.actor,
            customer_id=random.choice(self.customers),
            lines=self.lines(hot),
            confirmed_by="采购经理",
        )
        return made.id

    def take_raw(self, raw: Raw, hot: int | None = None) -> None:
        """The same by hand."""
        ids = writing_raw.choose([one for one, _ in self.products if one != hot], LINES - (hot is not None))
        writing_raw.take_order(raw, random.choice(self.customers), [*ids, *([hot] if hot is not None else [])])


def prepared() -> Goods:
    """Customers with credit and terms, products with a price and more stock than a bench can sell."""
    from app.platform.access import everything
    from app.platform.db import run

    actor = everything("bench", ActorKind.CLI, "cli")
    customers, products = run(_stock_up, actor)
    return Goods(actor, customers, products)


def _stock_up(_actor: Actor) -> tuple[list[int], list[tuple[int, str]]]:
    from app.platform.db import dml, session
    from app.records.catalog.models import PriceList, PriceListItem, Product, ProductState
    from app.records.parties.models import Party
    from app.records.stock import ledger
    from app.records.stock.models import Location, LocationKind, MoveKind, Warehouse

    theirs = (Party.is_customer, Party.currency == "CNY", Party.payment_term_id.is_not(None))
    dml.update_where(Party, *theirs, values={"credit_limit": Decimal(10**11), "billing_confirmed": True})
    customers = session.scalars(sa.select(Party.id).where(*theirs).order_by(Party.id)).all()
    products = session.execute(
        sa.select(Product.id, Product.code)
        .join(PriceListItem, PriceListItem.product_id == Product.id)
        .join(PriceList, PriceList.id == PriceListItem.price_list_id)
        .where(PriceList.currency == "CNY", PriceList.is_default, Product.state == ProductState.ACTIVE, Product.is_sold)
        .group_by(Product.id, Product.code)
        .having(sa.func.count() == 1)
        .order_by(Product.id)
        .limit(PRODUCTS)
    ).all()
    place = session.scalar(
        sa.select(Location.id)
        .join(Warehouse, Warehouse.id == Location.warehouse_id)
        .where(Warehouse.is_default, Location.kind == LocationKind.STORAGE)
        .order_by(Location.walk_order)
        .limit(1)
    )
    ledger.book(
        [
            ledger.NewMove(
                product_id=row.id, location_id=place or 0, quantity=STOCK, kind=MoveKind.OPENING,
                occurred_on=clock.now().date(), unit_cost=Decimal(1),
            )
            for row in products
        ]
    )  # fmt: skip
    return list(customers), [(row.id, row.code) for row in products]


def take(bench: Bench) -> Section:
    """``take_order(..., confirmed_by=...)`` with five lines, one client."""
    from app.platform.db import db

    section = Section(f"take-{bench.kind}", f"Take and confirm an order, {bench.label}, {bench.orders:,} orders")
    with bench.copy(bench.orders) as url, house(url):
        goods = prepared()
        raw = Raw(url)
        try:
            for _ in range(8):
                last = goods.take()
            raw.remember(last)
            rounds = max(40, bench.rounds * 4)
            mine, theirs = side_by_side([goods.take, lambda: goods.take_raw(raw)], db.engine, rounds=rounds, warm=5)
            before = raw.count
            goods.take_raw(raw)
            statements = raw.count - before
        finally:
            raw.close()
    ratio = theirs.wall_ms / mine.wall_ms
    section.say(
        "Five lines, from nothing to allocated in one transaction, with rights, rules, log, hand-offs, events and search",
        "words. The raw partner copies an order of ours: it reads and locks the same, writes the same rows, proves its",
        "log entries, decides nothing. The rate is the raw partner's time for one order in parts of ours.",
    )
    section.table(
        ["", "ms", "CPU ms", "statements", "commits"],
        [
            ["take_order", mine.wall_ms, mine.cpu_ms, mine.statements, 1],
            ["raw SQL", theirs.wall_ms, theirs.cpu_ms, statements, 1],
        ],
    )
    section.table(
        ["budget", "is", "must", "aim", "met"],
        [
            ["rate beside raw", ratio, 0.35, 0.6, budget(-ratio, -0.35, -0.6)],
            ["CPU ms", mine.cpu_ms, "", 3, "yes" if mine.cpu_ms <= 3 else "no"],
            ["statements", mine.statements, "", 12, "yes" if mine.statements <= 12 else "no"],
        ],
    )
    return section


def hot(bench: Bench) -> Section:
    """The same with one product in every order, eight clients at once."""
    section = Section(f"hot-{bench.kind}", f"One product in every order, {CLIENTS} clients, {bench.label}")
    seconds = 6.0
    with bench.copy(bench.orders) as url, house(url) as app:
        goods = prepared()
        first = Raw(url)
        for _ in range(8):
            last = goods.take()
        first.remember(last)
        the_one = goods.products[0][0]
        rates: dict[str, list[Any]] = {}
        for name, product in (("each its own five of forty products", None), ("one product in every order", the_one)):
            ours = _together(lambda product=product: _client(app, goods, product), seconds)
            theirs = _together(lambda product=product: _raw_client(url, first, goods, product), seconds)
            rates[name] = [ours, theirs]
        first.close()
        oversold, wrong = _oversold()
    section.say(
        f"{CLIENTS} clients take orders of five lines for {seconds:.0f} seconds, each ours on its own connection and thread",
        "of one process, then the raw partner in the same way.",
    )
    section.table(
        ["orders per second", "ours", "raw SQL", "errors of ours"],
        [[name, ours[0], theirs[0], ours[1]] for name, (ours, theirs) in rates.items()],
    )
    (mine, raw), (hot_mine, hot_raw) = rates.values()
    own, partner = hot_mine[0] / mine[0], hot_raw[0] / raw[0]
    section.say(
        f"Hot beside uniform: ours {own:.2f}, raw {partner:.2f}; ours is {own / partner:.2f} of the raw partner's",
        f"(aim 0.85). Levels sold beyond what lies there: {oversold}; levels whose allocations do not add up: {wrong};",
        f"errors, deadlocks among them: {mine[1] + hot_mine[1]}.",
    )
    return section


def _together(client: Callable[[], Callable[[], None]], seconds: float) -> tuple[float, int]:
    """Orders per second of all clients, and how many failed."""
    done, failed = [0] * CLIENTS, [0] * CLIENTS
    begun = threading.Barrier(CLIENTS)

    def work(number: int) -> None:
        act = client()
        begun.wait()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                act()
                done[number] += 1
            except Exception as problem:  # noqa: BLE001  a bench counts every kind
                print(f"  {type(problem).__name__}: {problem}")
                failed[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - started), sum(failed)


def _client(app: Flask, goods: Goods, product: int | None) -> Callable[[], None]:
    def act() -> None:
        with app.app_context():
            goods.take(product)

    return act


def _raw_client(url: str, pattern: Raw, goods: Goods, product: int | None) -> Callable[[], None]:
    raw = Raw(url)
    raw.rows = pattern.rows
    return lambda: goods.take_raw(raw, product)


def _oversold() -> tuple[int, int]:
    from app.platform.access import house_reading
    from app.platform.db import session

    with house_reading():
        over = session.scalar(sa.text("SELECT count(*) FROM stock_levels WHERE allocated > on_hand"))
        wrong = session.scalar(
            sa.text(
                "SELECT count(*) FROM stock_levels s WHERE s.allocated <>"
                " (SELECT coalesce(sum(a.quantity), 0) FROM allocations a WHERE a.level_id = s.id)"
            )
        )
        session.rollback()
    return int(over or 0), int(wrong or 0)


SECTIONS = [take, hot]
