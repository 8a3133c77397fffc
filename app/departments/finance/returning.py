"""Finance's lists of returns: refunds of customers, claims on suppliers, and the debit notes behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload

from app.departments.finance import claims, debit_papers, refunds
from app.departments.finance.permissions import Permissions
from app.kernel.actor import Actor
from app.platform.backoffice import ButtonAction, Choice, Column, DepartmentView, add_view
from app.platform.db import session
from app.platform.documents.shelf import paper_button
from app.platform.events import subscribe
from app.records.returns import queries
from app.records.returns.events import SupplierReturnSettled
from app.records.returns.models import (
    CustomerReturn,
    CustomerReturnLine,
    DebitNote,
    SupplierReturn,
    SupplierReturnState,
)
from app.records.returns.permissions import Permissions as ReturnPermissions
from app.records.supply.models import SupplierBill

P = Permissions


def _owes(*criteria: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    lines = sa.select(CustomerReturnLine.return_id).where(CustomerReturnLine.return_id == CustomerReturn.id, *criteria)
    return lines.exists()


def _is_owed(row: CustomerReturn) -> bool:
    return any(line.to_refund for line in row.lines)


class Refunds(DepartmentView, model=CustomerReturn):
    """Returns whose customer gets money back."""

    department, slug = "finance", "returns"
    title = lazy_gettext("Refunds")
    menu_icon, menu_position = "inbox", 25
    list_permission = P.CREDIT_NOTE
    id_argument = "return_id"
    empty_hint = lazy_gettext("Returns appear here once the warehouse has found that money is to go back.")
    columns = (
        "number", Column("order.customer.name", label=lazy_gettext("Customer")),
        Column("order.number", label=lazy_gettext("Order")), Column("state", phone="ph-r"),
        Column("reason", label=lazy_gettext("Why it comes back")),
    )  # fmt: skip
    details = columns
    details_template = "finance/returns/refund.html"
    details_options = (selectinload(CustomerReturn.lines),)
    sortable = ("number",)
    filters = (
        Choice(
            "what",
            lazy_gettext("Show"),
            {
                "due": (
                    lazy_gettext("to refund"),
                    lambda _actor: _owes(CustomerReturnLine.refundable > CustomerReturnLine.refunded),
                ),
            },
        ),
    )
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "refund", lazy_gettext("Refund"), P.CREDIT_NOTE, refunds.refund_return, when=_is_owed, bulk=False,
            is_primary=True, icon="check",
            confirm=lazy_gettext("A credit note over what came back is posted; it cannot be taken back."),
            done=lazy_gettext("Refunded. What was invoiced is credited; what was not will not be."),
        ),
    )  # fmt: skip

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Returns with something to refund, now or before."""
        return (_owes(CustomerReturnLine.refundable > 0),)

    def details_context(self, row: CustomerReturn) -> dict[str, Any]:
        """Its lines, what was found, and the credit notes."""
        return {
            "lines": queries.return_rows(row.id),
            "findings": queries.finding_rows(row.id),
            "credit_notes": queries.credit_notes_of(row.id),
        }


class Claims(DepartmentView, model=SupplierReturn):
    """Goods that went back to suppliers."""

    department, slug = "finance", "supplier_returns"
    title = lazy_gettext("Claims on suppliers")
    menu_icon, menu_position = "arrow", 55
    list_permission = P.DEBIT_NOTE
    id_argument = "return_id"
    empty_hint = lazy_gettext("What goes back to suppliers appears here once it has left.")
    columns = (
        "number", Column("purchase_order.supplier.name", label=lazy_gettext("Supplier")),
        Column("purchase_order.number", label=lazy_gettext("Purchase order")), Column("state", phone="ph-r"), "reason",
        Column("settled_by", label=lazy_gettext("Settled by")),
    )  # fmt: skip
    details = (*columns, Column("sent_at", label=lazy_gettext("Sent")))
    details_template = "finance/returns/claim.html"
    sortable = ("number",)
    filters = ("state",)
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "claim", lazy_gettext("Post debit note"), P.DEBIT_NOTE, claims.post_debit_note, bulk=False,
            when=lambda row: row.state is SupplierReturnState.SENT, is_primary=True, icon="check",
            confirm=lazy_gettext("It is taken off the supplier's bill; what the bill leaves no room for is claimed."),
        ),
    )  # fmt: skip

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """What has left."""
        return (SupplierReturn.state.in_((SupplierReturnState.SENT, SupplierReturnState.SETTLED)),)

    def details_context(self, row: SupplierReturn) -> dict[str, Any]:
        """Its lines."""
        return {"lines": queries.supplier_return_rows(row.id)}


class DebitNotes(DepartmentView, model=DebitNote):
    """What suppliers owe us for goods that went back."""

    department, slug = "finance", "debit_notes"
    title = lazy_gettext("Debit notes")
    menu_icon, menu_position = "file", 60
    list_permission = ReturnPermissions.DEBIT_NOTE_READ
    empty_hint = lazy_gettext("Claim goods that went back under Claims on suppliers.")
    columns = (
        "number", Column("supplier.name", label=lazy_gettext("Supplier")),
        Column("supplier_return.number", label=lazy_gettext("Return")),
        Column("gross_total", label=lazy_gettext("Amount"), currency="currency", phone="ph-r"),
        Column("settled", label=lazy_gettext("Taken off the bill"), currency="currency"), "issued_on",
    )  # fmt: skip
    details = (
        *columns, Column("net_total", label=lazy_gettext("Net"), currency="currency"),
        Column("tax_total", label=lazy_gettext("Tax"), currency="currency"),
        Column("posted_by", label=lazy_gettext("Posted by")),
    )  # fmt: skip
    labels = {"issued_on": lazy_gettext("Dated")}
    details_template = "finance/returns/debit_note.html"
    details_options = (selectinload(DebitNote.lines),)
    sortable = ("number",)
    search_columns = ("number",)
    actions = (paper_button("print", lazy_gettext("Print"), debit_papers.NOTE, debit_papers.print_debit_note),)

    def details_context(self, row: DebitNote) -> dict[str, Any]:
        """The bill it is taken off, and the goods."""
        bill = session.scalar(sa.select(SupplierBill.supplier_number).where(SupplierBill.id == row.bill_id))
        names = {one.line.id: one for one in queries.supplier_return_rows(row.supplier_return_id)}
        return {"bill_number": bill, "names": names}


def register(app: Flask) -> None:
    """All three, and the paper of a debit note."""
    subscribe(SupplierReturnSettled, debit_papers.print_when_settled)
    for view in (Refunds, Claims, DebitNotes):
        add_view(app, view)
