"""My desk: accept, complete, return, pause and resume in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext
from wtforms import SelectField
from wtforms.validators import InputRequired

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, InvalidInput, NotFound, RuleBroken
from app.kernel.text import N_
from app.platform.access.models import User, UserDepartment
from app.platform.backoffice import Form, Item, ParagraphField, page, sentence
from app.platform.db import run, session
from app.platform.process import service
from app.platform.process.models import HandOff
from app.platform.process.permissions import Permissions
from app.platform.process.service import LONGEST_REASON
from app.surfaces.home.desk import Row, count_of, desk_for, heading, row_of

#: at once, with one button: action -> (use case, what to say when it is done)
AT_ONCE: dict[str, tuple[Callable[..., HandOff], str]] = {
    "accept": (service.accept_hand_off, N_("Accepted: %(what)s")),
    "complete": (service.complete_hand_off, N_("Completed: %(what)s")),
    "resume": (service.resume_hand_off, N_("The clock runs again: %(what)s")),
}


class ReasonForm(Form):
    """Why."""

    reason = ParagraphField(
        lazy_gettext("Reason"),
        [InputRequired(lazy_gettext("Please say why."))],
        render_kw={"maxlength": LONGEST_REASON, "rows": 3, "required": True},
    )


class AssignForm(Form):
    """To whom."""

    assignee_id = SelectField(lazy_gettext("Colleague"), [InputRequired()], coerce=int)


#: with a form: action -> (use case, heading, form, right, what to say when it is done)
WITH_FORM: dict[str, tuple[Callable[..., HandOff], str, type[Form], Any, str]] = {
    "return": (
        service.return_hand_off, N_("Return to sender"), ReasonForm, Permissions.HAND_OFF_RETURN,
        N_("Returned: %(what)s"),
    ),
    "pause": (
        service.pause_hand_off, N_("Pause"), ReasonForm, Permissions.HAND_OFF_PAUSE, N_("Paused: %(what)s"),
    ),
    "assign": (
        service.assign_hand_off, N_("Pass on to a colleague"), AssignForm, Permissions.HAND_OFF_ASSIGN,
        N_("Passed on: %(what)s"),
    ),
    "cancel": (
        service.cancel_hand_off, N_("Cancel hand-off"), ReasonForm, Permissions.HAND_OFF_CANCEL,
        N_("Cancelled: %(what)s"),
    ),
}  # fmt: skip


def register(app: Flask) -> None:
    """Put the desk first in the sidebar."""
    page(
        app,
        "/desk/",
        permission=Permissions.HAND_OFF_READ,
        endpoint="desk",
        menu=Item(
            "home",
            lazy_gettext("My desk"),
            "desk",
            Permissions.HAND_OFF_READ,
            icon="inbox",
            position=0,
            quick=1,
            key="g d",
            count=count_of,
        ),
    )(show_desk)
    rights = (Permissions.HAND_OFF_ACCEPT, Permissions.HAND_OFF_COMPLETE, Permissions.HAND_OFF_RESUME)
    page(
        app,
        "/desk/<int:hand_off_id>/<any(accept, complete, resume):action>",
        permission=rights,
        methods=("POST",),
        endpoint="desk_do",
    )(act_at_once)
    page(
        app,
        "/desk/<int:hand_off_id>/<any(return, pause, assign, cancel):action>",
        permission=tuple(entry[3] for entry in WITH_FORM.values()),
        methods=("GET", "POST"),
        endpoint="desk_ask",
    )(act_with_form)


def show_desk(actor: Actor) -> ResponseReturnValue:
    """The desk of the signed-in person."""
    return _desk(actor)


def act_at_once(actor: Actor, hand_off_id: int, action: str) -> ResponseReturnValue:
    """Accept, complete or resume; refused ones say why above the list."""
    use_case, done = AT_ONCE[action]
    what = _what(row_of(actor, hand_off_id))
    try:
        run(use_case, actor, hand_off_id=hand_off_id, version=_version())
    except RuleBroken as refusal:
        return _desk(actor, problem=refusal, pick=hand_off_id)
    return _done(actor, gettext(done) % {"what": what})


def act_with_form(actor: Actor, hand_off_id: int, action: str) -> ResponseReturnValue:
    """Return, pause, pass on or cancel, with what they need."""
    use_case, heading, form_class, _, done = WITH_FORM[action]
    row = row_of(actor, hand_off_id)
    if row is None:
        raise NotFound
    form = form_class()
    if isinstance(form, AssignForm):
        form.assignee_id.choices = _colleagues(row.view.to_department_id)
    if request.method == "GET" or not form.validate():
        return _form(form, heading, row, status=200 if request.method == "GET" else 422)
    try:
        run(use_case, actor, hand_off_id=hand_off_id, version=_version(), **form.plain_values())
    except InvalidInput as problem:
        form.refuse(problem)
        return _form(form, heading, row, status=422)
    except RuleBroken as refusal:
        return _desk(actor, problem=refusal, pick=hand_off_id)
    return _done(actor, gettext(done) % {"what": _what(row)})


def _desk(
    actor: Actor, *, problem: HandoffError | None = None, done: str = "", pick: int | None = None
) -> ResponseReturnValue:
    asked = _asked()
    if asked["whose"] not in {"mine", "team"}:
        abort(404)
    shown = desk_for(
        actor,
        whole_team=asked["whose"] == "team",
        department=asked["department"],
        pick=pick if pick is not None else request.args.get("pick", type=int),
    )
    answer = make_response(
        render_template(
            "home/desk.html",
            desk=shown,
            heading=heading,
            asked=asked,
            me=actor,
            problem=sentence(problem) if problem else "",
            done=done,
        ),
        problem.status if problem else 200,
    )
    if request.method == "POST":
        answer.headers["HX-Push-Url"] = url_for("desk", **asked)
    return answer


def _done(actor: Actor, message: str) -> ResponseReturnValue:
    """Back to the desk: at once in the answer for htmx, else by a redirect that a reload does not repeat."""
    if "HX-Request" in request.headers:
        return _desk(actor, done=message)
    flash(message, "success")
    return redirect(url_for("desk", **_asked()), code=303)


def _form(form: Form, heading: str, row: Row, *, status: int) -> ResponseReturnValue:
    text = render_template("home/hand_off_action.html", form=form, heading=gettext(heading), row=row, asked=_asked())
    return text, status


def _asked() -> dict[str, Any]:
    """The part of the desk people were looking at, kept through every action."""
    return {"whose": request.args.get("whose", "mine"), "department": request.args.get("department", "")[:40]}


def _version() -> int | None:
    return request.form.get("version", type=int)


def _what(row: Row | None) -> str:
    return f"{row.view.title(str(get_locale()))} {row.line.number}" if row else ""


def _colleagues(department_id: int) -> list[tuple[int, str]]:
    statement = (
        sa.select(User.id, User.name)
        .join(UserDepartment, UserDepartment.user_id == User.id)
        .where(UserDepartment.department_id == department_id, User.is_active)
        .order_by(User.name, User.id)
    )
    return [(row.id, row.name) for row in session.execute(statement)]
