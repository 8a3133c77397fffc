"""Goods on their way back: returns of customers with what was found of them, returns to suppliers, and debit notes.

A customer's return has three readers: sales authorises it, the warehouse takes it in and says what becomes of every
piece, finance pays back. An order line's ``returned`` is what came back of it for good: what was received here, less what
was sent back to the customer, less what was delivered anew without charge. So a bill over what is owed stays right.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.states import Machine
from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import (
    UtcDateTime,
    currency_column,
    enum_column,
    money_column,
    quantity_column,
    rate_column,
)
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Party
from app.records.supply.models import PurchaseOrder, Receipt, ReceiptLine

ZERO = Decimal(0)


class ReturnState(StrEnum):
    """The way of a customer's return; from ``authorised`` on it follows from the quantities of its lines."""

    REQUESTED = "requested"
    AUTHORISED = "authorised"
    RECEIVED = "received"  #: something is here; more may come, or waits to be inspected
    INSPECTED = "inspected"  #: all is inspected; money or goods are still owed to the customer
    CLOSED = "closed"
    REFUSED = "refused"
    CANCELLED = "cancelled"


R = ReturnState

return_states: Machine[ReturnState] = Machine(
    "return",
    {
        R.REQUESTED: {R.AUTHORISED, R.REFUSED, R.CANCELLED},
        R.AUTHORISED: {R.RECEIVED, R.CANCELLED},
        R.RECEIVED: {R.INSPECTED, R.CLOSED},
        R.INSPECTED: {R.RECEIVED, R.CLOSED},
        R.CLOSED: set(),
        R.REFUSED: set(),
        R.CANCELLED: set(),
    },
)

#: states in which goods of a return may still come
EXPECTING = (R.REQUESTED, R.AUTHORISED, R.RECEIVED)


class Outcome(StrEnum):
    """What becomes of goods that came back."""

    RESTOCK = "restock"  #: as good as new: on the shelf, at the cost they left with
    SCRAP = "scrap"  #: written off
    REPAIR = "repair"  #: repaired, and then sent back to the customer
    REJECT = "reject"  #: the claim is not right: held until they are sent back to the customer


class Remedy(StrEnum):
    """What the customer gets for goods that came back."""

    REFUND = "refund"
    REPLACE = "replace"
    NONE = "none"  #: their own goods again


#: what goes with what: who gets the same goods back gets nothing else for them
REMEDIES: dict[Outcome, tuple[Remedy, ...]] = {
    Outcome.RESTOCK: (Remedy.REFUND, Remedy.REPLACE),
    Outcome.SCRAP: (Remedy.REFUND, Remedy.REPLACE),
    Outcome.REPAIR: (Remedy.NONE,),
    Outcome.REJECT: (Remedy.NONE,),
}


class CustomerReturn(Keyed, Versioned, Timestamped, Base):
    """Goods of one order that its customer wants to give back."""

    __tablename__ = "customer_returns"
    __personal__ = frozenset({"customer_words"})
    __table_args__ = (
        sa.UniqueConstraint("intake_key"),
        sa.Index("ix_customer_returns_state_id", "state", "id"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    warehouse_id: Mapped[int] = mapped_column(sa.ForeignKey("warehouses.id", ondelete="RESTRICT"), index=True)
    #: where its goods lie until they are inspected; known with the first arrival
    inspection_place_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True
    )
    state: Mapped[ReturnState] = enum_column(ReturnState, default=ReturnState.REQUESTED)
    reason: Mapped[str] = mapped_column(sa.String(300))
    customer_words: Mapped[str] = mapped_column(sa.Text(), default="")
    case_id: Mapped[int | None] = mapped_column(sa.BigInteger(), index=True)  #: the feedback case it came from
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime())
    requested_by: Mapped[str] = mapped_column(sa.String(100))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    decided_by: Mapped[str] = mapped_column(sa.String(100), default="")
    decision_note: Mapped[str] = mapped_column(sa.String(300), default="")  #: why refused, cancelled or cut short
    sent_back_with: Mapped[str] = mapped_column(sa.String(100), default="")  #: carrier and number of what went back
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    intake_key: Mapped[str | None] = mapped_column(sa.String(80))

    order: Mapped[Order] = relationship()
    lines: Mapped[list[CustomerReturnLine]] = relationship(
        back_populates="customer_return", order_by="CustomerReturnLine.id", passive_deletes="all"
    )


#: cumulative quantities of a return's line, base units
RETURN_QUANTITIES = (
    "requested", "cancelled", "received", "restocked", "scrapped", "repaired", "rejected", "sent_back", "replaced",
    "refundable", "refunded",
)  # fmt: skip


class CustomerReturnLine(Keyed, Versioned, Base):
    """How much of an order line comes back, and what was found of it; base units."""

    __tablename__ = "customer_return_lines"
    __record__ = ("customer_returns", "return_id")
    __table_args__ = (
        sa.UniqueConstraint("return_id", "order_line_id"),
        sa.CheckConstraint("requested > 0", name="requested_positive"),
        *(sa.CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative") for name in RETURN_QUANTITIES[1:]),
        sa.CheckConstraint("received + cancelled <= requested", name="received_within_requested"),
        sa.CheckConstraint("restocked + scrapped + repaired + rejected <= received", name="inspected_within_received"),
        sa.CheckConstraint("sent_back <= repaired + rejected", name="sent_back_within_held"),
        sa.CheckConstraint("refundable + replaced <= restocked + scrapped", name="made_good_within_kept"),
        sa.CheckConstraint("refunded <= refundable", name="refunded_within_refundable"),
    )
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_returns.id", ondelete="RESTRICT"), index=True)
    order_line_id: Mapped[int] = mapped_column(sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True)
    requested: Mapped[quantity_column]
    cancelled: Mapped[quantity_column] = mapped_column(default=ZERO)  #: of it, will not come
    received: Mapped[quantity_column] = mapped_column(default=ZERO)
    restocked: Mapped[quantity_column] = mapped_column(default=ZERO)
    scrapped: Mapped[quantity_column] = mapped_column(default=ZERO)
    repaired: Mapped[quantity_column] = mapped_column(default=ZERO)
    rejected: Mapped[quantity_column] = mapped_column(default=ZERO)
    sent_back: Mapped[quantity_column] = mapped_column(default=ZERO)  #: of repaired and rejected
    replaced: Mapped[quantity_column] = mapped_column(default=ZERO)  #: delivered anew without charge
    refundable: Mapped[quantity_column] = mapped_column(default=ZERO)
    refunded: Mapped[quantity_column] = mapped_column(default=ZERO)  #: of it, settled: credited, or never invoiced

    customer_return: Mapped[CustomerReturn] = relationship(back_populates="lines")
    order_line: Mapped[OrderLine] = relationship()

    @property
    def expected(self) -> Decimal:
        """Still to come."""
        return self.requested - self.cancelled - self.received

    @property
    def to_inspect(self) -> Decimal:
        """Here, and nobody has said what becomes of it."""
        return self.received - self.restocked - self.scrapped - self.repaired - self.rejected

    @property
    def held(self) -> Decimal:
        """The customer's own goods that wait to be sent back."""
        return self.repaired + self.rejected - self.sent_back

    @property
    def to_refund(self) -> Decimal:
        """Owed to the customer in money."""
        return self.refundable - self.refunded

    @property
    def for_good(self) -> Decimal:
        """What of it counts as returned on the order line."""
        return self.received - self.sent_back - self.replaced


class CustomerReturnFinding(Keyed, Base):
    """Somebody looked at so many pieces and said what becomes of them; one that was mistaken is taken back."""

    __tablename__ = "customer_return_findings"
    __record__ = ("customer_returns", "return_id")
    __table_args__ = (
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
        sa.CheckConstraint(
            "(outcome in ('restock', 'scrap')) = (remedy in ('refund', 'replace'))", name="remedy_fits_outcome"
        ),
        sa.CheckConstraint("outcome <> 'restock' or location_id is not null", name="restocked_somewhere"),
    )
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_returns.id", ondelete="RESTRICT"), index=True)
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_return_lines.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[quantity_column]
    outcome: Mapped[Outcome] = enum_column(Outcome)
    remedy: Mapped[Remedy] = enum_column(Remedy)
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    location_id: Mapped[int | None] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    #: the order that delivers the same goods again without charge
    replacement_order_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True
    )
    found_at: Mapped[datetime] = mapped_column(UtcDateTime())
    found_by: Mapped[str] = mapped_column(sa.String(100))
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    line: Mapped[CustomerReturnLine] = relationship()


class CustomerReturnRefund(Keyed, Base):
    """So many pieces of a return are credited by this line of a credit note."""

    __tablename__ = "customer_return_refunds"
    __record__ = ("customer_returns", "return_id")
    __table_args__ = (
        sa.UniqueConstraint("line_id", "credit_line_id"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_returns.id", ondelete="RESTRICT"), index=True)
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("customer_return_lines.id", ondelete="RESTRICT"), index=True)
    credit_line_id: Mapped[int] = mapped_column(sa.ForeignKey("invoice_lines.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[quantity_column]


class SupplierReturnState(StrEnum):
    """The way of goods back to their supplier."""

    REQUESTED = "requested"
    SENT = "sent"  #: gone; the supplier owes the money or a lower bill
    SETTLED = "settled"
    CANCELLED = "cancelled"


SR = SupplierReturnState

supplier_return_states: Machine[SupplierReturnState] = Machine(
    "supplier_return",
    {
        SR.REQUESTED: {SR.SENT, SR.CANCELLED},
        SR.SENT: {SR.SETTLED},
        SR.SETTLED: set(),
        SR.CANCELLED: set(),
    },
)


class SupplierReturn(Keyed, Versioned, Timestamped, Base):
    """Goods of one receipt that go back to the supplier."""

    __tablename__ = "supplier_returns"
    __table_args__ = (
        sa.UniqueConstraint("intake_key"),
        sa.Index("ix_supplier_returns_state_id", "state", "id"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    receipt_id: Mapped[int] = mapped_column(sa.ForeignKey("receipts.id", ondelete="RESTRICT"), index=True)
    purchase_order_id: Mapped[int] = mapped_column(sa.ForeignKey("purchase_orders.id", ondelete="RESTRICT"), index=True)
    state: Mapped[SupplierReturnState] = enum_column(SupplierReturnState, default=SupplierReturnState.REQUESTED)
    reason: Mapped[str] = mapped_column(sa.String(300))
    requested_by: Mapped[str] = mapped_column(sa.String(100))
    sent_with: Mapped[str] = mapped_column(sa.String(100), default="")  #: carrier and number
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    settled_by: Mapped[str] = mapped_column(sa.String(200), default="")  #: in words: the bill or the debit note
    close_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    intake_key: Mapped[str | None] = mapped_column(sa.String(80))

    receipt: Mapped[Receipt] = relationship()
    purchase_order: Mapped[PurchaseOrder] = relationship()
    lines: Mapped[list[SupplierReturnLine]] = relationship(
        back_populates="supplier_return", order_by="SupplierReturnLine.id", passive_deletes="all"
    )


class SupplierReturnLine(Keyed, Versioned, Base):
    """How much of a receipt line goes back, from where; base units."""

    __tablename__ = "supplier_return_lines"
    __record__ = ("supplier_returns", "return_id")
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"),)
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier_returns.id", ondelete="RESTRICT"), index=True)
    receipt_line_id: Mapped[int] = mapped_column(sa.ForeignKey("receipt_lines.id", ondelete="RESTRICT"), index=True)
    #: where they lie; none for pieces that were rejected at the door and never were stock
    location_id: Mapped[int | None] = mapped_column(sa.ForeignKey("locations.id", ondelete="RESTRICT"), index=True)
    quantity: Mapped[quantity_column]

    supplier_return: Mapped[SupplierReturn] = relationship(back_populates="lines")
    receipt_line: Mapped[ReceiptLine] = relationship()


class DebitNote(Keyed, Versioned, Timestamped, Base):
    """What we take off a supplier's bill, or claim of the supplier, for goods that went back."""

    __tablename__ = "debit_notes"
    __table_args__ = (
        sa.CheckConstraint("net_total + tax_total = gross_total", name="totals_add_up"),
        sa.CheckConstraint("gross_total >= 0", name="gross_not_negative"),
        sa.CheckConstraint("settled >= 0 and settled <= gross_total", name="settled_within_total"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40), unique=True)
    supplier_return_id: Mapped[int] = mapped_column(
        sa.ForeignKey("supplier_returns.id", ondelete="RESTRICT"), unique=True
    )
    bill_id: Mapped[int] = mapped_column(sa.ForeignKey("supplier_bills.id", ondelete="RESTRICT"), index=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    supplier_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    currency: Mapped[currency_column]
    rate: Mapped[rate_column] = mapped_column(default=Decimal(1))
    net_total: Mapped[money_column]
    tax_total: Mapped[money_column]
    gross_total: Mapped[money_column]
    settled: Mapped[money_column] = mapped_column(default=ZERO)  #: taken off the bill; the rest is claimed
    issued_on: Mapped[date] = mapped_column(sa.Date())
    posted_by: Mapped[str] = mapped_column(sa.String(100))

    supplier: Mapped[Party] = relationship()
    supplier_return: Mapped[SupplierReturn] = relationship()
    lines: Mapped[list[DebitNoteLine]] = relationship(
        back_populates="debit_note", order_by="DebitNoteLine.position", passive_deletes="all"
    )

    @property
    def claimed(self) -> Decimal:
        """What the supplier has to pay, because the bill leaves no room for it."""
        return self.gross_total - self.settled


class DebitNoteLine(Keyed, Base):
    """One line of a debit note: base units, at the price of the purchase order."""

    __tablename__ = "debit_note_lines"
    __record__ = ("debit_notes", "debit_note_id")
    __table_args__ = (
        sa.UniqueConstraint("debit_note_id", "position"),
        sa.CheckConstraint("net + tax = gross", name="amounts_add_up"),
        sa.CheckConstraint("quantity > 0", name="quantity_positive"),
    )
    debit_note_id: Mapped[int] = mapped_column(sa.ForeignKey("debit_notes.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer())
    return_line_id: Mapped[int] = mapped_column(
        sa.ForeignKey("supplier_return_lines.id", ondelete="RESTRICT"), index=True
    )
    quantity: Mapped[quantity_column]
    net: Mapped[money_column]
    tax: Mapped[money_column]
    gross: Mapped[money_column]

    debit_note: Mapped[DebitNote] = relationship(back_populates="lines")
    return_line: Mapped[SupplierReturnLine] = relationship()


constraint_sentence("uq_customer_returns_intake_key", N_("This return has been requested already."))
constraint_sentence("uq_supplier_returns_intake_key", N_("This return has been requested already."))
constraint_sentence("uq_debit_notes_supplier_return_id", N_("A debit note for this return exists already."))
constraint_sentence("ck_customer_return_lines_received_within_requested", N_("More would come back than was agreed."))
constraint_sentence("ck_customer_return_lines_refunded_within_refundable", N_("More would be refunded than is owed."))
