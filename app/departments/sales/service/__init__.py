"""The use cases of sales, one file for each part of an order's life."""

from app.departments.sales.service.amendment import (
    apply_amendment,
    preview_amendment,
    propose_amendment,
    reject_amendment,
)
from app.departments.sales.service.cancellation import cancel_order, cancel_part, close_short
from app.departments.sales.service.confirmation import (
    answer_by_link,
    confirm_order,
    record_change_asked,
    send_for_confirmation,
)
from app.departments.sales.service.drafts import copy_order, reopen_order, update_draft
from app.departments.sales.service.holds import hold_order, release_order
from app.departments.sales.service.intake import take_order
from app.departments.sales.service.verification import allow_problem, check_order, verify_order

__all__ = [
    "allow_problem",
    "answer_by_link",
    "apply_amendment",
    "cancel_order",
    "cancel_part",
    "check_order",
    "close_short",
    "confirm_order",
    "copy_order",
    "hold_order",
    "preview_amendment",
    "propose_amendment",
    "record_change_asked",
    "reject_amendment",
    "release_order",
    "reopen_order",
    "send_for_confirmation",
    "take_order",
    "update_draft",
    "verify_order",
]
