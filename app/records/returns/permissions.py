"""Who may see goods on their way back."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, permission, row_scope
from app.records.orders.models import Order
from app.records.returns.models import (
    CustomerReturn,
    CustomerReturnFinding,
    CustomerReturnLine,
    CustomerReturnRefund,
    DebitNote,
    DebitNoteLine,
    SupplierReturn,
    SupplierReturnLine,
)


class Permissions(PermissionSet, package="returns"):
    """Rights to read returns and debit notes."""

    RETURN_READ = permission("return.read", N_("See customers' returns"), reads=CustomerReturn)
    SUPPLIER_RETURN_READ = permission(
        "supplier_return.read", N_("See goods that go back to suppliers"), reads=SupplierReturn
    )
    DEBIT_NOTE_READ = permission("debit_note.read", N_("See debit notes"), reads=DebitNote)


P = Permissions
_customers = {P.RETURN_READ: "all"}
_suppliers = {P.SUPPLIER_RETURN_READ: "all"}
DEFAULT_GRANTS = {
    "admin": {**_customers, **_suppliers},
    "director": {**_customers, **_suppliers, P.DEBIT_NOTE_READ: "all"},
    "sales": _customers,
    "sales_manager": _customers,
    "warehouse": {**_customers, **_suppliers},
    "logistics": _customers,
    "purchasing": {**_suppliers, P.DEBIT_NOTE_READ: "all"},
    "finance": {**_customers, **_suppliers, P.DEBIT_NOTE_READ: "all"},
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}

for child in (CustomerReturnLine, CustomerReturnFinding, CustomerReturnRefund):
    follows(child, "return_id", CustomerReturn)
follows(SupplierReturnLine, "return_id", SupplierReturn)
follows(DebitNoteLine, "debit_note_id", DebitNote)
row_scope(CustomerReturn, "own")(
    lambda actor: CustomerReturn.order_id.in_(sa.select(Order.id).where(Order.owner_id == actor.user_id))
)
