"""The settings of the house, as one form."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any

from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotPermitted
from app.platform.access import can
from app.platform.backoffice import Item, page, sentence
from app.platform.db import run
from app.platform.settings import Permissions, Setting, registry, update_settings
from app.surfaces.admin.wording import package_name

PREFIX = "s:"


def _shown() -> list[Setting[Any]]:
    return [one for _, one in registry if not one.internal]


def _page(actor: Actor, typed: dict[str, str] | None = None, problems: dict[str, str] | None = None) -> str:
    groups = [
        (package_name(package), list(found))
        for package, found in groupby(_shown(), key=lambda s: s.name.partition(".")[0])
    ]
    return render_template(
        "admin/settings.html",
        groups=groups,
        values={one.name: (typed or {}).get(one.name, one.value()) for one in _shown()},
        problems=problems or {},
        may_change=can(actor, Permissions.UPDATE),
        kinds={one.name: _kind(one) for one in _shown()},
    )


def _kind(one: Setting[Any]) -> str:
    if one.choices is not None:
        return "choice"
    return {bool: "yes_no", int: "number", Decimal: "number"}.get(one.kind, "text")


def show(actor: Actor) -> ResponseReturnValue:
    """All settings; POST changes those that were sent."""
    if request.method == "GET":
        return _page(actor)
    if not can(actor, Permissions.UPDATE):
        raise NotPermitted(permission=Permissions.UPDATE.code)
    typed = {k.removeprefix(PREFIX): v for k, v in request.form.items() if k.startswith(PREFIX)}
    for one in _shown():
        if one.kind is bool and f"{PREFIX}{one.name}:shown" in request.form:
            typed.pop(f"{one.name}:shown", None)
            typed.setdefault(one.name, "")
    try:
        run(update_settings, actor, values=typed)
    except InvalidInput as refused:
        problems = {name: sentence(message) for name, message in refused.fields.items()}
        return make_response(_page(actor, typed, problems), 422)
    flash(gettext("Saved."), "success")
    return redirect(url_for("settings"), code=303)


def register(app: Flask) -> None:
    """The address."""
    page(
        app, "/settings", permission=Permissions.READ, methods=("GET", "POST"), endpoint="settings",
        menu=Item("setup", lazy_gettext("Settings"), "settings", Permissions.READ, "settings", 60),
    )(show)  # fmt: skip
