"""Verify an order: every problem named at its line, and let pass only by right and with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from app.departments.sales import facts
from app.departments.sales.errors import MustBeCorrected, NoSuchProblem, NotVerifiable
from app.departments.sales.permissions import Permissions
from app.departments.sales.rules import MAY_PASS, Problem, unanswered
from app.departments.sales.service.moves import said, seen
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.access import require
from app.platform.db import dml, locks, session
from app.platform.events import publish
from app.records.orders.events import OrderVerified
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import LineOverride, Order, OrderLine
from app.records.orders.states import OrderState, order_states


def check_order(actor: Actor, *, order_id: int) -> list[Problem]:
    """What is wrong with an order, with what was let pass left out; nothing changes.

    Raises: NotPermitted, NotFound.
    """
    require(actor, Permissions.ORDER_VERIFY)
    order = locks.get(Order, order_id)
    require(actor, Permissions.ORDER_VERIFY, order)
    return unanswered(facts.problems_of(order, lines_of(order_id)), facts.overrides_of(order_id))


def verify_order(actor: Actor, *, order_id: int, version: int | None = None) -> Order:
    """Draft becomes verified.

    Raises: NotPermitted, NotFound, Conflict (changed since ``version``), WrongState, NotVerifiable (every problem).
    """
    require(actor, Permissions.ORDER_VERIFY)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_VERIFY, order)
    seen(order, version)
    verify(actor, order, lines_of(order_id))
    return order


def verify(actor: Actor, order: Order, lines: Sequence[OrderLine]) -> None:
    """``verify_order`` for a caller that holds the order's lock.  Raises: WrongState, NotVerifiable."""
    require(actor, Permissions.ORDER_VERIFY)
    order_states.require(order.state, OrderState.VERIFIED)
    if problems := unanswered(facts.problems_of(order, lines), facts.overrides_of(order.id)):
        raise NotVerifiable(problems)
    order_states.move(order, OrderState.VERIFIED)
    order.verified_at = clock.now()
    publish(OrderVerified(order_id=order.id))


def allow_problem(
    actor: Actor, *, order_id: int, problem: str, reason: str, line_id: int | None = None
) -> LineOverride:
    """Let one problem of a draft pass; the right depends on the problem.

    Raises: NotPermitted, NotFound, MustBeCorrected (nobody may), InvalidInput (reason), NoSuchProblem.
    """
    right = MAY_PASS.get(problem)
    if right is None:
        require(actor, Permissions.ORDER_VERIFY)
        raise MustBeCorrected
    require(actor, right)
    order = locks.lock(Order, order_id)
    require(actor, right, order)
    order_states.require(order.state, OrderState.VERIFIED)
    why = said(reason, 300)
    found = {one.key for one in facts.problems_of(order, lines_of(order_id))}
    if (line_id, problem) not in found or (line_id, problem) in facts.overrides_of(order_id):
        raise NoSuchProblem
    override = LineOverride(
        order_id=order_id, line_id=line_id, problem=problem, reason=why, allowed_by=actor.name, allowed_at=clock.now()
    )
    session.add(override)
    session.flush()
    return override


def forget_overrides(order_id: int, line_ids: Sequence[int], *, of_order: bool) -> None:
    """What was let pass held for the values of then; new values are judged again."""
    criteria = [LineOverride.line_id.in_(line_ids)] if line_ids else []
    if of_order:
        criteria.append(LineOverride.line_id.is_(None))
    for criterion in criteria:
        dml.delete_where(LineOverride, LineOverride.order_id == order_id, criterion)
