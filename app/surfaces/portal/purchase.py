"""A supplier confirms a purchase order: a day for every line, or a refusal with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.departments.purchasing import answers
from app.departments.purchasing.ordering import OWED
from app.kernel.errors import InvalidInput, Message, RuleBroken
from app.kernel.text import N_
from app.platform.access import house_reading
from app.platform.access.links import LinkInvalid, OpenLink, open_link
from app.platform.backoffice import public_page, sentence
from app.platform.backoffice.security import request_id
from app.platform.db import run, session
from app.records.catalog.models import Product, Unit
from app.records.parties.models import Company
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine


def register(app: Flask) -> None:
    """The page."""
    public_page(
        app, "/s/<token>/", why="the signed link is for one purchase order's supplier", methods=("GET", "POST"),
        endpoint="portal_purchase",
    )(purchase)  # fmt: skip


def purchase(token: str) -> ResponseReturnValue:
    """GET shows the order, POST takes dates or a refusal."""
    try:
        link = open_link(token, answers.PURPOSE, address=request.remote_addr, request_id=request_id())
    except LinkInvalid as refusal:
        return make_response(render_template("portal/message.html", words=sentence(refusal)), refusal.status)
    if request.method == "GET":
        return render_template("portal/purchase.html", **_shown(link))
    try:
        _record(link)
    except InvalidInput as refusal:
        errors = {name: sentence(text) for name, text in refusal.fields.items()}
        body = render_template("portal/purchase.html", **{**_shown(link), "errors": errors, "typed": request.form})
        return make_response(body, refusal.status)
    except RuleBroken as refusal:
        return make_response(render_template("portal/message.html", words=sentence(refusal)), refusal.status)
    return render_template("portal/purchase.html", **{**_shown(link), "is_done": True})


def _record(link: OpenLink) -> None:
    person, words = request.form.get("person", ""), request.form.get("words", "")
    if request.form.get("answer") == "refuse":
        run(answers.record_refusal, link.actor, purchase_order_id=link.row_id, person=person, words=words)
        return
    dates: dict[int, date] = {}
    wrong: dict[str, Message | str] = {}
    for name, text in request.form.items():
        line = name.removeprefix("date-")
        if name.startswith("date-") and line.isdecimal() and text:
            try:
                dates[int(line)] = date.fromisoformat(text)
            except ValueError:
                wrong[f"dates.{line}"] = N_("This is no date.")
    if wrong:
        raise InvalidInput(wrong)
    run(answers.record_answer, link.actor, purchase_order_id=link.row_id, person=person, dates=dates, words=words)


def _shown(link: OpenLink) -> dict[str, Any]:
    """The order's own lines: what, how much, when it was wanted, what was promised. No price of anybody else."""
    with house_reading():
        order = session.get_one(PurchaseOrder, link.row_id)
        base = sa.orm.aliased(Unit)
        lines = session.execute(
            sa.select(PurchaseOrderLine, Unit, base)
            .join(Unit, Unit.id == PurchaseOrderLine.unit_id)
            .join(Product, Product.id == PurchaseOrderLine.product_id)
            .join(base, base.id == Product.base_unit_id)
            .where(PurchaseOrderLine.purchase_order_id == order.id)
            .order_by(PurchaseOrderLine.position)
        ).all()
        return {
            "order": order,
            "lines": lines,
            "company": session.get_one(Company, order.company_id).name,
            "is_open": order.state in OWED,
            "errors": {},
            "typed": {},
            "is_done": False,
        }
