"""Who holds a shipment: locks in the order everybody uses, and what to check before goods move."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa

from app.kernel.errors import Message, NotFound, RuleBroken
from app.kernel.text import N_
from app.platform.db import locks, session
from app.records.orders.fulfilment import lines_of
from app.records.orders.holds import require_not_held
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT
from app.records.shipping.models import Shipment, ShipmentLine, ShipmentState

#: shipments whose goods are still in the house
IN_HOUSE = (
    ShipmentState.DRAFT,
    ShipmentState.PICKING,
    ShipmentState.PICKED,
    ShipmentState.PACKED,
    ShipmentState.READY,
)


class OrderNotOpen(RuleBroken):
    """Goods leave for confirmed orders only."""

    code = "shipping.order_not_open"
    default_message = N_("Order %(number)s is “%(state)s”: goods leave for confirmed orders that are not finished.")


class NotInState(RuleBroken):
    """The shipment is elsewhere on its way; the second of two clicks ends here."""

    code = "shipping.shipment_state"
    default_message = N_("Shipment %(number)s is “%(state)s”: this is possible for “%(needed)s” only.")

    def __init__(self, shipment: Shipment, *allowed: ShipmentState) -> None:
        names = {f"state_{place}": state for place, state in enumerate(allowed)}
        needed = Message(", ".join(f"%({name})s" for name in names), **names)
        super().__init__(None, number=shipment.number or shipment.id, state=shipment.state, needed=needed)


def require_state(shipment: Shipment, *allowed: ShipmentState) -> None:
    """Raises: NotInState."""
    if shipment.state not in allowed:
        raise NotInState(shipment, *allowed)


def lock_shipment(shipment_id: int) -> tuple[Order, Shipment]:
    """The shipment and its order, locked: the order first.  Raises: NotFound."""
    order_id = session.scalar(sa.select(Shipment.order_id).where(Shipment.id == shipment_id))
    if order_id is None:
        raise NotFound(record=Shipment.__tablename__, id=shipment_id)
    order = locks.lock(Order, order_id)
    return order, locks.lock(Shipment, shipment_id)


def lines_with_order_lines(shipment: Shipment) -> list[tuple[ShipmentLine, OrderLine]]:
    """The shipment's lines with their order lines, by the order's positions; read fresh under the order's lock."""
    lines = {line.id: line for line in fresh_lines(shipment.order_id)}
    with locks.undisturbed(ShipmentLine):
        rows = session.scalars(
            sa.select(ShipmentLine)
            .where(ShipmentLine.shipment_id == shipment.id)
            .execution_options(populate_existing=True)
        ).all()
    pairs = [(row, lines[row.order_line_id]) for row in rows]
    return sorted(pairs, key=lambda pair: pair[1].position)


def fresh_lines(order_id: int, line_ids: Iterable[int] | None = None) -> list[OrderLine]:
    """Lines of a locked order as they are now, by position."""
    if line_ids is None and locks.is_held(Order, order_id):
        return lines_of(order_id)
    statement = sa.select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    if line_ids is not None:
        statement = statement.where(OrderLine.id.in_(set(line_ids)))
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def require_open(order: Order) -> None:
    """Raises: OrderNotOpen, OrderOnHold."""
    if order.state not in OPEN_FOR_FULFILMENT:
        raise OrderNotOpen(number=order.number or order.id, state=order.state)
    require_not_held(order)
