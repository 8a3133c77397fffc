"""A forgotten password: whoever asks reads the same answer; the person on file gets a link by mail, from a job."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext, lazy_gettext
from wtforms import StringField

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import TooManyRequests
from app.kernel.text import clean
from app.platform import mail
from app.platform.access import house_reading, links, throttle, web
from app.platform.access.models import SignedLink, User
from app.platform.access.service.people import login_key
from app.platform.backoffice import Form, public_page
from app.platform.db import locks, note, run, session
from app.platform.jobs import Running, enqueue, job
from app.surfaces.admin.signing_in import choose_password, refused

SEND = "access.password_link.send"
VALID = timedelta(minutes=30)
#: mails to one person within an hour; who asks more often reads the same answer
MOST_MAILS = 5
#: asked from one address within the throttle's window
MOST_ASKED = 10
_KIND = "forgotten passwords"


class ForgottenForm(Form):
    """Who."""

    login = StringField(
        lazy_gettext("Login or e-mail address"),
        render_kw={"autocomplete": "username", "autofocus": True, "maxlength": 254},
    )


def _person(typed: str) -> int:
    """Id of the one person with this login or this mail address, else 0."""
    with house_reading():
        found = session.scalars(sa.select(User.id).where(User.login == login_key(typed))).all()
        address = clean(typed, 254).lower()
        if not found and "@" in address:
            found = session.scalars(sa.select(User.id).where(sa.func.lower(User.email) == address).limit(2)).all()
    session.rollback()
    return found[0] if len(found) == 1 else 0


def ask_for_link(actor: Actor, *, user_id: int, address: str) -> None:
    """Have the link sent. Nobody (0) is asked for in the same way, so that the answer takes as long.

    Raises: TooManyRequests.
    """
    throttle.claim_at(kind=_KIND, address=address, most=MOST_ASKED)
    enqueue(SEND, {"user_id": user_id}, dedup_key=f"password link {user_id}")


def make_reset_link(_actor: Actor, *, user_id: int) -> tuple[str, str, str, str] | None:
    """(mail address, name, language, token) of the new link; older ones are dead.

    None when there is nobody to send it to, or too many were sent within the hour.
    """
    if not user_id:
        return None
    user = locks.lock(User, user_id)
    sent = sa.select(sa.func.count()).where(
        SignedLink.purpose == links.RESET,
        SignedLink.table_name == User.__tablename__,
        SignedLink.row_id == user_id,
        SignedLink.created_at > clock.now() - timedelta(hours=1),
    )
    if not user.is_active or not user.email or (session.scalar(sent) or 0) >= MOST_MAILS:
        return None
    links.revoke_links(links.RESET, User.__tablename__, user_id)
    token = links.make_link(
        links.RESET,
        User.__tablename__,
        user_id,
        valid_for=VALID,
        facts={"access_version": user.access_version},
        party_name=user.name,
    )
    note("password.link_sent", subject=(User.__tablename__, user_id))
    return user.email, user.name, user.language or current_app.config["DEFAULT_LANGUAGE"], token


@job(SEND, outside=True)
def send_reset_link(running: Running, *, user_id: int) -> dict[str, Any]:
    """Make the link and mail it; a mail server that is away is tried again, each time with a new link."""
    made = running.run(make_reset_link, user_id=user_id) if mail.is_configured() else None
    if made is None:
        return {"sent": False}
    address, name, language, token = made
    path = current_app.url_map.bind("localhost").build("reset_password", {"token": token})
    with force_locale(language):
        mail.send(address, gettext("Choose a new password"), _text(clean(name, 100), _public(path)))
    return {"sent": True}


def _public(path: str) -> str:
    """Never from the request: whoever asks chooses its Host header."""
    return f"{current_app.config['PUBLIC_URL']}{path}"


def _text(name: str, address: str) -> str:
    return "\n\n".join(
        (
            gettext("Hello %(name)s,", name=name),
            gettext("somebody, probably you, said that your password is forgotten. Choose a new one here:"),
            address,
            gettext("The link is good once, for %(minutes)s minutes.", minutes=int(VALID.total_seconds() // 60)),
            gettext("If it was not you, do nothing: your password stays as it is."),
        )
    )


def forgotten() -> ResponseReturnValue:
    """GET asks who; POST says the same to everybody."""
    form = ForgottenForm()
    is_possible = mail.is_configured()
    if request.method == "POST" and is_possible:
        here = web.visit()
        try:
            run(ask_for_link, here.actor(), user_id=_person(request.form.get("login", "")[:500]), address=here.address)
        except TooManyRequests as problem:
            body = render_template("admin/forgotten.html", form=form, is_possible=True)
            return make_response(body, refused(form, problem), {"Retry-After": str(problem.data["seconds"])})
        flash(gettext("If there is such an account with a mail address, a link is on its way to it."), "info")
        return redirect(url_for("sign_in"), code=303)
    return make_response(render_template("admin/forgotten.html", form=form, is_possible=is_possible))


def reset(token: str) -> ResponseReturnValue:
    """Choose a new password with the link of the mail.  Raises: LinkInvalid, TooManyRequests."""
    return choose_password(token, links.RESET)


def register(app: Flask) -> None:
    """The addresses."""
    public_page(
        app, "/forgotten", why="answers everybody alike; asking is counted", methods=("GET", "POST"),
        endpoint="forgotten", with_csrf=True,
    )(forgotten)  # fmt: skip
    public_page(
        app, "/reset/<token>", why="the signed link of the mail is the right", methods=("GET", "POST"),
        endpoint="reset_password", with_csrf=True,
    )(reset)  # fmt: skip
