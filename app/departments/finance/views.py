"""Finance's tables: orders to set up and to invoice, invoices, payments, receipts that wait for a bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy.orm import selectinload

from app.departments.finance import bills, credit, disputes, forms, invoicing, papers, payments, queries, setup
from app.departments.finance.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.backoffice import ButtonAction, Choice, Column, DepartmentView, add_view, tone_states
from app.platform.backoffice import html as draw
from app.platform.db import session
from app.platform.documents.shelf import paper_button
from app.records.billing.models import (
    Invoice,
    InvoiceKind,
    InvoiceState,
    Payment,
    PaymentDirection,
    PaymentMethod,
    Settlement,
)
from app.records.billing.permissions import Permissions as BillingPermissions
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import BINDING, OrderState
from app.records.supply.models import BillState, Receipt, ReceiptState, SupplierBill
from app.records.supply.permissions import Permissions as SupplyPermissions

P = Permissions


def _open(invoice: Invoice) -> Markup:
    is_claim = invoice.kind is InvoiceKind.INVOICE and invoice.state is InvoiceState.POSTED
    return draw.money(invoice.open_amount if is_claim else None, invoice.currency)


def _is_draft(invoice: Invoice) -> bool:
    return invoice.state is InvoiceState.DRAFT


def _is_claim(invoice: Invoice) -> bool:
    return invoice.state is InvoiceState.POSTED and invoice.kind is InvoiceKind.INVOICE


def _today() -> Any:
    return clock.now().date()


class Invoices(DepartmentView, model=Invoice):
    """Claims and credit notes."""

    department, slug = "finance", "invoices"
    title = lazy_gettext("Invoices")
    menu_icon, menu_position = "file", 20
    list_permission = BillingPermissions.INVOICE_READ
    export_permission = BillingPermissions.INVOICE_EXPORT
    empty_hint = lazy_gettext("A draft appears here as soon as something billable leaves the house.")
    columns = (
        "number",
        Column("kind", render=lambda row: draw.word(row.kind), hide="mid", phone="ph-hide"),
        Column("customer.name", label=lazy_gettext("Customer"), phone="ph-full ph-3"),
        Column("state", phone="ph-r"),
        Column("due_on", phone="ph-l ph-4"),
        Column("gross_total", label=lazy_gettext("Amount"), currency="currency", phone="ph-r ph-5"),
        Column(
            "settled",
            label=lazy_gettext("Open"),
            render=_open,
            needs=("settled", "gross_total", "currency"),
            is_numeric=True,
        ),
        Column("is_disputed", label=lazy_gettext("Disputed"), hide="wide"),
    )
    details = (
        "number", "kind", "state", Column("customer.name", label=lazy_gettext("Customer")), "billing_title",
        "billing_tax_number", "customer_order_number", "issued_on", "due_on",
        Column("net_total", label=lazy_gettext("Net"), currency="currency"),
        Column("tax_total", label=lazy_gettext("Tax"), currency="currency"),
        Column("gross_total", label=lazy_gettext("Amount"), currency="currency"),
        Column("settled", label=lazy_gettext("Settled"), currency="currency"),
        "reason", "is_disputed", "dispute_reason", "posted_at", "posted_by",
    )  # fmt: skip
    details_template = "finance/invoices/details.html"
    details_options = (selectinload(Invoice.lines), selectinload(Invoice.customer))
    sortable = ("due_on",)
    filters = (
        "state",
        "kind",
        Choice(
            "age",
            lazy_gettext("Due"),
            {
                "open": (lazy_gettext("open"), lambda _actor: Invoice.settled < Invoice.gross_total),
                "late": (
                    lazy_gettext("overdue"),
                    lambda _actor: sa.and_(Invoice.settled < Invoice.gross_total, Invoice.due_on < _today()),
                ),
            },
        ),
    )
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "post", lazy_gettext("Post"), P.INVOICE_POST, invoicing.post_invoice, when=_is_draft, is_primary=True,
            icon="check", confirm=lazy_gettext("The invoice gets its number for good; only a credit note takes it back."),
        ),
        ButtonAction(
            "drop", lazy_gettext("Throw the draft away"), P.INVOICE_DRAFT, invoicing.cancel_draft, when=_is_draft,
            is_danger=True, confirm=lazy_gettext("What it would have asked for can be invoiced again."),
        ),
        paper_button("print", lazy_gettext("Print"), papers.INVOICE, papers.print_invoice),
        ButtonAction(
            "dispute", lazy_gettext("Customer disputes it"), P.INVOICE_DISPUTE, disputes.dispute_invoice,
            form=forms.ReasonForm, when=lambda row: _is_claim(row) and not row.is_disputed, bulk=False,
        ),
        ButtonAction(
            "agree", lazy_gettext("Dispute settled"), P.INVOICE_DISPUTE, disputes.settle_dispute,
            when=lambda row: row.is_disputed, bulk=False,
        ),
        ButtonAction(
            "credit", lazy_gettext("Credit all that is left"), P.CREDIT_NOTE, credit.credit_invoice,
            form=forms.ReasonForm, when=_is_claim, bulk=False, is_danger=True,
            confirm=lazy_gettext("A credit note over all lines is posted; it cannot be taken back."),
        ),
    )  # fmt: skip

    def details_context(self, row: Invoice) -> dict[str, Any]:
        """What settled it, and the order behind it."""
        settlements = session.scalars(
            sa.select(Settlement).where(Settlement.invoice_id == row.id).order_by(Settlement.id)
        ).all()
        order = session.scalar(sa.select(Order.number).where(Order.id == row.order_id)) if row.order_id else None
        return {"settlements": settlements, "order_number": order, "units": queries.units_of_lines(row.id)}


class OrdersToBill(DepartmentView, model=Order):
    """Orders whose billing is not set up, and orders with something billable."""

    department, slug = "finance", "orders"
    title = lazy_gettext("To invoice")
    menu_icon, menu_position = "inbox", 10
    list_permission = P.BILLING_SET_UP
    empty_hint = lazy_gettext("Nothing waits for its billing to be set up.")
    columns = (
        "number",
        Column("customer.name", label=lazy_gettext("Customer")),
        Column("state", phone="ph-r"),
        Column("billing_title", label=lazy_gettext("Name on the invoice"), phone="ph-l ph-4"),
        Column("billing_policy", label=lazy_gettext("Invoice by"), hide="mid"),
        Column("gross_total", label=lazy_gettext("Amount"), currency="currency", phone="ph-r ph-5"),
    )
    details = (
        *columns[:2], "state", "billing_title", "billing_tax_number", Column("billing_policy"), "deposit_percent",
        "billing_confirmed_at", Column("net_total", currency="currency"), Column("tax_total", currency="currency"),
        Column("gross_total", currency="currency"),
    )  # fmt: skip
    sortable = ("number",)
    filters = (
        Choice(
            "what",
            lazy_gettext("Show"),
            {
                "set_up": (lazy_gettext("to set up"), lambda _actor: Order.billing_confirmed_at.is_(None)),
                "bill": (lazy_gettext("billable"), lambda _actor: _billable()),
            },
        ),
    )
    actions = (
        ButtonAction(
            "set_up", lazy_gettext("Confirm billing"), P.BILLING_SET_UP, setup.confirm_billing, form=forms.BillingForm,
            when=lambda row: row.billing_confirmed_at is None, bulk=False, is_primary=True, icon="check",
            prefill=lambda row: {
                "billing_title": row.billing_title, "billing_tax_number": row.billing_tax_number,
                "payment_term_id": row.payment_term_id, "deposit_percent": row.deposit_percent,
            },
        ),
        ButtonAction(
            "draft", lazy_gettext("Draft invoice"), P.INVOICE_DRAFT, invoicing.draft_invoice,
            when=lambda row: row.billing_confirmed_at is not None, icon="file",
            done=lazy_gettext("The draft is under Invoices."),
        ),
    )  # fmt: skip

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Orders that bind, and are not fully invoiced."""
        states = tuple(BINDING | {OrderState.CLOSED_SHORT})
        return (Order.state.in_(states), sa.or_(Order.billing_confirmed_at.is_(None), _billable()))


def _billable() -> sa.ColumnElement[bool]:
    """Something left or is billed by order, and is not asked for yet."""
    gone = OrderLine.shipped - OrderLine.failed - OrderLine.returned > OrderLine.invoiced - OrderLine.credited
    ahead = OrderLine.ordered - OrderLine.cancelled - OrderLine.returned > OrderLine.invoiced - OrderLine.credited
    lines = sa.select(OrderLine.order_id).where(
        OrderLine.order_id == Order.id,
        OrderLine.gross != 0,
        sa.or_(gone, sa.and_(Order.billing_policy == "ordered", ahead)),
    )
    return lines.exists()


class Payments(DepartmentView, model=Payment):
    """Money that came in."""

    department, slug = "finance", "payments"
    title = lazy_gettext("Payments")
    menu_icon, menu_position = "download", 30
    list_permission = BillingPermissions.PAYMENT_READ
    export_permission = BillingPermissions.INVOICE_EXPORT
    create_permission, create_use_case = P.PAYMENT_RECORD, payments.record_payment
    create_form_class = forms.PaymentForm
    new_label = lazy_gettext("Record payment")
    empty_hint = lazy_gettext("Record what customers paid; it settles what is due longest.")
    columns = (
        "number",
        Column("party.name", label=lazy_gettext("Paid by")),
        "occurred_on",
        Column("amount", currency="currency"),
        Column("allocated", label=lazy_gettext("Settles"), currency="currency", phone="ph-r"),
        Column("reference", hide="mid"),
    )
    details = (*columns, "method", "note", "booked_by", "created_at")
    sortable = ("number",)
    filters = ("method", "occurred_on")
    search_columns = ("number",)

    def make_form(self, what: str, actor: Actor, row: Any = None) -> Any:
        """Today, unless said otherwise."""
        form = super().make_form(what, actor, row)
        if what == "create" and not form.is_submitted():
            form["occurred_on"].data = _today()
        return form


class ReceiptsToMatch(DepartmentView, model=Receipt):
    """Goods that came and wait for the supplier's bill."""

    department, slug = "finance", "receipts"
    title = lazy_gettext("Bills to match")
    menu_icon, menu_position = "box", 40
    list_permission = P.BILL_RECORD
    empty_hint = lazy_gettext("Receipts appear here once they are put away.")
    columns = (
        "number", Column("purchase_order.number", label=lazy_gettext("Purchase order")),
        Column("purchase_order.supplier.name", label=lazy_gettext("Supplier")), "delivery_note", "occurred_on",
        Column("state", phone="ph-r"),
    )  # fmt: skip
    details = columns
    sortable = ("number",)
    filters = ("state",)
    actions = (
        ButtonAction(
            "bill", lazy_gettext("Enter bill"), P.BILL_RECORD, bills.record_bill, form=forms.BillForm, bulk=False,
            when=lambda row: row.state is ReceiptState.PUT_AWAY, is_primary=True, icon="file",
            done=lazy_gettext("The bill is booked. One that does not fit waits under Supplier bills."),
        ),
    )  # fmt: skip


class SupplierBills(DepartmentView, model=SupplierBill):
    """What suppliers want to be paid."""

    department, slug = "finance", "supplier_bills"
    title = lazy_gettext("Supplier bills")
    menu_icon, menu_position = "file", 50
    list_permission = SupplyPermissions.BILL_READ
    empty_hint = lazy_gettext("Enter bills under Bills to match.")
    columns = (
        Column("supplier_number", label=lazy_gettext("Number")),
        Column("supplier.name", label=lazy_gettext("Supplier")),
        Column("state", phone="ph-r"),
        "due_on",
        Column("gross_total", label=lazy_gettext("Amount"), currency="currency"),
        Column("problem", label=lazy_gettext("Differs by")),
    )
    details = (
        *columns,
        "billed_on",
        Column("net_total", currency="currency"),
        Column("tax_total", currency="currency"),
    )
    filters = ("state",)
    id_argument = "bill_id"
    actions = (
        ButtonAction(
            "accept", lazy_gettext("Accept the difference"), P.BILL_RECORD, bills.accept_difference,
            form=forms.ReasonForm, when=lambda row: row.state is BillState.EXCEPTION, bulk=False,
        ),
    )  # fmt: skip


def register(app: Flask) -> None:
    """All views of finance."""
    tone_states(
        {
            InvoiceState.DRAFT: "empty", InvoiceState.POSTED: "info", InvoiceState.CANCELLED: "waiting",
            BillState.RECEIVED: "empty", BillState.MATCHED: "ok", BillState.EXCEPTION: "breach", BillState.POSTED: "info",
            BillState.CANCELLED: "waiting", InvoiceKind.INVOICE: "", InvoiceKind.CREDIT_NOTE: "",
            PaymentDirection.RECEIVED: "", PaymentDirection.SENT: "",
        },
        {
            InvoiceState.DRAFT: N_("Draft"), InvoiceState.POSTED: N_("Posted"), InvoiceState.CANCELLED: N_("Thrown away"),
            InvoiceKind.INVOICE: N_("Invoice"), InvoiceKind.CREDIT_NOTE: N_("Credit note"),
            BillState.RECEIVED: N_("Received"), BillState.MATCHED: N_("Matched"), BillState.EXCEPTION: N_("Does not fit"),
            BillState.POSTED: N_("Posted"), BillState.CANCELLED: N_("Cancelled"),
            PaymentMethod.BANK: N_("bank transfer"), PaymentMethod.CASH: N_("cash"), PaymentMethod.CARD: N_("card"),
            PaymentMethod.ALIPAY: N_("Alipay"), PaymentMethod.WECHAT: N_("WeChat Pay"),
            PaymentMethod.ACCEPTANCE: N_("acceptance draft"), PaymentMethod.OTHER: N_("other"),
        },
    )  # fmt: skip
    for view in (OrdersToBill, Invoices, Payments, ReceiptsToMatch, SupplierBills):
        add_view(app, view)
