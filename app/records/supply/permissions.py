"""Who may see what we buy."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, permission, row_scope
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Requisition,
    RequisitionOrigin,
    SupplierAnswer,
    SupplierBill,
)


class Permissions(PermissionSet, package="supply"):
    """Rights to read purchasing documents."""

    REQUISITION_READ = permission("requisition.read", N_("See requisitions"), reads=Requisition)
    PURCHASE_ORDER_READ = permission("purchase_order.read", N_("See purchase orders"), reads=PurchaseOrder)
    RECEIPT_READ = permission("receipt.read", N_("See goods receipts"), reads=Receipt)
    BILL_READ = permission("bill.read", N_("See supplier bills"), reads=SupplierBill)
    PURCHASE_ORDER_EXPORT = permission("purchase_order.export", N_("Export purchase orders"))


P = Permissions
DEFAULT_GRANTS = {
    "admin": {P.REQUISITION_READ: "all", P.PURCHASE_ORDER_READ: "all", P.RECEIPT_READ: "all"},
    "director": {P.REQUISITION_READ: "all", P.PURCHASE_ORDER_READ: "all", P.RECEIPT_READ: "all", P.BILL_READ: "all"},
    "purchasing": {
        P.REQUISITION_READ: "all",
        P.PURCHASE_ORDER_READ: "all",
        P.RECEIPT_READ: "all",
        P.BILL_READ: "all",
        P.PURCHASE_ORDER_EXPORT: "all",
    },
    "warehouse": {P.PURCHASE_ORDER_READ: "all", P.RECEIPT_READ: "all"},
    "finance": {
        P.PURCHASE_ORDER_READ: "all",
        P.RECEIPT_READ: "all",
        P.BILL_READ: "all",
        P.PURCHASE_ORDER_EXPORT: "all",
    },
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}

follows(RequisitionOrigin, "requisition_id", Requisition)
follows(PurchaseOrderLine, "purchase_order_id", PurchaseOrder)
follows(SupplierAnswer, "purchase_order_id", PurchaseOrder)
follows(ReceiptLine, "receipt_id", Receipt)
row_scope(Requisition, "own")(lambda actor: Requisition.buyer_id == actor.user_id)
row_scope(PurchaseOrder, "own")(lambda actor: PurchaseOrder.buyer_id == actor.user_id)
