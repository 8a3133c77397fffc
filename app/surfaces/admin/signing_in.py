"""Signing in and out, choosing a password by invitation, and the demo's one-click sign-in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from wtforms import PasswordField, StringField

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, InvalidInput, NotAuthenticated, NotFound, TooManyRequests
from app.kernel.text import N_
from app.platform.access import door, house_reading, links, require, web
from app.platform.access.models import Department, Role, User, UserDepartment, UserRole
from app.platform.access.service import WrongCredentials, account, sign_out
from app.platform.backoffice import Form, page, public_page, sentence
from app.platform.db import run, session
from app.platform.settings import Permissions as Settings
from app.platform.settings import setting
from app.platform.settings.service import store
from app.surfaces.admin.wording import name_of

DEMO = setting("demo.sign_in", bool, False, N_("One-click sign-in of the demo"), internal=True)
LONGEST_FIELD = 2000


class SignInForm(Form):
    """Login and password."""

    login = StringField(
        lazy_gettext("Login"), render_kw={"autocomplete": "username", "autofocus": True, "maxlength": 80}
    )
    password = PasswordField(lazy_gettext("Password"), render_kw={"autocomplete": "current-password"})


class CodeForm(Form):
    """The code of the second factor."""

    code = StringField(
        lazy_gettext("Code"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True, "maxlength": 40},
    )


class NewPasswordForm(Form):
    """A new password, twice."""

    new = PasswordField(lazy_gettext("New password"), render_kw={"autocomplete": "new-password", "minlength": 8})
    again = PasswordField(lazy_gettext("New password again"), render_kw={"autocomplete": "new-password"})


def is_demo() -> bool:
    """Whether people of the demo are let in without a password; never in production."""
    return current_app.config.get("HANDOFF_ENV") != "production" and DEMO.value()


def open_demo_doors(actor: Actor) -> None:
    """Let people of the demo in with one click; for the command that fills an empty house with the demo.

    Raises: NotPermitted.
    """
    require(actor, Settings.UPDATE)
    store({DEMO.name: True}, internal=True)


def _page(form: Form, status: int = 200, problem: str = "", headers: dict[str, str] | None = None) -> Any:
    with house_reading():
        nobody = not account.has_people()
        people = _demo_people() if is_demo() else []
    body = render_template(
        "admin/sign_in.html",
        form=form,
        problem=problem,
        people=people,
        nobody=nobody,
        target=request.values.get("next", ""),
    )
    return make_response(body, status, headers or {})


def _demo_people() -> list[dict[str, str]]:
    """Everybody of the demo, by department."""
    statement = (
        sa.select(User, Department, Role)
        .join(UserDepartment, UserDepartment.user_id == User.id, isouter=True)
        .join(Department, Department.id == UserDepartment.department_id, isouter=True)
        .join(UserRole, UserRole.user_id == User.id)
        .join(Role, Role.id == UserRole.role_id)
        .where(User.is_active)
        .order_by(sa.func.coalesce(Department.position, 0), User.id)
        .limit(60)
    )
    found: dict[int, dict[str, str]] = {}
    for user, department, role in session.execute(statement):
        code = getattr(department, "code", "")
        found.setdefault(user.id, {"login": user.login, "name": user.name, "role": name_of(role), "department": code})
    return list(found.values())


def _enter(token: str) -> ResponseReturnValue:
    target = request.values.get("next")
    if door.awaits_code(token):
        web.remember_waiting(token)
        return redirect(url_for("sign_in_code", next=web.safe_target(target, "") or None), code=303)
    web.remember(token)
    return redirect(web.safe_target(request.values.get("next"), url_for("admin.index")), code=303)


def sign_in() -> ResponseReturnValue:
    """GET shows the form, POST lets in."""
    form = SignInForm()
    if request.method == "GET":
        if web.signed_in() is not None:
            return redirect(web.safe_target(request.args.get("next"), url_for("admin.index")), code=303)
        return _page(form)
    login, password = request.form.get("login", ""), request.form.get("password", "")
    try:
        token = door.sign_in(login[:LONGEST_FIELD], password[:LONGEST_FIELD], visit=web.visit())
    except TooManyRequests as refused:
        return _page(form, refused.status, sentence(refused), {"Retry-After": str(refused.data["seconds"])})
    except WrongCredentials as refused:
        return _page(form, refused.status, sentence(refused))
    return _enter(token)


def code() -> ResponseReturnValue:
    """The second step: the code from the phone, or one of the recovery codes."""
    form, found = CodeForm(), web.waiting()
    if found is None:
        web.forget()
        return redirect(url_for("sign_in"), code=303)
    status, headers = 200, {}
    if request.method == "POST":
        try:
            return _enter(door.prove_code(*found, request.form.get("code", ""), visit=web.visit()))
        except NotAuthenticated:
            web.forget()
            return redirect(url_for("sign_in"), code=303)
        except TooManyRequests as problem:
            headers = {"Retry-After": str(problem.data["seconds"])}
            status = refused(form, problem)
        except InvalidInput as problem:
            status = refused(form, problem)
    target = request.values.get("next", "")
    return make_response(render_template("admin/sign_in_code.html", form=form, target=target), status, headers)


def demo_sign_in() -> ResponseReturnValue:
    """Walk in as a person of the demo.  Raises: NotFound outside the demo."""
    if not is_demo():
        raise NotFound
    with house_reading():
        user_id = session.scalar(sa.select(User.id).where(User.login == request.form.get("login", "")))
    session.rollback()
    if user_id is None:
        raise NotFound
    return _enter(door.sign_in_without_password(user_id, visit=web.visit()))


def leave(actor: Actor) -> ResponseReturnValue:
    """The session ends on the server; the cookie is emptied."""
    person = web.signed_in()
    if person is not None:
        run(sign_out, actor, session_id=person.session_id)
    web.forget()
    return redirect(url_for("sign_in"), code=303)


def invitation(token: str) -> ResponseReturnValue:
    """Choose a password with the link an admin handed over.  Raises: LinkInvalid, TooManyRequests."""
    return choose_password(token, links.PASSWORD)


def choose_password(token: str, purpose: str) -> ResponseReturnValue:
    """The page behind a link that sets a password.  Raises: LinkInvalid, TooManyRequests."""
    form = NewPasswordForm()
    here = web.visit()
    link = links.open_link(token, purpose, address=here.address, request_id=here.request_id)
    if link.used_at is not None:
        raise links.LinkInvalid
    if request.method == "POST":
        try:
            new = twice(form)
            door.accept_invitation(token, purpose=purpose, new=new, visit=here)
        except InvalidInput as refused:
            form.refuse(refused)
            return make_response(render_template("admin/invitation.html", form=form, who=link.party_name), 422)
        flash(gettext("Your password is set. Sign in with it."), "success")
        return redirect(url_for("sign_in"), code=303)
    return render_template("admin/invitation.html", form=form, who=link.party_name)


def twice(form: NewPasswordForm) -> str:
    """The password typed twice.  Raises: InvalidInput when the two differ."""
    new = str(form.new.data or "")
    if new != (form.again.data or ""):
        raise InvalidInput({"again": gettext("The two differ.")})
    return new


def refused(form: Form, error: HandoffError) -> int:
    """Show a refusal in the form; gives the status."""
    if isinstance(error, InvalidInput):
        form.refuse(error)
    else:
        form.general.append(sentence(error))
    return error.status


def register(app: Flask) -> None:
    """The addresses."""
    why = "this is where people sign in; tries are counted"
    public_page(app, "/sign-in", why=why, methods=("GET", "POST"), endpoint="sign_in", with_csrf=True)(sign_in)
    public_page(
        app, "/sign-in/demo", why="works in the demo only", methods=("POST",), endpoint="demo_sign_in", with_csrf=True
    )(demo_sign_in)
    public_page(
        app, "/welcome/<token>", why="the signed link is the right", methods=("GET", "POST"),
        endpoint="invitation", with_csrf=True,
    )(invitation)  # fmt: skip
    public_page(
        app, "/sign-in/code", why="opens with the cookie of a right password only; tries are counted",
        methods=("GET", "POST"), endpoint="sign_in_code", with_csrf=True,
    )(code)  # fmt: skip
    page(app, "/sign-out", permission=None, methods=("POST",), endpoint="sign_out")(leave)
