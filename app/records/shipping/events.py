"""Facts about goods on their way, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfShipmentOfOrder(Event):
    shipment_id: int
    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The shipment."""
        return ("shipments", self.shipment_id)

    @property
    def root(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfOrder(Event):
    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("shipping.shipment.planned")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentPlanned(_OfShipmentOfOrder):
    """Goods of an order are to be picked."""


@named("shipping.shipment.picked")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentPicked(_OfShipmentOfOrder):
    """Taken from the shelf."""


@named("shipping.shipment.packed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentPacked(_OfShipmentOfOrder):
    """In packages."""


@named("shipping.shipment.ready")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentReady(_OfShipmentOfOrder):
    """Handed to logistics with date and dock."""


@named("shipping.shipment.departed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentDeparted(_OfShipmentOfOrder):
    """With the vehicle or carrier; stock has left."""


@named("shipping.shipment.delivered")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(_OfShipmentOfOrder):
    """Signed for."""

    received_by: str


@named("shipping.shipment.failed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class DeliveryFailed(_OfShipmentOfOrder):
    """The customer did not get it."""

    reason: str


@named("shipping.shipment.replanned")
@dataclasses.dataclass(frozen=True, kw_only=True)
class DeliveryReplanned(_OfShipmentOfOrder):
    """It will be tried again."""


@named("shipping.shipment.came_back")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentCameBack(_OfShipmentOfOrder):
    """What was not delivered is in stock again."""


@named("shipping.order.first_delivered")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderFirstDelivered(_OfOrder):
    """The first delivery of an order."""


@named("shipping.order.dispatch_ready")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderReadyToShip(_OfOrder):
    """Whatever is held for the order is packed and ready."""


@named("shipping.shipment.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentCancelled(_OfShipmentOfOrder):
    """It will not leave; its goods stay held for the order."""

    reason: str


@named("shipping.shipment.taken_back")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentTakenBack(_OfShipmentOfOrder):
    """The warehouse took it back from logistics before it left."""

    reason: str


@named("shipping.order.to_prepare")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderToPrepare(_OfOrder):
    """Goods held for the order have to be prepared again: a shipment was cancelled or taken back."""
