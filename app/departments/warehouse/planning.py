"""Which held stock leaves together: planning a shipment, and calling it off before it left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.warehouse import rules
from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.refusals import MoreThanHeld, MustLeaveWhole, NothingToPlan
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotFound, RuleBroken
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import dml, locks, session
from app.platform.events import publish
from app.records.numbers import document_number
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import PartyAddress
from app.records.shipping.events import OrderToPrepare, ShipmentCancelled, ShipmentPlanned
from app.records.shipping.holding import IN_HOUSE, fresh_lines, lines_with_order_lines, lock_shipment, require_open
from app.records.shipping.models import (
    Package,
    PackageLine,
    PickTask,
    Shipment,
    ShipmentLine,
    ShipmentState,
    shipment_states,
)
from app.records.stock import allocation
from app.records.stock.models import Allocation, Location, StockLevel

ZERO = Decimal(0)
ADDRESS_FIELDS = ("recipient", "phone", "line1", "line2", "city", "region", "postcode", "country")


def plan_shipment(
    actor: Actor,
    *,
    order_id: int,
    quantities: Mapping[int, Decimal] | None = None,
    planned_on: date | None = None,
) -> Shipment:
    """Make a shipment with its pick list from what is held for an order and not planned yet.

    quantities: order line -> base units; None: all that is held.
    Raises: NotPermitted, NotFound, OrderNotOpen, OrderOnHold, NothingToPlan, MoreThanHeld, MustLeaveWhole.
    """
    order = locks.lock(Order, order_id)
    require(actor, Permissions.SHIPMENT_PLAN, order)
    require_open(order)
    lines = fresh_lines(order.id)
    free = _held_unplanned(lines)
    wanted = _wanted(order, lines, free, quantities)
    if not order.allows_part_shipment:
        _require_whole(order, lines, wanted)
    shipment = Shipment(
        order_id=order.id,
        warehouse_id=_warehouse_of(free, wanted),
        address=_address(order),
        planned_on=planned_on,
    )
    session.add(shipment)
    session.flush()
    shipment.number = document_number("SH", shipment.id)
    for line in lines:
        if line.id in wanted:
            _add_line(shipment, line, rules.spread(wanted[line.id], free[line.id]))
    session.flush()
    publish(ShipmentPlanned(shipment_id=shipment.id, order_id=order.id))
    return shipment


def _held_unplanned(lines: Sequence[OrderLine]) -> dict[int, list[tuple[Allocation, Decimal]]]:
    """Order line -> (allocation, how much of it no living shipment plans to take), in walking order."""
    planned = planned_of_allocations([line.id for line in lines])
    held = allocation.of_lines(line.id for line in lines)
    walk = {
        row.id: (row.walk_order, row.code)
        for row in session.execute(
            sa.select(StockLevel.id, Location.walk_order, Location.code)
            .join(Location, Location.id == StockLevel.location_id)
            .where(StockLevel.id.in_({bound.level_id for bound in held}))
        )
    }
    free: dict[int, list[tuple[Allocation, Decimal]]] = defaultdict(list)
    for bound in sorted(held, key=lambda bound: (walk[bound.level_id], bound.id)):
        rest = bound.quantity - planned.get(bound.id, ZERO)
        if rest > 0:
            free[bound.order_line_id].append((bound, rest))
    return free


def planned_of_allocations(line_ids: Sequence[int]) -> dict[int, Decimal]:
    """Allocation -> what shipments that are still in the house take of it."""
    rows = session.execute(
        sa.select(PickTask.allocation_id, sa.func.sum(PickTask.quantity), sa.func.sum(PickTask.short))
        .join(Shipment, Shipment.id == PickTask.shipment_id)
        .join(ShipmentLine, ShipmentLine.id == PickTask.shipment_line_id)
        .where(Shipment.state.in_(IN_HOUSE), ShipmentLine.order_line_id.in_(line_ids))
        .group_by(PickTask.allocation_id)
    )
    return {row[0]: row[1] - row[2] for row in rows}


def _wanted(
    order: Order,
    lines: Sequence[OrderLine],
    free: Mapping[int, Sequence[tuple[Allocation, Decimal]]],
    quantities: Mapping[int, Decimal] | None,
) -> dict[int, Decimal]:
    held = {line_id: sum((rest for _, rest in parts), ZERO) for line_id, parts in free.items()}
    if quantities is None:
        wanted = held
    else:
        wanted = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
        for line in lines:
            asked = wanted.get(line.id, ZERO)
            if asked < 0 or asked > held.get(line.id, ZERO):
                raise MoreThanHeld(
                    position=line.position, wanted=plain(asked), held=plain(held.get(line.id, ZERO)), line_id=line.id
                )
        unknown = wanted.keys() - {line.id for line in lines}
        if unknown:
            raise NotFound(record=OrderLine.__tablename__, id=min(unknown))
    if not wanted:
        raise NothingToPlan(number=order.number or order.id)
    return wanted


def _require_whole(order: Order, lines: Sequence[OrderLine], wanted: Mapping[int, Decimal]) -> None:
    for line in lines:
        missing = line.to_ship - wanted.get(line.id, ZERO)
        if line.needs_stock and missing > 0:
            raise MustLeaveWhole(
                number=order.number or order.id,
                position=line.position,
                missing=plain(missing),
                product=line.description,
            )


def _warehouse_of(free: Mapping[int, Sequence[tuple[Allocation, Decimal]]], wanted: Mapping[int, Decimal]) -> int:
    """The one warehouse the goods lie in.  Raises: RuleBroken when they lie in two."""
    levels = {bound.level_id for line_id in wanted for bound, _ in free[line_id]}
    found = session.scalars(
        sa.select(Location.warehouse_id)
        .join(StockLevel, StockLevel.location_id == Location.id)
        .where(StockLevel.id.in_(levels))
        .distinct()
    ).all()
    if len(found) != 1:
        raise RuleBroken(N_("The goods lie in several warehouses: plan one shipment for each, line by line."))
    return found[0]


def _address(order: Order) -> dict[str, Any]:
    """The address as it is now, so that a later change does not move goods that are on their way."""
    place = order.shipping_address
    if place is None:
        place = session.scalar(
            sa.select(PartyAddress)
            .where(PartyAddress.party_id == order.customer_id, PartyAddress.is_active.is_(True))
            .order_by(PartyAddress.is_default.desc(), PartyAddress.id)
            .limit(1)
        )
    if place is None:
        raise InvalidInput({"shipping_address_id": N_("The order has no address to deliver to.")})
    return {name: getattr(place, name) for name in ADDRESS_FIELDS}


def _add_line(shipment: Shipment, line: OrderLine, parts: Sequence[tuple[Allocation, Decimal]]) -> None:
    planned = sum((quantity for _, quantity in parts), ZERO)
    row = ShipmentLine(shipment_id=shipment.id, order_line_id=line.id, planned=planned)
    session.add(row)
    session.flush()
    for bound, quantity in parts:
        session.add(
            PickTask(
                shipment_id=shipment.id,
                shipment_line_id=row.id,
                allocation_id=bound.id,
                level_id=bound.level_id,
                quantity=quantity,
            )
        )


def cancel_shipment(actor: Actor, *, shipment_id: int, reason: str) -> Shipment:
    """Call a shipment off before it left: goods go back to their places and stay held for the order.

    Raises: NotPermitted, NotFound, WrongState (it has left), InvalidInput (no reason).
    """
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_CANCEL, shipment)
    shipment_states.require(shipment.state, ShipmentState.CANCELLED)
    if shipment.state not in IN_HOUSE:
        raise RuleBroken(
            N_("Shipment %(number)s has left: book it back when it is here again."), number=shipment.number
        )
    why = clean(reason, 200)
    if not why:
        raise InvalidInput({"reason": N_("Say why.")})
    empty_packages(shipment)
    put_picks_back(shipment)
    shipment_states.move(shipment, ShipmentState.CANCELLED)
    shipment.failure_reason = why
    session.flush()
    publish(ShipmentCancelled(shipment_id=shipment.id, order_id=order.id, reason=why))
    if any(line.allocated > 0 for line in fresh_lines(order.id)):
        publish(OrderToPrepare(order_id=order.id))
    return shipment


def empty_packages(shipment: Shipment) -> None:
    """Unpack a locked shipment: its packages go, its lines are picked goods again."""
    package_ids = session.scalars(sa.select(Package.id).where(Package.shipment_id == shipment.id)).all()
    dml.delete_where(PackageLine, PackageLine.package_id.in_(package_ids))
    dml.delete_where(Package, Package.shipment_id == shipment.id)
    for row, line in lines_with_order_lines(shipment):
        line.packed -= row.packed
        row.packed = ZERO
    session.flush()


def put_picks_back(shipment: Shipment) -> None:
    """Lay picked goods of a locked shipment back where they came from; they stay held."""
    tasks = session.scalars(
        sa.select(PickTask).where(PickTask.shipment_id == shipment.id).execution_options(populate_existing=True)
    ).all()
    bound = {one.id: one for one in locks.lock_all(Allocation, (task.allocation_id for task in tasks if task.picked))}
    for task in tasks:
        if task.picked:
            bound[task.allocation_id].picked -= task.picked
            task.picked = ZERO
        task.is_done = task.short == task.quantity
    for row, line in lines_with_order_lines(shipment):
        line.picked -= row.picked
        row.picked = ZERO
    session.flush()
