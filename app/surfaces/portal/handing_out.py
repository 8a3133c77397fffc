"""Make a link for a customer or a supplier and show it once, with its code for a phone's camera."""

from __future__ import annotations

from flask import Flask, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.departments.purchasing import answers
from app.departments.purchasing.permissions import Permissions as PurchasingPermissions
from app.kernel.actor import Actor
from app.platform.access.web import public_address
from app.platform.backoffice import page
from app.platform.db import run
from app.platform.documents import qr_svg
from app.practices.feedback import service
from app.practices.feedback.permissions import Permissions as FeedbackPermissions


def register(app: Flask) -> None:
    """The pages."""
    page(
        app, "/purchasing/purchase-orders/<int:row_id>/link/", permission=PurchasingPermissions.PURCHASE_SEND,
        methods=("POST",), endpoint="supplier_link",
    )(supplier_link)  # fmt: skip
    page(
        app, "/feedback/orders/<int:row_id>/link/", permission=FeedbackPermissions.REQUEST_SEND, methods=("POST",),
        endpoint="feedback_link",
    )(feedback_link)  # fmt: skip


def supplier_link(actor: Actor, row_id: int) -> ResponseReturnValue:
    """For the supplier of a purchase order."""
    token = run(answers.make_supplier_link, actor, purchase_order_id=row_id)
    address = public_address("portal_purchase", token=token)
    back = url_for("purchasing_purchase_orders.details_view", row_id=row_id)
    return _page(gettext("Send this link to the supplier"), address, back)


def feedback_link(actor: Actor, row_id: int) -> ResponseReturnValue:
    """For the customer of a delivered order."""
    token = run(service.make_feedback_link, actor, order_id=row_id)
    return _page(gettext("Send this link to the customer"), public_address("portal_feedback", token=token), "")


def _page(title: str, address: str, back: str) -> str:
    drawn = Markup(qr_svg(address))  # noqa: S704  drawn by us from our own address
    return render_template("portal/link.html", title=title, address=address, back=back, qr=drawn)
