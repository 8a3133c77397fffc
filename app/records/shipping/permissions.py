"""Who may see goods on their way."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, open_to_all, permission, row_scope
from app.records.shipping.models import (
    Carrier,
    Package,
    PackageLine,
    PickTask,
    Shipment,
    ShipmentLine,
    TrackingEvent,
    Vehicle,
)


class Permissions(PermissionSet, package="shipping"):
    """Rights to read shipments."""

    SHIPMENT_READ = permission("shipment.read", N_("See shipments"), reads=Shipment)
    SHIPMENT_EXPORT = permission("shipment.export", N_("Export shipments"))


_all = {Permissions.SHIPMENT_READ: "all"}
DEFAULT_GRANTS = {
    "admin": _all,
    "director": _all,
    "sales": _all,
    "sales_manager": _all,
    "warehouse": _all,
    "logistics": {**_all, Permissions.SHIPMENT_EXPORT: "all"},
    "finance": _all,
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}

for child in (ShipmentLine, Package, PickTask, TrackingEvent):
    follows(child, "shipment_id", Shipment)
follows(PackageLine, "package_id", Package)
open_to_all(Carrier, Vehicle)
row_scope(Shipment, "own")(lambda actor: Shipment.driver_id == actor.user_id)
