"""Taking goods from the shelf, saying what was not there, and putting them back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.departments.warehouse import planning
from app.departments.warehouse.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, NotFound
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.orders.fulfilment import refresh_state
from app.records.orders.holds import require_not_held
from app.records.orders.models import Order, OrderLine
from app.records.shipping.events import ShipmentCancelled, ShipmentPicked
from app.records.shipping.holding import lines_with_order_lines, lock_shipment, require_state
from app.records.shipping.models import PickTask, Shipment, ShipmentLine, ShipmentState, shipment_states
from app.records.stock import allocation, ledger, places
from app.records.stock.events import OrderShort, RecountAsked
from app.records.stock.models import Allocation, LocationKind, MoveKind, StockLevel, Warehouse

ZERO = Decimal(0)
PICKABLE = (ShipmentState.DRAFT, ShipmentState.PICKING)


def pick(actor: Actor, *, task_id: int, quantity: Decimal | None = None) -> PickTask:
    """Take goods of one task from their place.  quantity: base units; None: all that is left of the task.

    Raises: NotPermitted, NotFound, OrderOnHold, NotInState, InvalidInput.
    """
    order, shipment, task = _lock_task(task_id)
    _require_pickable(actor, order, shipment)
    left = task.quantity - task.picked - task.short
    taken = left if quantity is None else quantity
    if not ZERO < taken <= left:
        raise InvalidInput({"quantity": Message(N_("Between 0 and %(left)s."), left=plain(left))})
    _start(shipment)
    _take(task, taken)
    finish_if_done(order, shipment)
    return task


def pick_all(actor: Actor, *, shipment_id: int) -> Shipment:
    """Take everything that is left on the pick list.  Raises: as ``pick``."""
    order, shipment = lock_shipment(shipment_id)
    _require_pickable(actor, order, shipment)
    _start(shipment)
    open_tasks = [task for task in tasks_of(shipment) if not task.is_done]
    lines_with_order_lines(shipment)
    locks.lock_all(Allocation, (task.allocation_id for task in open_tasks))
    for task in open_tasks:
        _take(task, task.quantity - task.picked - task.short)
    finish_if_done(order, shipment)
    return shipment


def report_short(actor: Actor, *, task_id: int, found: Decimal, reason: str = "") -> PickTask:
    """Take what is there and say that the rest is not.

    The missing quantity is set aside until somebody has counted; the same goods from another place join the pick list
    when there are any, else the order is told that it is short.
    found: base units taken now, less than what is left of the task.  Raises: as ``pick``.
    """
    order, shipment, task = _lock_task(task_id)
    _require_pickable(actor, order, shipment)
    left = task.quantity - task.picked - task.short
    if not ZERO <= found < left:
        raise InvalidInput({"found": Message(N_("From 0 to less than %(left)s."), left=plain(left))})
    _start(shipment)
    if found:
        _take(task, found)
    missing = left - found
    row = session.get_one(ShipmentLine, task.shipment_line_id)
    line = session.get_one(OrderLine, row.order_line_id, populate_existing=True)
    task.short += missing
    task.is_done = True
    _set_aside(shipment, task, line, missing, clean(reason, 200))
    _replace(order, shipment, row, line)
    finish_if_done(order, shipment)
    refresh_state(order)
    return task


def unpick(actor: Actor, *, shipment_id: int) -> Shipment:
    """Put everything picked back where it came from; the pick list starts again.  Raises: NotPermitted, NotInState."""
    _, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_PICK, shipment)
    require_state(shipment, ShipmentState.PICKING, ShipmentState.PICKED)
    planning.put_picks_back(shipment)
    if shipment.state is ShipmentState.PICKED:
        shipment_states.move(shipment, ShipmentState.PICKING)
    shipment_states.move(shipment, ShipmentState.DRAFT)
    shipment.picked_at = None
    return shipment


def tasks_of(shipment: Shipment) -> list[PickTask]:
    """The pick list of a locked shipment."""
    statement = sa.select(PickTask).where(PickTask.shipment_id == shipment.id).order_by(PickTask.id)
    with locks.undisturbed(PickTask):
        return list(session.scalars(statement.execution_options(populate_existing=True)))


def _lock_task(task_id: int) -> tuple[Order, Shipment, PickTask]:
    shipment_id = session.scalar(sa.select(PickTask.shipment_id).where(PickTask.id == task_id))
    if shipment_id is None:
        raise NotFound(record=PickTask.__tablename__, id=task_id)
    order, shipment = lock_shipment(shipment_id)
    return order, shipment, locks.lock(PickTask, task_id)


def _require_pickable(actor: Actor, order: Order, shipment: Shipment) -> None:
    require(actor, Permissions.SHIPMENT_PICK, shipment)
    require_state(shipment, *PICKABLE)
    require_not_held(order)


def _start(shipment: Shipment) -> None:
    if shipment.state is ShipmentState.DRAFT:
        shipment_states.move(shipment, ShipmentState.PICKING)


def _take(task: PickTask, quantity: Decimal) -> None:
    row = session.get_one(ShipmentLine, task.shipment_line_id)
    line = session.get_one(OrderLine, row.order_line_id)
    bound = locks.lock(Allocation, task.allocation_id)
    bound.picked += quantity
    task.picked += quantity
    row.picked += quantity
    line.picked += quantity
    task.is_done = task.picked + task.short == task.quantity


def _set_aside(shipment: Shipment, task: PickTask, line: OrderLine, missing: Decimal, reason: str) -> None:
    """Release the claim on what was not found and move it to the blocked place until it is counted."""
    bound = locks.lock(Allocation, task.allocation_id)
    level = locks.lock(StockLevel, task.level_id)
    bound.quantity -= missing
    level.allocated -= missing
    line.allocated -= missing
    session.flush()
    aside = places.service_place(shipment.warehouse_id, LocationKind.BLOCKED)
    zone = session.get_one(Warehouse, shipment.warehouse_id).company.timezone
    why = reason or f"{shipment.number}: not found"
    ledger.transfer(
        level.product_id, level.lot_id, missing, source_id=level.location_id, target_id=aside.id,
        kind=MoveKind.TRANSFER, occurred_on=clock.today(zone), reason=why, document=("shipments", shipment.id),
    )  # fmt: skip
    publish(
        RecountAsked(product_id=level.product_id, location_id=level.location_id, quantity=plain(missing), reason=why)
    )


def _replace(order: Order, shipment: Shipment, row: ShipmentLine, line: OrderLine) -> None:
    """Plan the same goods from elsewhere on this shipment; tell the order when there are none."""
    before = {bound.id: bound.quantity for bound in allocation.of_lines([line.id])}
    allocation.allocate(order, [line])
    for bound in allocation.of_lines([line.id]):
        more = bound.quantity - before.get(bound.id, ZERO)
        if more > 0:
            session.add(
                PickTask(
                    shipment_id=shipment.id, shipment_line_id=row.id, allocation_id=bound.id,
                    level_id=bound.level_id, quantity=more,
                )
            )  # fmt: skip
    session.flush()
    if line.shortage > 0:
        publish(OrderShort(order_id=order.id, line_ids=(line.id,)))


def finish_if_done(order: Order, shipment: Shipment) -> None:
    """A shipment whose tasks are all done is picked; when nothing was found at all, it is called off."""
    tasks: Sequence[PickTask] = tasks_of(shipment)
    if not all(task.is_done for task in tasks):
        return
    if any(task.picked for task in tasks):
        shipment_states.move(shipment, ShipmentState.PICKED)
        shipment.picked_at = clock.now()
        publish(ShipmentPicked(shipment_id=shipment.id, order_id=order.id))
        return
    shipment_states.move(shipment, ShipmentState.CANCELLED)
    shipment.failure_reason = "nothing was found"
    session.flush()
    publish(ShipmentCancelled(shipment_id=shipment.id, order_id=order.id, reason=shipment.failure_reason))
