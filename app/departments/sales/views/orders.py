"""The order book as sales sees it, and the page of one order that everybody opens."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import redirect
from flask.typing import ResponseReturnValue
from flask_admin.base import expose
from flask_babel import gettext, lazy_gettext
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from app.departments.sales import order_page, papers, service
from app.departments.sales.forms import HeaderForm, HoldForm, ReasonForm
from app.departments.sales.permissions import Permissions
from app.departments.sales.views import entry
from app.kernel.actor import Actor
from app.platform.access import can
from app.platform.backoffice import ButtonAction, Column, DepartmentView, current_actor
from app.platform.backoffice import html as draw
from app.platform.documents.shelf import paper_button
from app.records.orders.models import Order
from app.records.orders.permissions import Permissions as OrderPermissions
from app.records.orders.states import BINDING, CLOSED, EDITABLE, OPEN_FOR_FULFILMENT, OrderState


def _customer(order: Order) -> Markup:
    return draw.plain_text(order.customer.name)


def _with(order: Order) -> Markup:
    held = order_page.holder_of(order)
    if held is None and order.state is OrderState.VERIFIED:
        return draw.dept_mark("outside", gettext("Customer"), text=gettext("Customer answers"))
    return draw.dept_mark(held.department, text=held.title) if held else draw.dash()


def _due(order: Order) -> Markup:
    held = order_page.holder_of(order)
    return draw.due_badge(held.due_at) if held else draw.dash()


def _total(order: Order) -> Markup:
    return draw.money(order.gross_total, order.currency)


class OrderDesk(DepartmentView, model=Order):
    """All orders; the states and buttons of sales."""

    department = "sales"
    slug = "orders"
    title = lazy_gettext("Orders")
    in_menu = False  # its place is at the top, see views/__init__.py
    new_label = lazy_gettext("New order")
    empty_hint = lazy_gettext("Take the first order: enter it, paste it from a sheet or import a file.")
    list_permission = OrderPermissions.ORDER_READ
    export_permission = OrderPermissions.ORDER_EXPORT
    create_permission, create_use_case = Permissions.ORDER_TAKE, service.take_order
    edit_permission, edit_use_case = Permissions.ORDER_TAKE, service.update_draft
    create_form_class = edit_form_class = HeaderForm
    labels: ClassVar = {
        "number": lazy_gettext("Order"),
        "customer_order_number": lazy_gettext("Their number"),
        "received_at": lazy_gettext("Received"),
        "promised_date": lazy_gettext("Promised"),
        "requested_date": lazy_gettext("Wanted"),
        "gross_total": lazy_gettext("Total"),
        "owner_id": lazy_gettext("Owner"),
        "customer_id": lazy_gettext("Customer"),
        "channel": lazy_gettext("Came by"),
    }
    columns = (
        Column("number", width="w-id", phone="ph-l ph-1"),
        Column("customer", lazy_gettext("Customer"), render=_customer, needs=("customer.name",), phone="ph-full ph-3"),
        Column("customer_order_number", hide="xwide", width="w-ref", phone="ph-hide"),
        Column("state", width="w-state", phone="ph-l ph-4"),
        Column(
            "holder",
            lazy_gettext("With"),
            render=_with,
            needs=("state",),
            width="w-with",
            phone="ph-l ph-6",
            export=False,
        ),
        Column("due", lazy_gettext("Due"), render=_due, width="w-due", phone="ph-r ph-7", export=False),
        Column("received_at", hide="wide", width="w-date", phone="ph-hide"),
        Column("promised_date", width="w-date", phone="ph-r ph-2"),
        Column("gross_total", render=_total, needs=("currency",), width="w-amt", is_numeric=True, phone="ph-r ph-5"),
        Column("channel", hide="wide", phone="ph-hide"),
        Column("updated_at", hide="wide", width="w-upd", phone="ph-hide"),
    )
    details = ("number", "state", "received_at")
    sortable = ("received_at", "promised_date", "gross_total")
    default_sort = "-id"
    filters = ("state", "customer_id", "owner_id", "received_at", "promised_date", "channel")
    search_columns = ("number", "customer_order_number")
    details_template = "sales/orders/details.html"
    details_options = (
        joinedload(Order.customer), joinedload(Order.payment_term), joinedload(Order.shipping_address),
    )  # fmt: skip
    actions = (
        paper_button("print", lazy_gettext("Print confirmation"), papers.CONFIRMATION, papers.print_confirmation),
        ButtonAction(
            "reopen", lazy_gettext("Change again"), Permissions.ORDER_TAKE, service.reopen_order, icon="pencil",
            when=lambda order: order.state is OrderState.VERIFIED, bulk=False,
            confirm=lazy_gettext("The order becomes a draft again, and links already sent stop working."),
        ),
        ButtonAction(
            "copy", lazy_gettext("Copy"), Permissions.ORDER_TAKE, service.copy_order, icon="plus", bulk=False,
            opens="edit_view", done=lazy_gettext("This is the copy, a draft: change what is different."),
        ),
        ButtonAction(
            "hold", lazy_gettext("Hold"), Permissions.ORDER_HOLD, service.hold_order, form=HoldForm, icon="pause",
            when=lambda order: order.state not in CLOSED and order.state is not OrderState.CLOSED_SHORT,
        ),
        ButtonAction("release", lazy_gettext("Release"), Permissions.ORDER_HOLD, service.release_order, icon="play"),
        ButtonAction(
            "close_short", lazy_gettext("Close short"), Permissions.ORDER_CANCEL, service.close_short, form=ReasonForm,
            icon="check", bulk=False, is_danger=True, when=lambda order: order.state in OPEN_FOR_FULFILMENT,
            confirm=lazy_gettext("What has not left will not be delivered; what was delivered is billed as usual."),
        ),
        ButtonAction(
            "cancel", lazy_gettext("Cancel order"), Permissions.ORDER_CANCEL, service.cancel_order, form=ReasonForm,
            icon="x", is_danger=True,
            when=lambda order: order.state in {*EDITABLE, *OPEN_FOR_FULFILMENT, OrderState.VERIFIED},
            confirm=lazy_gettext("Stock held for the order is given back, and every department is told."),
        ),
    )  # fmt: skip

    def details_context(self, row: Order) -> dict[str, Any]:
        """Who holds it, its lines, its story, and what sales may do next."""
        actor = current_actor()
        found = order_page.context(actor, row)
        return {**found, "next_steps": self._next_steps(actor, row, found), "may": _may(actor, row)}

    def actions_for(self, actor: Actor, row: Any = None) -> list[ButtonAction]:
        """A hold is released only where there is one."""
        found = super().actions_for(actor, row)
        if row is None:
            return found
        from app.departments.sales.service.holds import open_hold

        held = open_hold(row.id) is not None
        return [one for one in found if one.name != ("hold" if held else "release")]

    def _next_steps(self, actor: Actor, order: Order, found: dict[str, Any]) -> list[dict[str, Any]]:
        """Buttons that move the order on, first the one that is due."""
        from flask import url_for

        steps: list[dict[str, Any]] = []
        if order.state in EDITABLE and can(actor, Permissions.ORDER_VERIFY):
            steps.append({
                "label": lazy_gettext("Verify"), "href": url_for("sales_order_check", order_id=order.id), "icon": "check",
                "what": lazy_gettext("products, quantities, prices, credit and duplicates are checked"), "primary": True,
            })  # fmt: skip
        if order.state is OrderState.VERIFIED and can(actor, Permissions.ORDER_CONFIRM):
            steps.append({
                "label": lazy_gettext("Confirm with the customer"),
                "href": url_for("sales_order_confirm", order_id=order.id), "icon": "arrow",
                "what": lazy_gettext("by link, stamped scan or phone"), "primary": True,
            })  # fmt: skip
        steps.extend(
            {
                "label": lazy_gettext("Decide on change %(number)s", number=one.number), "icon": "pencil",
                "href": url_for("sales_amendment", amendment_id=one.id), "what": one.reason, "primary": True,
            }
            for one in found["amendments"]
            if one.state is found["proposed"] and can(actor, Permissions.AMENDMENT_DECIDE)
        )  # fmt: skip
        return steps

    # ---------------------------------------------------------------------------------------------- entry
    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """The grid for a new order."""
        return entry.new(self, current_actor())

    @expose("/<row_id>/edit/", methods=("GET", "POST"))
    def edit_view(self, row_id: str) -> ResponseReturnValue:
        """The grid of a draft; a confirmed order is changed by amendment."""
        order = self.row(row_id)
        if order.state in BINDING:
            from flask import url_for

            return redirect(url_for("sales_order_amend", order_id=order.id))
        return entry.edit(self, current_actor(), order)

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Every order; history that was imported too."""
        return ()


def _may(actor: Actor, order: Order) -> dict[str, bool]:
    """Which links to show; courtesy only, the use cases decide."""
    return {
        "edit": order.state in EDITABLE and can(actor, Permissions.ORDER_TAKE),
        "amend": order.state in BINDING and can(actor, Permissions.ORDER_AMEND),
        "cancel_part": order.state in OPEN_FOR_FULFILMENT and can(actor, Permissions.ORDER_CANCEL),
        "ask_return": can(actor, Permissions.RETURN_REQUEST),
    }
