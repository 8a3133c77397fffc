"""What a customer sees of his order's way: the minimum, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa

from app.departments.logistics.tracking import REPORTABLE
from app.platform.db import session
from app.records.catalog.models import Unit
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.parties.models import Company, Party
from app.records.shipping.models import Carrier, Shipment, ShipmentState, TrackingEvent, TrackingKind

ZERO = Decimal(0)
ON_ITS_WAY = (ShipmentState.SHIPPED, ShipmentState.DELIVERED, ShipmentState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedLine:
    """A line, in the unit the customer ordered."""

    description: str
    quantity: Decimal
    unit: Unit | None
    shipped: Decimal  #: of it on the way or there, same unit
    promised_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedEvent:
    """A fact the customer may know."""

    kind: TrackingKind
    at: datetime
    place: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedShipment:
    """A part of the order on its way."""

    number: str
    state: ShipmentState
    carrier: str
    tracking_number: str
    tracking_url: str
    delivered_at: datetime | None
    events: Sequence[TrackedEvent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """An order as its customer sees it."""

    number: str
    customer: str
    customer_order_number: str
    company: str
    timezone: str
    confirmed_at: datetime | None
    promised_date: date | None
    is_being_prepared: bool
    is_sent: bool  #: all of it has left, not all has arrived
    is_done: bool
    lines: Sequence[TrackedLine]
    shipments: Sequence[TrackedShipment]


def tracked_order(order_id: int) -> Tracked | None:
    """The order's way, or None when there is no such order. The caller checked a link for exactly this order."""
    row = session.execute(
        sa.select(Order, Party.name, Company.name, Company.timezone)
        .join(Party, Party.id == Order.customer_id)
        .join(Company, Company.id == Order.company_id)
        .where(Order.id == order_id)
    ).one_or_none()
    if row is None:
        return None
    order = row[0]
    lines = session.execute(
        sa.select(OrderLine, Unit)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .where(OrderLine.order_id == order_id, OrderLine.kind.in_((LineKind.PRODUCT, LineKind.SAMPLE)))
        .order_by(OrderLine.position)
    ).all()
    living = [(line, unit) for line, unit in lines if line.wanted > 0]
    return Tracked(
        number=order.number or "",
        customer=row[1],
        customer_order_number=order.customer_order_number,
        company=row[2],
        timezone=row[3],
        confirmed_at=order.confirmed_at,
        promised_date=order.promised_date,
        is_being_prepared=any(line.allocated > 0 for line, _ in living),
        is_sent=bool(living) and all(line.shipped - line.failed >= line.wanted for line, _ in living),
        is_done=bool(living) and all(line.delivered >= line.wanted for line, _ in living),
        lines=[_line(line, unit) for line, unit in living],
        shipments=_shipments(order_id),
    )


def _line(line: OrderLine, unit: Unit | None) -> TrackedLine:
    return TrackedLine(
        description=line.description,
        quantity=line.wanted / line.unit_factor,
        unit=unit,
        shipped=(line.shipped - line.failed) / line.unit_factor,
        promised_date=line.promised_date,
    )


def _shipments(order_id: int) -> list[TrackedShipment]:
    rows = session.execute(
        sa.select(Shipment, Carrier)
        .outerjoin(Carrier, Carrier.id == Shipment.carrier_id)
        .where(Shipment.order_id == order_id, Shipment.state.in_(ON_ITS_WAY))
        .order_by(Shipment.shipped_at, Shipment.id)
    ).all()
    happened = session.scalars(
        sa.select(TrackingEvent)
        .where(TrackingEvent.shipment_id.in_([row[0].id for row in rows]), TrackingEvent.is_public.is_(True))
        .order_by(TrackingEvent.occurred_at, TrackingEvent.id)
    ).all()
    pairs: list[tuple[Shipment, Carrier | None]] = [(row[0], row[1]) for row in rows]
    return [
        TrackedShipment(
            number=shipment.number or "",
            state=shipment.state,
            carrier=carrier.name if carrier is not None else "",
            tracking_number=shipment.tracking_number,
            tracking_url=_tracking_url(carrier, shipment.tracking_number),
            delivered_at=shipment.delivered_at,
            events=[
                TrackedEvent(
                    kind=one.kind, at=one.occurred_at, place=one.place, note=one.note if one.kind in REPORTABLE else ""
                )
                for one in happened
                if one.shipment_id == shipment.id
            ],
        )
        for shipment, carrier in pairs
    ]


def _tracking_url(carrier: Carrier | None, number: str) -> str:
    is_known = carrier is not None and carrier.tracking_url.startswith("https://") and number.isalnum()
    return carrier.tracking_url.replace("{number}", number) if carrier is not None and is_known else ""
