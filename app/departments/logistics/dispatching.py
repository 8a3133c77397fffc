"""Who carries a shipment, and the moment it leaves: stock, claims and line quantities change together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.departments.logistics import rules
from app.departments.logistics.permissions import Permissions
from app.departments.logistics.refusals import NobodyCarriesIt, TooHeavy
from app.departments.logistics.tracking import note_on_way
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput
from app.kernel.quantity import plain
from app.kernel.text import N_
from app.platform.access import require
from app.platform.access.models import User
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.billing.events import ShipmentBillable
from app.records.orders.fulfilment import refresh_state
from app.records.orders.holds import require_not_held
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import BillingPolicy, Company
from app.records.shipping.events import ShipmentDeparted
from app.records.shipping.holding import lines_with_order_lines, lock_shipment, require_state
from app.records.shipping.models import (
    Carrier,
    Package,
    PickTask,
    Shipment,
    ShipmentLine,
    ShipmentState,
    TrackingKind,
    Vehicle,
    shipment_states,
)
from app.records.stock import allocation, ledger
from app.records.stock.models import Allocation, MoveKind, StockLevel, Warehouse

#: a shipment may change its carrier until it is on the road
ASSIGNABLE = (ShipmentState.PACKED, ShipmentState.READY, ShipmentState.FAILED)


def assign_transport(
    actor: Actor,
    *,
    shipment_id: int,
    carrier_id: int | None = None,
    vehicle_id: int | None = None,
    driver_id: int | None = None,
    tracking_number: str = "",
    expected_cost: Decimal | None = None,
) -> Shipment:
    """Say who carries it: a carrier, or one of our vehicles with a driver.

    expected_cost: company currency; None works it out from the carrier's tariff and the packages' weight.
    Raises: NotPermitted, NotFound, NotInState, InvalidInput, TooHeavy.
    """
    _, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.TRANSPORT_ASSIGN, shipment)
    require_state(shipment, *ASSIGNABLE)
    if (carrier_id is None) == (vehicle_id is None):
        raise InvalidInput({"carrier_id": N_("Choose a carrier or a vehicle, not both.")})
    if vehicle_id is not None and driver_id is None:
        raise InvalidInput({"driver_id": N_("Say who drives.")})
    if expected_cost is not None and expected_cost < 0:
        raise InvalidInput({"expected_cost": N_("A cost cannot be negative.")})
    weight = rules.total_weight(
        session.scalars(sa.select(Package.weight_kg).where(Package.shipment_id == shipment.id)).all()
    )
    if carrier_id is not None:
        carrier = locks.get(Carrier, carrier_id)
        _require_active(carrier, "carrier_id")
        currency = _currency(shipment)
        cost = expected_cost
        if cost is None:
            cost = rules.carriage(carrier.base_charge, carrier.charge_per_kg, weight, currency)
        shipment.expected_cost = cost
    else:
        vehicle = locks.get(Vehicle, vehicle_id)
        _require_active(vehicle, "vehicle_id")
        _require_active(locks.get(User, driver_id), "driver_id")
        if vehicle.max_kg is not None and weight is not None and weight > vehicle.max_kg:
            raise TooHeavy(
                number=shipment.number, weight=plain(weight), vehicle=vehicle.plate, most=plain(vehicle.max_kg)
            )
        shipment.expected_cost = expected_cost
    shipment.carrier_id = carrier_id
    shipment.vehicle_id = vehicle_id
    shipment.driver_id = driver_id if vehicle_id is not None else None
    shipment.tracking_number = tracking_number.strip()[:80]
    session.flush()
    return shipment


def _require_active(chosen: Carrier | Vehicle | User, field: str) -> None:
    if not chosen.is_active:
        raise InvalidInput({field: N_("This one is not in use any more.")})


def _currency(shipment: Shipment) -> str:
    warehouse = session.get_one(Warehouse, shipment.warehouse_id)
    return session.get_one(Company, warehouse.company_id).currency


def dispatch(actor: Actor, *, shipment_id: int) -> Shipment:
    """Hand a ready shipment to its vehicle or carrier: here stock leaves the house.

    Raises: NotPermitted, NotFound, NotInState (also for the second of two clicks), OrderOnHold, NobodyCarriesIt.
    """
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_DISPATCH, shipment)
    require_state(shipment, ShipmentState.READY)
    require_not_held(order)
    if shipment.carrier_id is None and shipment.vehicle_id is None:
        raise NobodyCarriesIt(number=shipment.number)
    lines = lines_with_order_lines(shipment)
    _take_from_stock(order, shipment, {line.id: line for _, line in lines})
    for row, line in lines:
        row.shipped = row.packed
        line.shipped += row.packed
    shipment_states.move(shipment, ShipmentState.SHIPPED)
    shipment.shipped_at = clock.now()
    note_on_way(actor, shipment, TrackingKind.DEPARTED)
    refresh_state(order)
    publish(ShipmentDeparted(shipment_id=shipment.id, order_id=order.id))
    if order.billing_policy is not BillingPolicy.ORDERED:
        publish(ShipmentBillable(shipment_id=shipment.id, order_id=order.id))
    return shipment


def _take_from_stock(order: Order, shipment: Shipment, lines: dict[int, OrderLine]) -> None:
    """End the claims on what is packed and book it out where it was picked."""
    tasks: Sequence[tuple[PickTask, int]] = [
        (row[0], row[1])
        for row in session.execute(
            sa.select(PickTask, ShipmentLine.order_line_id)
            .join(ShipmentLine, ShipmentLine.id == PickTask.shipment_line_id)
            .where(PickTask.shipment_id == shipment.id, PickTask.picked > 0)
            .order_by(PickTask.id)
            .execution_options(populate_existing=True)
        )
    ]
    levels = {level.id: level for level in locks.lock_all(StockLevel, (task.level_id for task, _ in tasks))}
    bound = {one.id: one for one in locks.lock_all(Allocation, (task.allocation_id for task, _ in tasks))}
    zone = session.get_one(Warehouse, shipment.warehouse_id).company.timezone
    today = clock.today(zone)
    moves = []
    for task, line_id in tasks:
        level = levels[task.level_id]
        allocation.consume(bound[task.allocation_id], lines[line_id], level, task.picked)
        moves.append(
            ledger.NewMove(
                product_id=level.product_id, location_id=level.location_id, lot_id=level.lot_id,
                quantity=-task.picked, kind=MoveKind.SHIPMENT, occurred_on=today, reason=order.number or "",
                document=("shipments", shipment.id), order_line_id=line_id,
            )
        )  # fmt: skip
    ledger.book(moves)
