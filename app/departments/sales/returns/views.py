"""Returns as sales sees them: the list, the page of one, and the page that asks for one."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms.validators import Length, Optional

from app.departments.sales import order_page, parsing
from app.departments.sales.forms import ReasonForm
from app.departments.sales.permissions import Permissions
from app.departments.sales.returns import papers, requesting
from app.departments.sales.views.checking import order_of
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, RuleBroken
from app.kernel.quantity import round_quantity
from app.kernel.text import N_
from app.platform.backoffice import (
    ButtonAction,
    Column,
    DepartmentView,
    Form,
    ParagraphField,
    Required,
    add_view,
    page,
    sentence,
    tone_states,
)
from app.platform.backoffice.identifiers import parse
from app.platform.db import run
from app.platform.documents.shelf import paper_button
from app.records.returns import queries
from app.records.returns.models import CustomerReturn, Outcome, Remedy, ReturnState
from app.records.returns.permissions import Permissions as ReturnPermissions

P = Permissions
S = ReturnState
TONES: dict[str, str] = {
    S.REQUESTED: "warning", S.AUTHORISED: "info half", S.RECEIVED: "info", S.INSPECTED: "info", S.CLOSED: "ok",
    S.REFUSED: "waiting", S.CANCELLED: "waiting",
}  # fmt: skip
WORDS: dict[str, str] = {
    S.REQUESTED: N_("Return asked for"), S.AUTHORISED: N_("Goods may come"), S.RECEIVED: N_("Being inspected"),
    S.INSPECTED: N_("Inspected"), S.CLOSED: N_("Return closed"), S.REFUSED: N_("Return refused"),
    S.CANCELLED: N_("Return called off"),
    Outcome.RESTOCK: N_("back on the shelf"), Outcome.SCRAP: N_("written off"), Outcome.REPAIR: N_("repaired"),
    Outcome.REJECT: N_("rejected"),
    Remedy.REFUND: N_("money back"), Remedy.REPLACE: N_("delivered again without charge"),
    Remedy.NONE: N_("goes back to the customer"),
}  # fmt: skip


class ReturnForm(Form):
    """Why goods come back."""

    reason = ParagraphField(lazy_gettext("Why it comes back"), [Required(), Length(max=requesting.REASON_LIMIT)])
    words = ParagraphField(lazy_gettext("The customer's own words"), [Optional(), Length(max=requesting.WORDS_LIMIT)])


def _in(*states: ReturnState) -> Any:
    return lambda row: row.state in states


class Returns(DepartmentView, model=CustomerReturn):
    """What customers want to give back."""

    department, slug = "sales", "returns"
    title = lazy_gettext("Returns")
    menu_icon, menu_position = "inbox", 40
    list_permission = ReturnPermissions.RETURN_READ
    id_argument = "return_id"
    empty_hint = lazy_gettext("Enter a return on the page of the order whose goods come back.")
    columns = (
        "number", Column("order.number", label=lazy_gettext("Order")),
        Column("order.customer.name", label=lazy_gettext("Customer")), Column("state", phone="ph-r"),
        Column("reason", label=lazy_gettext("Why it comes back")),
        Column("requested_at", label=lazy_gettext("Asked for"), hide="mid"),
    )  # fmt: skip
    details = (
        Column("order.number", label=lazy_gettext("Order")),
        Column("order.customer.name", label=lazy_gettext("Customer")), "state",
        Column("reason", label=lazy_gettext("Why it comes back")),
        Column("customer_words", label=lazy_gettext("The customer's own words")),
        Column("requested_at", label=lazy_gettext("Asked for")),
        Column("requested_by", label=lazy_gettext("Entered by")),
        Column("decided_by", label=lazy_gettext("Decided by")),
        Column("decision_note", label=lazy_gettext("Note on the decision")),
    )  # fmt: skip
    details_template = "sales/returns/details.html"
    sortable = ("number",)
    filters = ("state",)
    search_columns = ("number",)
    actions = (
        ButtonAction(
            "authorise", lazy_gettext("Authorise"), P.RETURN_DECIDE, requesting.authorise_return, when=_in(S.REQUESTED),
            is_primary=True, icon="check",
        ),
        ButtonAction(
            "refuse", lazy_gettext("Refuse"), P.RETURN_DECIDE, requesting.refuse_return, form=ReasonForm,
            when=_in(S.REQUESTED), bulk=False,
        ),
        ButtonAction(
            "no_more", lazy_gettext("Nothing more comes"), P.RETURN_DECIDE, requesting.expect_no_more, form=ReasonForm,
            when=_in(S.RECEIVED), bulk=False,
        ),
        paper_button("print", lazy_gettext("Print"), papers.SLIP, papers.print_slip),
        ButtonAction(
            "cancel", lazy_gettext("Call off"), P.RETURN_DECIDE, requesting.cancel_return, form=ReasonForm,
            when=_in(S.REQUESTED, S.AUTHORISED), bulk=False, is_danger=True,
        ),
    )  # fmt: skip

    def details_context(self, row: CustomerReturn) -> dict[str, Any]:
        """Its lines, what was found, and what was refunded."""
        return {
            "lines": queries.return_rows(row.id),
            "findings": queries.finding_rows(row.id),
            "credit_notes": queries.credit_notes_of(row.id),
        }


def ask(actor: Actor, order_id: int) -> ResponseReturnValue:
    """GET shows what may come back of an order, POST enters it. A feedback case opens it with the customer's words."""
    order = order_of(order_id)
    rows = _rows(order_id)
    begins = "start" in request.form
    form = ReturnForm() if request.method == "POST" and not begins else ReturnForm(formdata=None)
    if begins:
        form.words.data = request.form.get("words", "")
    problems: list[str] = []
    status = 200
    if request.method == "POST" and not begins:
        quantities = _quantities(rows)
        if quantities is None or not form.validate():
            status = 422
            if quantities is None:
                problems.append(sentence(Message(N_("Write the quantity like 1234.5."))))
        else:
            try:
                found = run(
                    requesting.request_return, actor, order_id=order_id, quantities=quantities,
                    reason=form.reason.data or "", customer_words=form.words.data or "",
                    case_id=parse(request.form.get("case_id")),
                    intake_key=request.form.get("intake_key", "")[:80] or None,
                )  # fmt: skip
            except InvalidInput as refusal:
                problems, status = [sentence(one) for one in refusal.fields.values()], refusal.status
            except RuleBroken as refusal:
                problems, status = [sentence(refusal)], refusal.status
            else:
                flash(
                    gettext("%(number)s is entered. Authorise it, so that the goods may come.", number=found.number),
                    "success",
                )
                return redirect(url_for("sales_returns.details_view", row_id=found.id))
            order, rows = order_of(order_id), _rows(order_id)
    body = render_template(
        "sales/returns/ask.html", order=order, rows=rows, form=form, problems=problems, typed=request.form,
        intake_key=request.form.get("intake_key") or uuid.uuid4().hex, case_id=parse(request.form.get("case_id")) or "",
    )  # fmt: skip
    return make_response(body, status)


def _rows(order_id: int) -> list[tuple[order_page.LineRow, Decimal]]:
    """Lines of which something may come back, and how much at most."""
    most = {one.line.id: one.most for one in requesting.returnable_lines(order_id)}
    return [(row, most[row.line.id]) for row in order_page.line_rows(order_id) if row.line.id in most]


def _quantities(rows: list[tuple[order_page.LineRow, Decimal]]) -> dict[int, Decimal] | None:
    """Base units per line, from whole sold units and pieces; None when something is no number."""
    found: dict[int, Decimal] = {}
    for row, _ in rows:
        boxes = parsing.number(request.form.get(f"boxes-{row.line.id}", "").strip() or "0")
        pieces = parsing.number(request.form.get(f"pieces-{row.line.id}", "").strip() or "0")
        if boxes is None or pieces is None:
            return None
        found[row.line.id] = round_quantity(boxes * row.line.unit_factor + pieces)
    return found


def register(app: Flask) -> None:
    """The list, and the page that asks."""
    tone_states(TONES, WORDS)
    add_view(app, Returns)
    page(
        app, "/sales/orders/<int:order_id>/return/", permission=P.RETURN_REQUEST, methods=("GET", "POST"),
        endpoint="sales_return_ask",
    )(ask)  # fmt: skip
