"""Facts about goods on their way, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@named("shipping.shipment.planned")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentPlanned(Event):
    """Goods of an order are to be picked."""

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


@named("shipping.shipment.picked")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentPicked(Event):
    """Taken from the shelf."""

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


@named("shipping.shipment.packed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentPacked(Event):
    """In packages."""

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


@named("shipping.shipment.ready")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentReady(Event):
    """Handed to logistics with date and dock."""

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


@named("shipping.shipment.departed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentDeparted(Event):
    """With the vehicle or carrier; stock has left."""

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


@named("shipping.shipment.delivered")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(Event):
    """Signed for."""

    shipment_id: int
    order_id: int
    received_by: str

    @property
    def subject(self) -> tuple[str, int]:
        """The shipment."""
        return ("shipments", self.shipment_id)

    @property
    def root(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("shipping.shipment.failed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class DeliveryFailed(Event):
    """The customer did not get it."""

    shipment_id: int
    order_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The shipment."""
        return ("shipments", self.shipment_id)

    @property
    def root(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("shipping.shipment.replanned")
@dataclasses.dataclass(frozen=True, kw_only=True)
class DeliveryReplanned(Event):
    """It will be tried again."""

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


@named("shipping.shipment.came_back")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentCameBack(Event):
    """What was not delivered is in stock again."""

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


@named("shipping.order.first_delivered")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderFirstDelivered(Event):
    """The first delivery of an order."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("shipping.order.dispatch_ready")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderReadyToShip(Event):
    """Whatever is held for the order is packed and ready."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("shipping.shipment.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentCancelled(Event):
    """It will not leave; its goods stay held for the order."""

    shipment_id: int
    order_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The shipment."""
        return ("shipments", self.shipment_id)

    @property
    def root(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("shipping.shipment.taken_back")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentTakenBack(Event):
    """The warehouse took it back from logistics before it left."""

    shipment_id: int
    order_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The shipment."""
        return ("shipments", self.shipment_id)

    @property
    def root(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("shipping.order.to_prepare")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderToPrepare(Event):
    """Goods held for the order have to be prepared again: a shipment was cancelled or taken back."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)
