"""A button's own step and its result: one row goes back to its page, many rows get a result each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, NotFound, RuleBroken
from app.kernel.text import N_
from app.platform.backoffice.actions import MOST_ROWS, ButtonAction, perform
from app.platform.backoffice.forms import Form
from app.platform.backoffice.screens.form_screen import local_target, refuse
from app.platform.backoffice.wording import sentence

if TYPE_CHECKING:
    from app.platform.backoffice.view import DepartmentView

CONFIRMED = "_go"


def show(view: DepartmentView, actor: Actor, action: ButtonAction, raw_ids: Sequence[str]) -> ResponseReturnValue:
    """GET (or a first POST) shows the step, if there is one; the POST of the step does it.

    Raises: InvalidInput without rows or with too many, NotFound when one row is missing, foreign or garbage.
    """
    ids = list(dict.fromkeys(raw_ids))
    if not ids:
        raise InvalidInput({"id": Message(N_("Tick at least one row."))})
    if len(ids) > MOST_ROWS:
        raise InvalidInput({"id": Message(N_("At most %(most)s rows at once."), most=MOST_ROWS)})
    if not (action.single if len(ids) == 1 else action.bulk):
        raise NotFound
    rows = view.rows(ids)
    if request.method == "GET" and not action.has_step:
        return _step(view, actor, action, rows, None)
    form = _form(action, rows)
    if request.method == "GET" or (action.has_step and CONFIRMED not in request.form):
        return _step(view, actor, action, rows, _form(action, rows, fresh=True))
    if form is not None and not form.validate():
        return _step(view, actor, action, rows, form, 422)
    values = form.plain_values() if form is not None else {}
    named = [(row.id, view.row_label(row)) for row in rows]
    try:
        outcomes = perform(action, actor, named, view.id_name, values)
    except (InvalidInput, RuleBroken) as error:
        status = refuse(form, error) if form is not None else error.status
        rows = view.rows(ids)
        return _step(view, actor, action, rows, form, status, problem=None if form is not None else sentence(error))
    if len(named) == 1:
        flash(str(action.done) if action.done else gettext("%(action)s: done.", action=action.label), "success")
        made = outcomes.rows[0].result
        return redirect(view.address(action.opens, row_id=made.id) if action.opens else _back(view, actor, named[0][0]))
    body = view.render(
        "backoffice/action_result.html", view=view, actor=actor, action=action, outcomes=outcomes, back=_list(view)
    )
    return make_response(body, 200)


def _form(action: ButtonAction, rows: Sequence[Any], *, fresh: bool = False) -> Form | None:
    if action.form is None:
        return None
    first = action.prefill(rows[0]) if action.prefill and len(rows) == 1 else {}
    return action.form(formdata=None, data=first) if fresh else action.form(data=first)


def _list(view: DepartmentView) -> str:
    return local_target(request.values.get("next")) or view.address("index_view")


def _back(view: DepartmentView, actor: Actor, row_id: int) -> str:
    asked = local_target(request.values.get("next"))
    if asked:
        return asked
    return view.address("details_view", row_id=row_id) if view.offers("details", actor) else view.address("index_view")


def _step(
    view: DepartmentView,
    actor: Actor,
    action: ButtonAction,
    rows: Sequence[Any],
    form: Form | None,
    status: int = 200,
    problem: str | None = None,
) -> ResponseReturnValue:
    body = view.render(
        "backoffice/action.html",
        view=view,
        actor=actor,
        action=action,
        rows=[(row.id, view.row_label(row)) for row in rows],
        form=form,
        problem=problem,
        back=_back(view, actor, rows[0].id) if len(rows) == 1 else _list(view),
        next=local_target(request.values.get("next")) or "",
    )
    return make_response(body, status)
