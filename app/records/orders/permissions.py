"""Who may see the order book; what may be done to an order is declared by the department that does it."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, permission, row_scope
from app.records.orders.models import Amendment, LineOverride, Order, OrderAnswer, OrderHold, OrderLine


class Permissions(PermissionSet, package="orders"):
    """Rights to read the shared order book."""

    ORDER_READ = permission("order.read", N_("See orders"), reads=Order)
    ORDER_EXPORT = permission("order.export", N_("Export orders"))


_all = {Permissions.ORDER_READ: "all"}
DEFAULT_GRANTS = {
    "admin": _all,
    "director": {**_all, Permissions.ORDER_EXPORT: "all"},
    "sales": _all,
    "sales_manager": {**_all, Permissions.ORDER_EXPORT: "all"},
    "purchasing": _all,
    "warehouse": _all,
    "logistics": _all,
    "finance": {**_all, Permissions.ORDER_EXPORT: "all"},
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}

for child in (OrderLine, OrderHold, OrderAnswer, LineOverride, Amendment):
    follows(child, "order_id", Order)
row_scope(Order, "own")(lambda actor: Order.owner_id == actor.user_id)
