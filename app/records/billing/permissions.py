"""Who may see claims and money."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, permission
from app.records.billing.models import Invoice, InvoiceLine, Payment, Settlement


class Permissions(PermissionSet, package="billing"):
    """Rights to read invoices and payments."""

    INVOICE_READ = permission("invoice.read", N_("See invoices"), reads=Invoice)
    PAYMENT_READ = permission("payment.read", N_("See payments"), reads=Payment)
    INVOICE_EXPORT = permission("invoice.export", N_("Export invoices and payments"))


P = Permissions
DEFAULT_GRANTS = {
    "admin": {P.INVOICE_READ: "all"},
    "director": {P.INVOICE_READ: "all", P.PAYMENT_READ: "all"},
    "sales": {P.INVOICE_READ: "all"},
    "sales_manager": {P.INVOICE_READ: "all", P.PAYMENT_READ: "all"},
    "finance": {P.INVOICE_READ: "all", P.PAYMENT_READ: "all", P.INVOICE_EXPORT: "all"},
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}

follows(InvoiceLine, "invoice_id", Invoice)
follows(Settlement, "invoice_id", Invoice)
