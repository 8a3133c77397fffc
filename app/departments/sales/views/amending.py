"""Change a confirmed order: the lines as they would be, what that touches, then propose or apply."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.departments.sales import order_page, parsing, service
from app.departments.sales.forms import ReasonForm
from app.departments.sales.permissions import Permissions
from app.departments.sales.values import LineChange, LineValues
from app.departments.sales.views import grid as sheet
from app.departments.sales.views.checking import order_of
from app.departments.sales.views.grid import Grid
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message, NotFound, RuleBroken
from app.kernel.text import N_
from app.platform.access import can
from app.platform.backoffice import page, sentence
from app.platform.backoffice.identifiers import parse
from app.platform.db import run, session
from app.records.orders.models import Amendment, AmendmentState, Order
from app.records.orders.states import BINDING, OPEN_FOR_FULFILMENT


@dataclass(slots=True)
class Sheet:
    """What was typed: per line the cells, new lines, and what is wrong."""

    cells: dict[int, dict[str, str]] = field(default_factory=dict)
    errors: dict[int, list[str]] = field(default_factory=dict)
    grid: Grid = field(default_factory=Grid)
    problems: list[str] = field(default_factory=list)


def register(app: Flask) -> None:
    """The pages."""
    page(app, "/sales/orders/<int:order_id>/amend/", permission=Permissions.ORDER_AMEND, methods=("GET", "POST"),
         endpoint="sales_order_amend")(amend)  # fmt: skip
    page(app, "/sales/amendments/<int:amendment_id>/", endpoint="sales_amendment", methods=("GET", "POST"),
         permission=(Permissions.AMENDMENT_DECIDE, Permissions.ORDER_AMEND))(decide)  # fmt: skip
    page(app, "/sales/orders/<int:order_id>/lines/<int:line_id>/cancel/", permission=Permissions.ORDER_CANCEL,
         methods=("GET", "POST"), endpoint="sales_line_cancel")(cancel_line)  # fmt: skip


# --------------------------------------------------------------------------------------------------- propose
def amend(actor: Actor, order_id: int) -> ResponseReturnValue:
    """GET shows the lines; POST previews, proposes, or proposes and applies."""
    order = order_of(order_id)
    if request.method == "GET":
        return _page(actor, order, Sheet())
    found = Sheet(grid=sheet.posted())
    changes = _changes(order, found)
    new_lines = sheet.values(found.grid)
    if new_lines is None or found.errors:
        return _page(actor, order, found, status=422)
    reason, what = request.form.get("reason", ""), request.form.get("what", "preview")
    try:
        impact = run(service.preview_amendment, actor, order_id=order_id, changes=changes, new_lines=new_lines)
        if what == "preview":
            return _page(actor, order_of(order_id), found, impact=impact)
        return _propose(actor, order_id, reason, changes, new_lines, apply=what == "apply")
    except (InvalidInput, RuleBroken) as refusal:
        order = order_of(order_id)
        _refuse(order, found, refusal)
        return _page(actor, order, found, status=refusal.status)


def _propose(
    actor: Actor, order_id: int, reason: str, changes: list[LineChange], new_lines: list[LineValues], *, apply: bool
) -> ResponseReturnValue:
    amendment = run(
        service.propose_amendment, actor, order_id=order_id, reason=reason, changes=changes, new_lines=new_lines,
        version=parse(request.form.get("version_seen")),
    )  # fmt: skip
    if apply and can(actor, Permissions.AMENDMENT_DECIDE):
        run(service.apply_amendment, actor, amendment_id=amendment.id)
        flash(gettext("The change is made."), "success")
    else:
        flash(gettext("The change waits for somebody who may decide on it."), "success")
    return redirect(url_for("sales_orders.details_view", row_id=order_id))


def _changes(order: Order, found: Sheet) -> list[LineChange]:
    """The cells of each line as a change; what stands there already is no change."""
    changes = []
    for row in order_page.line_rows(order.id):
        line_id = row.line.id
        cells = {name: request.form.get(f"{name}-{line_id}", "") for name in ("quantity", "price", "date", "rest")}
        found.cells[line_id] = cells
        quantity = parsing.number(cells["quantity"]) if cells["quantity"].strip() else row.line.entered_quantity
        price = parsing.number(cells["price"]) if cells["price"].strip() else row.line.unit_price
        day = parsing.day(cells["date"]) if cells["date"].strip() else row.line.requested_date
        if quantity is None or price is None or (cells["date"].strip() and day is None):
            found.errors.setdefault(line_id, []).append(gettext("Write numbers like 1234.5 and dates like 2026-12-01."))
            continue
        changes.append(
            LineChange(
                line_id=line_id,
                quantity=quantity,
                unit_price=price,
                requested_date=day,
                cancel_rest=bool(cells["rest"]),
            )
        )
    return changes


def _refuse(order: Order, found: Sheet, refusal: InvalidInput | RuleBroken) -> None:
    if not isinstance(refusal, InvalidInput):
        found.problems.append(sentence(refusal))
        return
    rows = order_page.line_rows(order.id)
    by_position = {row.line.position: row.line.id for row in rows}
    for path, message in refusal.fields.items():
        position = int(path.split(".")[1]) if path.startswith("lines.") else 0
        if position in by_position:
            found.errors.setdefault(by_position[position], []).append(sentence(message))
        elif 0 < position - len(rows) <= len(found.grid.rows):
            found.grid.rows[position - len(rows) - 1].blame(path.rpartition(".")[2], sentence(message))
        else:
            found.problems.append(sentence(message))


def _page(
    actor: Actor, order: Order, found: Sheet, *, status: int = 200, impact: list[dict[str, Any]] | None = None
) -> ResponseReturnValue:
    body = render_template(
        "sales/orders/amend.html",
        order=order,
        rows=order_page.line_rows(order.id),
        sheet=found,
        impact=impact_words(impact or []),
        is_previewed=impact is not None,
        reason=request.form.get("reason", ""),
        may_decide=can(actor, Permissions.AMENDMENT_DECIDE),
        is_bound=order.state in BINDING,
    )
    return make_response(body, status)


def impact_words(impact: list[dict[str, Any]]) -> list[tuple[str, int | None, str]]:
    """(kind, line, sentence in the reader's language)."""
    return [(one["kind"], one["line"], sentence(Message(one["sentence"], **one["data"]))) for one in impact]


# ---------------------------------------------------------------------------------------------------- decide
def decide(actor: Actor, amendment_id: int) -> ResponseReturnValue:
    """GET shows a proposed change, POST applies or rejects it."""
    amendment = _amendment(amendment_id)
    problem, status, order_id = "", 200, amendment.order_id
    if request.method == "POST":
        use_case = service.apply_amendment if request.form.get("what") == "apply" else service.reject_amendment
        try:
            run(use_case, actor, amendment_id=amendment_id)
        except Conflict as refusal:
            parts = [f"{name}: {now} / {new}" for name, now, new in sheet.differences(refusal.changes)]
            problem, status = "; ".join([sentence(refusal), *parts]), refusal.status
        except (InvalidInput, RuleBroken) as refusal:
            problem, status = sentence(refusal), refusal.status
        else:
            flash(gettext("Done."), "success")
            return redirect(url_for("sales_orders.details_view", row_id=order_id))
        amendment = _amendment(amendment_id)
    body = render_template(
        "sales/orders/amendment.html",
        amendment=amendment,
        order=order_of(amendment.order_id),
        steps=_step_words(amendment),
        impact=impact_words(amendment.impact),
        problem=problem,
        may_decide=can(actor, Permissions.AMENDMENT_DECIDE) and amendment.state is AmendmentState.PROPOSED,
    )
    return make_response(body, status)


def _amendment(amendment_id: int) -> Amendment:
    found = session.scalars(sa.select(Amendment).where(Amendment.id == min(amendment_id, 2**63 - 1))).first()
    if found is None:
        raise NotFound
    return found


def _step_words(amendment: Amendment) -> list[tuple[str, str, str, str]]:
    """(line, field, before, after)."""
    words = {
        "quantity": gettext("Quantity"),
        "unit_price": gettext("Price"),
        "requested_date": gettext("Wanted on"),
        "cancel_rest": gettext("Cancelled"),
    }
    found = []
    for step in amendment.changes:
        if "new_line" in step:
            new = step["new_line"]
            found.append(
                (
                    gettext("new"),
                    gettext("Line"),
                    "–",
                    f"{new['product_code'] or new['description']} × {new['quantity']}",
                )
            )
        else:
            found.extend(
                (str(step["position"]), words[name], old or "–", new) for name, (old, new) in step["fields"].items()
            )
    return found


# ----------------------------------------------------------------------------------------------- cancel a part
def cancel_line(actor: Actor, order_id: int, line_id: int) -> ResponseReturnValue:
    """GET asks how much and why, POST cancels it."""
    order = order_of(order_id)
    row = next((one for one in order_page.line_rows(order_id) if one.line.id == line_id), None)
    if row is None:
        raise NotFound
    form, problems, status = ReasonForm(), [], 200
    typed = request.form.get("quantity", "")
    if request.method == "POST":
        quantity = parsing.number(typed)
        if quantity is None:
            problems, status = [sentence(Message(N_("Write the quantity like 1234.5.")))], 422
        elif not form.validate():
            status = 422
        else:
            try:
                run(service.cancel_part, actor, order_id=order_id, line_id=line_id, quantity=quantity,
                    reason=form.reason.data or "", version=parse(request.form.get("version_seen")))  # fmt: skip
            except InvalidInput as refusal:
                problems, status = [sentence(one) for one in refusal.fields.values()], refusal.status
            except RuleBroken as refusal:
                problems, status = [sentence(refusal)], refusal.status
            else:
                flash(gettext("%(quantity)s are cancelled.", quantity=typed), "success")
                return redirect(url_for("sales_orders.details_view", row_id=order_id))
        order = order_of(order_id)
        row = next(one for one in order_page.line_rows(order_id) if one.line.id == line_id)
    body = render_template(
        "sales/orders/cancel_line.html", order=order, row=row, form=form, problems=problems, typed=typed,
        most=max(Decimal(0), row.line.to_ship), is_open=order.state in OPEN_FOR_FULFILMENT,
    )  # fmt: skip
    return make_response(body, status)
