"""Many orders at once, at every stage of their way, for looking at the house as it is after years.

Set-based, as history is imported: no use case runs and no message leaves, but hand-offs, shipments, stock, invoices,
payments, events and search words are all there and hold together for ``flask check``. One audit entry stands for each
batch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform import audit, search
from app.platform.access.models import User, UserDepartment
from app.platform.db import session
from app.platform.process.calendars import calendars_of
from app.platform.process.models import FlowState, FlowStep, FlowVersion
from app.records.billing.models import Invoice, Payment
from app.records.orders.models import Channel, Order, OrderLine
from app.records.parties.models import Company, Party
from app.records.shipping.models import Carrier, Shipment
from app.records.stock.models import Warehouse
from app.surfaces.cli.demo.bulk import goods, stage, writing
from app.surfaces.cli.demo.bulk.journeys import STEPS, Stage, Step, journeys, stage_of
from app.surfaces.cli.demo.bulk.writing import House

BATCH = 10_000
SOURCE = "demo-bulk"
CUSTOMERS = 400  #: who orders in one batch
_CHANNELS = (Channel.CHAT.value, Channel.PHONE.value, Channel.MAIL.value, Channel.FORM.value)
Row = dict[str, Any]


def count_orders() -> int:
    """How many orders of this kind there are; their numbers have no gap."""
    statement = sa.select(sa.func.count()).select_from(Order).where(Order.external_source == SOURCE)
    return session.scalar(statement) or 0


def add_batch(actor: Actor, *, first: int, count: int) -> int:
    """Orders number ``first`` and the next; how many."""
    now = clock.now()
    house, steps = _house(actor)
    blueprints = goods.blueprints(house.company_id)
    added = goods.add_customers(*_new_customers(first, count), SOURCE)
    buyers = goods.customers(SOURCE, CUSTOMERS)
    ways = journeys(steps, now, first)
    connection = session.connection()
    _without_limits(connection)
    stage.lay_out(connection)
    connection.execute(sa.insert(stage.JOURNEYS), [row for rows in ways.values() for row in rows])
    connection.execute(sa.insert(stage.CUSTOMERS), buyers)
    connection.execute(sa.insert(stage.GOODS), blueprints)
    orders, used = _lay_out_orders(connection, first, count, ways, buyers, blueprints)
    stage.look_over(connection)
    goods.stock_up(
        house.company_id,
        ((blueprints[key], gone, held) for key, (gone, held) in sorted(used.items())),
        reason=SOURCE,
        by=actor.name,
        occurred_on=(now - timedelta(days=600)).date(),
    )
    writing.write(connection, house)
    stage.clear_away(connection)
    search.learn(Party, added)
    for model, column in ((Order, 1), (Shipment, 4), (Invoice, 5), (Payment, 6)):
        search.learn(model, [row[column] for row in orders if row[column] is not None])
    audit.note("demo.bulk", reason="demo", orders=count, first=first)
    return count


def _new_customers(first: int, count: int) -> tuple[int, int]:
    """Numbers of the customers who come with these orders: first and how many."""
    before, after = (first - 1) // goods.ORDERS_EACH, (first - 1 + count) // goods.ORDERS_EACH
    return before + 1, after - before


def _house(actor: Actor) -> tuple[House, dict[str, Step]]:
    """The company, its flow, and who works where."""
    version = session.scalars(sa.select(FlowVersion).where(FlowVersion.state == FlowState.ACTIVE)).one()
    rows = session.scalars(
        sa.select(FlowStep).where(FlowStep.flow_version_id == version.id, FlowStep.code.in_(STEPS))
    ).all()
    calendars = calendars_of({row.to_department_id for row in rows})
    found = session.execute(
        sa.select(UserDepartment.department_id, sa.func.max(User.id).label("user_id"))
        .join(User, User.id == UserDepartment.user_id)
        .where(User.is_active)
        .group_by(UserDepartment.department_id)
    )
    people = {row.department_id: row.user_id for row in found}
    house = House(
        company_id=session.scalars(sa.select(Company.id).where(Company.is_default)).one(),
        warehouse_id=session.scalars(sa.select(Warehouse.id).where(Warehouse.is_default)).one(),
        carrier_id=session.scalar(sa.select(Carrier.id).where(Carrier.is_own_fleet.is_(False)).order_by(Carrier.id)),
        source=SOURCE,
        by=actor.name,
        flow_version_id=version.id,
        steps={
            row.code: (
                row.id, row.from_department_id, row.to_department_id, row.target_minutes,
                people.get(row.to_department_id),
            )
            for row in rows
        },
    )  # fmt: skip
    return house, {row.code: Step(calendars[row.to_department_id], row.target_minutes) for row in rows}


def _lay_out_orders(
    connection: sa.Connection,
    first: int,
    count: int,
    ways: Mapping[Stage, list[Row]],
    buyers: list[Row],
    blueprints: list[Row],
) -> tuple[list[tuple[Any, ...]], dict[int, list[int]]]:
    """Orders and lines as numbers; gives the orders, and per blueprint how many lines have left and how many hold it.

    Three lines an order in the mean.
    """
    random = Random(first)  # noqa: S311  the same orders for the same numbers
    stages = [stage_of(number) for number in range(first, first + count)]
    chosen = [random.choice(ways[one]) for one in stages]
    sizes = [random.randint(1, 5) for _ in chosen]
    ids = {model: iter(stage.next_ids(model, count)) for model in (Order, Shipment, Invoice, Payment)}
    line_ids = iter(stage.next_ids(OrderLine, sum(sizes)))
    amounts = [tuple(int(good[part].scaleb(4)) for part in ("net", "tax", "gross")) for good in blueprints]
    last = len(blueprints) - 1
    gone, held = Counter[int](), Counter[int]()
    orders: list[tuple[Any, ...]] = []
    lines: list[tuple[int, ...]] = []
    for number, way, size in zip(range(first, first + count), chosen, sizes, strict=True):
        picked = [random.randint(0, last) for _ in range(size)]
        lines += [(next(line_ids), number, position, good) for position, good in enumerate(picked, start=1)]
        totals = [sum(parts) for parts in zip(*(amounts[good] for good in picked), strict=True)]
        orders.append((
            number, next(ids[Order]), buyers[random.randrange(len(buyers))]["id"], way["id"],
            next(ids[Shipment]) if way["ready"] else None, next(ids[Invoice]) if way["invoiced"] else None,
            next(ids[Payment]) if way["paid"] else None, *totals, _CHANNELS[number % 4],
        ))  # fmt: skip
        if way["shipped"]:
            gone.update(picked)
        elif way["holds"]:
            held.update(picked)
    stage.load(connection, stage.ORDERS, orders)
    stage.load(connection, stage.LINES, lines)
    return orders, {key: [gone[key], held[key]] for key in gone.keys() | held.keys()}


def _without_limits(connection: sa.Connection) -> None:
    """A batch may take longer than a person would wait, and refers to nothing but rows it has just read or made.

    Proving each of its keys again would be half of the work; PostgreSQL lets an owner of the server leave that out.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_size = -262144")
        return
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SET LOCAL gin_pending_list_limit = '64MB'")
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
    except sa.exc.ProgrammingError:
        return  # not an owner: every key is proved


def look_over(bind: sa.Engine) -> None:
    """Let the database look at what it holds now, so that it chooses its ways well."""
    with bind.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if bind.dialect.name == "postgresql":
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM (ANALYZE)")
        else:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


__all__ = ["BATCH", "add_batch", "count_orders", "look_over"]
