"""Who may see what customers say, and who answers."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission, row_scope
from app.practices.feedback.models import FeedbackAnswer, FeedbackCase, FeedbackRequest


class Permissions(PermissionSet, package="feedback"):
    """Rights on customers' feedback."""

    ANSWER_READ = permission("answer.read", N_("See customers' ratings"), reads=(FeedbackRequest, FeedbackAnswer))
    ANSWER_GIVE = permission("answer.give", N_("Rate an order (carried by the customer's link)"))
    CASE_READ = permission("case.read", N_("See cases from low ratings"), reads=FeedbackCase)
    CASE_SOLVE = permission("case.solve", N_("Solve cases from low ratings"))
    REQUEST_SEND = permission("request.send", N_("Make the link that asks a customer for a rating"))


P = Permissions
_work = {P.ANSWER_READ: "all", P.CASE_READ: "all", P.CASE_SOLVE: "department"}
DEFAULT_GRANTS = {
    "admin": {P.ANSWER_READ: "all", P.CASE_READ: "all"},
    "director": {P.ANSWER_READ: "all", P.CASE_READ: "all", P.CASE_SOLVE: "all"},
    "sales": {**_work, P.REQUEST_SEND: "all"},
    "sales_manager": {P.ANSWER_READ: "all", P.CASE_READ: "all", P.CASE_SOLVE: "all", P.REQUEST_SEND: "all"},
    "purchasing": _work,
    "warehouse": _work,
    "logistics": _work,
    "finance": _work,
}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}

row_scope(FeedbackCase, "department")(lambda actor: FeedbackCase.department_id.in_(actor.department_ids))
