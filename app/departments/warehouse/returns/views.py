"""The warehouse's lists of returns: from customers, and to suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext

from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.returns import forms, papers, taking_in, to_supplier
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.access import can
from app.platform.backoffice import ButtonAction, Column, DepartmentView, add_view, current_actor, tone_states
from app.platform.documents.shelf import paper_button
from app.records.returns import queries
from app.records.returns.models import (
    CustomerReturn,
    ReturnState,
    SupplierReturn,
    SupplierReturnState,
)
from app.records.returns.permissions import Permissions as ReturnPermissions

P = Permissions
S, SR = ReturnState, SupplierReturnState
AWAITED = (S.AUTHORISED, S.RECEIVED, S.INSPECTED, S.CLOSED)


class CustomerReturns(DepartmentView, model=CustomerReturn):
    """What customers send back."""

    department, slug = "warehouse", "returns"
    title = lazy_gettext("Customers' returns")
    menu_icon, menu_position = "inbox", 44
    list_permission = ReturnPermissions.RETURN_READ
    id_argument = "return_id"
    empty_hint = lazy_gettext("Returns appear here once sales has authorised them.")
    columns = (
        "number", Column("order.customer.name", label=lazy_gettext("Customer")),
        Column("order.number", label=lazy_gettext("Order")), Column("state", phone="ph-r"),
        Column("reason", label=lazy_gettext("Why it comes back")), Column("decided_at", hide="wide"),
    )  # fmt: skip
    details = (
        Column("order.number", label=lazy_gettext("Order")),
        Column("order.customer.name", label=lazy_gettext("Customer")), "state",
        Column("reason", label=lazy_gettext("Why it comes back")),
        Column("decision_note", label=lazy_gettext("Note on the decision")),
        Column("sent_back_with", label=lazy_gettext("Sent back with")),
    )  # fmt: skip
    labels = {"decided_at": lazy_gettext("Authorised")}
    details_template = "warehouse/returns/details.html"
    sortable = ("number",)
    filters = ("state",)
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "send_back", lazy_gettext("Send back to the customer"), P.RETURN_SEND_BACK, taking_in.send_back,
            form=forms.SentForm, when=lambda row: row.state in {S.RECEIVED, S.INSPECTED}, bulk=False, icon="arrow",
        ),
    )  # fmt: skip

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Returns that were authorised."""
        return (CustomerReturn.state.in_(AWAITED),)

    def actions_for(self, actor: Actor, row: Any = None) -> list[ButtonAction]:
        """Only goods that are held go back."""
        found = super().actions_for(actor, row)
        if row is None:
            return found
        return [one for one in found if one.name != "send_back" or any(line.held for line in row.lines)]

    def details_context(self, row: CustomerReturn) -> dict[str, Any]:
        """Its lines, what was found, and what is to do."""
        lines = queries.return_rows(row.id)
        actor = current_actor()
        is_open = row.state in {S.AUTHORISED, S.RECEIVED}
        return {
            "lines": lines,
            "findings": queries.finding_rows(row.id),
            "may_receive": is_open and any(one.row.expected for one in lines) and can(actor, P.RETURN_RECEIVE),
            "may_inspect": any(one.row.to_inspect for one in lines) and can(actor, P.RETURN_INSPECT),
            "may_take_back": can(actor, P.RETURN_INSPECT),
        }


class SupplierReturns(DepartmentView, model=SupplierReturn):
    """What goes back to suppliers."""

    department, slug = "warehouse", "supplier_returns"
    title = lazy_gettext("Back to suppliers")
    menu_icon, menu_position = "arrow", 46
    list_permission = ReturnPermissions.SUPPLIER_RETURN_READ
    id_argument = "return_id"
    empty_hint = lazy_gettext("Open a receipt to send goods of it back.")
    columns = (
        "number", Column("purchase_order.supplier.name", label=lazy_gettext("Supplier")),
        Column("receipt.number", label=lazy_gettext("Receipt")), Column("state", phone="ph-r"), "reason",
        Column("sent_at", hide="wide"),
    )  # fmt: skip
    details = (*columns, Column("sent_with", label=lazy_gettext("Sent with")), "settled_by", "close_reason")
    labels = {
        "sent_at": lazy_gettext("Sent"),
        "settled_by": lazy_gettext("Settled by"),
        "close_reason": lazy_gettext("Why it was called off"),
    }
    details_template = "warehouse/returns/to_supplier.html"
    sortable = ("number",)
    filters = ("state",)
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "send", lazy_gettext("Send to the supplier"), P.SUPPLIER_RETURN_SEND, to_supplier.send_to_supplier,
            form=forms.SentForm, when=lambda row: row.state is SR.REQUESTED, bulk=False, is_primary=True, icon="arrow",
        ),
        paper_button("print", lazy_gettext("Print"), papers.SLIP, papers.print_slip),
    )  # fmt: skip

    def details_context(self, row: SupplierReturn) -> dict[str, Any]:
        """Its lines."""
        return {"lines": queries.supplier_return_rows(row.id)}


def register(app: Flask) -> None:
    """Both lists."""
    tone_states(
        {SR.REQUESTED: "warning", SR.SENT: "info half", SR.SETTLED: "ok", SR.CANCELLED: "waiting"},
        {
            SR.REQUESTED: N_("To send back"), SR.SENT: N_("Sent back"), SR.SETTLED: N_("Settled"),
            SR.CANCELLED: N_("Called off"),
        },
    )  # fmt: skip
    for view in (CustomerReturns, SupplierReturns):
        add_view(app, view)
