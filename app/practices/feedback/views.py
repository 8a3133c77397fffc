"""What customers said, and the cases that low ratings opened."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload
from wtforms.validators import Length

from app.platform.access import can
from app.platform.backoffice import (
    ButtonAction,
    Column,
    DepartmentView,
    Form,
    ParagraphField,
    Required,
    add_view,
    current_actor,
    tone_states,
)
from app.practices.feedback import service
from app.practices.feedback.models import CaseState, FeedbackCase, FeedbackRequest
from app.practices.feedback.permissions import Permissions


class SolveForm(Form):
    """What was done about it."""

    solution = ParagraphField(lazy_gettext("What was done about it"), [Required(), Length(max=4000)])


class Cases(DepartmentView, model=FeedbackCase):
    """Low ratings that somebody answers."""

    department, slug = "improve", "cases"
    title = lazy_gettext("Cases")
    menu_icon, menu_position = "chat", 20
    list_permission = Permissions.CASE_READ
    empty_hint = lazy_gettext("A rating of one or two opens a case for the department of the slowest hand-off.")
    id_argument = "case_id"
    columns = (
        Column("order.number", label=lazy_gettext("Order")),
        Column("order.customer.name", label=lazy_gettext("Customer")),
        Column("state", phone="ph-r"),
        Column("answer.rating", label=lazy_gettext("Rating")),
        Column("why_here", label=lazy_gettext("Slowest hand-off"), hide="mid"),
        Column("created_at", hide="wide"),
    )
    details = (
        *columns, Column("answer.comment", label=lazy_gettext("The customer's words")),
        Column("solution", label=lazy_gettext("What was done about it")), "solved_at", "solved_by",
    )  # fmt: skip
    filters = ("state",)
    details_template = "feedback/cases/details.html"
    details_options = (selectinload(FeedbackCase.answer),)
    actions = (
        ButtonAction(
            "solve", lazy_gettext("Solve"), Permissions.CASE_SOLVE, service.solve_case, form=SolveForm,
            when=lambda row: row.state is CaseState.OPEN, bulk=False, is_primary=True, icon="check",
        ),
    )  # fmt: skip


class Ratings(DepartmentView, model=FeedbackRequest):
    """Who was asked, and what they answered."""

    department, slug = "improve", "ratings"
    title = lazy_gettext("Ratings")
    menu_icon, menu_position = "chat", 10
    list_permission = Permissions.ANSWER_READ
    empty_hint = lazy_gettext("Customers are asked with the first delivery of an order.")
    columns = (
        Column("order.number", label=lazy_gettext("Order")),
        Column("order.customer.name", label=lazy_gettext("Customer")),
        Column("asked_at", label=lazy_gettext("Asked")),
        Column("closed_at", label=lazy_gettext("Answered or expired")),
        Column("expires_at", hide="mid"),
    )
    details = columns
    details_template = "feedback/ratings/details.html"
    details_options = (selectinload(FeedbackRequest.answer), selectinload(FeedbackRequest.order))

    def details_context(self, row: FeedbackRequest) -> dict[str, object]:
        """Whether a link for the customer makes sense."""
        return {"may_ask": row.closed_at is None and can(current_actor(), Permissions.REQUEST_SEND)}


def register(app: Flask) -> None:
    """Both lists."""
    tone_states({CaseState.OPEN: "warning", CaseState.SOLVED: "ok"})
    add_view(app, Ratings)
    add_view(app, Cases)
