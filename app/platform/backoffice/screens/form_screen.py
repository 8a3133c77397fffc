"""Create and edit: a form becomes a plain dict, one use case is called, a refusal keeps what was typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Response, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, HandoffError, InvalidInput, RuleBroken
from app.platform.access import may_read_field, reader, web
from app.platform.backoffice import identifiers
from app.platform.backoffice.actions import accepts
from app.platform.backoffice.columns import show
from app.platform.backoffice.forms import Form, PickerField
from app.platform.backoffice.wording import sentence
from app.platform.db import run

if TYPE_CHECKING:
    from app.platform.backoffice.view import DepartmentView

VERSION = "version_seen"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a conflict: what is saved now and what was typed."""

    label: Any
    now: Markup
    yours: Markup


def local_target(raw: str | None) -> str | None:
    """A return address within this site, or None."""
    return web.safe_target(raw, "") or None


def _after(view: DepartmentView, actor: Actor, row_id: int | None) -> str:
    if row_id is not None and view.offers("details", actor):
        return view.address("details_view", row_id=row_id)
    return local_target(request.values.get("next")) or view.address("index_view")


def refuse(form: Form, error: HandoffError) -> int:
    """Show a refusal inside the form; gives the status of the answer."""
    if isinstance(error, InvalidInput):
        form.refuse(error)
    else:
        form.general.append(sentence(error))
    return error.status


def _page(view: DepartmentView, actor: Actor, what: str, form: Form, status: int = 200, **more: Any) -> Response:
    template = view.create_template if what == "create" else view.edit_template
    body = view.render(
        template,
        view=view,
        actor=actor,
        form=form,
        what=what,
        back=local_target(request.values.get("next")) or view.address("index_view"),
        **more,
    )
    return make_response(body, status)


def create(view: DepartmentView, actor: Actor) -> ResponseReturnValue:
    """GET shows the form, POST calls the use case."""
    use_case = view.use_case("create")
    form = view.make_form("create", actor)
    if request.method == "GET":
        _prefill(form)
        return _page(view, actor, "create", form)
    if not form.validate():
        return _page(view, actor, "create", form, 422)
    if use_case is None:
        raise RuleBroken
    try:
        made = run(use_case, actor, **form.plain_values())
    except (InvalidInput, RuleBroken) as error:
        return _page(view, actor, "create", form, refuse(form, error))
    flash(gettext("Saved."), "success")
    return redirect(_after(view, actor, getattr(made, "id", None)))


def _prefill(form: Form) -> None:
    """First values from the address (``?customer_id=7``); what cannot be read is left empty."""
    for name, field in form._fields.items():
        if name in request.args:
            field.process(request.args)
            field.errors, field.process_errors = (), []


def edit(view: DepartmentView, actor: Actor, row: Any) -> ResponseReturnValue:
    """GET shows the row, POST saves what changed hands unless somebody else saved first."""
    form = view.make_form("edit", actor, row)
    seen = getattr(row, "version", None)
    head = {"row": row, "row_id": row.id, "label": view.row_label(row), "version": seen}
    if request.method == "GET":
        return _page(view, actor, "edit", form, **head)
    if not form.validate():
        return _page(view, actor, "edit", form, 422, **{**head, "version": request.form.get(VERSION, seen)})
    posted = identifiers.parse(request.form.get(VERSION))
    if seen is not None and posted != seen:
        return _conflict(view, actor, form, row, head)
    use_case = view.use_case("edit")
    if use_case is None:
        raise RuleBroken
    values = form.plain_values()
    if seen is not None and accepts(use_case, "version"):
        values["version"] = posted
    row_id = row.id
    try:
        run(use_case, actor, **{view.id_name: row_id}, **values)
    except Conflict:
        row = view.row(row_id)
        head.update(row=row, version=getattr(row, "version", None))
        return _conflict(view, actor, form, row, head)
    except (InvalidInput, RuleBroken) as error:
        head["row"] = view.row(row_id)
        return _page(view, actor, "edit", form, refuse(form, error), **head)
    flash(gettext("Saved."), "success")
    return redirect(_after(view, actor, row_id))


def _conflict(view: DepartmentView, actor: Actor, form: Form, row: Any, head: dict[str, Any]) -> Response:
    """Both values side by side, the input kept; saving again is then a decision."""
    differences = [
        Difference(field.label.text, _spoken(field, getattr(row, name)), _spoken(field, field.data))
        for name, field in form._fields.items()
        if hasattr(row, name) and may_read_field(actor, view.model, name) and getattr(row, name) != field.data
    ]
    head = {**head, "row": row, "version": getattr(row, "version", None)}
    changed_at = getattr(row, "updated_at", None)
    return _page(view, actor, "edit", form, 409, differences=differences, changed_at=changed_at, **head)


def _spoken(field: Any, value: Any) -> Markup:
    if isinstance(field, PickerField) and value is not None:
        actor = reader()
        found = field.picker.get(actor, value) if actor else None
        return show(field.picker.text(found)) if found is not None else show(None)
    return show(value)
