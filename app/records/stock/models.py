"""Stock: the append-only ledger is the truth, levels change with it in the same transaction."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import UtcDateTime, enum_column, money_column, price_column, quantity_column
from app.records.catalog.models import Product
from app.records.parties.models import Company


class LocationKind(StrEnum):
    """What a place is for; only storage places are allocated from."""

    RECEIVING = "receiving"
    STORAGE = "storage"
    BLOCKED = "blocked"
    DISPATCH = "dispatch"


class MoveKind(StrEnum):
    """Why stock changed."""

    OPENING = "opening"
    RECEIPT = "receipt"
    PUT_AWAY = "put_away"
    SHIPMENT = "shipment"
    FAILED_DELIVERY = "failed_delivery"  #: came back undelivered
    CUSTOMER_RETURN = "customer_return"
    SUPPLIER_RETURN = "supplier_return"
    TRANSFER = "transfer"
    ADJUSTMENT = "adjustment"
    COUNT = "count"
    REVALUATION = "revaluation"  #: value only, quantity 0


class Warehouse(Keyed, Versioned, Base):
    """A building with stock."""

    __tablename__ = "warehouses"
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    address: Mapped[str] = mapped_column(sa.Text(), default="")
    is_default: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)

    company: Mapped[Company] = relationship()


class Location(Keyed, Versioned, Base):
    """A place in a warehouse; ``walk_order`` is the way of the picker."""

    __tablename__ = "locations"
    __table_args__ = (
        sa.UniqueConstraint("warehouse_id", "code"),
        sa.UniqueConstraint("external_source", "external_key"),
    )
    warehouse_id: Mapped[int] = mapped_column(sa.ForeignKey("warehouses.id", ondelete="RESTRICT"), index=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    kind: Mapped[LocationKind] = enum_column(LocationKind, default=LocationKind.STORAGE)
    walk_order: Mapped[int] = mapped_column(sa.Integer(), default=1000)
    is_active: Mapped[bool] = mapped_column(default=True)
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    warehouse: Mapped[Warehouse] = relationship()


class Lot(Keyed, Versioned, Base):
    """A batch of a product."""

    __tablename__ = "lots"
    __table_args__ = (sa.UniqueConstraint("product_id", "code"),)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    code: Mapped[str] = mapped_column(sa.String(60))
    expires_on: Mapped[date | None] = mapped_column(sa.Date())

    product: Mapped[Product] = relationship()


class StockMove(Keyed, Base):
    """One change of stock at one place: never updated, never deleted; a correction is a new move."""

    __tablename__ = "stock_moves"
    __table_args__ = (
        sa.CheckConstraint("quantity <> 0 or kind = 'revaluation'", name="quantity_not_zero"),
        sa.Index("ix_stock_moves_product_id_id", "product_id", "id"),
        sa.Index("ix_stock_moves_place", "product_id", "location_id", "lot_id"),
        sa.Index("ix_stock_moves_document", "document_table", "document_id"),
        sa.UniqueConstraint("external_source", "external_key"),
    )
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"))
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    lot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lots.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[MoveKind] = enum_column(MoveKind)
    quantity: Mapped[quantity_column]  #: base units, signed: plus comes in
    unit_cost: Mapped[price_column]  #: company currency per base unit
    value: Mapped[money_column]  #: company currency, signed as the quantity
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    occurred_on: Mapped[date] = mapped_column(sa.Date())  #: what the paper says
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    booked_by: Mapped[str] = mapped_column(sa.String(100))
    document_table: Mapped[str] = mapped_column(sa.String(60), default="")  #: the paper behind it
    document_id: Mapped[int | None] = mapped_column(sa.BigInteger())
    order_line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True)
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    product: Mapped[Product] = relationship()
    location: Mapped[Location] = relationship()
    lot: Mapped[Lot | None] = relationship()


class StockLevel(Keyed, Versioned, Base):
    """What lies at one place, and how much of it is held for order lines."""

    __tablename__ = "stock_levels"
    __table_args__ = (
        sa.CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        sa.CheckConstraint("allocated >= 0", name="allocated_not_negative"),
        sa.CheckConstraint("allocated <= on_hand", name="allocated_within_on_hand"),
        sa.CheckConstraint("incoming >= 0", name="incoming_not_negative"),
        sa.Index(
            "uq_stock_levels_place", "product_id", "location_id", unique=True,
            postgresql_where=sa.text("lot_id is null"), sqlite_where=sa.text("lot_id is null"),
        ),
        sa.Index(
            "uq_stock_levels_lot_place", "product_id", "location_id", "lot_id", unique=True,
            postgresql_where=sa.text("lot_id is not null"), sqlite_where=sa.text("lot_id is not null"),
        ),
    )  # fmt: skip
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    lot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lots.id", ondelete="RESTRICT"), index=True)
    on_hand: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    allocated: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    incoming: Mapped[quantity_column] = mapped_column(
        default=Decimal(0)
    )  #: ordered and not yet received, at the receiving place

    product: Mapped[Product] = relationship()
    location: Mapped[Location] = relationship()
    lot: Mapped[Lot | None] = relationship()


class ProductCost(Keyed, Versioned, Base):
    """Moving average cost per company and product; value = sum of move values."""

    __tablename__ = "product_costs"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "product_id"),
        sa.CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
    )
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    on_hand: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    value: Mapped[money_column] = mapped_column(default=Decimal(0))
    average_cost: Mapped[price_column] = mapped_column(default=Decimal(0))  #: kept when the stock is empty


class Allocation(Keyed, Versioned, Timestamped, Base):
    """Stock at one place bound to one order line; 0 once consumed or released."""

    __tablename__ = "allocations"
    __table_args__ = (
        sa.UniqueConstraint("order_line_id", "level_id"),
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
        sa.CheckConstraint("picked >= 0 and picked <= quantity", name="picked_within_quantity"),
        sa.Index(
            "ix_allocations_holding", "order_line_id", "quantity",
            postgresql_where=sa.text("quantity > 0"), sqlite_where=sa.text("quantity > 0"),
        ),
    )  # fmt: skip
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True)
    level_id: Mapped[int] = mapped_column(sa.ForeignKey("stock_levels.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[quantity_column]  #: held now
    picked: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: of it, taken from the shelf

    level: Mapped[StockLevel] = relationship()


constraint_sentence("ck_stock_levels_on_hand_not_negative", N_("There is not enough stock at this place."))
constraint_sentence("ck_stock_levels_allocated_within_on_hand", N_("This stock is held for an order."))
constraint_sentence("uq_locations_warehouse_id_code", N_("The warehouse has this place already."))
