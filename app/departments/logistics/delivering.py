"""The end of the way: delivered with proof, failed, sent again, or back in stock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from app.departments.logistics.permissions import Permissions
from app.departments.logistics.refusals import NobodyCarriesIt
from app.departments.logistics.tracking import note_on_way
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.platform.files import Kept, store
from app.records.orders.fulfilment import refresh_state
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT, OrderState
from app.records.shipping.events import (
    DeliveryFailed,
    DeliveryReplanned,
    OrderFirstDelivered,
    ShipmentCameBack,
    ShipmentDelivered,
    ShipmentDeparted,
)
from app.records.shipping.holding import fresh_lines, lines_with_order_lines, lock_shipment, require_state
from app.records.shipping.models import Shipment, ShipmentState, TrackingKind, shipment_states
from app.records.stock import allocation, ledger
from app.records.stock.events import OrderAllocated, OrderShort
from app.records.stock.models import Location, LocationKind, MoveKind, StockMove, Warehouse

ZERO = Decimal(0)
PROOF = "proof"
#: a driver's clock may be a little ahead of ours
SLACK = timedelta(minutes=5)


def deliver(
    actor: Actor,
    *,
    shipment_id: int,
    received_by: str,
    delivered_at: datetime | None = None,
    quantities: Mapping[int, Decimal] | None = None,
    proof: Kept | None = None,
    note: str = "",
) -> Shipment:
    """Record that the customer has it: who took it, when, and how much of each line.

    quantities: shipment line -> base units handed over; None: all of it. What was not handed over is booked back into
    stock later.  proof: a photo or scan that was kept.
    Raises: NotPermitted, NotFound, NotInState, InvalidInput.
    """
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_DELIVER, shipment)
    require_state(shipment, ShipmentState.SHIPPED)
    person = clean(received_by, 100)
    if not person:
        raise InvalidInput({"received_by": N_("Say who took the goods.")})
    at = _when(shipment, delivered_at, "delivered_at")
    is_first = not any(line.delivered for line in fresh_lines(order.id))
    total = ZERO
    for row, line in lines_with_order_lines(shipment):
        handed = row.shipped if quantities is None else quantities.get(row.id, ZERO)
        if not ZERO <= handed <= row.shipped:
            raise InvalidInput(
                {f"quantities.{row.id}": Message(N_("Between 0 and %(left)s."), left=plain(row.shipped))}
            )
        row.delivered = handed
        line.delivered += handed
        total += handed
    if not total:
        raise InvalidInput({"quantities": N_("Nothing was handed over: record a failed delivery instead.")})
    shipment_states.move(shipment, ShipmentState.DELIVERED)
    shipment.delivered_at = at
    shipment.received_by = person
    if proof is not None:
        shipment.proof_file_id = store(actor, proof, table="shipments", row_id=shipment.id, purpose=PROOF).id
    note_on_way(actor, shipment, TrackingKind.DELIVERED, occurred_at=at, note=note)
    refresh_state(order)
    publish(ShipmentDelivered(shipment_id=shipment.id, order_id=order.id, received_by=person, occurred_at=at))
    if is_first:
        publish(OrderFirstDelivered(order_id=order.id, occurred_at=at))
    return shipment


def _when(shipment: Shipment, moment: datetime | None, field: str) -> datetime:
    now = clock.now()
    if moment is None:
        return now
    if moment > now + SLACK:
        raise InvalidInput({field: N_("This time has not come yet.")})
    if shipment.shipped_at is not None and moment < shipment.shipped_at - SLACK:
        raise InvalidInput({field: N_("The shipment had not left then.")})
    return moment


def fail_delivery(actor: Actor, *, shipment_id: int, reason: str, occurred_at: datetime | None = None) -> Shipment:
    """Record that the customer did not get it, and why.  Raises: NotPermitted, NotFound, NotInState, InvalidInput."""
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_DELIVER, shipment)
    require_state(shipment, ShipmentState.SHIPPED)
    why = clean(reason, 200)
    if not why:
        raise InvalidInput({"reason": N_("Say why.")})
    at = _when(shipment, occurred_at, "occurred_at")
    shipment_states.move(shipment, ShipmentState.FAILED)
    shipment.failure_reason = why
    note_on_way(actor, shipment, TrackingKind.FAILED, occurred_at=at, note=why)
    session.flush()
    publish(DeliveryFailed(shipment_id=shipment.id, order_id=order.id, reason=why, occurred_at=at))
    return shipment


def replan(actor: Actor, *, shipment_id: int, planned_on: date | None = None, note: str = "") -> Shipment:
    """Send a failed delivery again; a new clock runs for it.  Raises: NotPermitted, NotFound, NotInState."""
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_REPLAN, shipment)
    require_state(shipment, ShipmentState.FAILED)
    if shipment.carrier_id is None and shipment.vehicle_id is None:
        raise NobodyCarriesIt(number=shipment.number)
    shipment_states.move(shipment, ShipmentState.SHIPPED)
    shipment.planned_on = planned_on or shipment.planned_on
    note_on_way(actor, shipment, TrackingKind.REPLANNED, note=note)
    session.flush()
    publish(DeliveryReplanned(shipment_id=shipment.id, order_id=order.id))
    publish(ShipmentDeparted(shipment_id=shipment.id, order_id=order.id))
    return shipment


def came_back(
    actor: Actor, *, shipment_id: int, location_id: int, occurred_on: date | None = None, note: str = ""
) -> Shipment:
    """Book what was not handed over into stock again, at the cost it left with; the order is owed it again.

    An order that was closed short is not: it wants that much less.
    On a shelf it is bound to the same lines at once; in a blocked place (damaged, to be looked at) the order is short.
    Raises: NotPermitted, NotFound, NotInState, InvalidInput.
    """
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_REPLAN, shipment)
    require_state(shipment, ShipmentState.FAILED, ShipmentState.DELIVERED)
    place = _place(shipment, location_id)
    lines = lines_with_order_lines(shipment)
    rest = {row.order_line_id: row.shipped - row.delivered - row.failed for row, _ in lines}
    if not any(rest.values()):
        raise InvalidInput({"shipment_id": N_("Everything of this shipment was handed over or is back already.")})
    moves = _moves_back(shipment, place, rest, _day(shipment, occurred_on), clean(note, 200))
    ledger.lock_places({move.place for move in moves})
    ledger.book(moves)
    is_owed = _is_owed(order)
    for row, line in lines:
        line.cancelled += ZERO if is_owed else rest[line.id]
        line.failed += rest[line.id]
        row.failed += rest[line.id]
    if shipment.state is ShipmentState.FAILED:
        shipment_states.move(shipment, ShipmentState.CANCELLED)
    note_on_way(actor, shipment, TrackingKind.RETURNED, note=note)
    session.flush()
    _bind_again(order, place, [line for _, line in lines if rest[line.id]], moves)
    refresh_state(order)
    publish(ShipmentCameBack(shipment_id=shipment.id, order_id=order.id))
    return shipment


def _is_owed(order: Order) -> bool:
    return order.state in OPEN_FOR_FULFILMENT or order.state is OrderState.FULFILLED


def _place(shipment: Shipment, location_id: int) -> Location:
    place = locks.get(Location, location_id)
    if place.warehouse_id != shipment.warehouse_id or not place.is_active:
        raise InvalidInput({"location_id": N_("Choose a place of this warehouse.")})
    if place.kind not in {LocationKind.STORAGE, LocationKind.BLOCKED}:
        raise InvalidInput({"location_id": N_("Choose a shelf, or a blocked place for goods to be looked at.")})
    return place


def _day(shipment: Shipment, occurred_on: date | None) -> date:
    today = clock.today(session.get_one(Warehouse, shipment.warehouse_id).company.timezone)
    if occurred_on is not None and occurred_on > today:
        raise InvalidInput({"occurred_on": N_("This day has not come yet.")})
    return occurred_on or today


def _moves_back(
    shipment: Shipment, place: Location, rest: Mapping[int, Decimal], day: date, note: str
) -> list[ledger.NewMove]:
    """One move back for each move out, newest first, until the rest of each line is in."""
    left = dict(rest)
    out = session.scalars(
        sa.select(StockMove)
        .where(
            StockMove.document_table == "shipments",
            StockMove.document_id == shipment.id,
            StockMove.kind == MoveKind.SHIPMENT,
        )
        .order_by(StockMove.id.desc())
    )
    moves = []
    for gone in out:
        part = min(-gone.quantity, left.get(gone.order_line_id or 0, ZERO))
        if part > 0:
            left[gone.order_line_id or 0] -= part
            moves.append(
                ledger.NewMove(
                    product_id=gone.product_id, location_id=place.id, lot_id=gone.lot_id, quantity=part,
                    kind=MoveKind.FAILED_DELIVERY, occurred_on=day, unit_cost=gone.unit_cost, reason=note,
                    document=("shipments", shipment.id), order_line_id=gone.order_line_id,
                )
            )  # fmt: skip
    return moves


def _bind_again(order: Order, place: Location, lines: list[OrderLine], moves: list[ledger.NewMove]) -> None:
    """Bind what lies on a shelf again to the lines it came from, and tell who prepares it or who has to buy."""
    if not _is_owed(order):
        return
    by_id = {line.id: line for line in lines} if place.kind is LocationKind.STORAGE else {}
    levels = ledger.lock_places({move.place for move in moves})
    bound: set[int] = set()
    for move in moves:
        line = by_id.get(move.order_line_id or 0)
        if line is not None and allocation.bind_from(line, levels[move.place], move.quantity):
            bound.add(line.id)
    session.flush()
    if bound:
        publish(OrderAllocated(order_id=order.id, line_ids=tuple(sorted(bound))))
    short = tuple(line.id for line in lines if line.shortage > 0)
    if short:
        publish(OrderShort(order_id=order.id, line_ids=short))
