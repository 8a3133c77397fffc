"""Verification on a page: every problem at its line, to be corrected or let pass."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.departments.sales import order_page, service
from app.departments.sales.errors import NotVerifiable
from app.departments.sales.permissions import Permissions
from app.departments.sales.rules import Problem
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotFound, RuleBroken
from app.platform.access import can
from app.platform.backoffice import page, sentence
from app.platform.backoffice.identifiers import parse
from app.platform.db import run, session
from app.records.orders.models import LineOverride, Order
from app.records.orders.states import EDITABLE


@dataclass(frozen=True, slots=True)
class Shown:
    """A problem with what this person may do about it."""

    problem: Problem
    words: str
    right: str
    may_pass: bool


def order_of(order_id: int) -> Order:
    """The order, if this person may see it.  Raises: NotFound."""
    found = session.get(Order, order_id, options=[sa.orm.joinedload(Order.customer)]) if order_id < 2**63 else None
    if found is None:
        raise NotFound
    return found


def register(app: Flask) -> None:
    """The pages."""
    page(app, "/sales/orders/<int:order_id>/check/", permission=Permissions.ORDER_VERIFY, methods=("GET", "POST"),
         endpoint="sales_order_check")(check)  # fmt: skip
    page(app, "/sales/orders/<int:order_id>/allow/", methods=("POST",), endpoint="sales_order_allow",
         permission=(Permissions.DUPLICATE_ALLOW, Permissions.QUANTITY_ALLOW, Permissions.PRICE_ALLOW,
                     Permissions.FLOOR_ALLOW, Permissions.CREDIT_ALLOW))(allow)  # fmt: skip


def check(actor: Actor, order_id: int) -> ResponseReturnValue:
    """GET names what is wrong, POST verifies if nothing is."""
    order = order_of(order_id)
    if request.method == "POST":
        try:
            order = run(service.verify_order, actor, order_id=order_id, version=parse(request.form.get("version_seen")))
        except NotVerifiable:
            return _page(actor, order_of(order_id), 409)
        except RuleBroken as refusal:
            return _page(actor, order_of(order_id), refusal.status, sentence(refusal))
        flash(gettext("%(order)s is verified. Now the customer confirms it.", order=order.number), "success")
        return redirect(url_for("sales_order_confirm", order_id=order_id))
    return _page(actor, order)


def allow(actor: Actor, order_id: int) -> ResponseReturnValue:
    """Let one problem pass."""
    order_of(order_id)
    try:
        run(
            service.allow_problem, actor, order_id=order_id, problem=request.form.get("problem", "")[:60],
            line_id=parse(request.form.get("line_id")), reason=request.form.get("reason", ""),
        )  # fmt: skip
    except (RuleBroken, InvalidInput) as refusal:
        text = sentence(next(iter(refusal.fields.values()))) if isinstance(refusal, InvalidInput) else sentence(refusal)
        return _page(actor, order_of(order_id), refusal.status, text)
    return redirect(url_for("sales_order_check", order_id=order_id))


def _page(actor: Actor, order: Order, status: int = 200, refusal: str = "") -> ResponseReturnValue:
    order_id = order.id
    open_problems = run(service.check_order, actor, order_id=order_id) if order.state in EDITABLE else []
    order = order_of(order_id)
    passed = list(
        session.scalars(sa.select(LineOverride).where(LineOverride.order_id == order_id).order_by(LineOverride.id))
    )
    body = render_template(
        "sales/orders/check.html",
        order=order,
        lines=order_page.line_rows(order_id),
        problems=[_shown(actor, one) for one in open_problems],
        passed=passed,
        refusal=refusal,
        is_editable=order.state in EDITABLE,
    )
    return make_response(body, status)


def _shown(actor: Actor, problem: Problem) -> Shown:
    right = problem.right
    return Shown(
        problem, sentence(problem.message), gettext(right.sentence) if right else "",
        right is not None and can(actor, right),
    )  # fmt: skip
