"""Asked once, answered once, and a low rating is somebody's case."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.errors import InvalidInput, NotFound, NotPermitted, WrongState
from app.platform.access.links import open_link
from app.platform.db import run, session
from app.platform.events import publish
from app.practices.feedback import service
from app.practices.feedback.models import CaseState, FeedbackAnswer, FeedbackCase, FeedbackRequest
from app.records.orders.states import OrderState
from app.records.shipping.events import OrderFirstDelivered


def asked(make):
    """A delivered order whose customer was asked; (order, request id)."""
    make.department("sales")
    order = make.order(OrderState.CONFIRMED)
    make.do(lambda _actor: publish(OrderFirstDelivered(order_id=order.id)))
    session.rollback()
    return order, session.scalar(sa.select(FeedbackRequest.id).where(FeedbackRequest.order_id == order.id))


def customer(make, order):
    """The customer behind the link, and the link's request."""
    token = run(service.make_feedback_link, make.actor("sales"), order_id=order.id)
    return open_link(token, service.PURPOSE)


def test_a_customer_is_asked_once_per_order(make):
    order, _ = asked(make)
    make.do(lambda _actor: publish(OrderFirstDelivered(order_id=order.id)))
    assert make.count(FeedbackRequest) == 1


def test_an_answer_is_taken_once_and_a_second_one_changes_nothing(make):
    order, request_id = asked(make)
    link = customer(make, order)
    first = run(service.give_feedback, link.actor, request_id=request_id, rating=5, comment=" 很好 \x00")
    again = run(service.give_feedback, link.actor, request_id=request_id, rating=1, comment="no")
    assert (again.id, again.rating, again.comment) == (first.id, 5, "很好")
    assert make.count(FeedbackCase) == 0


@pytest.mark.parametrize(("rating", "cases"), [(1, 1), (2, 1), (3, 0)])
def test_a_low_rating_opens_a_case(make, rating, cases):
    order, request_id = asked(make)
    run(service.give_feedback, customer(make, order).actor, request_id=request_id, rating=rating)
    assert make.count(FeedbackCase, FeedbackCase.state == CaseState.OPEN) == cases


@pytest.mark.parametrize("rating", [0, 6, -1])
def test_a_rating_outside_one_to_five_is_refused(make, rating):
    order, request_id = asked(make)
    with pytest.raises(InvalidInput) as refused:
        run(service.give_feedback, customer(make, order).actor, request_id=request_id, rating=rating)
    assert set(refused.value.fields) == {"rating"}
    assert make.count(FeedbackAnswer) == 0


def test_a_link_answers_for_its_own_order_only(make):
    order, _ = asked(make)
    _, other = asked(make)
    with pytest.raises(NotFound):
        run(service.give_feedback, customer(make, order).actor, request_id=other, rating=1)
    assert make.count(FeedbackAnswer) == 0


def test_what_nobody_answered_expires_and_is_closed(make):
    order, request_id = asked(make)
    link = customer(make, order)
    with clock.freeze(clock.now() + timedelta(days=31)):
        assert run(service.expire_requests, make.actor("sales")) == [order.id]
        assert run(service.expire_requests, make.actor("sales")) == []
        with pytest.raises(WrongState):
            run(service.give_feedback, link.actor, request_id=request_id, rating=5)
    assert make.count(FeedbackAnswer) == 0


def test_a_case_is_solved_by_its_department_and_once(make):
    order, request_id = asked(make)
    run(service.give_feedback, customer(make, order).actor, request_id=request_id, rating=1)
    case = make.do(lambda _actor: session.scalars(sa.select(FeedbackCase)).one())
    stranger = make.actor("warehouse")
    with pytest.raises(NotFound):
        run(service.solve_case, stranger, case_id=case.id, solution="not mine")
    owner = make.actor("sales", department_ids=frozenset({case.department_id}))
    with pytest.raises(InvalidInput):
        run(service.solve_case, owner, case_id=case.id, solution="  ")
    assert run(service.solve_case, owner, case_id=case.id, solution="apology, new packaging").state is CaseState.SOLVED
    with pytest.raises(WrongState):
        run(service.solve_case, owner, case_id=case.id, solution="again")


@pytest.mark.parametrize("role", ["warehouse", "finance", "purchasing"])
def test_only_sales_asks(make, role):
    order, request_id = asked(make)
    with pytest.raises(NotPermitted):
        run(service.make_feedback_link, make.actor(role), order_id=order.id)
    with pytest.raises(NotPermitted):
        run(service.give_feedback, make.actor(role), request_id=request_id, rating=1)
    assert make.count(FeedbackAnswer) == 0


def test_ten_clicks_at_once_are_one_answer(live_app, live_make):
    order, request_id = asked(live_make)
    actor = customer(live_make, order).actor
    start, answers, problems = threading.Barrier(10), [], []

    def click():
        with live_app.app_context():
            start.wait()
            try:
                answers.append(run(service.give_feedback, actor, request_id=request_id, rating=4).id)
            except Exception as problem:  # noqa: BLE001  any problem of a thread fails the test
                problems.append(problem)

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (problems, len(set(answers)), live_make.count(FeedbackAnswer)) == ([], 1, 1)
