"""Hard reservations: stock at a place bound to an order line.

Callers hold the orders' locks. Levels are locked in id order before anything is decided, demand is summed per product
first, and the allocation table, the level and the line change together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.platform.db import locks, session
from app.records.orders.models import LineSource, Order, OrderLine
from app.records.stock.models import Allocation, Location, LocationKind, Lot, StockLevel, Warehouse

ZERO = Decimal(0)


def _default_warehouse() -> sa.Select[int]:
    return (
        sa.select(Warehouse.id)
        .where(Warehouse.is_active.is_(True))
        .order_by(Warehouse.is_default.desc(), Warehouse.id)
        .limit(1)
    )


#: free levels of products in a warehouse, without one in the default warehouse; locked in id order by the statement
_FREE = (
    sa.select(StockLevel, Location.walk_order, Lot.expires_on)
    .join(Location, Location.id == StockLevel.location_id)
    .outerjoin(Lot, Lot.id == StockLevel.lot_id)
    .where(
        StockLevel.product_id.in_(sa.bindparam("products", expanding=True)),
        Location.warehouse_id
        == sa.func.coalesce(sa.bindparam("warehouse", type_=sa.BigInteger()), _default_warehouse().scalar_subquery()),
        Location.kind == LocationKind.STORAGE,
        StockLevel.on_hand > StockLevel.allocated,
    )
    .order_by(StockLevel.id)
    .with_for_update(of=StockLevel, key_share=True)
    .execution_options(populate_existing=True)
)
Bound = dict[tuple[int, int], Allocation]  #: by order line and level


def default_warehouse_id() -> int | None:
    """The warehouse that serves orders which name none."""
    return session.scalar(_default_warehouse())


def allocate(order: Order, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """Bind free stock of the order's warehouse to what its lines still lack; the lines that got something.

    First to expire first, then in walking order. Never more than the line lacks.
    """
    wanting = [line for line in lines if line.needs_stock and line.source is LineSource.STOCK and line.shortage > 0]
    if not wanting:
        return []
    bound = _bound_to(wanting)
    free = _lock_free_levels({line.product_id for line in wanting if line.product_id}, order.warehouse_id)
    served = []
    for line in sorted(wanting, key=lambda wanted: wanted.position):
        taken = ZERO
        for level in free[line.product_id or 0]:
            part = min(line.shortage - taken, level.on_hand - level.allocated)
            if part > 0:
                _bind(line, level, part, bound)
                taken += part
        if taken:
            line.allocated += taken
            served.append(line)
    return served


def _lock_free_levels(product_ids: set[int], warehouse_id: int | None) -> dict[int, list[StockLevel]]:
    with locks.undisturbed(StockLevel, Location, Lot, Warehouse):
        rows = session.execute(_FREE, {"products": sorted(product_ids), "warehouse": warehouse_id}).all()
    locks.hold(StockLevel, (row.StockLevel.id for row in rows))
    found: dict[int, list[StockLevel]] = defaultdict(list)
    for row in sorted(rows, key=_expiry_then_way):
        found[row.StockLevel.product_id].append(row.StockLevel)
    return found


def _expiry_then_way(row: sa.Row[StockLevel, int, date | None]) -> tuple[bool, str, int, int]:
    level, walk_order, expires_on = row[0], row[1], row[2]
    return (expires_on is None, str(expires_on or ""), walk_order, level.id)


def _bound_to(lines: Sequence[OrderLine]) -> Bound:
    """What is bound to these lines; nothing can be bound to a line this unit of work made just now."""
    old = [line.id for line in lines if not locks.is_new(OrderLine.__tablename__, line.id)]
    if not old:
        return {}
    with locks.undisturbed(Allocation):
        rows = session.scalars(sa.select(Allocation).where(Allocation.order_line_id.in_(old))).all()
    return {(row.order_line_id, row.level_id): row for row in rows}


def _bind(line: OrderLine, level: StockLevel, quantity: Decimal, bound: Bound) -> None:
    level.allocated += quantity
    known = bound.get((line.id, level.id))
    if known is None:
        known = bound[line.id, level.id] = Allocation(order_line_id=line.id, level_id=level.id, quantity=ZERO)
        session.add(known)
    known.quantity += quantity


def bind_from(line: OrderLine, level: StockLevel, quantity: Decimal) -> Decimal:
    """Bind stock of one named, locked place to a line, whatever its source; how much was bound.

    For goods that came for this line (bought to order) or came back from it. Never more than is free or lacking.
    """
    part = max(ZERO, min(quantity, line.shortage, level.on_hand - level.allocated))
    if part:
        _bind(line, level, part, _bound_to([line]))
        line.allocated += part
        session.flush()
    return part


def of_lines(line_ids: Iterable[int]) -> list[Allocation]:
    """Living allocations of these lines, locked in id order."""
    ids = session.scalars(
        sa.select(Allocation.id).where(Allocation.order_line_id.in_(set(line_ids)), Allocation.quantity > 0)
    )
    return locks.lock_all(Allocation, ids)


def release(line: OrderLine, quantity: Decimal | None = None) -> Decimal:
    """Give back stock held for a line, unpicked stock only; how much was given back.

    quantity: at most so much; None: all that is not picked.
    """
    held = of_lines([line.id])
    levels = {level.id: level for level in locks.lock_all(StockLevel, (bound.level_id for bound in held))}
    left = sum((bound.quantity - bound.picked for bound in held), ZERO) if quantity is None else quantity
    given = ZERO
    for bound in reversed(held):
        part = min(left - given, bound.quantity - bound.picked)
        if part > 0:
            bound.quantity -= part
            levels[bound.level_id].allocated -= part
            given += part
    line.allocated -= given
    session.flush()
    return given


def consume(bound: Allocation, line: OrderLine, level: StockLevel, quantity: Decimal) -> None:
    """Picked stock leaves for good: the allocation, the level's claim and the line's claim end together.

    The ledger move that takes it from the shelf is booked by the caller right after.
    """
    bound.quantity -= quantity
    bound.picked -= quantity
    level.allocated -= quantity
    line.allocated -= quantity


def waiting_lines(product_ids: Iterable[int], warehouse_id: int) -> list[int]:
    """Order lines that lack stock of these products at this warehouse, oldest confirmation first (ids)."""
    statement = (
        sa.select(OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.product_id.in_(set(product_ids)),
            OrderLine.source == LineSource.STOCK,
            sa.func.coalesce(Order.warehouse_id, warehouse_id) == warehouse_id,
            Order.state.in_(("confirmed", "in_fulfilment")),
            OrderLine.allocated + OrderLine.shipped - OrderLine.failed < OrderLine.ordered - OrderLine.cancelled,
        )
        .order_by(Order.confirmed_at, OrderLine.id)
    )
    return list(session.scalars(statement))
