"""The warehouse's tables: orders to prepare, shipments, expected goods, receipts, stock and its moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import get_locale, lazy_gettext
from markupsafe import Markup
from sqlalchemy.orm import selectinload

from app.departments.warehouse import counting, forms, packing, papers, picking, planning, queries
from app.departments.warehouse.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.backoffice import (
    ButtonAction,
    Choice,
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
from app.platform.db.types import NOTHING
from app.platform.documents.shelf import paper_button
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order, OrderLine
from app.records.orders.permissions import Permissions as OrderPermissions
from app.records.orders.states import OPEN_FOR_FULFILMENT
from app.records.shipping.models import Package, PackageLine, Shipment, ShipmentLine, ShipmentState
from app.records.shipping.permissions import Permissions as ShippingPermissions
from app.records.stock.models import Location, StockLevel, StockMove
from app.records.stock.permissions import Permissions as StockPermissions
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    Receipt,
    ReceiptLine,
    ReceiptState,
)
from app.records.supply.permissions import Permissions as SupplyPermissions

P = Permissions
S = ShipmentState
TONES: dict[str, str] = {
    S.DRAFT: "empty", S.PICKING: "info half", S.PICKED: "info half", S.PACKED: "info", S.READY: "info",
    S.SHIPPED: "info half", S.DELIVERED: "ok", S.FAILED: "breach", S.CANCELLED: "waiting",
    ReceiptState.ARRIVED: "info half", ReceiptState.PUT_AWAY: "info", ReceiptState.MATCHED: "ok",
}  # fmt: skip
WORDS: dict[str, str] = {
    S.DRAFT: N_("To pick"),
    S.SHIPPED: N_("On the way"),
    ReceiptState.ARRIVED: N_("To put away"),
}


def unit_name(unit: Unit) -> str:
    """The unit in the reader's language."""
    return unit.name_zh if str(get_locale()).startswith("zh") else unit.name_en


def _in(*states: ShipmentState) -> Any:
    return lambda shipment: shipment.state in states


def _product(row: Any) -> Markup:
    return Markup('{} <span class="ho-2">{}</span>').format(row.product.code, row.product.name)


def _free(level: StockLevel) -> Markup:
    return draw.quantity(level.on_hand - level.allocated, unit_name(level.product.base_unit))


def _amount(name: str) -> Any:
    return lambda row: draw.quantity(getattr(row, name), unit_name(row.product.base_unit))


_UNIT = ("product.base_unit.name_en", "product.base_unit.name_zh")
_PRODUCT = ("product.code", "product.name")


class OrdersToPrepare(DepartmentView, model=Order):
    """Orders that hold stock no shipment takes yet."""

    department, slug = "warehouse", "orders"
    title = lazy_gettext("To prepare")
    menu_icon, menu_position = "inbox", 10
    list_permission = OrderPermissions.ORDER_READ
    empty_hint = lazy_gettext("Orders appear here as soon as stock is held for them.")
    columns = (
        "number", "customer.name", "promised_date", Column("state", phone="ph-r"),
        Column("allows_part_shipment", label=lazy_gettext("In parts"), hide="mid"), Column("requested_date", hide="wide"),
    )  # fmt: skip
    details_template = "warehouse/orders/details.html"
    sortable = ("promised_date", "number")
    default_sort = "promised_date"
    in_menu = False
    filters = (
        Choice(
            "what",
            lazy_gettext("Show"),
            {
                "plan": (lazy_gettext("to plan"), lambda _actor: Order.id.in_(queries.orders_with_unplanned_stock())),
                "planned": (
                    lazy_gettext("planned"),
                    lambda _actor: Order.id.not_in(queries.orders_with_unplanned_stock()),
                ),
            },
        ),
    )
    actions = (
        ButtonAction(
            "plan", lazy_gettext("Plan shipment"), P.SHIPMENT_PLAN, planning.plan_shipment, form=forms.PlanForm,
            is_primary=True, icon="box", done=lazy_gettext("The pick list is ready under Shipments."),
        ),
    )  # fmt: skip

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Open orders that hold stock; which of them have something to plan, the first filter says."""
        holding = sa.select(OrderLine.order_id).where(OrderLine.allocated > NOTHING)
        return (Order.state.in_(OPEN_FOR_FULFILMENT), Order.id.in_(holding))

    def details_context(self, row: Order) -> dict[str, Any]:
        """Its lines with what each holds, and why it is short."""
        lines = session.scalars(
            sa.select(OrderLine).where(OrderLine.order_id == row.id).order_by(OrderLine.position)
            .options(*queries.COUNTED)
        )  # fmt: skip
        return {"lines": [(line, queries.why_short(line.id) if line.shortage > 0 else None) for line in lines]}


class Shipments(DepartmentView, model=Shipment):
    """From the pick list to the dock."""

    department, slug = "warehouse", "shipments"
    title = lazy_gettext("Shipments")
    menu_icon, menu_position = "box", 20
    list_permission = ShippingPermissions.SHIPMENT_READ
    export_permission = ShippingPermissions.SHIPMENT_EXPORT
    empty_hint = lazy_gettext("Plan a shipment under To prepare: what is held for an order becomes a pick list.")
    columns = (
        "number", Column("order.customer.name", label=lazy_gettext("Customer")), "order.number",
        Column("state", phone="ph-r"), Column("planned_on", label=lazy_gettext("Leaves on")),
        Column("dock", label=lazy_gettext("Dock"), width="w-ref", hide="mid"), Column("created_at", hide="wide"),
    )  # fmt: skip
    details = (
        "order.number", Column("order.customer.name", label=lazy_gettext("Customer")), "state",
        Column("planned_on", label=lazy_gettext("Leaves on")), Column("dock", label=lazy_gettext("Dock")),
    )  # fmt: skip
    details_template = "warehouse/shipments/details.html"
    details_options = (selectinload(Shipment.order),)
    sortable = ("number", "planned_on")
    filters = ("state", "planned_on")
    actions = (
        ButtonAction(
            "pick_all", lazy_gettext("All picked"), P.SHIPMENT_PICK, picking.pick_all, when=_in(S.DRAFT, S.PICKING),
            icon="check", confirm=lazy_gettext("Everything that is left on the pick list counts as taken from its place."),
        ),
        ButtonAction(
            "pack", lazy_gettext("Pack in one carton"), P.SHIPMENT_PACK, packing.pack, when=_in(S.PICKED), icon="box",
        ),
        ButtonAction(
            "hand_over", lazy_gettext("Hand to logistics"), P.SHIPMENT_HAND_OVER, packing.hand_to_logistics,
            form=forms.HandOverForm, when=_in(S.PACKED), is_primary=True, icon="arrow",
            prefill=lambda row: {"planned_on": row.planned_on, "dock": row.dock},
        ),
        paper_button("print_pick_list", lazy_gettext("Print pick list"), papers.PICK_LIST, papers.print_pick_list),
        paper_button(
            "print_packing_slip", lazy_gettext("Print packing slip"), papers.PACKING_SLIP, papers.print_packing_slip
        ),
        ButtonAction(
            "unpick", lazy_gettext("Put back"), P.SHIPMENT_PICK, picking.unpick, when=_in(S.PICKING, S.PICKED),
            bulk=False, confirm=lazy_gettext("All picked goods go back to their places; the pick list starts again."),
        ),
        ButtonAction(
            "unpack", lazy_gettext("Unpack"), P.SHIPMENT_PACK, packing.unpack, when=_in(S.PACKED), bulk=False,
            confirm=lazy_gettext("The packages are opened; the goods stay picked."),
        ),
        ButtonAction(
            "take_back", lazy_gettext("Take back"), P.SHIPMENT_HAND_OVER, packing.take_back, form=forms.ReasonForm,
            when=_in(S.READY), bulk=False,
        ),
        ButtonAction(
            "cancel", lazy_gettext("Cancel shipment"), P.SHIPMENT_CANCEL, planning.cancel_shipment,
            form=forms.ReasonForm, when=_in(S.DRAFT, S.PICKING, S.PICKED, S.PACKED, S.READY), is_danger=True,
            confirm=lazy_gettext("The goods go back to their places and stay held for the order."),
        ),
    )  # fmt: skip

    def details_context(self, row: Shipment) -> dict[str, Any]:
        """Pick list in walking order, lines and packages."""
        packages = session.scalars(
            sa.select(Package).where(Package.shipment_id == row.id).order_by(Package.position)
            .options(selectinload(Package.lines).selectinload(PackageLine.shipment_line))
        ).all()  # fmt: skip
        lines = session.execute(
            sa.select(ShipmentLine, OrderLine)
            .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
            .where(ShipmentLine.shipment_id == row.id)
            .order_by(OrderLine.position)
            .options(*queries.COUNTED)
        ).all()
        return {
            "rows": queries.pick_rows([row.id]),
            "lines": lines,
            "names": {line.id: order_line for line, order_line in lines},
            "packages": packages,
            "zh": str(get_locale()).startswith("zh"),
            "is_pickable": row.state in picking.PICKABLE,
            "is_packable": row.state is S.PICKED,
        }


class Expected(DepartmentView, model=PurchaseOrder):
    """Purchase orders of which something is still to come."""

    department, slug = "warehouse", "expected"
    title = lazy_gettext("Expected goods")
    menu_icon, menu_position = "calendar", 30
    list_permission = SupplyPermissions.PURCHASE_ORDER_READ
    read_permission = SupplyPermissions.PURCHASE_ORDER_READ
    empty_hint = lazy_gettext("Purchase orders appear here when they were sent to the supplier.")
    columns = (
        "number",
        "supplier.name",
        Column("state", phone="ph-r"),
        "ordered_on",
        Column("acknowledged_at", hide="mid"),
    )
    details = ("supplier.name", "state", "ordered_on", "acknowledged_at", "supplier_reference")
    labels = {
        "ordered_on": lazy_gettext("Ordered on"),
        "acknowledged_at": lazy_gettext("Confirmed by the supplier"),
        "supplier_reference": lazy_gettext("Supplier's number"),
    }
    details_template = "warehouse/expected/details.html"
    sortable = ("number",)
    filters = ("state",)

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """What suppliers owe, and what may still come on top within the tolerance."""
        states = (PurchaseState.SENT, PurchaseState.ACKNOWLEDGED, PurchaseState.PARTLY_RECEIVED)
        return (PurchaseOrder.state.in_(states), PurchaseOrder.is_history.is_(False))

    def details_context(self, row: PurchaseOrder) -> dict[str, Any]:
        """Its lines, and what came of them already."""
        lines = session.scalars(
            sa.select(PurchaseOrderLine)
            .where(PurchaseOrderLine.purchase_order_id == row.id)
            .order_by(PurchaseOrderLine.position)
            .options(
                selectinload(PurchaseOrderLine.product).selectinload(Product.base_unit),
                selectinload(PurchaseOrderLine.unit),
            )
        ).all()  # fmt: skip
        receipts = session.scalars(sa.select(Receipt).where(Receipt.purchase_order_id == row.id).order_by(Receipt.id))
        return {"lines": lines, "receipts": receipts.all(), "unit_name": unit_name}


class Receipts(DepartmentView, model=Receipt):
    """What arrived."""

    department, slug = "warehouse", "receipts"
    title = lazy_gettext("Receipts")
    menu_icon, menu_position = "clip", 40
    list_permission = SupplyPermissions.RECEIPT_READ
    empty_hint = lazy_gettext("Book what arrives under Expected goods.")
    columns = (
        "number", Column("purchase_order.supplier.name", label=lazy_gettext("Supplier")),
        Column("purchase_order.number", label=lazy_gettext("Purchase order")), "delivery_note",
        Column("state", phone="ph-r"), "occurred_on", Column("booked_by", hide="wide"),
    )  # fmt: skip
    details = (
        Column("purchase_order.supplier.name", label=lazy_gettext("Supplier")),
        Column("purchase_order.number", label=lazy_gettext("Purchase order")),
        "delivery_note", "state", "occurred_on", "arrived_at", "booked_by",
    )  # fmt: skip
    labels = {
        "delivery_note": lazy_gettext("Delivery note"),
        "occurred_on": lazy_gettext("Date on the paper"),
        "arrived_at": lazy_gettext("Booked"),
        "booked_by": lazy_gettext("Booked by"),
    }
    details_template = "warehouse/receipts/details.html"
    sortable = ("number",)
    filters = ("state", "occurred_on")

    def details_context(self, row: Receipt) -> dict[str, Any]:
        """Its lines, and what is still to put away."""
        lines = session.scalars(
            sa.select(ReceiptLine)
            .where(ReceiptLine.receipt_id == row.id)
            .order_by(ReceiptLine.id)
            .options(selectinload(ReceiptLine.product).selectinload(Product.base_unit))
        ).all()
        bought = session.scalars(
            sa.select(PurchaseOrderLine)
            .where(PurchaseOrderLine.id.in_({line.purchase_order_line_id for line in lines}))
            .options(selectinload(PurchaseOrderLine.unit))
        )
        return {"lines": lines, "left": queries.to_put_away(row), "bought": {line.id: line for line in bought}}


class Stock(DepartmentView, model=StockLevel):
    """What lies where, and for whom."""

    department, slug = "warehouse", "stock"
    title = lazy_gettext("Stock")
    menu_icon, menu_position = "board", 50
    list_permission = StockPermissions.LEVEL_READ
    export_permission = StockPermissions.LEVEL_EXPORT
    id_argument = "level_id"
    empty_hint = lazy_gettext("Stock comes with receipts, an import or a correction.")
    columns = (
        Column(
            "product_id", label=lazy_gettext("Product"), render=lambda row: row.product.code, needs=("product.code",)
        ),
        Column("product.name", label=lazy_gettext("Name")),
        Column("location.code", width="w-ref"),
        Column("lot.code", label=lazy_gettext("Lot"), hide="wide"),
        Column("on_hand", render=_amount("on_hand"), needs=_UNIT, is_numeric=True, phone="ph-r ph-2"),
        Column("allocated", render=_amount("allocated"), needs=_UNIT, is_numeric=True, phone="ph-hide"),
        Column(
            "free", label=lazy_gettext("Free"), render=_free, needs=(*_UNIT, "on_hand", "allocated"), is_numeric=True
        ),
        Column("incoming", render=_amount("incoming"), needs=_UNIT, is_numeric=True, phone="ph-hide"),
    )
    details = (
        Column("product_id", label=lazy_gettext("Product"), render=_product, needs=_PRODUCT), "location.code",
        Column("location.kind", label=lazy_gettext("Kind of place")), Column("lot.code", label=lazy_gettext("Lot")),
        Column("lot.expires_on", label=lazy_gettext("Expires on")), "on_hand", "allocated", "incoming",
    )  # fmt: skip
    labels = {
        "on_hand": lazy_gettext("On hand"),
        "allocated": lazy_gettext("Held"),
        "incoming": lazy_gettext("Coming"),
    }
    details_template = "warehouse/stock/details.html"
    sortable = ("product_id",)
    default_sort = "product_id"
    filters = (
        Choice(
            "what",
            lazy_gettext("Show"),
            {
                "there": (lazy_gettext("with stock"), lambda _actor: StockLevel.on_hand > 0),
                "free": (lazy_gettext("with free stock"), lambda _actor: StockLevel.on_hand > StockLevel.allocated),
                "coming": (lazy_gettext("on its way"), lambda _actor: StockLevel.incoming > 0),
            },
        ),
    )
    actions = (
        ButtonAction(
            "count", lazy_gettext("Count"), P.STOCK_COUNT, counting.count_stock, form=forms.CountForm, bulk=False,
            is_primary=True, icon="check",
        ),
        ButtonAction(
            "adjust", lazy_gettext("Correct"), P.STOCK_ADJUST, counting.adjust_level, form=forms.AdjustForm, bulk=False,
            icon="pencil",
        ),
        ButtonAction(
            "transfer", lazy_gettext("Move"), P.STOCK_TRANSFER, counting.transfer_stock, form=forms.TransferForm,
            bulk=False, icon="arrow",
        ),
    )  # fmt: skip

    def row_label(self, row: StockLevel) -> str:
        """Product and place."""
        return f"{row.product.code} · {row.location.code}"

    def details_context(self, row: StockLevel) -> dict[str, Any]:
        """Who holds it since when, and the latest moves."""
        moves = session.scalars(
            sa.select(StockMove)
            .where(
                StockMove.product_id == row.product_id,
                StockMove.location_id == row.location_id,
                StockMove.lot_id.is_(None) if row.lot_id is None else StockMove.lot_id == row.lot_id,
            )
            .order_by(StockMove.id.desc())
            .limit(20)
        ).all()
        return {
            "holders": queries.holders_of_level(row.id),
            "picked": queries.picked_at_level(row.id),
            "moves": moves,
            "unit": unit_name(row.product.base_unit),
        }


class Moves(DepartmentView, model=StockMove):
    """The ledger: every change of stock, never altered."""

    department, slug = "warehouse", "moves"
    title = lazy_gettext("Stock moves")
    menu_icon, menu_position = "list", 60
    list_permission = StockPermissions.MOVE_READ
    empty_hint = lazy_gettext("Every change of stock adds a line here.")
    columns = (
        "booked_at", "kind", Column("product_id", label=lazy_gettext("Product"), render=_product, needs=_PRODUCT),
        "location.code", Column("lot.code", label=lazy_gettext("Lot"), hide="mid"),
        Column("quantity", render=_amount("quantity"), needs=_UNIT, is_numeric=True), Column("unit_cost", hide="wide"),
        Column("value", hide="wide"), Column("reason", hide="mid"), Column("booked_by", hide="wide"),
    )  # fmt: skip
    labels = {
        "booked_at": lazy_gettext("Booked"),
        "booked_by": lazy_gettext("Booked by"),
        "unit_cost": lazy_gettext("Unit cost"),
        "value": lazy_gettext("Value"),
    }
    filters = ("kind", "occurred_on")

    def row_label(self, row: StockMove) -> str:
        """Its number."""
        return f"#{row.id}"


def _location_text(location: Location) -> str:
    return location.code


def register(app: Flask) -> None:
    """Views and pickers."""
    tone_states(TONES, WORDS)
    add_picker(
        app,
        Picker(
            "locations", Location, (StockPermissions.LEVEL_READ,), _location_text, ("code",), order_by="code", least=0,
            criteria=lambda _actor: Location.is_active.is_(True),
        ),
    )  # fmt: skip
    for view in (OrdersToPrepare, Shipments, Expected, Receipts, Stock, Moves):
        add_view(app, view)
    to_plan = (("f.what", "plan"),)
    add_item(
        app,
        Item(
            "warehouse", OrdersToPrepare.title, "warehouse_orders.index_view", OrderPermissions.ORDER_READ, "inbox", 10,
            values=to_plan,
        ),
    )  # fmt: skip
