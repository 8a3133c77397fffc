"""What logistics may do."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission


class Permissions(PermissionSet, package="logistics"):
    """Rights of logistics."""

    TRANSPORT_ASSIGN = permission("transport.assign", N_("Say who carries a shipment, and what it should cost"))
    SHIPMENT_DISPATCH = permission("shipment.dispatch", N_("Hand ready shipments to the vehicle or carrier"))
    SHIPMENT_TRACK = permission("shipment.track", N_("Record what happens to a shipment on its way"))
    SHIPMENT_DELIVER = permission("shipment.deliver", N_("Record deliveries with their proof, and failed ones"))
    SHIPMENT_REPLAN = permission("shipment.replan", N_("Send failed deliveries again or book them back into stock"))
    TRACKING_LINK = permission("tracking_link.create", N_("Make a link with which a customer follows a shipment"))
    CARRIER_CHANGE = permission("carrier.change", N_("Change carriers and vehicles"))


P = Permissions
_work = dict.fromkeys(
    (
        P.TRANSPORT_ASSIGN,
        P.SHIPMENT_DISPATCH,
        P.SHIPMENT_TRACK,
        P.SHIPMENT_DELIVER,
        P.SHIPMENT_REPLAN,
        P.TRACKING_LINK,
        P.CARRIER_CHANGE,
    ),
    "all",
)
_sales = {P.TRACKING_LINK: "all"}
DEFAULT_GRANTS = {"logistics": _work, "sales": _sales, "sales_manager": _sales}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}
