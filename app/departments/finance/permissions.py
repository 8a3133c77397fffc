"""What finance may do."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission


class Permissions(PermissionSet, package="finance"):
    """Rights of the finance department."""

    BILLING_SET_UP = permission("billing.set_up", N_("Confirm billing title, terms and deposit of an order"))
    INVOICE_DRAFT = permission("invoice.draft", N_("Draft invoices from what was ordered or shipped"))
    INVOICE_POST = permission("invoice.post", N_("Post invoices: number them for good and start the due date"))
    INVOICE_DISPUTE = permission("invoice.dispute", N_("Mark an invoice as disputed by the customer, or settled again"))
    CREDIT_NOTE = permission("credit_note.create", N_("Give credit notes"))
    PAYMENT_RECORD = permission("payment.record", N_("Record payments"))
    PAYMENT_ALLOCATE = permission("payment.allocate", N_("Settle invoices with payments and take it back"))
    BILL_RECORD = permission("bill.record", N_("Record supplier bills and match them to receipts"))
    DEBIT_NOTE = permission("debit_note.create", N_("Claim what went back to suppliers with debit notes"))
    RECEIVABLES_READ = permission("receivables.read", N_("See receivables by age"))


P = Permissions
_work = dict.fromkeys(
    (
        P.BILLING_SET_UP,
        P.INVOICE_DRAFT,
        P.INVOICE_POST,
        P.INVOICE_DISPUTE,
        P.CREDIT_NOTE,
        P.PAYMENT_RECORD,
        P.PAYMENT_ALLOCATE,
        P.BILL_RECORD,
        P.DEBIT_NOTE,
        P.RECEIVABLES_READ,
    ),
    "all",
)
DEFAULT_GRANTS = {
    "finance": _work,
    "director": {P.RECEIVABLES_READ: "all"},
    "sales_manager": {P.RECEIVABLES_READ: "all", P.INVOICE_DISPUTE: "all"},
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}
