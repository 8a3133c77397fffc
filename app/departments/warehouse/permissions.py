"""What the warehouse may do."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission


class Permissions(PermissionSet, package="warehouse"):
    """Rights of the warehouse."""

    RECEIPT_BOOK = permission("receipt.book", N_("Book goods that arrived against a purchase order"))
    RECEIPT_PUT_AWAY = permission("receipt.put_away", N_("Put received goods away"))
    SHIPMENT_PLAN = permission("shipment.plan", N_("Plan what is picked for which order"))
    SHIPMENT_PICK = permission("shipment.pick", N_("Pick goods, say what was not found, put goods back"))
    SHIPMENT_PACK = permission("shipment.pack", N_("Pack goods and open packages again"))
    SHIPMENT_HAND_OVER = permission("shipment.hand_over", N_("Hand packed shipments to logistics and take them back"))
    SHIPMENT_CANCEL = permission("shipment.cancel", N_("Cancel shipments that have not left"))
    STOCK_ADJUST = permission("stock.adjust", N_("Correct stock, with a reason"))
    STOCK_COUNT = permission("stock.count", N_("Count stock at a place"))
    STOCK_TRANSFER = permission("stock.transfer", N_("Move stock between places"))
    STOCK_ALLOCATE = permission("stock.allocate", N_("Bind free stock to waiting order lines"))
    RETURN_RECEIVE = permission("return.receive", N_("Take customers' returns in"))
    RETURN_INSPECT = permission(
        "return.inspect", N_("Say what becomes of returned goods, and what their customer gets")
    )
    RETURN_SEND_BACK = permission("return.send_back", N_("Send customers their repaired or rejected goods back"))
    SUPPLIER_RETURN_SEND = permission("supplier_return.send", N_("Send goods back to suppliers"))


P = Permissions
_work = dict.fromkeys(
    (
        P.RECEIPT_BOOK,
        P.RECEIPT_PUT_AWAY,
        P.SHIPMENT_PLAN,
        P.SHIPMENT_PICK,
        P.SHIPMENT_PACK,
        P.SHIPMENT_HAND_OVER,
        P.SHIPMENT_CANCEL,
        P.STOCK_ADJUST,
        P.STOCK_COUNT,
        P.STOCK_TRANSFER,
        P.STOCK_ALLOCATE,
        P.RETURN_RECEIVE,
        P.RETURN_INSPECT,
        P.RETURN_SEND_BACK,
        P.SUPPLIER_RETURN_SEND,
    ),
    "all",
)
DEFAULT_GRANTS = {"warehouse": _work}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}
