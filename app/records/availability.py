"""What of a product can be promised, and for when: stock held for nobody, then what is ordered, after earlier orders."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from app.platform.db import session
from app.records.orders.models import LineSource, Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT
from app.records.stock.models import Location, LocationKind, StockLevel
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, PurchaseState

ZERO = Decimal(0)
ON_ITS_WAY = (PurchaseState.SENT, PurchaseState.ACKNOWLEDGED, PurchaseState.PARTLY_RECEIVED)
#: days between a receipt and the earliest shipment of what came
PUT_AWAY_DAYS = 1


@dataclass(frozen=True, slots=True)
class Supply:
    """So much comes on a day; none: nobody promised one."""

    expected_on: date | None
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Promise:
    """How a wanted quantity is covered."""

    covered: Decimal
    ready_on: date | None  #: when all that is covered can leave; none: now, or nothing is covered

    def is_whole(self, wanted: Decimal) -> bool:
        """Whether nothing is left to buy."""
        return self.covered >= wanted


def available_to_promise(free: Decimal, supply: Iterable[Supply], earlier_demand: Decimal, wanted: Decimal) -> Promise:
    """What of ``wanted`` can be promised, and for when.

    free: on hand and held for nobody.  supply: what is ordered and has a promised day (the rest cannot be promised).
    earlier_demand: what others still lack who confirmed before; it is served first.
    """
    left = wanted
    ready_on: date | None = None
    ahead = earlier_demand
    dated = sorted((part for part in supply if part.expected_on), key=lambda part: part.expected_on or date.max)
    for part in (Supply(None, free), *dated):
        for_others = min(ahead, part.quantity)
        ahead -= for_others
        mine = min(left, part.quantity - for_others)
        if mine > 0:
            left -= mine
            if part.expected_on:
                ready_on = part.expected_on + timedelta(days=PUT_AWAY_DAYS)
        if left == 0:
            break
    return Promise(wanted - left, ready_on)


def free_stock(product_ids: Collection[int], warehouse_id: int) -> dict[int, Decimal]:
    """On hand and held for nobody, in places that are not blocked."""
    rows = session.execute(
        sa.select(StockLevel.product_id, sa.func.sum(StockLevel.on_hand - StockLevel.allocated).label("free"))
        .join(Location, Location.id == StockLevel.location_id)
        .where(
            StockLevel.product_id.in_(product_ids),
            Location.warehouse_id == warehouse_id,
            Location.kind.in_((LocationKind.STORAGE, LocationKind.RECEIVING)),
        )
        .group_by(StockLevel.product_id)
    )
    return {row.product_id: row.free for row in rows}


def incoming_supply(product_ids: Collection[int], warehouse_id: int) -> dict[int, list[Supply]]:
    """What is ordered and still to come, by promised day."""
    rows = session.execute(
        sa.select(
            PurchaseOrderLine.product_id,
            PurchaseOrderLine.promised_date,
            PurchaseOrderLine.ordered,
            PurchaseOrderLine.cancelled,
            PurchaseOrderLine.received,
        )
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .where(
            PurchaseOrderLine.product_id.in_(product_ids),
            PurchaseOrder.warehouse_id == warehouse_id,
            PurchaseOrder.state.in_(ON_ITS_WAY),
            PurchaseOrder.is_history.is_(False),
        )
    )
    found: dict[int, list[Supply]] = {}
    for row in rows:
        left = row.ordered - row.cancelled - row.received
        if left > 0:
            found.setdefault(row.product_id, []).append(Supply(row.promised_date, left))
    return found


def demand_ahead(product_ids: Collection[int], *, before: datetime, without: int | None = None) -> dict[int, Decimal]:
    """What orders confirmed until ``before`` still lack.  without: the order that asks."""
    lacking = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped + OrderLine.failed - OrderLine.allocated
    rows = session.execute(
        sa.select(OrderLine.product_id, sa.func.sum(lacking).label("lacking"))
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            OrderLine.product_id.in_(product_ids),
            Order.id != (without or 0),
            Order.state.in_(tuple(OPEN_FOR_FULFILMENT)),
            Order.confirmed_at <= before,
            OrderLine.source != LineSource.DROP_SHIP,
            OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped + OrderLine.failed > OrderLine.allocated,
        )
        .group_by(OrderLine.product_id)
    )
    return {row.product_id or 0: row.lacking for row in rows}
