"""Purchasing's tables: orders that are short, requisitions, purchase orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload

from app.departments.purchasing import answers, assessment, forms, ordering, papers, queries, requisitions
from app.departments.purchasing.ordering import OWED
from app.departments.purchasing.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.access import can
from app.platform.backoffice import (
    ButtonAction,
    Choice,
    Column,
    DepartmentView,
    add_view,
    current_actor,
    tone_states,
)
from app.platform.db import session
from app.platform.documents.shelf import paper_button
from app.records.catalog.models import Product
from app.records.orders.models import LineSource, Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT
from app.records.parties.models import Company
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    Receipt,
    Requisition,
    RequisitionOrigin,
    RequisitionState,
)
from app.records.supply.permissions import Permissions as SupplyPermissions

P = Permissions
S = PurchaseState
R = RequisitionState


def _short() -> sa.ColumnElement[bool]:
    """The order has a line that lacks stock."""
    lacks = OrderLine.allocated + OrderLine.shipped - OrderLine.failed < OrderLine.ordered - OrderLine.cancelled
    lines = sa.select(OrderLine.id).where(
        OrderLine.order_id == Order.id,
        OrderLine.kind.in_(("product", "sample")),
        OrderLine.source != LineSource.DROP_SHIP,
        lacks,
    )
    return lines.exists()


def _undated() -> sa.ColumnElement[bool]:
    lacks = OrderLine.allocated + OrderLine.shipped - OrderLine.failed < OrderLine.ordered - OrderLine.cancelled
    lines = sa.select(OrderLine.id).where(
        OrderLine.order_id == Order.id,
        OrderLine.kind.in_(("product", "sample")),
        OrderLine.promised_date.is_(None),
        lacks,
    )
    return lines.exists()


class ShortOrders(DepartmentView, model=Order):
    """Orders that lack stock (H3)."""

    department, slug = "purchasing", "orders"
    title = lazy_gettext("Short orders")
    menu_icon, menu_position = "alert", 10
    list_permission = P.STOCK_ASSESS
    empty_hint = lazy_gettext("Every open order has its stock. Shortages appear here when orders are confirmed.")
    columns = (
        "number", Column("customer.name", label=lazy_gettext("Customer")), Column("state", phone="ph-r"),
        "requested_date", "promised_date",
    )  # fmt: skip
    details = (*columns, "first_promised_date", "received_at", "customer_order_number")
    details_template = "purchasing/orders/details.html"
    sortable = ("promised_date", "number")
    filters = (
        Choice(
            "what", lazy_gettext("Show"), {"undated": (lazy_gettext("without a date"), lambda _actor: _undated())}
        ),
    )  # fmt: skip
    actions = (
        ButtonAction(
            "promise", lazy_gettext("Promise a date"), P.STOCK_ASSESS, assessment.promise_all, form=forms.PromiseForm,
            is_primary=True, icon="calendar",
        ),
        ButtonAction(
            "assess", lazy_gettext("Check stock again"), P.STOCK_ASSESS, assessment.assess_stock, icon="search",
        ),
    )  # fmt: skip

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Open orders with a short line."""
        return (Order.state.in_(tuple(OPEN_FOR_FULFILMENT)), _short())

    def details_context(self, row: Order) -> dict[str, Any]:
        """Its short lines, and what is on its way for each."""
        found = session.scalars(
            sa.select(OrderLine)
            .where(OrderLine.order_id == row.id)
            .order_by(OrderLine.position)
            .options(selectinload(OrderLine.product))
        ).all()
        short = [line for line in found if line.shortage > 0]
        asked = {}
        if short:
            asked = assessment.promises_for(row, short)
        return {"short": [(line, asked[line.id].promise) for line in short]}


class Requisitions(DepartmentView, model=Requisition):
    """What is needed and not bought yet."""

    department, slug = "purchasing", "requisitions"
    title = lazy_gettext("Requisitions")
    menu_icon, menu_position = "list", 20
    list_permission = SupplyPermissions.REQUISITION_READ
    create_permission, create_use_case = P.REQUISITION_RAISE, requisitions.raise_requisition
    create_form_class = forms.RequisitionForm
    new_label = lazy_gettext("New requisition")
    empty_hint = lazy_gettext("A shortage becomes a requisition by itself when an order is confirmed.")
    columns = (
        "number",
        Column("product.name", label=lazy_gettext("Product")),
        Column("quantity", unit="product.base_unit.code"),
        Column("ordered", unit="product.base_unit.code", hide="mid"),
        Column("needed_by", label=lazy_gettext("Week of")),
        Column("state", phone="ph-r"),
    )
    details = (*columns, "note", "created_at")
    details_template = "purchasing/requisitions/details.html"
    details_options = (selectinload(Requisition.product),)
    filters = ("state", "needed_by")
    actions = (
        ButtonAction(
            "order", lazy_gettext("Order from a supplier"), P.PURCHASE_DRAFT, ordering.order_requisition,
            form=forms.SupplierForm, when=lambda row: row.state in {R.OPEN, R.SOURCED}, is_primary=True, icon="arrow",
            done=lazy_gettext("The draft is under Purchase orders."),
        ),
        ButtonAction(
            "cancel", lazy_gettext("Give up"), P.REQUISITION_RAISE, requisitions.cancel_requisition,
            form=forms.ReasonForm, when=lambda row: row.state in {R.OPEN, R.SOURCED}, is_danger=True,
        ),
    )  # fmt: skip

    def details_context(self, row: Requisition) -> dict[str, Any]:
        """Who waits for it, and who could supply it, best first."""
        waiting = session.execute(
            sa.select(Order.id, Order.number, RequisitionOrigin.quantity)
            .join(OrderLine, OrderLine.id == RequisitionOrigin.order_line_id)
            .join(Order, Order.id == OrderLine.order_id)
            .where(RequisitionOrigin.requisition_id == row.id)
            .order_by(Order.id)
        ).all()
        company = session.scalars(sa.select(Company).order_by(Company.is_default.desc(), Company.id)).first()
        offers = queries.offers_for(row.product_id, row.needed_by, company) if company else []
        return {"waiting": waiting, "offers": offers, "currency": company.currency if company else ""}


def _today() -> date:
    return clock.now().date()


def _is_late() -> sa.ColumnElement[bool]:
    due = sa.func.coalesce(PurchaseOrderLine.promised_date, PurchaseOrderLine.requested_date)
    lines = sa.select(PurchaseOrderLine.id).where(
        PurchaseOrderLine.purchase_order_id == PurchaseOrder.id,
        PurchaseOrderLine.received + PurchaseOrderLine.cancelled < PurchaseOrderLine.ordered,
        due < _today(),
    )
    return sa.and_(PurchaseOrder.state.in_(tuple(OWED)), PurchaseOrder.is_history.is_(False), lines.exists())


class PurchaseOrders(DepartmentView, model=PurchaseOrder):
    """What we ordered."""

    department, slug = "purchasing", "purchase_orders"
    title = lazy_gettext("Purchase orders")
    menu_icon, menu_position = "file", 30
    list_permission = SupplyPermissions.PURCHASE_ORDER_READ
    export_permission = SupplyPermissions.PURCHASE_ORDER_EXPORT
    empty_hint = lazy_gettext("Order a requisition from a supplier, and its purchase order appears here.")
    columns = (
        "number",
        Column("supplier.name", label=lazy_gettext("Supplier")),
        Column("state", phone="ph-r"),
        Column("ordered_on", hide="mid"),
        Column("acknowledged_by", label=lazy_gettext("Promised by"), hide="wide"),
        Column("gross_total", label=lazy_gettext("Amount"), currency="currency"),
    )
    details = (
        *columns, "acknowledged_at", Column("net_total", currency="currency"), Column("tax_total", currency="currency"),
        "close_reason", "note", "sent_at",
    )  # fmt: skip
    details_template = "purchasing/purchase_orders/details.html"
    details_options = (
        selectinload(PurchaseOrder.supplier),
        selectinload(PurchaseOrder.lines).selectinload(PurchaseOrderLine.product).selectinload(Product.base_unit),
        selectinload(PurchaseOrder.lines).selectinload(PurchaseOrderLine.unit),
    )
    sortable = ("number",)
    filters = (
        "state",
        Choice("late", lazy_gettext("Late"), {"late": (lazy_gettext("should have come"), lambda _actor: _is_late())}),
    )
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "approve", lazy_gettext("Approve"), P.PURCHASE_APPROVE, ordering.approve_purchase_order,
            when=lambda row: row.state is S.DRAFT, is_primary=True, icon="check",
        ),
        ButtonAction(
            "send", lazy_gettext("Send"), P.PURCHASE_SEND, ordering.send_purchase_order,
            when=lambda row: row.state is S.APPROVED, is_primary=True, icon="arrow",
            confirm=lazy_gettext("It binds us from now on, and the goods count as on their way."),
        ),
        paper_button("print", lazy_gettext("Print"), papers.PURCHASE_ORDER, papers.print_purchase_order),
        ButtonAction(
            "answer", lazy_gettext("Supplier's date"), P.ANSWER_RECORD, answers.record_one_date, form=forms.AnswerForm,
            when=lambda row: row.state in OWED, bulk=False, icon="calendar",
        ),
        ButtonAction(
            "refuse", lazy_gettext("Supplier cannot deliver"), P.ANSWER_RECORD, answers.record_refusal,
            form=forms.RefusalForm, when=lambda row: row.state in {S.SENT, S.ACKNOWLEDGED}, bulk=False,
        ),
        ButtonAction(
            "cancel", lazy_gettext("Cancel"), P.PURCHASE_CANCEL, ordering.cancel_purchase_order, form=forms.ReasonForm,
            when=lambda row: row.state in {S.DRAFT, S.APPROVED, S.SENT, S.ACKNOWLEDGED}, is_danger=True, bulk=False,
            confirm=lazy_gettext("Its requisitions are open again."),
        ),
        ButtonAction(
            "close", lazy_gettext("Close short"), P.PURCHASE_CANCEL, ordering.close_short, form=forms.ReasonForm,
            when=lambda row: row.state is S.PARTLY_RECEIVED, is_danger=True, bulk=False,
        ),
    )  # fmt: skip

    def details_context(self, row: PurchaseOrder) -> dict[str, Any]:
        """Whether a supplier's link makes sense, and what came so far."""
        receipts = session.scalars(sa.select(Receipt).where(Receipt.purchase_order_id == row.id).order_by(Receipt.id))
        return {
            "is_owed": row.state in OWED,
            "may_send": can(current_actor(), P.PURCHASE_SEND),
            "receipts": receipts.all(),
            "may_return": can(current_actor(), P.SUPPLIER_RETURN_REQUEST),
        }


def register(app: Flask) -> None:
    """All views of purchasing."""
    tone_states(
        {
            R.OPEN: "empty", R.SOURCED: "info half", R.ORDERED: "info", R.DONE: "ok", R.EXCEPTION: "breach",
            R.CANCELLED: "waiting",
            S.DRAFT: "empty", S.APPROVED: "info half", S.SENT: "info half", S.ACKNOWLEDGED: "info",
            S.PARTLY_RECEIVED: "info half", S.RECEIVED: "ok", S.CLOSED: "ok", S.CLOSED_SHORT: "warning",
            S.CANCELLED: "waiting",
        },
        {
            R.OPEN: N_("Open"), R.SOURCED: N_("Supplier chosen"), R.ORDERED: N_("Ordered"), R.DONE: N_("Done"),
            R.EXCEPTION: N_("Needs a person"), R.CANCELLED: N_("Given up"),
            S.DRAFT: N_("Draft"), S.APPROVED: N_("Approved"), S.SENT: N_("Sent"), S.ACKNOWLEDGED: N_("Promised"),
            S.PARTLY_RECEIVED: N_("Partly received"), S.RECEIVED: N_("Received"), S.CLOSED: N_("Closed"),
            S.CLOSED_SHORT: N_("Closed short"), S.CANCELLED: N_("Cancelled"),
        },
    )  # fmt: skip
    for view in (ShortOrders, Requisitions, PurchaseOrders):
        add_view(app, view)
