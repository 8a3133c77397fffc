"""What we buy: requisitions, purchase orders, receipts, supplier bills."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import (
    Json,
    UtcDateTime,
    currency_column,
    enum_column,
    money_column,
    percent_column,
    price_column,
    quantity_column,
    rate_column,
)
from app.records.catalog.models import Product, Unit
from app.records.parties.models import Party, PriceBasis


class RequisitionState(StrEnum):
    """The way of an internal demand."""

    OPEN = "open"
    SOURCED = "sourced"
    ORDERED = "ordered"
    DONE = "done"
    EXCEPTION = "exception"
    CANCELLED = "cancelled"


class PurchaseState(StrEnum):
    """The way of a purchase order."""

    DRAFT = "draft"
    APPROVED = "approved"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    PARTLY_RECEIVED = "partly_received"
    RECEIVED = "received"
    CLOSED = "closed"
    CLOSED_SHORT = "closed_short"
    CANCELLED = "cancelled"


class ReceiptState(StrEnum):
    """The way of goods coming in."""

    ARRIVED = "arrived"
    PUT_AWAY = "put_away"
    MATCHED = "matched"


class BillState(StrEnum):
    """The way of a supplier's bill."""

    RECEIVED = "received"
    MATCHED = "matched"
    EXCEPTION = "exception"
    POSTED = "posted"
    CANCELLED = "cancelled"


class Requisition(Keyed, Versioned, Timestamped, Base):
    """Demand for one product at one warehouse in one need window, asked for once."""

    __tablename__ = "requisitions"
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint("ordered >= 0", name="ordered_not_negative"),
        sa.Index(
            "uq_requisitions_need", "product_id", "warehouse_id", "needed_by", unique=True,
            postgresql_where=sa.text("state in ('open', 'sourced')"),
            sqlite_where=sa.text("state in ('open', 'sourced')"),
        ),
        sa.Index("ix_requisitions_state_id", "state", "id"),
    )  # fmt: skip
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    warehouse_id: Mapped[int] = mapped_column(sa.ForeignKey("warehouses.id", ondelete="RESTRICT"), index=True)
    needed_by: Mapped[date] = mapped_column(sa.Date())  #: Monday of the week of need: the window
    quantity: Mapped[quantity_column]  #: base units, sum of its origins
    ordered: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: of it on purchase orders
    state: Mapped[RequisitionState] = enum_column(RequisitionState, default=RequisitionState.OPEN)
    buyer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    note: Mapped[str] = mapped_column(sa.String(300), default="")

    product: Mapped[Product] = relationship()
    origins: Mapped[list[RequisitionOrigin]] = relationship(back_populates="requisition", passive_deletes="all")


class RequisitionOrigin(Keyed, Versioned, Base):
    """The order line whose shortage asked for it; once per line and requisition."""

    __tablename__ = "requisition_origins"
    __record__ = ("requisitions", "requisition_id")
    __table_args__ = (
        sa.UniqueConstraint("requisition_id", "order_line_id"),
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )
    requisition_id: Mapped[int] = mapped_column(sa.ForeignKey("requisitions.id", ondelete="RESTRICT"), index=True)
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[quantity_column]

    requisition: Mapped[Requisition] = relationship(back_populates="origins")


class PurchaseOrder(Keyed, Versioned, Timestamped, Base):
    """Our commitment to a supplier."""

    __tablename__ = "purchase_orders"
    __table_args__ = (
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("rate > 0", name="rate_positive"),
        sa.CheckConstraint("net_total + tax_total = gross_total", name="totals_add_up"),
        sa.Index("ix_purchase_orders_state_id", "state", "id"),
        sa.Index("ix_purchase_orders_supplier_id_id", "supplier_id", "id"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"))
    warehouse_id: Mapped[int] = mapped_column(sa.ForeignKey("warehouses.id", ondelete="RESTRICT"), index=True)
    state: Mapped[PurchaseState] = enum_column(PurchaseState, default=PurchaseState.DRAFT)
    is_history: Mapped[bool] = mapped_column(default=False)  #: imported: starts no clock
    buyer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    currency: Mapped[currency_column]
    rate: Mapped[rate_column] = mapped_column(default=Decimal(1))
    price_basis: Mapped[PriceBasis] = enum_column(PriceBasis, default=PriceBasis.EXCLUDED)
    net_total: Mapped[money_column] = mapped_column(default=Decimal(0))
    tax_total: Mapped[money_column] = mapped_column(default=Decimal(0))
    gross_total: Mapped[money_column] = mapped_column(default=Decimal(0))
    payment_term_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("payment_terms.id", ondelete="RESTRICT"), index=True
    )
    supplier_reference: Mapped[str] = mapped_column(sa.String(80), default="")
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    ordered_on: Mapped[date | None] = mapped_column(sa.Date())
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    acknowledged_by: Mapped[str] = mapped_column(sa.String(100), default="")
    close_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    supplier: Mapped[Party] = relationship()
    lines: Mapped[list[PurchaseOrderLine]] = relationship(
        back_populates="purchase_order", order_by="PurchaseOrderLine.position", passive_deletes="all"
    )


class PurchaseOrderLine(Keyed, Versioned, Base):
    """One product at one price from one supplier. Quantities are cumulative and in base units."""

    __tablename__ = "purchase_order_lines"
    __record__ = ("purchase_orders", "purchase_order_id")
    __table_args__ = (
        sa.UniqueConstraint("purchase_order_id", "position"),
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("unit_factor > 0", name="factor_positive"),
        sa.CheckConstraint("net + tax = gross", name="amounts_add_up"),
        *(
            sa.CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative")
            for name in ("ordered", "cancelled", "received", "rejected", "put_away", "billed")
        ),
        sa.CheckConstraint("cancelled <= ordered", name="cancelled_within_ordered"),
        sa.CheckConstraint("put_away + rejected <= received", name="put_away_within_received"),
        sa.Index("ix_purchase_order_lines_product_id_id", "product_id", "id"),
        sa.Index("ix_purchase_order_lines_promised_date", "promised_date"),
    )
    purchase_order_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase_orders.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer())
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"))
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    supplier_part_number: Mapped[str] = mapped_column(sa.String(80), default="")
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    unit_factor: Mapped[rate_column] = mapped_column(default=Decimal(1))
    entered_quantity: Mapped[quantity_column]
    ordered: Mapped[quantity_column]
    cancelled: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    received: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: arrived, good or bad
    rejected: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    put_away: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    billed: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    unit_price: Mapped[price_column]  #: of one entered unit
    discount_percent: Mapped[percent_column] = mapped_column(default=Decimal(0))
    tax_percent: Mapped[percent_column] = mapped_column(default=Decimal(0))
    net: Mapped[money_column]
    tax: Mapped[money_column]
    gross: Mapped[money_column]
    requested_date: Mapped[date | None] = mapped_column(sa.Date())
    first_promised_date: Mapped[date | None] = mapped_column(sa.Date())  #: kept forever
    promised_date: Mapped[date | None] = mapped_column(sa.Date())
    requisition_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("requisitions.id", ondelete="RESTRICT"), index=True
    )
    order_line_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True
    )  #: bought for it
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    purchase_order: Mapped[PurchaseOrder] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def incoming(self) -> Decimal:
        """Still to come; never negative after an over-receipt."""
        return max(Decimal(0), self.ordered - self.cancelled - self.received)


class SupplierAnswer(Keyed, Base):
    """What the supplier said to the order we sent: dates per line, or a refusal."""

    __tablename__ = "supplier_answers"
    __record__ = ("purchase_orders", "purchase_order_id")
    __personal__ = frozenset({"person"})
    purchase_order_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase_orders.id", ondelete="RESTRICT"), index=True)
    accepted: Mapped[bool]
    person: Mapped[str] = mapped_column(sa.String(100))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime())
    words: Mapped[str] = mapped_column(sa.Text(), default="")
    dates: Mapped[dict[str, Any] | None] = mapped_column(Json())  #: line id -> ISO date
    recorded_by: Mapped[str] = mapped_column(sa.String(100))


class Receipt(Keyed, Versioned, Timestamped, Base):
    """Goods that came in with one delivery."""

    __tablename__ = "receipts"
    __table_args__ = (
        sa.UniqueConstraint("intake_key"),
        sa.Index("ix_receipts_state_id", "state", "id"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    purchase_order_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase_orders.id", ondelete="RESTRICT"), index=True)
    warehouse_id: Mapped[int] = mapped_column(sa.ForeignKey("warehouses.id", ondelete="RESTRICT"), index=True)
    state: Mapped[ReceiptState] = enum_column(ReceiptState, default=ReceiptState.ARRIVED)
    delivery_note: Mapped[str] = mapped_column(sa.String(80), default="")  #: the supplier's number
    occurred_on: Mapped[date] = mapped_column(sa.Date())
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime())
    booked_by: Mapped[str] = mapped_column(sa.String(100))
    intake_key: Mapped[str | None] = mapped_column(sa.String(80))

    purchase_order: Mapped[PurchaseOrder] = relationship()
    lines: Mapped[list[ReceiptLine]] = relationship(back_populates="receipt", passive_deletes="all")


class ReceiptLine(Keyed, Versioned, Base):
    """What came of one purchase order line; base units."""

    __tablename__ = "receipt_lines"
    __record__ = ("receipts", "receipt_id")
    __table_args__ = (
        sa.CheckConstraint("received > 0", name="received_positive"),
        sa.CheckConstraint("rejected >= 0 and put_away >= 0", name="parts_not_negative"),
        sa.CheckConstraint("put_away + rejected <= received", name="put_away_within_received"),
    )
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipts.id", ondelete="RESTRICT"), index=True)
    purchase_order_line_id: Mapped[int] = mapped_column(
        sa.ForeignKey("purchase_order_lines.id", ondelete="RESTRICT"), index=True
    )
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    lot_id: Mapped[int | None] = mapped_column(sa.ForeignKey("lots.id", ondelete="RESTRICT"), index=True)
    received: Mapped[quantity_column]
    rejected: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    reject_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    put_away: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    unit_cost: Mapped[price_column]  #: company currency per base unit, tax excluded

    receipt: Mapped[Receipt] = relationship(back_populates="lines")
    product: Mapped[Product] = relationship()


class SupplierBill(Keyed, Versioned, Timestamped, Base):
    """What a supplier wants to be paid."""

    __tablename__ = "supplier_bills"
    __table_args__ = (
        sa.UniqueConstraint("supplier_id", "supplier_number"),
        sa.CheckConstraint("net_total + tax_total = gross_total", name="totals_add_up"),
        sa.CheckConstraint("settled >= 0 and settled <= gross_total", name="settled_within_total"),
        sa.Index("ix_supplier_bills_state_id", "state", "id"),
    )
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    supplier_number: Mapped[str] = mapped_column(sa.String(80))
    purchase_order_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("purchase_orders.id", ondelete="RESTRICT"), index=True
    )
    receipt_id: Mapped[int | None] = mapped_column(sa.ForeignKey("receipts.id", ondelete="RESTRICT"), index=True)
    state: Mapped[BillState] = enum_column(BillState, default=BillState.RECEIVED)
    currency: Mapped[currency_column]
    rate: Mapped[rate_column] = mapped_column(default=Decimal(1))
    net_total: Mapped[money_column]
    tax_total: Mapped[money_column]
    gross_total: Mapped[money_column]
    settled: Mapped[money_column] = mapped_column(default=Decimal(0))
    billed_on: Mapped[date] = mapped_column(sa.Date())
    due_on: Mapped[date] = mapped_column(sa.Date())
    problem: Mapped[str] = mapped_column(sa.String(300), default="")

    supplier: Mapped[Party] = relationship()


constraint_sentence("uq_supplier_bills_supplier_id_supplier_number", N_("This bill of the supplier is booked already."))
constraint_sentence("uq_requisitions_need", N_("This need has been requested already."))
constraint_sentence("uq_receipts_intake_key", N_("This receipt has been booked already."))
