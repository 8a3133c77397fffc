"""My second factor: set it up with a phone, keep recovery codes, give it up."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, NotFound
from app.platform.access import codes, door, house_reading, service, web
from app.platform.access.models import User
from app.platform.access.service import second_factor
from app.platform.backoffice import page
from app.platform.db import run, session
from app.platform.documents import qr_svg
from app.surfaces.admin.signing_in import CodeForm, refused


def _page(actor: Actor, form: CodeForm, status: int = 200) -> Any:
    person = web.signed_in()
    with house_reading():
        factor = second_factor.factor_of(actor.user_id or 0)
        left = second_factor.codes_left(actor.user_id or 0)
        required = session.scalar(sa.select(second_factor.is_required()).where(User.id == actor.user_id))
    offered: dict[str, Any] = {}
    if factor is not None and factor.confirmed_at is None and person is not None:
        secret = codes.shared_secret(factor.user_id, factor.salt)
        address = codes.address_for(person.login, factor.user_id, factor.salt)
        offered = {
            "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
            # a drawing made here from an address made here: no text of a person is in it as markup
            "drawing": Markup(qr_svg(address)),  # noqa: S704
        }
    body = render_template(
        "admin/second_factor.html",
        form=form,
        is_set_up=factor is not None and factor.confirmed_at is not None,
        offered=offered,
        left=left,
        required=bool(required),
        forced=bool(person and person.must_set_up_factor),
    )
    return make_response(body, status)


def _show_codes(made: list[str]) -> Any:
    return make_response(render_template("admin/recovery_codes.html", codes=made))


def offer(actor: Actor) -> ResponseReturnValue:
    """Begin to set it up."""
    run(service.offer_factor, actor)
    return redirect(url_for("account_second_factor"), code=303)


def show(actor: Actor) -> ResponseReturnValue:
    """The state of it; POST with a code confirms it, renews the recovery codes or gives it up.  Raises: NotFound."""
    form = CodeForm()
    if request.method == "GET":
        return _page(actor, form)
    code, what, here = request.form.get("code", ""), request.form.get("what"), web.visit()
    try:
        if what == "confirm":
            token, made = run(second_factor.confirm_factor, actor, code=code, agent=here.agent)
            web.remember(token)
            return _show_codes(made)
        if what == "renew":
            return _show_codes(door.renew_codes(actor, code, visit=here))
        if what == "drop":
            door.drop_factor(actor, code, visit=here)
            flash(gettext("Signing in takes the password alone again."), "success")
            return redirect(url_for("account_second_factor"), code=303)
    except HandoffError as problem:
        return _page(actor, form, refused(form, problem))
    raise NotFound


def register(app: Flask) -> None:
    """The addresses."""
    page(app, "/account/second-factor", permission=None, methods=("GET", "POST"), endpoint="account_second_factor")(
        show
    )
    page(
        app, "/account/second-factor/offer", permission=None, methods=("POST",), endpoint="account_second_factor_offer"
    )(offer)
