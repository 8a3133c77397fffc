"""Goods that go back to suppliers, as purchasing sees them: the list, and the page that asks for one."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from sqlalchemy.orm import selectinload
from wtforms.validators import Length, Optional

from app.departments.purchasing import forms, returning
from app.departments.purchasing.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotFound, RuleBroken
from app.platform.backoffice import (
    ButtonAction,
    Column,
    DepartmentView,
    Form,
    NumberField,
    ParagraphField,
    PickerField,
    Required,
    add_view,
    page,
    sentence,
)
from app.platform.db import run, session
from app.records.returns import queries
from app.records.returns.models import SupplierReturn, SupplierReturnState
from app.records.returns.permissions import Permissions as ReturnPermissions
from app.records.stock.models import StockLevel
from app.records.supply.models import PurchaseOrder, Receipt, ReceiptLine

P = Permissions


class WhyForm(Form):
    """Why goods go back."""

    reason = ParagraphField(lazy_gettext("Why it goes back"), [Required(), Length(max=returning.REASON_LIMIT)])


class BackForm(Form):
    """How much of one receipt line, from where."""

    widths: ClassVar[dict[str, str]] = {"rejected": "c3", "stocked": "c3", "location_id": "c6"}
    rejected = NumberField(lazy_gettext("Rejected at the door"), [Optional()], places=forms.QUANTITY_PLACES)
    stocked = NumberField(lazy_gettext("From stock"), [Optional()], places=forms.QUANTITY_PLACES)
    location_id = PickerField(lazy_gettext("From place"), [Optional()], picker="locations")


class SupplierReturns(DepartmentView, model=SupplierReturn):
    """What we send back."""

    department, slug = "purchasing", "supplier_returns"
    title = lazy_gettext("Back to suppliers")
    menu_icon, menu_position = "arrow", 40
    list_permission = ReturnPermissions.SUPPLIER_RETURN_READ
    id_argument = "return_id"
    empty_hint = lazy_gettext("Open the purchase order whose goods are bad, and send them back from its receipt.")
    columns = (
        "number", Column("purchase_order.supplier.name", label=lazy_gettext("Supplier")),
        Column("purchase_order.number", label=lazy_gettext("Purchase order")), Column("state", phone="ph-r"), "reason",
        Column("settled_by", label=lazy_gettext("Settled by"), hide="mid"),
    )  # fmt: skip
    details = (
        *columns, Column("receipt.number", label=lazy_gettext("Receipt")),
        Column("requested_by", label=lazy_gettext("Entered by")), Column("sent_with", label=lazy_gettext("Sent with")),
        Column("sent_at", label=lazy_gettext("Sent")),
    )  # fmt: skip
    details_template = "purchasing/returns/details.html"
    sortable = ("number",)
    filters = ("state",)
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "cancel", lazy_gettext("Call off"), P.SUPPLIER_RETURN_REQUEST, returning.cancel_supplier_return,
            form=forms.ReasonForm, when=lambda row: row.state is SupplierReturnState.REQUESTED, bulk=False,
            is_danger=True,
        ),
    )  # fmt: skip

    def details_context(self, row: SupplierReturn) -> dict[str, Any]:
        """Its lines."""
        return {"lines": queries.supplier_return_rows(row.id)}


def ask(actor: Actor, receipt_id: int) -> ResponseReturnValue:
    """GET shows what of a receipt may go back, POST asks the warehouse to send it."""
    posted = request.form if request.method == "POST" else None
    receipt = _receipt(receipt_id)
    rows = _rows(receipt_id, posted)
    head = WhyForm(formdata=posted)
    problems, status = [], 200
    if posted is not None:
        valid = [head.validate(), *(form.validate() for _, form in rows)]
        status = 200 if all(valid) else 422
        if status == 200:
            try:
                found = run(
                    returning.request_supplier_return, actor, receipt_id=receipt_id, parts=_parts(rows),
                    reason=head.reason.data or "", intake_key=posted.get("intake_key", "")[:80] or None,
                )  # fmt: skip
            except InvalidInput as refusal:
                problems, status = [sentence(one) for one in refusal.fields.values()], refusal.status
            except RuleBroken as refusal:
                problems, status = [sentence(refusal)], refusal.status
            else:
                flash(gettext("%(number)s is with the warehouse.", number=found.number), "success")
                return redirect(url_for("purchasing_supplier_returns.details_view", row_id=found.id))
            receipt, rows = _receipt(receipt_id), _rows(receipt_id, posted)
    body = render_template(
        "purchasing/returns/ask.html", receipt=receipt, rows=rows, head=head, problems=problems,
        intake_key=request.form.get("intake_key") or uuid.uuid4().hex,
    )  # fmt: skip
    return make_response(body, status)


def _receipt(receipt_id: int) -> Receipt:
    supplier = selectinload(Receipt.purchase_order).selectinload(PurchaseOrder.supplier)
    found = session.scalars(sa.select(Receipt).where(Receipt.id == receipt_id).options(supplier)).one_or_none()
    if found is None:
        raise NotFound(record=Receipt.__tablename__, id=receipt_id)
    return found


def _rows(receipt_id: int, posted: Any) -> list[tuple[returning.Left, Any]]:
    """Lines with something that may go back; the place where most of it lies suggests itself."""
    made = []
    for one in returning.what_may_go_back(receipt_id):
        begins = {"rejected": one.rejected or None, "location_id": _where(one.line)}
        if one.rejected > 0 or one.stocked > 0:
            made.append((one, BackForm(formdata=posted, prefix=f"l{one.line.id}-", data=begins)))
    return made


def _where(line: ReceiptLine) -> int | None:
    lot = StockLevel.lot_id.is_(None) if line.lot_id is None else StockLevel.lot_id == line.lot_id
    return session.scalar(
        sa.select(StockLevel.location_id)
        .where(StockLevel.product_id == line.product_id, lot, StockLevel.on_hand > 0)
        .order_by(StockLevel.on_hand.desc(), StockLevel.id)
        .limit(1)
    )


def _parts(rows: list[tuple[returning.Left, Any]]) -> list[returning.GoingBack]:
    made = []
    for one, form in rows:
        if form.rejected.data:
            made.append(returning.GoingBack(receipt_line_id=one.line.id, quantity=form.rejected.data))
        if form.stocked.data:
            made.append(
                returning.GoingBack(
                    receipt_line_id=one.line.id, quantity=form.stocked.data, location_id=form.location_id.data or 0
                )
            )
    return made


def register(app: Flask) -> None:
    """The list, and the page that asks."""
    add_view(app, SupplierReturns)
    page(
        app, "/purchasing/receipts/<int:receipt_id>/return/", permission=P.SUPPLIER_RETURN_REQUEST,
        methods=("GET", "POST"), endpoint="purchasing_return_ask",
    )(ask)  # fmt: skip
