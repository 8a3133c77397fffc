"""Entering an order: a head, a grid, and every problem at its cell with what was typed kept."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.departments.sales import service
from app.departments.sales.errors import NotVerifiable
from app.departments.sales.forms import HeaderForm
from app.departments.sales.permissions import Permissions
from app.departments.sales.service import drafts
from app.departments.sales.views import grid as sheet
from app.departments.sales.views.grid import Grid
from app.departments.sales.views.hints import price_list_choice
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, HandoffError, InvalidInput, RuleBroken
from app.platform.access import can
from app.platform.backoffice import DepartmentView, sentence
from app.platform.backoffice.identifiers import parse
from app.platform.db import run
from app.records.orders.models import Order

KEY = "intake_key"


def new(view: DepartmentView, actor: Actor) -> ResponseReturnValue:
    """GET shows an empty sheet, POST takes the order."""
    form = HeaderForm()
    if request.method == "GET":
        return _page(view, form, Grid(), key=secrets.token_urlsafe(16))
    grid = sheet.posted()
    lines = sheet.values(grid)
    if not form.validate() or lines is None:
        return _page(view, form, grid, status=422, key=_key())
    try:
        order = run(service.take_order, actor, lines=lines, intake_key=_key(), **_header(form))
    except (InvalidInput, RuleBroken) as refusal:
        return _page(view, form, grid, status=_refuse(form, grid, refusal), key=_key())
    return _saved(view, actor, order)


def edit(view: DepartmentView, actor: Actor, order: Order) -> ResponseReturnValue:
    """GET shows the draft, POST writes it unless somebody else wrote it first."""
    form = HeaderForm(obj=order)
    if request.method == "GET":
        return _page(view, form, sheet.of_lines(drafts.draft_lines(order.id)), order=order)
    grid = sheet.posted()
    lines = sheet.values(grid)
    if not form.validate() or lines is None:
        return _page(view, form, grid, order=order, status=422)
    header = _header(form)
    header.pop("received_at")  # when it came in is what it was
    order_id = order.id
    version = parse(request.form.get("version_seen")) or 0
    try:
        order = run(service.update_draft, actor, order_id=order_id, version=version, lines=lines, **header)
    except Conflict as refusal:
        found = sheet.differences(refusal.changes)
        return _page(view, form, grid, order=view.row(order_id), status=409, differences=found)
    except (InvalidInput, RuleBroken) as refusal:
        return _page(view, form, grid, order=view.row(order_id), status=_refuse(form, grid, refusal))
    return _saved(view, actor, order)


def _key() -> str:
    return request.form.get(KEY, "")[:80] or secrets.token_urlsafe(16)


def _header(form: HeaderForm) -> dict[str, Any]:
    found = form.plain_values()
    found["channel"] = found["channel"] or None
    if found["channel"] is None:
        del found["channel"]
    return found


def _refuse(form: HeaderForm, grid: Grid, refusal: HandoffError) -> int:
    if isinstance(refusal, InvalidInput):
        others = sheet.refuse(grid, refusal)
        if others:
            form.refuse(InvalidInput(others))
    else:
        form.general.append(sentence(refusal))
    return refusal.status


def _saved(view: DepartmentView, actor: Actor, order: Order) -> ResponseReturnValue:
    order_id, number = order.id, order.number
    if request.form.get("then") == "verify" and can(actor, Permissions.ORDER_VERIFY):
        try:
            run(service.verify_order, actor, order_id=order_id)
        except NotVerifiable:
            return redirect(url_for("sales_order_check", order_id=order_id))
        flash(gettext("%(order)s is verified. Now the customer confirms it.", order=number), "success")
        return redirect(url_for("sales_order_confirm", order_id=order_id))
    flash(gettext("%(order)s is saved.", order=number), "success")
    return redirect(view.address("details_view", row_id=order_id))


def _page(
    view: DepartmentView, form: HeaderForm, grid: Grid, *, order: Order | None = None, status: int = 200,
    key: str = "", differences: list[tuple[str, str, str]] | None = None,
) -> ResponseReturnValue:  # fmt: skip
    body = view.render(
        "sales/orders/entry.html",
        view=view,
        form=form,
        grid=grid,
        order=order,
        version=order.version if order else None,
        key=key,
        differences=differences,
        **price_list_choice(form.customer_id.data, form.price_list_id.data),
        back=view.address("details_view", row_id=order.id) if order else view.address("index_view"),
    )
    return make_response(body, status)
