"""One row: its page, and the question before it is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.kernel.actor import Actor
from app.kernel.errors import RuleBroken
from app.platform.backoffice import identifiers
from app.platform.backoffice.actions import accepts
from app.platform.backoffice.screens.form_screen import VERSION, local_target
from app.platform.backoffice.wording import sentence
from app.platform.db import run

if TYPE_CHECKING:
    from app.platform.backoffice.view import DepartmentView


def details(view: DepartmentView, actor: Actor, row: Any) -> ResponseReturnValue:
    """Fields the actor may read, and the buttons that fit the row."""
    columns = view.visible(view.details_columns, actor)
    return view.render(
        view.details_template,
        view=view,
        actor=actor,
        row=row,
        label=view.row_label(row),
        facts=[(column.label, column.cell(row), column) for column in columns],
        actions=view.actions_for(actor, row),
        may_edit=view.offers("edit", actor),
        may_delete=view.offers("delete", actor),
        back=local_target(request.args.get("next")) or view.address("index_view"),
        **view.details_context(row),
    )


def delete(view: DepartmentView, actor: Actor, row: Any) -> ResponseReturnValue:
    """GET asks and names the record, POST calls the use case."""
    label, row_id = view.row_label(row), row.id
    page = {
        "view": view,
        "actor": actor,
        "heading": gettext("Delete %(label)s?", label=label),
        "text": gettext("The record goes for good; the audit log keeps what it held."),
        "verb": gettext("Delete"),
        "is_danger": True,
        "version": getattr(row, "version", None),
        "back": view.address("details_view", row_id=row_id),
    }
    if request.method == "GET":
        return view.render("backoffice/confirm.html", **page)
    use_case = view.use_case("delete")
    if use_case is None:
        raise RuleBroken
    values: dict[str, Any] = {}
    if accepts(use_case, "version"):
        values["version"] = identifiers.parse(request.form.get(VERSION)) or getattr(row, "version", None)
    try:
        run(use_case, actor, **{view.id_name: row_id}, **values)
    except RuleBroken as error:
        return make_response(view.render("backoffice/confirm.html", **page, problem=sentence(error)), error.status)
    flash(gettext("%(label)s was deleted.", label=label), "success")
    return redirect(view.address("index_view"))
