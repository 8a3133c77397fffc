"""Papers of billing: what an invoice and a credit note must be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

from app.platform.documents import PricedPaper, add_templates

add_templates("billing", Path(__file__).parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceData(PricedPaper):
    """A claim on a customer.

    paid: deposits and payments already set against it.  link: the customer's page to see and report payment.
    """

    template: ClassVar[str] = "billing/invoice"

    due_on: date
    order_numbers: tuple[str, ...] = ()
    customer_order_numbers: tuple[str, ...] = ()
    paid: Decimal = Decimal(0)

    def derived(self) -> dict[str, Any]:
        """Also what is still to be paid."""
        return PricedPaper.derived(self) | {"due": format(self.gross - self.paid, "f")}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNoteData(PricedPaper):
    """A reduction of a claim; amounts positive, the paper says that they are taken off."""

    template: ClassVar[str] = "billing/credit_note"

    invoice_number: str
    invoice_issued_on: date
    reason: str
