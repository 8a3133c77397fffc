"""How was it: the page on which a customer rates an order; a number, and words if they like."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, make_response, render_template, request
from flask.typing import ResponseReturnValue

from app.kernel.errors import InvalidInput, RuleBroken
from app.platform.access import house_reading
from app.platform.access.links import LinkInvalid, OpenLink, open_link
from app.platform.backoffice import public_page, sentence
from app.platform.backoffice.security import request_id
from app.platform.db import run, session
from app.practices.feedback import service
from app.practices.feedback.models import FeedbackAnswer, FeedbackRequest
from app.records.orders.models import Order
from app.records.parties.models import Company


def register(app: Flask) -> None:
    """The page."""
    public_page(
        app, "/f/<token>/", why="the signed link takes one answer about one order", methods=("GET", "POST"),
        endpoint="portal_feedback",
    )(feedback)  # fmt: skip


def feedback(token: str) -> ResponseReturnValue:
    """GET asks, POST takes the answer; a second one says thanks again and changes nothing."""
    try:
        link = open_link(token, service.PURPOSE, address=request.remote_addr, request_id=request_id())
    except LinkInvalid as refusal:
        return make_response(render_template("portal/message.html", words=sentence(refusal)), refusal.status)
    shown = _shown(link)
    if shown["answered"]:
        return render_template("portal/feedback_thanks.html", **shown)
    if request.method == "GET":
        return render_template("portal/feedback.html", **shown)
    given = request.form.get("rating", "")
    rating = int(given) if given in {"1", "2", "3", "4", "5"} else 0
    comment = request.form.get("comment", "")
    try:
        run(service.give_feedback, link.actor, request_id=link.row_id, rating=rating, comment=comment)
    except InvalidInput as refusal:
        errors = {name: sentence(text) for name, text in refusal.fields.items()}
        body = render_template(
            "portal/feedback.html", **{**shown, "errors": errors, "comment": comment, "rating": rating}
        )
        return make_response(body, refusal.status)
    except RuleBroken as refusal:
        return make_response(render_template("portal/message.html", words=sentence(refusal)), refusal.status)
    return render_template("portal/feedback_thanks.html", **shown)


def _shown(link: OpenLink) -> dict[str, Any]:
    """The minimum: which order, and whether it was rated."""
    with house_reading():
        asked = session.get_one(FeedbackRequest, link.row_id)
        order = session.get_one(Order, asked.order_id)
        answered = sa.select(FeedbackAnswer.id).where(FeedbackAnswer.request_id == asked.id)
        return {
            "number": order.number,
            "company": session.get_one(Company, order.company_id).name,
            "answered": session.scalar(answered) is not None,
            "errors": {},
            "comment": "",
            "rating": 0,
        }
