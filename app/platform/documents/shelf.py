"""Papers on screens: the button that asks for one, and the list of a record's papers that fills by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, render_template
from flask_babel import lazy_gettext

from app.kernel.actor import Actor
from app.platform.backoffice import ButtonAction, page
from app.platform.documents.printing import RecordPaper, is_being_made
from app.platform.files import files_of, require_sight


def paper_button(name: str, label: Any, paper: RecordPaper, use_case: Callable[..., Any]) -> ButtonAction:
    """A button on the record's page and on the bar of a list's ticked rows."""
    return ButtonAction(
        name, label, paper.permission, use_case, icon="print", when=paper.fits,
        done=lazy_gettext("The paper is being made; it appears below in a moment."),
    )  # fmt: skip


def papers_of(table: str, row_id: int) -> dict[str, Any]:
    """What lies on a record, newest first, and whether more is coming."""
    return {"files": files_of(table, row_id)[::-1], "is_being_made": is_being_made(table, row_id)}


def init_app(app: Flask) -> None:
    """The list for templates, and its address for asking again."""
    app.jinja_env.globals["papers_of"] = papers_of

    @page(app, "/papers/<table>/<int:row_id>/", permission=None, endpoint="papers")
    def papers(actor: Actor, table: str, row_id: int) -> str:
        """The list of a record in sight."""
        require_sight(actor, table, row_id)
        return render_template("documents/_shelf.html", table=table, row_id=row_id)
