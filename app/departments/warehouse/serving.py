"""Free stock goes to the order lines that wait for it, the oldest confirmation first.

Orders are locked before stock levels everywhere, so whoever makes stock free first asks who waits (``who_waits``), locks
those orders, changes the stock, and then serves them (``serve``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from app.departments.warehouse import rules
from app.departments.warehouse.permissions import Permissions
from app.kernel.actor import Actor
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.catalog.models import Product
from app.records.orders.fulfilment import refresh_state
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT
from app.records.shipping.holding import fresh_lines
from app.records.stock import allocation
from app.records.stock.events import OrderAllocated
from app.records.stock.models import Location, LocationKind, StockLevel

#: orders one call may lock; the next call goes on
MOST_ORDERS = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order line that lacks stock."""

    line_id: int
    order_id: int
    product_id: int
    shortage: Decimal


def who_waits(available: Mapping[int, Decimal], warehouse_id: int, first: Iterable[int] = ()) -> list[Waiting]:
    """The lines that so much of each product can reach, oldest confirmation first.

    available: product -> base units.  first: lines that come before all others: goods were bought for them.
    Read without locks: lock the orders, then let ``serve`` look again.
    """
    preferred = list(first)
    ids = [*preferred, *allocation.waiting_lines(available, warehouse_id)]
    found = {waiting.line_id: waiting for waiting in _read(ids)}
    by_product: dict[int, list[tuple[Waiting, Decimal]]] = defaultdict(list)
    for line_id in dict.fromkeys(ids):
        if line_id in found:
            by_product[found[line_id].product_id].append((found[line_id], found[line_id].shortage))
    return [
        waiting
        for product_id, lines in by_product.items()
        for waiting in rules.first_to_serve(lines, available.get(product_id, rules.ZERO))
    ]


def _read(line_ids: Sequence[int]) -> list[Waiting]:
    if not line_ids:
        return []
    rows = session.execute(
        sa.select(
            OrderLine.id, OrderLine.order_id, OrderLine.product_id, OrderLine.ordered, OrderLine.cancelled,
            OrderLine.allocated, OrderLine.shipped, OrderLine.failed,
        ).where(OrderLine.id.in_(line_ids))
    )  # fmt: skip
    return [
        Waiting(row.id, row.order_id, row.product_id or 0, short)
        for row in rows
        if (short := row.ordered - row.cancelled - (row.shipped - row.failed) - row.allocated) > 0
    ]


def lock_orders(waiting: Iterable[Waiting]) -> dict[int, Order]:
    """The orders of these lines, locked in id order."""
    ids = list(dict.fromkeys(one.order_id for one in waiting))[:MOST_ORDERS]
    return {order.id: order for order in locks.lock_all(Order, ids)}


def serve(
    waiting: Iterable[Waiting],
    orders: Mapping[int, Order],
    bought: Mapping[int, Sequence[tuple[int, Decimal]]] | None = None,
) -> list[int]:
    """Bind free stock to the waiting lines of locked orders; the orders that got something.

    bought: order line -> (level, quantity) of goods that came for exactly this line; these levels are locked.
    """
    by_order: dict[int, list[int]] = defaultdict(list)
    for one in waiting:
        by_order[one.order_id].append(one.line_id)
    served: list[int] = []
    for order_id, line_ids in by_order.items():
        order = orders.get(order_id)
        if order is None or order.state not in OPEN_FOR_FULFILMENT:
            continue
        lines = fresh_lines(order_id, line_ids)
        got = [line for line in lines if _bind_bought(line, (bought or {}).get(line.id, ()))]
        got += [line for line in allocation.allocate(order, lines) if line not in got]
        if got:
            announce(order, got)
            served.append(order_id)
    return served


def _bind_bought(line: OrderLine, parts: Sequence[tuple[int, Decimal]]) -> bool:
    levels = {level.id: level for level in locks.lock_all(StockLevel, (level_id for level_id, _ in parts))}
    bound = [allocation.bind_from(line, levels[level_id], quantity) for level_id, quantity in parts]
    return any(bound)


def announce(order: Order, lines: Sequence[OrderLine]) -> None:
    """Tell the house that lines of the order got stock."""
    session.flush()
    publish(OrderAllocated(order_id=order.id, line_ids=tuple(line.id for line in lines)))
    refresh_state(order)


def serve_waiting(actor: Actor, *, warehouse_id: int, product_ids: Sequence[int] | None = None) -> int:
    """Bind whatever lies free in a warehouse to the lines that wait for it; how many orders got something.

    product_ids: of these only; None: of all.  Raises: NotPermitted.
    """
    require(actor, Permissions.STOCK_ALLOCATE)
    waiting = who_waits(free_stock(warehouse_id, product_ids), warehouse_id)
    return len(serve(waiting, lock_orders(waiting)))


def free_stock(warehouse_id: int, product_ids: Sequence[int] | None = None) -> dict[int, Decimal]:
    """Product -> what lies free on the shelves of a warehouse; base units, products with something only."""
    statement = (
        sa.select(StockLevel.product_id, sa.func.sum(StockLevel.on_hand), sa.func.sum(StockLevel.allocated))
        .join(Location, Location.id == StockLevel.location_id)
        .where(Location.warehouse_id == warehouse_id, Location.kind == LocationKind.STORAGE)
        .group_by(StockLevel.product_id)
    )
    if product_ids is not None:
        statement = statement.where(StockLevel.product_id.in_(set(product_ids)))
    waiting_products = (
        sa.select(OrderLine.product_id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.state.in_(OPEN_FOR_FULFILMENT), OrderLine.product_id == Product.id)
    )
    statement = statement.join(Product, Product.id == StockLevel.product_id).where(waiting_products.exists())
    return {row[0]: row[1] - row[2] for row in session.execute(statement) if row[1] > row[2]}
