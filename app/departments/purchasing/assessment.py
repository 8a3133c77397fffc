"""Every order's stock is assessed (H3): covered lines close it, supply on its way dates the rest, a buyer gets what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.departments.purchasing.permissions import Permissions
from app.departments.purchasing.promising import close_if_covered
from app.departments.purchasing.requisitions import request_shortage
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, WrongState
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.availability import Promise, available_to_promise, demand_ahead, free_stock, incoming_supply
from app.records.orders import promises
from app.records.orders.events import LinesPromised, OrderAmended, OrderConfirmed
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import LineSource, Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT, OrderState
from app.records.stock.allocation import default_warehouse_id
from app.records.stock.events import OrderAllocated, OrderShort

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Assessed:
    """What a line lacks and how that is covered."""

    line_id: int
    shortage: Decimal
    promise: Promise


def assess_stock(actor: Actor, *, order_id: int) -> list[Assessed]:
    """Assess a confirmed order again, for instance after supply has changed.

    Raises: NotPermitted, NotFound, WrongState.
    """
    require(actor, Permissions.STOCK_ASSESS)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.STOCK_ASSESS, order)
    if order.state not in OPEN_FOR_FULFILMENT and order.state is not OrderState.FULFILLED:
        raise WrongState(state=order.state.value)
    return assess(order)


def on_order_confirmed(_actor: Actor, event: OrderConfirmed | OrderAmended | OrderShort) -> None:
    """Assess at once, in the same transaction."""
    order = locks.lock(Order, event.order_id)
    if order.state in OPEN_FOR_FULFILMENT or order.state is OrderState.FULFILLED:
        assess(order)


def on_order_allocated(_actor: Actor, event: OrderAllocated) -> None:
    """Goods came for waiting lines: perhaps nobody waits for a date any more."""
    close_if_covered(session.get_one(Order, event.order_id), lines_of(event.order_id))


def assess(order: Order) -> list[Assessed]:
    """Date what supply covers, request the rest from a buyer, and say so when every line is covered."""
    lines = locks.lock_all(OrderLine, (line.id for line in lines_of(order.id)))
    short = [line for line in lines if line.shortage > 0]
    found = promises_for(order, short)
    for line in short:
        promise = found[line.id].promise
        if promise.is_whole(line.shortage) and promise.ready_on and line.promised_date is None:
            promises.promise(line, promise.ready_on, "")
        if not promise.is_whole(line.shortage):
            request_shortage(order, line, line.shortage - promise.covered)
    for line in lines:
        if line.needs_stock and line.shortage == 0 and line.promised_date is None:
            promises.promise(line, max(line.requested_date or clock.now().date(), clock.now().date()), "")
    promises.refresh_promise(order, lines)
    close_if_covered(order, lines)
    return list(found.values())


def promise_dates(actor: Actor, *, order_id: int, dates: Mapping[int, date], note: str = "") -> Order:
    """Promise a date for short lines; sales sees them, and H3 closes when every short line has one.

    dates: order line id -> day the goods can leave.  Raises: NotPermitted, NotFound, InvalidInput, WrongState.
    """
    require(actor, Permissions.STOCK_ASSESS)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.STOCK_ASSESS, order)
    if order.state not in OPEN_FOR_FULFILMENT:
        raise WrongState(state=order.state.value)
    lines = {line.id: line for line in locks.lock_all(OrderLine, (line.id for line in lines_of(order.id)))}
    problems: dict[str, Message | str] = {}
    for line_id, promised in dates.items():
        if line_id not in lines:
            problems[f"dates.{line_id}"] = N_("This line belongs to another order.")
        elif promised < clock.now().date():
            problems[f"dates.{line_id}"] = N_("A promised date lies in the future.")
    if not dates:
        problems["dates"] = N_("Enter a date for at least one short line.")
    if problems:
        raise InvalidInput(problems)
    for line_id, promised in dates.items():
        promises.promise(lines[line_id], promised, clean(note, 200))
    promises.refresh_promise(order, list(lines.values()))
    session.flush()
    plain = {str(line_id): promised.isoformat() for line_id, promised in dates.items()}
    publish(LinesPromised(order_id=order.id, dates=plain))
    close_if_covered(order, list(lines.values()))
    return order


def promise_all(actor: Actor, *, order_id: int, promised_date: date, note: str = "") -> Order:
    """The same date for every short line of an order.  Raises: as ``promise_dates``."""
    require(actor, Permissions.STOCK_ASSESS)
    short = {line.id: promised_date for line in lines_of(order_id) if line.shortage > 0}
    return promise_dates(actor, order_id=order_id, dates=short, note=note)


def promises_for(order: Order, short: Sequence[OrderLine]) -> dict[int, Assessed]:
    """Available-to-promise of each short line: stock free of claims, then supply by date, after earlier orders."""
    if not short:
        return {}
    products = {line.product_id for line in short if line.product_id}
    warehouse_id = order.warehouse_id or default_warehouse_id() or 0
    free = free_stock(products, warehouse_id)
    supply = incoming_supply(products, warehouse_id)
    ahead = demand_ahead(products, before=order.confirmed_at or clock.now(), without=order.id)
    found: dict[int, Assessed] = {}
    own: dict[int, Decimal] = {}
    for line in short:
        product = line.product_id or 0
        earlier = ahead.get(product, ZERO) + own.get(product, ZERO)
        stock = free.get(product, ZERO) if line.source is LineSource.STOCK else ZERO
        promise = available_to_promise(stock, supply.get(product, []), earlier, line.shortage)
        own[product] = own.get(product, ZERO) + line.shortage
        found[line.id] = Assessed(line.id, line.shortage, promise)
    return found
