"""The page on which a customer accepts an order or asks for a change: phone first, no account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.departments.sales import service
from app.departments.sales.service import links
from app.kernel.errors import InvalidInput, RuleBroken
from app.platform.access import house_reading
from app.platform.access.links import LinkInvalid, OpenLink, open_link
from app.platform.backoffice import public_page, sentence
from app.platform.backoffice.security import request_id
from app.platform.db import run, session
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Answer, Order, OrderLine
from app.records.orders.states import OrderState
from app.records.parties.models import Company, PartyAddress, PaymentTerm

#: lines shown at once; the rest is one tap away
SHOWN = 5


def register(app: Flask) -> None:
    """The page."""
    public_page(
        app, "/o/<token>/", why="the signed link shows one version of one order and takes one answer",
        methods=("GET", "POST"), endpoint="portal_order",
    )(order_page)  # fmt: skip


def order_page(token: str) -> ResponseReturnValue:
    """GET shows the order, POST takes the answer."""
    try:
        link = open_link(token, links.CONFIRM, address=request.remote_addr, request_id=request_id())
    except LinkInvalid as refusal:
        return make_response(render_template("portal/over.html", words=sentence(refusal)), refusal.status)
    shown = _shown(link)
    if shown["order"].version != link.facts.get("version") or shown["order"].state is not OrderState.VERIFIED:
        return make_response(render_template("portal/order.html", **shown, is_older=True), 409)
    if request.method == "GET":
        return render_template("portal/order.html", **shown)
    answer = Answer.CHANGE_ASKED if request.form.get("answer") == Answer.CHANGE_ASKED.value else Answer.ACCEPTED
    try:
        run(
            service.answer_by_link, link.actor, order_id=link.row_id, link_id=link.link_id,
            order_version=int(link.facts["version"]), answer=answer, person=request.form.get("person", ""),
            words=request.form.get("words", ""),
        )  # fmt: skip
    except InvalidInput as refusal:
        errors = {name: sentence(text) for name, text in refusal.fields.items()}
        return make_response(render_template("portal/order.html", **{**_shown(link), "errors": errors}), refusal.status)
    except (RuleBroken, LinkInvalid) as refusal:
        return make_response(render_template("portal/over.html", words=sentence(refusal)), refusal.status)
    return render_template("portal/thanks.html", **_shown(link), has_accepted=answer is Answer.ACCEPTED)


def _shown(link: OpenLink) -> dict[str, Any]:
    """The link's own order and nothing else."""
    with house_reading():
        order = session.get_one(Order, link.row_id, options=[sa.orm.joinedload(Order.customer)])
        base = sa.orm.aliased(Unit)
        rows = session.execute(
            sa.select(OrderLine, Product.code, Unit, base)
            .outerjoin(Product, Product.id == OrderLine.product_id)
            .outerjoin(Unit, Unit.id == OrderLine.unit_id)
            .outerjoin(base, base.id == Product.base_unit_id)
            .where(OrderLine.order_id == order.id)
            .order_by(OrderLine.position)
        ).all()
        return {
            "order": order,
            "lines": [(line, code or "", unit, own) for line, code, unit, own in rows],
            "first": SHOWN,
            "company": session.get_one(Company, order.company_id),
            "address": session.get(PartyAddress, order.shipping_address_id) if order.shipping_address_id else None,
            "term": session.get(PaymentTerm, order.payment_term_id) if order.payment_term_id else None,
            "expires_at": link.expires_at,
            "typed": request.form,
            "errors": {},
        }
