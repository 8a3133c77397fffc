"""Packages, and the hand-over of what is ready to logistics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.warehouse import planning, rules
from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.refusals import PackagesDiffer
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import session
from app.platform.events import publish
from app.records.catalog.models import Product
from app.records.orders.holds import require_not_held
from app.records.orders.models import OrderLine
from app.records.shipping.events import (
    OrderReadyToShip,
    OrderToPrepare,
    ShipmentPacked,
    ShipmentReady,
    ShipmentTakenBack,
)
from app.records.shipping.holding import fresh_lines, lines_with_order_lines, lock_shipment, require_state
from app.records.shipping.models import Package, PackageLine, Shipment, ShipmentLine, ShipmentState, shipment_states

ZERO = Decimal(0)
DEFAULT_KIND = "carton"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPackage:
    """One package.  contents: shipment line -> base units.  weight_kg: None works it out where products say theirs."""

    contents: Mapping[int, Decimal] = field(default_factory=dict)
    kind: str = DEFAULT_KIND
    weight_kg: Decimal | None = None
    length_cm: Decimal | None = None
    width_cm: Decimal | None = None
    height_cm: Decimal | None = None


def pack(actor: Actor, *, shipment_id: int, packages: Sequence[NewPackage] | None = None) -> Shipment:
    """Put what was picked into packages.  packages: None is one carton with everything.

    Raises: NotPermitted, NotFound, OrderOnHold, NotInState, PackagesDiffer naming the line, InvalidInput.
    """
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_PACK, shipment)
    require_state(shipment, ShipmentState.PICKED)
    require_not_held(order)
    lines = lines_with_order_lines(shipment)
    picked = {row.id: row.picked for row, _ in lines if row.picked}
    wanted = [NewPackage(contents=picked)] if packages is None else [one for one in packages if one.contents]
    _require_same(lines, picked, wanted)
    weights = _weights(lines)
    for position, one in enumerate(wanted, start=1):
        _add_package(shipment, position, one, weights)
    for row, line in lines:
        row.packed = row.picked
        line.packed += row.picked
    shipment_states.move(shipment, ShipmentState.PACKED)
    shipment.packed_at = clock.now()
    session.flush()
    publish(ShipmentPacked(shipment_id=shipment.id, order_id=order.id))
    return shipment


def unpack(actor: Actor, *, shipment_id: int) -> Shipment:
    """Open the packages again; the goods are picked, not packed.  Raises: NotPermitted, NotInState."""
    _, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_PACK, shipment)
    require_state(shipment, ShipmentState.PACKED)
    planning.empty_packages(shipment)
    shipment_states.move(shipment, ShipmentState.PICKED)
    shipment.packed_at = None
    return shipment


def hand_to_logistics(actor: Actor, *, shipment_id: int, planned_on: date | None = None, dock: str = "") -> Shipment:
    """Say that a packed shipment may be fetched.  planned_on: the day it shall leave.  dock: where it stands.

    Raises: NotPermitted, NotFound, OrderOnHold, NotInState.
    """
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_HAND_OVER, shipment)
    require_state(shipment, ShipmentState.PACKED)
    require_not_held(order)
    shipment_states.move(shipment, ShipmentState.READY)
    shipment.ready_at = clock.now()
    shipment.planned_on = planned_on or shipment.planned_on
    shipment.dock = clean(dock, 40) or shipment.dock
    session.flush()
    publish(ShipmentReady(shipment_id=shipment.id, order_id=order.id))
    if all_held_is_ready(order.id):
        publish(OrderReadyToShip(order_id=order.id))
    return shipment


def take_back(actor: Actor, *, shipment_id: int, reason: str) -> Shipment:
    """Fetch a ready shipment back before it left.  Raises: NotPermitted, NotInState, InvalidInput (no reason)."""
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_HAND_OVER, shipment)
    require_state(shipment, ShipmentState.READY)
    why = clean(reason, 200)
    if not why:
        raise InvalidInput({"reason": N_("Say why.")})
    shipment_states.move(shipment, ShipmentState.PACKED)
    shipment.ready_at = None
    session.flush()
    publish(ShipmentTakenBack(shipment_id=shipment.id, order_id=order.id, reason=why))
    publish(OrderToPrepare(order_id=order.id))
    return shipment


def _require_same(
    lines: Sequence[tuple[ShipmentLine, OrderLine]], picked: Mapping[int, Decimal], packages: Sequence[NewPackage]
) -> None:
    packed: dict[int, Decimal] = defaultdict(Decimal)
    for number, package in enumerate(packages, start=1):
        for line_id, quantity in package.contents.items():
            if quantity <= 0:
                raise InvalidInput({f"packages.{number}": N_("A quantity above 0 is needed.")})
            packed[line_id] += quantity
    wrong = rules.differences(picked, packed)
    if wrong:
        positions = {row.id: line.position for row, line in lines}
        first = min(wrong, key=lambda line_id: positions.get(line_id, 0))
        raise PackagesDiffer(
            position=positions.get(first, first), picked=plain(picked.get(first, ZERO)), packed=plain(packed[first])
        )


def _weights(lines: Sequence[tuple[ShipmentLine, OrderLine]]) -> dict[int, Decimal | None]:
    """Shipment line -> kg of one base unit."""
    by_product = {
        row.id: row.weight_kg
        for row in session.execute(
            sa.select(Product.id, Product.weight_kg).where(Product.id.in_({line.product_id for _, line in lines}))
        )
    }
    return {row.id: by_product.get(line.product_id) for row, line in lines}


def _add_package(shipment: Shipment, position: int, wanted: NewPackage, weights: Mapping[int, Decimal | None]) -> None:
    sizes = (wanted.weight_kg, wanted.length_cm, wanted.width_cm, wanted.height_cm)
    if any(size is not None and size <= 0 for size in sizes):
        raise InvalidInput({f"packages.{position}": N_("Weight and size are above 0, or left empty.")})
    weight = wanted.weight_kg
    if weight is None:
        weight = rules.package_weight([(quantity, weights[line]) for line, quantity in wanted.contents.items()])
    package = Package(
        shipment_id=shipment.id, position=position, kind=clean(wanted.kind, 40) or DEFAULT_KIND, weight_kg=weight,
        length_cm=wanted.length_cm, width_cm=wanted.width_cm, height_cm=wanted.height_cm,
    )  # fmt: skip
    session.add(package)
    session.flush()
    session.add_all(
        PackageLine(package_id=package.id, shipment_line_id=line_id, quantity=quantity)
        for line_id, quantity in wanted.contents.items()
    )


def all_held_is_ready(order_id: int) -> bool:
    """Whether everything held for the order stands ready at a dock."""
    held = sum((line.allocated for line in fresh_lines(order_id)), ZERO)
    ready = session.scalar(
        sa.select(sa.func.sum(ShipmentLine.packed))
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(Shipment.order_id == order_id, Shipment.state == ShipmentState.READY)
    )
    return held == (ready or ZERO)
