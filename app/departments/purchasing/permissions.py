"""What purchasing may do."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission


class Permissions(PermissionSet, package="purchasing"):
    """Rights of the purchasing department."""

    STOCK_ASSESS = permission("stock.assess", N_("Assess stock for orders and promise dates for short lines"))
    REQUISITION_RAISE = permission("requisition.raise", N_("Raise and cancel requisitions"))
    PURCHASE_DRAFT = permission("purchase_order.draft", N_("Write purchase orders"))
    PURCHASE_APPROVE = permission("purchase_order.approve", N_("Approve purchase orders"))
    PURCHASE_SEND = permission("purchase_order.send", N_("Send purchase orders to suppliers"))
    ANSWER_RECORD = permission("answer.record", N_("Record what suppliers promise, move or refuse"))
    PURCHASE_CANCEL = permission("purchase_order.cancel", N_("Cancel purchase orders or close them short"))
    SUPPLIER_RETURN_REQUEST = permission(
        "supplier_return.request", N_("Have goods sent back to their supplier, and call that off")
    )


P = Permissions
DEFAULT_GRANTS = {
    "purchasing": dict.fromkeys(
        (
            P.STOCK_ASSESS,
            P.REQUISITION_RAISE,
            P.PURCHASE_DRAFT,
            P.PURCHASE_APPROVE,
            P.PURCHASE_SEND,
            P.ANSWER_RECORD,
            P.PURCHASE_CANCEL,
            P.SUPPLIER_RETURN_REQUEST,
        ),
        "all",
    ),
    "warehouse": {P.SUPPLIER_RETURN_REQUEST: "all"},
    "sales": {P.REQUISITION_RAISE: "all"},
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}
