"""Claims and money: invoices, credit notes, payments and what they settle."""

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
    currency_column,
    enum_column,
    money_column,
    percent_column,
    price_column,
    quantity_column,
    rate_column,
)
from app.records.parties.models import Company, Party, PriceBasis

#: beginning of ``intake_key`` of claims that come from the system before ours; they are not of our series of numbers
OPENING_KEY = "opening:"


class InvoiceKind(StrEnum):
    """What a claim is."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceState(StrEnum):
    """A posted invoice never changes; only a credit note takes it back."""

    DRAFT = "draft"
    POSTED = "posted"
    CANCELLED = "cancelled"  #: a draft that was never posted


invoice_states: Machine[InvoiceState] = Machine(
    "invoice",
    {
        InvoiceState.DRAFT: {InvoiceState.POSTED, InvoiceState.CANCELLED},
        InvoiceState.POSTED: set(),
        InvoiceState.CANCELLED: set(),
    },
)


class Invoice(Keyed, Versioned, Timestamped, Base):
    """A claim or its reduction (credit note). All amounts are positive; the kind gives the sign."""

    __tablename__ = "invoices"
    __table_args__ = (
        sa.UniqueConstraint("company_id", "number"),
        sa.UniqueConstraint("intake_key"),
        sa.CheckConstraint("net_total + tax_total = gross_total", name="totals_add_up"),
        sa.CheckConstraint("gross_total >= 0", name="gross_not_negative"),
        sa.CheckConstraint("settled >= 0 and settled <= gross_total", name="settled_within_total"),
        sa.CheckConstraint("(state = 'posted') = (number is not null)", name="posted_has_number"),
        sa.CheckConstraint("kind <> 'credit_note' or reverses_id is not null", name="credit_note_names_invoice"),
        sa.Index("ix_invoices_state_id", "state", "id"),
        sa.Index("ix_invoices_customer_id_id", "customer_id", "id"),
        sa.Index("ix_invoices_due_on_id", "due_on", "id"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40))  #: gapless per company and year, given at posting
    kind: Mapped[InvoiceKind] = enum_column(InvoiceKind, default=InvoiceKind.INVOICE)
    state: Mapped[InvoiceState] = enum_column(InvoiceState, default=InvoiceState.DRAFT)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"))
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"))
    order_id: Mapped[int | None] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    shipment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("shipments.id", ondelete="RESTRICT"), index=True)
    reverses_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    currency: Mapped[currency_column]
    rate: Mapped[rate_column] = mapped_column(default=Decimal(1))
    price_basis: Mapped[PriceBasis] = enum_column(PriceBasis)
    net_total: Mapped[money_column]
    tax_total: Mapped[money_column]
    gross_total: Mapped[money_column]
    settled: Mapped[money_column] = mapped_column(
        default=Decimal(0)
    )  #: sum of what payments and credit notes took off it
    issued_on: Mapped[date] = mapped_column(sa.Date())
    due_on: Mapped[date] = mapped_column(sa.Date())
    billing_title: Mapped[str] = mapped_column(sa.String(200))
    billing_tax_number: Mapped[str] = mapped_column(sa.String(40), default="")
    billing_address: Mapped[dict[str, Any] | None] = mapped_column(Json())  #: as it was at posting
    customer_order_number: Mapped[str] = mapped_column(sa.String(80), default="")
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    is_disputed: Mapped[bool] = mapped_column(default=False)
    dispute_reason: Mapped[str] = mapped_column(sa.String(300), default="")
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    posted_by: Mapped[str] = mapped_column(sa.String(100), default="")
    document_id: Mapped[int | None] = mapped_column(sa.BigInteger())  #: stored file of the PDF
    intake_key: Mapped[str | None] = mapped_column(sa.String(80))

    company: Mapped[Company] = relationship()
    customer: Mapped[Party] = relationship()
    reverses: Mapped[Invoice | None] = relationship(remote_side="Invoice.id")
    lines: Mapped[list[InvoiceLine]] = relationship(
        back_populates="invoice", order_by="InvoiceLine.position", passive_deletes="all"
    )

    @property
    def open_amount(self) -> Decimal:
        """Still to be settled, in the invoice's currency."""
        return self.gross_total - self.settled


class InvoiceLine(Keyed, Base):
    """One line of a claim, copied from the order: quantity in base units, the price as agreed."""

    __tablename__ = "invoice_lines"
    __record__ = ("invoices", "invoice_id")
    __table_args__ = (
        sa.UniqueConstraint("invoice_id", "position"),
        sa.CheckConstraint("net + tax = gross", name="amounts_add_up"),
        sa.CheckConstraint("quantity >= 0", name="quantity_not_negative"),
    )
    invoice_id: Mapped[int] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer())
    order_line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True)
    #: credit note: the invoice line it takes back
    reverses_line_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("invoice_lines.id", ondelete="RESTRICT"), index=True
    )
    description: Mapped[str] = mapped_column(sa.String(300))
    unit_label: Mapped[str] = mapped_column(sa.String(40), default="")
    unit_factor: Mapped[rate_column] = mapped_column(default=Decimal(1))
    quantity: Mapped[quantity_column]  #: base units
    unit_price: Mapped[price_column]  #: of one entered unit, in the invoice's basis
    discount_percent: Mapped[percent_column] = mapped_column(default=Decimal(0))
    tax_percent: Mapped[percent_column]
    net: Mapped[money_column]
    tax: Mapped[money_column]
    gross: Mapped[money_column]

    invoice: Mapped[Invoice] = relationship(back_populates="lines")


class PaymentDirection(StrEnum):
    """Which way the money went."""

    RECEIVED = "received"
    SENT = "sent"


class PaymentMethod(StrEnum):
    """How it was paid."""

    BANK = "bank"
    CASH = "cash"
    CARD = "card"
    ALIPAY = "alipay"
    WECHAT = "wechat"
    ACCEPTANCE = "acceptance"  #: bank acceptance draft
    OTHER = "other"


class Payment(Keyed, Versioned, Timestamped, Base):
    """Money that came or went; ``allocated`` is what of it settles claims."""

    __tablename__ = "payments"
    __table_args__ = (
        sa.UniqueConstraint("intake_key"),
        sa.CheckConstraint("amount > 0", name="amount_positive"),
        sa.CheckConstraint("allocated >= 0 and allocated <= amount", name="allocated_within_amount"),
        sa.Index("ix_payments_party_id_id", "party_id", "id"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    direction: Mapped[PaymentDirection] = enum_column(PaymentDirection, default=PaymentDirection.RECEIVED)
    method: Mapped[PaymentMethod] = enum_column(PaymentMethod, default=PaymentMethod.BANK)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"))
    order_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True
    )  #: deposit for it
    currency: Mapped[currency_column]
    rate: Mapped[rate_column] = mapped_column(default=Decimal(1))
    amount: Mapped[money_column]
    allocated: Mapped[money_column] = mapped_column(default=Decimal(0))
    occurred_on: Mapped[date] = mapped_column(sa.Date())
    reference: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    slip_file_id: Mapped[int | None] = mapped_column(sa.BigInteger())
    booked_by: Mapped[str] = mapped_column(sa.String(100))
    intake_key: Mapped[str | None] = mapped_column(sa.String(80))

    party: Mapped[Party] = relationship()


class Settlement(Keyed, Base):
    """So much of a payment or credit note takes off so much of an invoice; taken back by a row with a minus."""

    __tablename__ = "settlements"
    __record__ = ("invoices", "invoice_id")
    __table_args__ = (
        sa.CheckConstraint("amount <> 0", name="amount_not_zero"),
        sa.CheckConstraint("(payment_id is null) <> (credit_note_id is null)", name="one_source"),
    )
    invoice_id: Mapped[int] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"), index=True)
    payment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("payments.id", ondelete="RESTRICT"), index=True)
    credit_note_id: Mapped[int | None] = mapped_column(sa.ForeignKey("invoices.id", ondelete="RESTRICT"), index=True)
    amount: Mapped[money_column]
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    booked_by: Mapped[str] = mapped_column(sa.String(100))

    invoice: Mapped[Invoice] = relationship(foreign_keys=[invoice_id])


constraint_sentence("uq_invoices_intake_key", N_("This has been invoiced already."))
constraint_sentence("uq_payments_intake_key", N_("This payment has been booked already."))
constraint_sentence("ck_invoices_settled_within_total", N_("More would be settled than the invoice is worth."))
constraint_sentence("ck_payments_allocated_within_amount", N_("More would be settled than was paid."))
