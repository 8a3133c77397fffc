"""Facts about claims and money, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@named("billing.order.set_up")
@dataclasses.dataclass(frozen=True, kw_only=True)
class BillingSetUp(Event):
    """Title, terms, deposit and credit are confirmed."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("billing.shipment.billable")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentBillable(Event):
    """Something that left may be invoiced."""

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


@named("billing.shipment.invoiced")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentInvoiced(Event):
    """Everything billable of a shipment is invoiced."""

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


@named("billing.invoice.posted")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoicePosted(Event):
    """A claim was made."""

    invoice_id: int
    order_id: int | None = None

    @property
    def subject(self) -> tuple[str, int]:
        """The invoice."""
        return ("invoices", self.invoice_id)


@named("billing.invoice.credited")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceCredited(Event):
    """A claim was reduced."""

    invoice_id: int
    credit_note_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The invoice."""
        return ("invoices", self.invoice_id)


@named("billing.invoice.overdue")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceOverdue(Event):
    """Not paid in time."""

    invoice_id: int
    order_id: int | None = None

    @property
    def subject(self) -> tuple[str, int]:
        """The invoice."""
        return ("invoices", self.invoice_id)


@named("billing.invoice.disputed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceDisputed(Event):
    """The customer does not agree."""

    invoice_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The invoice."""
        return ("invoices", self.invoice_id)


@named("billing.invoice.settled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceSettled(Event):
    """Nothing is open any more."""

    invoice_id: int
    order_id: int | None = None

    @property
    def subject(self) -> tuple[str, int]:
        """The invoice."""
        return ("invoices", self.invoice_id)


@named("billing.payment.received")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PaymentReceived(Event):
    """Money came in."""

    payment_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The payment."""
        return ("payments", self.payment_id)
