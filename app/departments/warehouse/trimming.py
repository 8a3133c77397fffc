"""When sales gives held stock back, pick lists shrink with it: nobody picks what no order holds any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.departments.warehouse import packing, picking
from app.kernel.actor import Actor
from app.platform.db import dml, locks, session
from app.platform.events import publish
from app.records.orders.events import LineCancelled, OrderAmended, OrderCancelled, OrderClosedShort
from app.records.orders.models import Order
from app.records.orders.states import OPEN_FOR_FULFILMENT
from app.records.shipping.events import OrderReadyToShip, ShipmentCancelled
from app.records.shipping.models import PickTask, Shipment, ShipmentLine, ShipmentState, shipment_states
from app.records.stock.models import Allocation

ZERO = Decimal(0)


def trim_pick_lists(_actor: Actor, event: OrderCancelled | OrderClosedShort | LineCancelled | OrderAmended) -> None:
    """Take from the order's pick lists what is not held any more; the publisher holds the order's lock."""
    order = locks.lock(Order, event.order_id)
    ids = session.scalars(
        sa.select(Shipment.id).where(Shipment.order_id == order.id, Shipment.state.in_(picking.PICKABLE))
    )
    shipments = locks.lock_all(Shipment, ids)
    tasks = session.scalars(
        sa.select(PickTask)
        .where(PickTask.shipment_id.in_([shipment.id for shipment in shipments]), PickTask.is_done.is_(False))
        .order_by(PickTask.id.desc())
        .execution_options(populate_existing=True)
    ).all()
    touched = _trim(tasks)
    for shipment in shipments:
        if shipment.id in touched:
            _settle(order, shipment)
    if order.state in OPEN_FOR_FULFILMENT and packing.all_held_is_ready(order.id):
        publish(OrderReadyToShip(order_id=order.id))


def _trim(tasks: Sequence[PickTask]) -> set[int]:
    """Cut the newest tasks first; the shipments that lost something."""
    bound = {one.id: one for one in locks.lock_all(Allocation, {task.allocation_id for task in tasks})}
    planned: dict[int, Decimal] = defaultdict(Decimal)
    for task in tasks:
        planned[task.allocation_id] += _left(task)
    touched: set[int] = set()
    for task in tasks:
        held = bound[task.allocation_id]
        cut = min(_left(task), planned[task.allocation_id] - (held.quantity - held.picked))
        if cut > 0:
            planned[task.allocation_id] -= cut
            touched.add(task.shipment_id)
            _cut(task, cut)
    return touched


def _left(task: PickTask) -> Decimal:
    return task.quantity - task.picked - task.short


def _cut(task: PickTask, cut: Decimal) -> None:
    row = session.get_one(ShipmentLine, task.shipment_line_id, populate_existing=True)
    task_id, is_empty = task.id, task.quantity == cut
    if is_empty:
        dml.delete_where(PickTask, PickTask.id == task_id)
    else:
        task.quantity -= cut
        task.is_done = not _left(task)
    if row.planned == cut:
        session.flush()
        dml.delete_where(ShipmentLine, ShipmentLine.id == row.id)
    else:
        row.planned -= cut
    session.flush()


def _settle(order: Order, shipment: Shipment) -> None:
    """A shipment that lost all its tasks is called off; one of which the rest is picked is picked."""
    if picking.tasks_of(shipment):
        picking.finish_if_done(order, shipment)
        return
    shipment_states.move(shipment, ShipmentState.CANCELLED)
    shipment.failure_reason = "the order needs it no more"
    session.flush()
    publish(ShipmentCancelled(shipment_id=shipment.id, order_id=order.id, reason=shipment.failure_reason))
