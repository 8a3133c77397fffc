"""Language and theme of the top bar: on the person's own row when signed in, else in a cookie of this browser."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import NotFound
from app.platform.access import User, reader
from app.platform.access.web import signed_in
from app.platform.backoffice import i18n
from app.platform.backoffice.errors import wants_json
from app.platform.backoffice.pages import public_page
from app.platform.backoffice.screens.form_screen import local_target
from app.platform.db import run, session

THEMES = ("system", "light", "dark")
THEME_COOKIE = "theme"
YEAR_SECONDS = 365 * 24 * 3600


def choose(actor: Actor, *, language: str | None, theme: str | None) -> None:
    """Use case: keep what a person chose for themselves.  Raises: NotFound without an own row."""
    user = session.scalars(sa.select(User).where(User.id == actor.user_id).with_for_update()).one_or_none()
    if user is None:
        raise NotFound
    if language is not None:
        user.language = language
    if theme is not None:
        user.theme = None if theme == "system" else theme


def theme() -> str:
    """``light``, ``dark`` or ``system``: the person's own choice, else this browser's."""
    person = signed_in()
    found = person.theme if person is not None else request.cookies.get(THEME_COOKIE)
    return found if found in THEMES else "system"


def save() -> ResponseReturnValue:
    """POST from the top bar."""
    language = i18n.known(request.form.get("language"))
    wanted = request.form.get("theme")
    wanted = wanted if wanted in THEMES else None
    actor = reader()
    if actor is not None and actor.kind is ActorKind.USER and actor.user_id is not None and (language or wanted):
        run(choose, actor, language=language, theme=wanted)
    back = local_target(request.form.get("next")) or "/"
    response: Response = make_response("", 204) if wants_json() else make_response(redirect(back))
    for name, value in ((i18n.COOKIE, language), (THEME_COOKIE, wanted)):
        if value:
            response.set_cookie(
                name, value, max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure, httponly=True
            )
    return response


def init_app(app: Flask) -> None:
    """Register the address and what templates read."""
    public_page(
        app,
        "/preferences",
        why="changes only the caller's own language and theme",
        methods=("POST",),
        endpoint="language",
        with_csrf=True,
    )(save)
    app.jinja_env.globals.update(theme=theme)
