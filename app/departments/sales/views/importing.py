"""Orders from a file or a pasted sheet: check first, apply when nothing is wrong."""

from __future__ import annotations

import hashlib

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext, ngettext

from app.departments.sales.permissions import Permissions
from app.departments.sales.service.batch import OnlyChecking, SheetRefused, take_sheet
from app.departments.sales.sheet_intake import MOST_BYTES, Reading, text_of
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, RuleBroken
from app.platform.backoffice import Item, page, sentence
from app.platform.db import run


def register(app: Flask) -> None:
    """The page."""
    page(
        app, "/sales/order-sheet/", permission=Permissions.ORDER_TAKE, methods=("GET", "POST"),
        endpoint="sales_order_sheet",
        menu=Item(
            "sales", lazy_gettext("Orders from a sheet"), "sales_order_sheet", Permissions.ORDER_TAKE, icon="upload",
            position=20,
        ),
    )(take)  # fmt: skip


def take(actor: Actor) -> ResponseReturnValue:
    """GET shows the box, POST checks or applies."""
    if request.method == "GET":
        return _page("")
    text = request.form.get("text", "")
    try:
        upload = request.files.get("file")
        if upload and upload.filename:
            with upload.stream as file:
                text = text_of(file.read(MOST_BYTES + 1))
        key = hashlib.sha256(text.encode()).hexdigest()[:32]
        if request.form.get("what") != "apply":
            return _page(text, reading=_check(actor, text, key))
        made = run(take_sheet, actor, text=text, intake_key=key)
    except InvalidInput as refusal:
        return _page(text, problems=[sentence(one) for one in refusal.fields.values()], status=refusal.status)
    except SheetRefused as refusal:
        return _page(text, reading=refusal.reading, status=refusal.status)
    except RuleBroken as refusal:
        return _page(text, problems=[sentence(refusal)], status=refusal.status)
    flash(ngettext("%(num)s order was taken.", "%(num)s orders were taken.", len(made)), "success")
    return redirect(url_for("sales_orders.index_view"))


def _check(actor: Actor, text: str, key: str) -> Reading:
    try:
        run(take_sheet, actor, text=text, intake_key=key, is_check=True)
    except OnlyChecking as checked:
        return checked.reading
    return Reading()


def _page(
    text: str, *, reading: Reading | None = None, problems: list[str] | None = None, status: int = 200
) -> ResponseReturnValue:
    wrong = sorted(reading.wrong, key=lambda one: (one.row, one.column)) if reading else []
    body = render_template(
        "sales/orders/sheet.html",
        text=text,
        reading=reading,
        wrong=[(one.row, one.column, sentence(one.message)) for one in wrong],
        problems=problems or [],
    )
    return make_response(body, status)
