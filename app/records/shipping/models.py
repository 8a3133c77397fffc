"""How goods leave: carriers, vehicles, shipments, packages, tracking."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.states import Machine
from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import (
    Json,
    UtcDateTime,
    enum_column,
    money_type,
    price_type,
    quantity_column,
)
from app.records.orders.models import Order, OrderLine


class ShipmentState(StrEnum):
    """The way of a shipment. Warehouse to ``ready``, logistics from there."""

    DRAFT = "draft"
    PICKING = "picking"
    PICKED = "picked"
    PACKED = "packed"
    READY = "ready"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = ShipmentState

shipment_states: Machine[ShipmentState] = Machine(
    "shipment",
    {
        S.DRAFT: {S.PICKING, S.CANCELLED},
        S.PICKING: {S.DRAFT, S.PICKED, S.CANCELLED},
        S.PICKED: {S.PICKING, S.PACKED, S.CANCELLED},
        S.PACKED: {S.PICKED, S.READY, S.CANCELLED},
        S.READY: {S.PACKED, S.SHIPPED, S.CANCELLED},
        S.SHIPPED: {S.DELIVERED, S.FAILED},
        S.FAILED: {S.SHIPPED, S.CANCELLED},
        S.DELIVERED: set(),
        S.CANCELLED: set(),
    },
)


class Carrier(Keyed, Versioned, Base):
    """Who carries goods for us; the own fleet is one of them."""

    __tablename__ = "carriers"
    __table_args__ = (sa.UniqueConstraint("external_source", "external_key"),)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    party_id: Mapped[int | None] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    is_own_fleet: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    base_charge: Mapped[Decimal | None] = mapped_column(money_type())  #: company currency per shipment
    charge_per_kg: Mapped[Decimal | None] = mapped_column(price_type())  #: company currency
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    tracking_url: Mapped[str] = mapped_column(sa.String(300), default="")  #: with {number}
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))


class Vehicle(Keyed, Versioned, Base):
    """One of our own vans."""

    __tablename__ = "vehicles"
    plate: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    max_kg: Mapped[Decimal | None] = mapped_column(price_type())
    max_m3: Mapped[Decimal | None] = mapped_column(price_type())
    is_active: Mapped[bool] = mapped_column(default=True)


class Shipment(Keyed, Versioned, Timestamped, Base):
    """Goods of one order that leave together."""

    __tablename__ = "shipments"
    __personal__ = frozenset({"received_by"})
    __table_args__ = (
        sa.Index("ix_shipments_state_id", "state", "id"),
        sa.Index("ix_shipments_planned_on_id", "planned_on", "id"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    warehouse_id: Mapped[int] = mapped_column(sa.ForeignKey("warehouses.id", ondelete="RESTRICT"), index=True)
    state: Mapped[ShipmentState] = enum_column(ShipmentState, default=ShipmentState.DRAFT)
    is_drop_ship: Mapped[bool] = mapped_column(default=False)
    address: Mapped[dict[str, Any]] = mapped_column(Json())  #: as it was when the shipment was made
    planned_on: Mapped[date | None] = mapped_column(sa.Date())
    dock: Mapped[str] = mapped_column(sa.String(40), default="")
    carrier_id: Mapped[int | None] = mapped_column(sa.ForeignKey("carriers.id", ondelete="RESTRICT"), index=True)
    vehicle_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vehicles.id", ondelete="RESTRICT"), index=True)
    driver_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    tracking_number: Mapped[str] = mapped_column(sa.String(80), default="")
    expected_cost: Mapped[Decimal | None] = mapped_column(
        money_type()
    )  #: company currency, what the carrier should bill
    picked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    packed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    shipped_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    received_by: Mapped[str] = mapped_column(sa.String(100), default="")  #: who signed
    proof_file_id: Mapped[int | None] = mapped_column(sa.BigInteger())
    failure_reason: Mapped[str] = mapped_column(sa.String(200), default="")

    order: Mapped[Order] = relationship()
    carrier: Mapped[Carrier | None] = relationship()
    vehicle: Mapped[Vehicle | None] = relationship()
    lines: Mapped[list[ShipmentLine]] = relationship(back_populates="shipment", passive_deletes="all")
    packages: Mapped[list[Package]] = relationship(back_populates="shipment", passive_deletes="all")


class ShipmentLine(Keyed, Versioned, Base):
    """How much of an order line leaves with this shipment; base units."""

    __tablename__ = "shipment_lines"
    __record__ = ("shipments", "shipment_id")
    __table_args__ = (
        sa.UniqueConstraint("shipment_id", "order_line_id"),
        sa.CheckConstraint("planned > 0", name="planned_positive"),
        sa.CheckConstraint("picked >= 0 and picked <= planned", name="picked_within_planned"),
        sa.CheckConstraint("packed >= 0 and packed <= picked", name="packed_within_picked"),
        sa.CheckConstraint("shipped >= 0 and shipped <= packed", name="shipped_within_packed"),
        sa.CheckConstraint("delivered >= 0 and failed >= 0", name="outcome_not_negative"),
        sa.CheckConstraint("delivered + failed <= shipped", name="outcome_within_shipped"),
        sa.CheckConstraint("invoiced >= 0", name="invoiced_not_negative"),
    )
    shipment_id: Mapped[int] = mapped_column(sa.ForeignKey("shipments.id", ondelete="RESTRICT"), index=True)
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True)
    planned: Mapped[quantity_column]
    picked: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    packed: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    shipped: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    delivered: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    failed: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: came back and was booked in again
    invoiced: Mapped[quantity_column] = mapped_column(default=Decimal(0))

    shipment: Mapped[Shipment] = relationship(back_populates="lines")
    order_line: Mapped[OrderLine] = relationship()


class PickTask(Keyed, Versioned, Base):
    """What to take, from where, for which shipment line; base units."""

    __tablename__ = "pick_tasks"
    __record__ = ("shipments", "shipment_id")
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("picked >= 0 and short >= 0 and picked + short <= quantity", name="picked_within_quantity"),
    )
    shipment_id: Mapped[int] = mapped_column(sa.ForeignKey("shipments.id", ondelete="RESTRICT"), index=True)
    shipment_line_id: Mapped[int] = mapped_column(sa.ForeignKey("shipment_lines.id", ondelete="RESTRICT"), index=True)
    allocation_id: Mapped[int] = mapped_column(sa.ForeignKey("allocations.id", ondelete="RESTRICT"), index=True)
    level_id: Mapped[int] = mapped_column(sa.ForeignKey("stock_levels.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[quantity_column]
    picked: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    short: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: not found at the place
    is_done: Mapped[bool] = mapped_column(default=False)

    shipment: Mapped[Shipment] = relationship()
    shipment_line: Mapped[ShipmentLine] = relationship()


class Package(Keyed, Versioned, Base):
    """A parcel, carton or pallet."""

    __tablename__ = "packages"
    __record__ = ("shipments", "shipment_id")
    __table_args__ = (sa.UniqueConstraint("shipment_id", "position"),)
    shipment_id: Mapped[int] = mapped_column(sa.ForeignKey("shipments.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer())
    kind: Mapped[str] = mapped_column(sa.String(40), default="")
    weight_kg: Mapped[Decimal | None] = mapped_column(price_type())
    length_cm: Mapped[Decimal | None] = mapped_column(price_type())
    width_cm: Mapped[Decimal | None] = mapped_column(price_type())
    height_cm: Mapped[Decimal | None] = mapped_column(price_type())

    shipment: Mapped[Shipment] = relationship(back_populates="packages")
    lines: Mapped[list[PackageLine]] = relationship(back_populates="package", passive_deletes="all")


class PackageLine(Keyed, Base):
    """What is in a package; base units."""

    __tablename__ = "package_lines"
    __record__ = ("packages", "package_id")
    __table_args__ = (
        sa.UniqueConstraint("package_id", "shipment_line_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    package_id: Mapped[int] = mapped_column(sa.ForeignKey("packages.id", ondelete="RESTRICT"), index=True)
    shipment_line_id: Mapped[int] = mapped_column(sa.ForeignKey("shipment_lines.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[quantity_column]

    package: Mapped[Package] = relationship(back_populates="lines")
    shipment_line: Mapped[ShipmentLine] = relationship()


class TrackingKind(StrEnum):
    """What happened on the way."""

    HANDED_OVER = "handed_over"
    DEPARTED = "departed"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    FAILED = "failed"
    RETURNED = "returned"  #: back in the house
    REPLANNED = "replanned"
    NOTE = "note"


class TrackingEvent(Keyed, Base):
    """One fact about a shipment on its way; rows are only added."""

    __tablename__ = "tracking_events"
    __record__ = ("shipments", "shipment_id")
    __table_args__ = (sa.UniqueConstraint("shipment_id", "intake_key"),)
    shipment_id: Mapped[int] = mapped_column(sa.ForeignKey("shipments.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[TrackingKind] = enum_column(TrackingKind)
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime())
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    booked_by: Mapped[str] = mapped_column(sa.String(100))
    is_public: Mapped[bool] = mapped_column(default=True)  #: shown to the customer
    intake_key: Mapped[str | None] = mapped_column(sa.String(80))


constraint_sentence("ck_shipment_lines_shipped_within_packed", N_("More would leave than is packed."))
constraint_sentence("ck_shipment_lines_outcome_within_shipped", N_("More would arrive than has left."))
constraint_sentence("uq_carriers_code", N_("There is already a carrier with this code."))
constraint_sentence("uq_vehicles_plate", N_("There is already a vehicle with this plate."))
