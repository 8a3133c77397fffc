"""My account: language, time zone and theme, password, and where I am signed in."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, SelectField

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, InvalidInput, NotFound
from app.platform.access import door, house_reading, service, web
from app.platform.access.models import LoginSession, User
from app.platform.access.service.sessions import is_open
from app.platform.backoffice import Form, page
from app.platform.backoffice.i18n import LANGUAGES
from app.platform.backoffice.identifiers import parse
from app.platform.db import run, session
from app.surfaces.admin.signing_in import NewPasswordForm, refused, twice

REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zones() -> list[tuple[str, str]]:
    """Every IANA zone of a place, the likeliest first."""
    places = sorted(zone for zone in available_timezones() if zone.startswith(REGIONS))
    first = ["Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Europe/Berlin", "Europe/London", "America/New_York"]
    listed = [*first, *(zone for zone in places if zone not in first)]
    return [(zone, zone.replace("_", " ")) for zone in listed]


def zone_choices() -> list[tuple[str, str]]:
    """The zones, or that of the house."""
    return [("", gettext("As the house")), *zones()]


def language_choices() -> list[tuple[str, str]]:
    """The catalogs."""
    named = ((code, name) for code, (name, _) in LANGUAGES.items())
    return [("", gettext("As the browser")), *named]


def theme_choices() -> list[tuple[str, str]]:
    """Light, dark, or as the system."""
    words = (("", gettext("As the system")), ("light", gettext("Light")), ("dark", gettext("Dark")))
    return [(value, label) for value, label in words]


class PreferencesForm(Form):
    """What only this person's screens follow."""

    language = SelectField(lazy_gettext("Language"), choices=language_choices)
    timezone = SelectField(lazy_gettext("Time zone"), choices=zone_choices)
    theme = SelectField(lazy_gettext("Theme"), choices=theme_choices)


class PasswordForm(NewPasswordForm):
    """The old password, and a new one twice."""

    old = PasswordField(lazy_gettext("Password until now"), render_kw={"autocomplete": "current-password"})


def _own(actor: Actor) -> User:
    found = session.get(User, actor.user_id or 0)
    if found is None:
        raise NotFound
    return found


def own_sessions(actor: Actor) -> list[LoginSession]:
    """Where this person is signed in now, newest first."""
    statement = sa.select(LoginSession).join(User, User.id == LoginSession.user_id)
    with house_reading():
        found = session.scalars(
            statement.where(LoginSession.user_id == actor.user_id, is_open()).order_by(LoginSession.id.desc()).limit(50)
        )
        return list(found)


def _page(actor: Actor, form: PreferencesForm, status: int = 200) -> Any:
    person = web.signed_in()
    body = render_template(
        "admin/account.html",
        user=_own(actor),
        form=form,
        sessions=own_sessions(actor),
        here=person.session_id if person else 0,
    )
    return make_response(body, status)


def show(actor: Actor) -> ResponseReturnValue:
    """My account; POST keeps preferences."""
    form = PreferencesForm(obj=_own(actor))
    if request.method == "GET":
        return _page(actor, form)
    if not form.validate():
        return _page(actor, form, 422)
    values = {name: getattr(form, name).data or None for name in ("language", "timezone", "theme")}
    try:
        run(service.set_preferences, actor, **values)
    except InvalidInput as problem:
        form.refuse(problem)
        return _page(actor, form, 422)
    flash(gettext("Saved."), "success")
    return redirect(url_for("account"), code=303)


def password(actor: Actor) -> ResponseReturnValue:
    """Change one's own password; all other browsers are signed out."""
    form = PasswordForm()
    person = web.signed_in()
    forced = bool(person and person.must_change_password)
    if request.method == "POST":
        try:
            token = door.change_password(actor, old=str(form.old.data or ""), new=twice(form), visit=web.visit())
        except HandoffError as problem:
            status = refused(form, problem)
            return make_response(render_template("admin/password.html", form=form, forced=forced), status)
        web.remember(token)
        flash(gettext("Your password is changed. Other browsers are signed out."), "success")
        return redirect(url_for("account"), code=303)
    return render_template("admin/password.html", form=form, forced=forced)


def end(actor: Actor) -> ResponseReturnValue:
    """End one of my sessions, or all but this one."""
    person = web.signed_in()
    here = person.session_id if person else None
    wanted = request.form.get("session_id")
    if wanted:
        ids = {row.id for row in own_sessions(actor)}
        session_id = parse(wanted)
        if session_id not in ids:
            raise NotFound
        run(service.end_session, actor, session_id=session_id)
    else:
        run(service.end_own_sessions, actor, keep=here)
    flash(gettext("Signed out there."), "success")
    return redirect(url_for("account"), code=303)


def register(app: Flask) -> None:
    """The addresses."""
    page(app, "/account", permission=None, methods=("GET", "POST"), endpoint="account")(show)
    page(app, "/account/password", permission=None, methods=("GET", "POST"), endpoint="account_password")(password)
    page(app, "/account/sessions/end", permission=None, methods=("POST",), endpoint="account_end_session")(end)
