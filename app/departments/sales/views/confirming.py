"""Confirm with the customer: make the link, or write down what they said."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.departments.sales import order_page, papers, service
from app.departments.sales.forms import ChangeForm, PhoneForm, ScanForm
from app.departments.sales.permissions import Permissions
from app.departments.sales.views.checking import order_of
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, RuleBroken
from app.platform.access.models import SignedLink
from app.platform.access.web import public_address
from app.platform.backoffice import Form, page, sentence
from app.platform.backoffice.identifiers import parse
from app.platform.db import run, session
from app.platform.documents import qr_svg
from app.platform.files import keep
from app.records.orders.models import ConfirmedHow, Order
from app.records.orders.states import OrderState

FORMS: dict[str, type[Form]] = {"phone": PhoneForm, "scan": ScanForm, "change": ChangeForm}


def register(app: Flask) -> None:
    """The pages."""
    page(app, "/sales/orders/<int:order_id>/confirm/", permission=Permissions.ORDER_CONFIRM, methods=("GET", "POST"),
         endpoint="sales_order_confirm")(confirm)  # fmt: skip
    page(app, "/sales/orders/<int:order_id>/send/", permission=Permissions.ORDER_SEND, methods=("POST",),
         endpoint="sales_order_send")(send)  # fmt: skip


def confirm(actor: Actor, order_id: int) -> ResponseReturnValue:
    """GET shows the ways to a yes, POST writes down what the customer said."""
    order = order_of(order_id)
    number = order.number
    if request.method == "GET":
        return _page(order)
    what = request.form.get("what", "phone")
    form = FORMS.get(what, PhoneForm)()
    if not form.validate():
        return _page(order, form=form, what=what, status=422)
    values = form.plain_values()
    version = parse(request.form.get("version_seen"))
    try:
        _record(actor, what, order_id=order_id, version=version, values=values)
    except (InvalidInput, RuleBroken) as refusal:
        if isinstance(refusal, InvalidInput):
            form.refuse(refusal)
        else:
            form.general.append(sentence(refusal))
        return _page(order_of(order_id), form=form, what=what, status=refusal.status)
    said = gettext("%(order)s is confirmed. Every department concerned has its hand-off.", order=number)
    if what == "change":
        said = gettext("%(order)s is a draft again.", order=number)
    flash(said, "success")
    return redirect(url_for("sales_orders.details_view", row_id=order_id))


def _record(actor: Actor, what: str, *, order_id: int, version: int | None, values: dict[str, Any]) -> None:
    common = {"order_id": order_id, "version": version, "person": values["person"], "said_at": values["said_at"]}
    if what == "change":
        run(service.record_change_asked, actor, words=values["words"], **common)
    elif what == "scan":
        upload = request.files.get("scan")
        kept = keep(upload.stream, upload.filename or "scan", field="scan") if upload else None
        run(service.confirm_order, actor, how=ConfirmedHow.SCAN, scan=kept, **common)
    else:
        run(service.confirm_order, actor, how=ConfirmedHow.PHONE, **common)


def send(actor: Actor, order_id: int) -> ResponseReturnValue:
    """Make the link; it is shown here and never again."""
    order_of(order_id)
    try:
        sent = run(
            service.send_for_confirmation, actor, order_id=order_id, version=parse(request.form.get("version_seen"))
        )
    except RuleBroken as refusal:
        return _page(order_of(order_id), refusal=sentence(refusal), status=refusal.status)
    return _page(order_of(order_id), address=public_address("portal_order", token=sent.token))


def _page(
    order: Order, *, form: Form | None = None, what: str = "", status: int = 200, address: str = "", refusal: str = ""
) -> ResponseReturnValue:
    forms = {name: kind(formdata=None) for name, kind in FORMS.items()}
    if form is not None and what in forms:
        forms[what] = form
    body = render_template(
        "sales/orders/confirm.html",
        order=order,
        lines=order_page.line_rows(order.id),
        forms=forms,
        what=what,
        address=address,
        qr=Markup(qr_svg(address)) if address else "",  # noqa: S704  drawn by us from our own address
        refusal=refusal,
        files=[one for one in order_page.order_files(order.id) if one.purpose == papers.CONFIRMATION.purpose],
        is_verified=order.state is OrderState.VERIFIED,
        has_link=_has_link(order.id),
    )
    return make_response(body, status)


def _has_link(order_id: int) -> bool:
    from app.departments.sales.service import links
    from app.platform.access import house_reading

    with house_reading():
        statement = sa.select(SignedLink.id).where(
            SignedLink.table_name == "orders", SignedLink.row_id == order_id, SignedLink.purpose == links.CONFIRM,
            SignedLink.revoked_at.is_(None), SignedLink.used_at.is_(None),
        )  # fmt: skip
        return session.scalar(statement.limit(1)) is not None
