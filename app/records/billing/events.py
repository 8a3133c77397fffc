"""Facts about claims and money, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfOrder(Event):
    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


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
class _OfInvoice(Event):
    invoice_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The invoice."""
        return ("invoices", self.invoice_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfPayment(Event):
    payment_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The payment."""
        return ("payments", self.payment_id)


@named("billing.order.set_up")
@dataclasses.dataclass(frozen=True, kw_only=True)
class BillingSetUp(_OfOrder):
    """Title, terms, deposit and credit are confirmed."""


@named("billing.order.differs")
@dataclasses.dataclass(frozen=True, kw_only=True)
class BillingDiffers(_OfOrder):
    """Papers and what is owed differ, and nobody else's work will change that."""


@named("billing.order.agrees")
@dataclasses.dataclass(frozen=True, kw_only=True)
class BillingAgrees(_OfOrder):
    """Papers say what is owed again."""


@named("billing.shipment.billable")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentBillable(_OfShipmentOfOrder):
    """Something that left may be invoiced."""


@named("billing.shipment.invoiced")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ShipmentInvoiced(_OfShipmentOfOrder):
    """Everything billable of a shipment is invoiced."""


@named("billing.invoice.posted")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoicePosted(_OfInvoice):
    """A claim was made."""

    order_id: int | None = None


@named("billing.invoice.draft_thrown_away")
@dataclasses.dataclass(frozen=True, kw_only=True)
class DraftThrownAway(_OfInvoice):
    """What a draft claimed is to be invoiced again, or not at all."""

    order_id: int


@named("billing.invoice.credited")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceCredited(_OfInvoice):
    """A claim was reduced."""

    credit_note_id: int


@named("billing.invoice.overdue")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceOverdue(_OfInvoice):
    """Not paid in time."""

    order_id: int | None = None


@named("billing.invoice.disputed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceDisputed(_OfInvoice):
    """The customer does not agree."""

    reason: str


@named("billing.invoice.settled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class InvoiceSettled(_OfInvoice):
    """Nothing is open any more."""

    order_id: int | None = None


@named("billing.payment.received")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PaymentReceived(_OfPayment):
    """Money came in."""
