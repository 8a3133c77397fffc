"""Logistics' tables: shipments from the dock to the customer, carriers, vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext
from markupsafe import Markup, escape
from sqlalchemy.orm import selectinload

from app.departments.logistics import delivering, dispatching, fleet, forms, papers, tracking
from app.departments.logistics.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.access.models import User
from app.platform.backoffice import (
    ButtonAction,
    Column,
    DepartmentView,
    Item,
    Picker,
    add_item,
    add_picker,
    add_view,
    tone_states,
)
from app.platform.backoffice import html as draw
from app.platform.db import session
from app.platform.documents.shelf import paper_button
from app.records.catalog.models import Product
from app.records.orders.models import OrderLine
from app.records.shipping.models import (
    Carrier,
    Package,
    Shipment,
    ShipmentLine,
    ShipmentState,
    TrackingEvent,
    TrackingKind,
    Vehicle,
)
from app.records.shipping.permissions import Permissions as ShippingPermissions

P = Permissions
S = ShipmentState
OURS = (S.READY, S.SHIPPED, S.FAILED, S.DELIVERED)
WORDS: dict[str, str] = {
    TrackingKind.HANDED_OVER: N_("Handed over"), TrackingKind.DEPARTED: N_("Left the house"),
    TrackingKind.DELIVERED: N_("Delivered"), TrackingKind.FAILED: N_("Not delivered"),
    TrackingKind.RETURNED: N_("Back in the house"), TrackingKind.REPLANNED: N_("On the way again"),
}  # fmt: skip


def _in(*states: ShipmentState) -> Any:
    return lambda shipment: shipment.state in states


def _carried_by(shipment: Shipment) -> Markup:
    carrier = shipment.carrier.name if shipment.carrier else None
    vehicle = shipment.vehicle.plate if shipment.vehicle else None
    return escape(carrier or vehicle) if carrier or vehicle else draw.dash()


class Shipments(DepartmentView, model=Shipment):
    """From the dock to the customer's signature."""

    department, slug = "logistics", "shipments"
    title = lazy_gettext("Shipments")
    in_menu = False
    list_permission = ShippingPermissions.SHIPMENT_READ
    export_permission = ShippingPermissions.SHIPMENT_EXPORT
    empty_hint = lazy_gettext("Shipments appear here when the warehouse hands them over.")
    columns = (
        "number", Column("order.customer.name", label=lazy_gettext("Customer")), Column("state", phone="ph-r"),
        Column("planned_on", label=lazy_gettext("Leaves on")), Column("dock", label=lazy_gettext("Dock"), width="w-ref"),
        Column("carrier", label=lazy_gettext("Carried by"), render=_carried_by, needs=("carrier.name", "vehicle.plate")),
        Column("tracking_number", label=lazy_gettext("Tracking number"), hide="mid"), Column("order.number", hide="wide"),
    )  # fmt: skip
    details = (
        Column("order.customer.name", label=lazy_gettext("Customer")), "order.number",
        Column("planned_on", label=lazy_gettext("Leaves on")), Column("dock", label=lazy_gettext("Dock")),
        Column("carrier", label=lazy_gettext("Carried by"), render=_carried_by, needs=("carrier.name", "vehicle.plate")),
        Column("tracking_number", label=lazy_gettext("Tracking number")),
        Column("expected_cost", label=lazy_gettext("Expected cost"), is_numeric=False),
        Column("shipped_at", label=lazy_gettext("Left")), Column("delivered_at", label=lazy_gettext("Delivered")),
        Column("received_by", label=lazy_gettext("Taken by")),
        Column("failure_reason", label=lazy_gettext("Why it failed")),
    )  # fmt: skip
    details_template = "logistics/shipments/details.html"
    details_options = (selectinload(Shipment.order),)
    sortable = ("number", "planned_on")
    default_sort = "planned_on"
    filters = ("state", "planned_on")
    actions = (
        ButtonAction(
            "assign", lazy_gettext("Who carries it"), P.TRANSPORT_ASSIGN, dispatching.assign_transport,
            form=forms.AssignForm, when=_in(S.READY, S.FAILED), icon="truck",
            prefill=lambda row: {
                "carrier_id": row.carrier_id, "vehicle_id": row.vehicle_id, "driver_id": row.driver_id,
                "tracking_number": row.tracking_number,
            },
        ),
        paper_button(
            "print", lazy_gettext("Print delivery note"), papers.DELIVERY_NOTE, papers.print_delivery_note
        ),
        ButtonAction(
            "dispatch", lazy_gettext("Dispatch"), P.SHIPMENT_DISPATCH, dispatching.dispatch, when=_in(S.READY),
            is_primary=True, icon="arrow",
            confirm=lazy_gettext("The goods leave the house and our stock. What comes back later is booked in again."),
        ),
        ButtonAction(
            "track", lazy_gettext("Record on the way"), P.SHIPMENT_TRACK, tracking.add_tracking, form=forms.TrackingForm,
            when=_in(S.SHIPPED, S.FAILED), icon="flag",
        ),
        ButtonAction(
            "fail", lazy_gettext("Not delivered"), P.SHIPMENT_DELIVER, delivering.fail_delivery, form=forms.FailForm,
            when=_in(S.SHIPPED), bulk=False, icon="alert",
        ),
        ButtonAction(
            "replan", lazy_gettext("Send again"), P.SHIPMENT_REPLAN, delivering.replan, form=forms.ReplanForm,
            when=_in(S.FAILED), is_primary=True, bulk=False,
        ),
        ButtonAction(
            "came_back", lazy_gettext("Back in stock"), P.SHIPMENT_REPLAN, delivering.came_back, form=forms.CameBackForm,
            when=lambda row: row.state is S.FAILED or _is_partly_delivered(row), bulk=False, icon="back",
        ),
    )  # fmt: skip

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """What the warehouse has handed over, also when it ended."""
        return (sa.or_(Shipment.state.in_(OURS), Shipment.shipped_at.is_not(None)),)

    def details_context(self, row: Shipment) -> dict[str, Any]:
        """Lines, packages and what happened on the way."""
        lines = session.execute(
            sa.select(ShipmentLine, OrderLine)
            .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
            .where(ShipmentLine.shipment_id == row.id)
            .order_by(OrderLine.position)
            .options(selectinload(OrderLine.product).selectinload(Product.base_unit), selectinload(OrderLine.unit))
        ).all()
        packages = session.scalars(sa.select(Package).where(Package.shipment_id == row.id).order_by(Package.position))
        happened = session.scalars(
            sa.select(TrackingEvent)
            .where(TrackingEvent.shipment_id == row.id)
            .order_by(TrackingEvent.occurred_at.desc(), TrackingEvent.id.desc())
        )
        return {
            "lines": lines,
            "packages": packages.all(),
            "happened": happened.all(),
            "is_on_way": row.state is S.SHIPPED,
        }


def _is_partly_delivered(shipment: Shipment) -> bool:
    return shipment.state is S.DELIVERED and any(
        line.shipped > line.delivered + line.failed
        for line in session.scalars(sa.select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id))
    )


class Carriers(DepartmentView, model=Carrier):
    """Who carries for us, and what it costs."""

    department, slug = "logistics", "carriers"
    title = lazy_gettext("Carriers")
    new_label = lazy_gettext("New carrier")
    menu_icon, menu_position = "globe", 30
    list_permission = ShippingPermissions.SHIPMENT_READ
    create_permission, create_use_case = P.CARRIER_CHANGE, fleet.add_carrier
    edit_permission, edit_use_case = P.CARRIER_CHANGE, fleet.change_carrier
    columns = ("code", "name", "phone", "base_charge", "charge_per_kg", Column("is_active", phone="ph-hide"))
    details = (*columns, "is_own_fleet", "tracking_url")
    labels = {
        "base_charge": lazy_gettext("Charge per shipment"),
        "charge_per_kg": lazy_gettext("Charge per kg"),
        "is_own_fleet": lazy_gettext("Our own fleet"),
        "tracking_url": lazy_gettext("Address for tracking, with {number}"),
    }
    sortable = ("code",)
    default_sort = "code"
    search_columns = ("code", "name")
    form_fields = ("code", "name", "phone", "base_charge", "charge_per_kg", "tracking_url", "is_own_fleet", "is_active")
    empty_hint = lazy_gettext("Enter the first carrier.")


class Vehicles(DepartmentView, model=Vehicle):
    """Our vans."""

    department, slug = "logistics", "vehicles"
    title = lazy_gettext("Vehicles")
    new_label = lazy_gettext("New vehicle")
    menu_icon, menu_position = "truck", 40
    list_permission = ShippingPermissions.SHIPMENT_READ
    create_permission, create_use_case = P.CARRIER_CHANGE, fleet.add_vehicle
    edit_permission, edit_use_case = P.CARRIER_CHANGE, fleet.change_vehicle
    columns = ("plate", "name", "max_kg", "max_m3", "is_active")
    details = columns
    labels = {
        "plate": lazy_gettext("Plate"),
        "max_kg": lazy_gettext("Carries at most (kg)"),
        "max_m3": lazy_gettext("Holds at most (m³)"),
    }
    sortable = ("plate",)
    default_sort = "plate"
    search_columns = ("plate", "name")
    form_fields = ("plate", "name", "max_kg", "max_m3", "is_active")
    empty_hint = lazy_gettext("Enter the first vehicle.")


def _add_pickers(app: Flask) -> None:
    rights = (P.TRANSPORT_ASSIGN,)
    add_picker(
        app,
        Picker(
            "shipping_carriers", Carrier, rights, lambda row: f"{row.code} · {row.name}", ("code", "name"), least=0,
            criteria=lambda _actor: Carrier.is_active.is_(True),
        ),
    )  # fmt: skip
    add_picker(
        app,
        Picker(
            "vehicles", Vehicle, rights, lambda row: f"{row.plate} {row.name}".strip(), ("plate", "name"), least=0,
            criteria=lambda _actor: Vehicle.is_active.is_(True),
        ),
    )  # fmt: skip
    add_picker(
        app,
        Picker(
            "drivers", User, rights, lambda row: str(row.name), ("name",), least=0,
            criteria=lambda _actor: User.is_active.is_(True),
        ),
    )  # fmt: skip


def register(app: Flask) -> None:
    """Views, pickers and places in the sidebar."""
    tone_states({}, WORDS)
    _add_pickers(app)
    for view in (Shipments, Carriers, Vehicles):
        add_view(app, view)
    endpoint = "logistics_shipments.index_view"
    right = ShippingPermissions.SHIPMENT_READ
    ready, way = (("f.state", "ready"),), (("f.state", ["shipped", "failed"]),)
    add_item(app, Item("logistics", lazy_gettext("Ready to leave"), endpoint, right, "inbox", 10, values=ready))
    add_item(app, Item("logistics", lazy_gettext("On the way"), endpoint, right, "truck", 20, values=way))
