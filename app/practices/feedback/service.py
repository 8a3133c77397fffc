"""Ask after the first delivery, take one answer, and give a low one to the department of the slowest hand-off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, WrongState
from app.kernel.text import N_
from app.platform.access import Department, require
from app.platform.access.links import link_purpose, make_link
from app.platform.db import locks, session
from app.platform.events import publish
from app.platform.process.queries import HandOffView, all_hand_offs_of
from app.practices.feedback.events import CaseOpened, CaseSolved, FeedbackAsked, FeedbackExpired, FeedbackGiven
from app.practices.feedback.models import CaseState, FeedbackAnswer, FeedbackCase, FeedbackRequest
from app.practices.feedback.permissions import Permissions
from app.records.orders.models import Order
from app.records.parties.models import Party
from app.records.shipping.events import OrderFirstDelivered

ANSWER_WITHIN = timedelta(days=30)
LOW_RATING = 2
BEST = 5
COMMENT_LIMIT = 4_000
PURPOSE = "feedback"
#: who answers when no hand-off tells
FALLBACK_DEPARTMENT = "sales"

link_purpose(PURPOSE, N_("Rate an order"), [Permissions.ANSWER_GIVE])


def ask_after_first_delivery(_actor: Actor, event: OrderFirstDelivered) -> None:
    """Ask once per order, with the first delivery."""
    known = session.scalar(sa.select(FeedbackRequest.id).where(FeedbackRequest.order_id == event.order_id))
    if known is None:
        now = clock.now()
        session.add(FeedbackRequest(order_id=event.order_id, asked_at=now, expires_at=now + ANSWER_WITHIN))
        session.flush()
        publish(FeedbackAsked(order_id=event.order_id))


def make_feedback_link(actor: Actor, *, order_id: int) -> str:
    """A link's token for the customer of an order that was asked.  Raises: NotPermitted, NotFound, WrongState."""
    require(actor, Permissions.REQUEST_SEND)
    order = locks.get(Order, order_id)
    require(actor, Permissions.REQUEST_SEND, order)
    found = session.scalar(sa.select(FeedbackRequest).where(FeedbackRequest.order_id == order.id))
    if found is None or found.closed_at is not None:
        raise WrongState(state=order.state.value)
    customer = session.get_one(Party, order.customer_id)
    left = found.expires_at - clock.now()
    return make_link(PURPOSE, FeedbackRequest.__tablename__, found.id, valid_for=left, party_name=customer.name)


def give_feedback(actor: Actor, *, request_id: int, rating: int, comment: str = "") -> FeedbackAnswer:
    """The customer's answer, once.  rating: 1 (bad) to 5 (good).

    The same answer sent twice (a double click) is one answer.  Raises: NotPermitted, NotFound, InvalidInput, WrongState.
    """
    found = locks.lock(FeedbackRequest, request_id)
    require(actor, Permissions.ANSWER_GIVE, found)
    if not 1 <= rating <= BEST:
        raise InvalidInput({"rating": N_("Choose one to five stars.")})
    if len(comment) > COMMENT_LIMIT:
        raise InvalidInput({"comment": N_("This is longer than 4,000 characters.")})
    known = session.scalar(sa.select(FeedbackAnswer).where(FeedbackAnswer.request_id == found.id))
    if known is not None:
        return known
    if found.closed_at is not None:
        raise WrongState(N_("The time to answer is over. Thank you all the same."))
    words = "".join(sign for sign in comment if sign == "\n" or sign.isprintable()).strip()
    answer = FeedbackAnswer(
        request_id=found.id, order_id=found.order_id, rating=rating, comment=words, answered_at=clock.now()
    )
    session.add(answer)
    found.closed_at = answer.answered_at
    session.flush()
    publish(FeedbackGiven(order_id=found.order_id, rating=rating))
    if rating <= LOW_RATING:
        _open_case(answer)
    return answer


def solve_case(actor: Actor, *, case_id: int, solution: str) -> FeedbackCase:
    """Say what was done about it.  Raises: NotPermitted, NotFound, WrongState, InvalidInput."""
    case = locks.lock(FeedbackCase, case_id)
    require(actor, Permissions.CASE_SOLVE, case)
    if case.state is CaseState.SOLVED:
        raise WrongState(state=case.state.value)
    if not solution.strip():
        raise InvalidInput({"solution": N_("Say what was done about it.")})
    case.state, case.solution = CaseState.SOLVED, solution.strip()[:COMMENT_LIMIT]
    case.solved_at, case.solved_by = clock.now(), actor.name
    session.flush()
    publish(CaseSolved(order_id=case.order_id, case_id=case.id))
    return case


def expire_requests(actor: Actor) -> list[int]:
    """Close what nobody answered in time (daily job); the orders."""
    require(actor, Permissions.REQUEST_SEND)
    due = sa.select(FeedbackRequest.id).where(
        FeedbackRequest.closed_at.is_(None), FeedbackRequest.expires_at <= clock.now()
    )
    found = locks.lock_all(FeedbackRequest, session.scalars(due))
    for request in found:
        request.closed_at = clock.now()
        session.flush()
        publish(FeedbackExpired(order_id=request.order_id))
    return [request.order_id for request in found]


def slowest(hand_offs: Sequence[HandOffView]) -> HandOffView | None:
    """The hand-off that used most of its target, pauses left out; the feedback step itself does not count."""
    counted = [found for found in hand_offs if found.code != "H11"]
    return max(counted, key=lambda found: found.clock.worked / found.clock.target, default=None)


def _open_case(answer: FeedbackAnswer) -> None:
    blamed = slowest(all_hand_offs_of((Order.__tablename__, answer.order_id), at=clock.now()))
    fallback = sa.select(Department.id).where(Department.code == FALLBACK_DEPARTMENT)
    department_id = blamed.to_department_id if blamed else session.scalar(fallback)
    case = FeedbackCase(
        answer_id=answer.id,
        order_id=answer.order_id,
        department_id=department_id,
        why_here=f"{blamed.code} {blamed.title_en} / {blamed.title_zh}" if blamed else "",
    )
    session.add(case)
    session.flush()
    publish(CaseOpened(order_id=answer.order_id, case_id=case.id))
