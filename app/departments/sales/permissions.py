"""What may be done to an order, and by whom."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission


class Permissions(PermissionSet, package="sales"):
    """Rights of the sales department; reading the order book is declared beside its records."""

    ORDER_TAKE = permission("order.take", N_("Take customers' orders, and change and copy drafts"))
    ORDER_VERIFY = permission("order.verify", N_("Verify products, quantities and prices of an order"))
    ORDER_SEND = permission("order.send", N_("Send an order to the customer for confirmation"))
    ORDER_CONFIRM = permission("order.confirm", N_("Record the customer's answer and confirm the order"))
    ORDER_ANSWER = permission("order.answer", N_("Answer an order as its customer, through a signed link"))
    ORDER_AMEND = permission("order.amend", N_("Propose a change of a confirmed order"))
    AMENDMENT_DECIDE = permission("amendment.decide", N_("Approve and apply, or reject, a change of a confirmed order"))
    ORDER_CANCEL = permission("order.cancel", N_("Cancel an order or part of it, and close it short"))
    ORDER_HOLD = permission("order.hold", N_("Put an order on hold and release it"))
    DUPLICATE_ALLOW = permission("duplicate.allow", N_("Let an order pass that looks like another one"))
    QUANTITY_ALLOW = permission("quantity.allow", N_("Let a quantity pass below the minimum or off the multiple"))
    PRICE_ALLOW = permission("price.allow", N_("Let a price pass that differs from the price list"))
    FLOOR_ALLOW = permission("floor.allow", N_("Let a price pass below its floor"))
    CREDIT_ALLOW = permission("credit.allow", N_("Let an order pass above the customer's credit limit"))
    RETURN_REQUEST = permission("return.request", N_("Enter that a customer wants to give goods back"))
    RETURN_DECIDE = permission("return.decide", N_("Authorise, refuse and cancel customers' returns"))


P = Permissions
_desk = dict.fromkeys(
    (
        P.ORDER_TAKE,
        P.ORDER_VERIFY,
        P.ORDER_SEND,
        P.ORDER_CONFIRM,
        P.ORDER_AMEND,
        P.ORDER_CANCEL,
        P.ORDER_HOLD,
        P.DUPLICATE_ALLOW,
        P.RETURN_REQUEST,
        P.RETURN_DECIDE,
    ),
    "all",
)
_manager = {
    **_desk,
    **dict.fromkeys((P.AMENDMENT_DECIDE, P.QUANTITY_ALLOW, P.PRICE_ALLOW, P.CREDIT_ALLOW), "all"),
}
DEFAULT_GRANTS = {
    "sales": _desk,
    "sales_manager": _manager,
    "director": dict.fromkeys((P.AMENDMENT_DECIDE, P.FLOOR_ALLOW, P.CREDIT_ALLOW, P.ORDER_HOLD), "all"),
    "admin": {**_manager, P.FLOOR_ALLOW: "all"},
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}
