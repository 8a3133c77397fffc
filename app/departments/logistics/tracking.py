"""What happens to a shipment on its way: facts that are only added, once each."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from app.departments.logistics.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.access.links import link_purpose, make_link
from app.platform.db import session
from app.records.orders.models import Order
from app.records.parties.models import Party
from app.records.shipping.holding import lock_shipment, require_state
from app.records.shipping.models import Shipment, ShipmentState, TrackingEvent, TrackingKind

#: what people and carriers may report; everything else is recorded by the step that does it
REPORTABLE = (
    TrackingKind.HANDED_OVER,
    TrackingKind.IN_TRANSIT,
    TrackingKind.OUT_FOR_DELIVERY,
    TrackingKind.NOTE,
)
TRACK = "track"
LINK_DAYS = 90

link_purpose(TRACK, N_("Follow an order's shipments"))


def add_tracking(
    actor: Actor,
    *,
    shipment_id: int,
    kind: TrackingKind,
    occurred_at: datetime | None = None,
    place: str = "",
    note: str = "",
    is_public: bool = True,
    intake_key: str | None = None,
) -> TrackingEvent:
    """Record a fact about a shipment on its way.  intake_key: the same key twice is the same fact.

    Raises: NotPermitted, NotFound, NotInState (it has not left), InvalidInput.
    """
    _, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.SHIPMENT_TRACK, shipment)
    known = _known(shipment, intake_key)
    if known is not None:
        return known
    if kind not in REPORTABLE:
        raise InvalidInput({"kind": N_("This is recorded by the step itself.")})
    require_state(shipment, ShipmentState.SHIPPED, ShipmentState.FAILED, ShipmentState.DELIVERED)
    if occurred_at is not None and occurred_at > clock.now() + timedelta(minutes=5):
        raise InvalidInput({"occurred_at": N_("This time has not come yet.")})
    found = note_on_way(actor, shipment, kind, occurred_at=occurred_at, place=place, note=note, is_public=is_public)
    found.intake_key = intake_key or None
    session.flush()
    return found


def _known(shipment: Shipment, intake_key: str | None) -> TrackingEvent | None:
    if not intake_key:
        return None
    return session.scalar(
        sa.select(TrackingEvent).where(TrackingEvent.shipment_id == shipment.id, TrackingEvent.intake_key == intake_key)
    )


def note_on_way(
    actor: Actor,
    shipment: Shipment,
    kind: TrackingKind,
    *,
    occurred_at: datetime | None = None,
    place: str = "",
    note: str = "",
    is_public: bool = True,
) -> TrackingEvent:
    """Add a fact to a locked shipment."""
    found = TrackingEvent(
        shipment_id=shipment.id,
        kind=kind,
        occurred_at=occurred_at or clock.now(),
        booked_at=clock.now(),
        place=clean(place, 200),
        note=clean(note, 300),
        booked_by=actor.name[:100],
        is_public=is_public,
    )
    session.add(found)
    return found


def make_tracking_link(actor: Actor, *, shipment_id: int) -> str:
    """The token of a link with which the customer follows all shipments of the order; known now and never again.

    Raises: NotPermitted, NotFound.
    """
    order, shipment = lock_shipment(shipment_id)
    require(actor, Permissions.TRACKING_LINK, shipment)
    return tracking_token(order)


def tracking_token(order: Order) -> str:
    """A link's token for an order, inside a use case that checked the right."""
    customer = session.get_one(Party, order.customer_id)
    return make_link(TRACK, "orders", order.id, valid_for=timedelta(days=LINK_DAYS), party_name=customer.name)
