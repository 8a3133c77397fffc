"""A customer wants to give goods back: how much of which delivered lines, and whether the house agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from app.departments.sales.permissions import Permissions
from app.departments.sales.service.moves import said
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message, NotFound, RuleBroken
from app.kernel.quantity import plain, round_quantity
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.numbers import document_number
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.returns.events import (
    ReturnAllHere,
    ReturnAuthorised,
    ReturnCancelled,
    ReturnRefused,
    ReturnRequested,
)
from app.records.returns.holding import lines_with_order_lines, lock_return, refresh_state, require_state
from app.records.returns.models import (
    EXPECTING,
    CustomerReturn,
    CustomerReturnFinding,
    CustomerReturnLine,
    ReturnState,
    return_states,
)
from app.records.stock.allocation import default_warehouse_id

ZERO = Decimal(0)
REASON_LIMIT = 300
WORDS_LIMIT = 4_000
GOODS = frozenset({LineKind.PRODUCT, LineKind.SAMPLE})


class IsReplacement(RuleBroken):
    """The order was delivered in place of returned goods; those are still the ones that were paid."""

    code = "sales.return_of_replacement"
    default_message = N_("%(number)s replaced goods of %(origin)s: enter the return there, where they were paid.")


@dataclass(frozen=True, slots=True)
class Returnable:
    """A delivered line, and how much of it may still come back; base units."""

    line: OrderLine
    most: Decimal


def request_return(
    actor: Actor,
    *,
    order_id: int,
    quantities: Mapping[int, Decimal],
    reason: str,
    customer_words: str = "",
    case_id: int | None = None,
    intake_key: str | None = None,
) -> CustomerReturn:
    """Enter what a customer wants to give back.

    quantities: order line -> base units; never more than was delivered, is not back, and is not asked for already.
    customer_words: what they wrote themselves, for example in their rating (``case_id``).  intake_key: the same key
    twice is the same return.
    Raises: NotPermitted, NotFound, IsReplacement, InvalidInput naming every bad line, Conflict (key of another order).
    """
    order = locks.lock(Order, order_id)
    require(actor, Permissions.RETURN_REQUEST, order)
    known = session.scalar(sa.select(CustomerReturn).where(CustomerReturn.intake_key == intake_key))
    if intake_key and known is not None:
        if known.order_id != order.id:
            raise Conflict
        return known
    _refuse_replacement(order)
    wanted = _checked(order, quantities)
    warehouse_id = order.warehouse_id or default_warehouse_id()
    if warehouse_id is None:
        raise InvalidInput({"quantities": N_("No warehouse could take the goods in.")})
    found = CustomerReturn(
        order_id=order.id,
        warehouse_id=warehouse_id,
        reason=said(reason, REASON_LIMIT),
        customer_words=customer_words.replace("\x00", "").strip()[:WORDS_LIMIT],
        case_id=case_id,
        requested_at=clock.now(),
        requested_by=actor.name,
        intake_key=intake_key or None,
    )
    found.lines = [CustomerReturnLine(order_line_id=line_id, requested=quantity) for line_id, quantity in wanted]
    session.add(found)
    session.flush()
    found.number = document_number("RT", found.id)
    session.flush()
    publish(ReturnRequested(return_id=found.id, order_id=order.id, reason=found.reason))
    return found


def returnable_lines(order_id: int) -> list[Returnable]:
    """The lines of an order of which something was delivered, and how much of each may still come back."""
    lines = [line for line in lines_of(order_id) if line.kind in GOODS and line.delivered > 0]
    asked = _asked_already([line.id for line in lines])
    return [Returnable(line, line.delivered - line.returned - asked.get(line.id, ZERO)) for line in lines]


def _asked_already(line_ids: Sequence[int]) -> dict[int, Decimal]:
    """What other returns still expect of these lines."""
    c = CustomerReturnLine
    rows = session.execute(
        sa.select(c.order_line_id, sa.func.sum(c.requested - c.cancelled - c.received))
        .join(CustomerReturn, CustomerReturn.id == c.return_id)
        .where(c.order_line_id.in_(line_ids), CustomerReturn.state.in_(EXPECTING))
        .group_by(c.order_line_id)
    )
    return {row[0]: row[1] for row in rows}


def _checked(order: Order, quantities: Mapping[int, Decimal]) -> list[tuple[int, Decimal]]:
    known = {one.line.id: one for one in returnable_lines(order.id)}
    wanted = {line_id: round_quantity(quantity) for line_id, quantity in quantities.items() if quantity}
    ours = {line.id for line in lines_of(order.id)}
    if foreign := wanted.keys() - ours:
        raise NotFound(record=OrderLine.__tablename__, id=min(foreign))
    problems: dict[str, Message | str] = {}
    for line_id, quantity in wanted.items():
        most = known[line_id].most if line_id in known else ZERO
        if not ZERO < quantity <= most:
            problems[f"quantities.{line_id}"] = Message(
                N_("At most %(most)s can come back: delivered, not returned, and not asked for already."),
                most=plain(most),
            )
    if not wanted:
        problems["quantities"] = N_("Say how much of which line comes back.")
    if problems:
        raise InvalidInput(problems)
    return sorted(wanted.items())


def _refuse_replacement(order: Order) -> None:
    origin = session.scalar(
        sa.select(Order.number)
        .join(CustomerReturn, CustomerReturn.order_id == Order.id)
        .join(CustomerReturnFinding, CustomerReturnFinding.return_id == CustomerReturn.id)
        .where(CustomerReturnFinding.replacement_order_id == order.id)
        .limit(1)
    )
    if origin is not None:
        raise IsReplacement(number=order.number, origin=origin)


def authorise_return(actor: Actor, *, return_id: int) -> CustomerReturn:
    """The goods may come: the warehouse expects them.  Raises: NotPermitted, NotFound, ReturnNotInState."""
    order, found = lock_return(return_id)
    require(actor, Permissions.RETURN_DECIDE, found)
    require_state(found, ReturnState.REQUESTED)
    _decide(actor, found, ReturnState.AUTHORISED)
    publish(ReturnAuthorised(return_id=found.id, order_id=order.id))
    return found


def refuse_return(actor: Actor, *, return_id: int, reason: str) -> CustomerReturn:
    """The customer keeps the goods, and why.  Raises: NotPermitted, NotFound, ReturnNotInState, InvalidInput."""
    order, found = lock_return(return_id)
    require(actor, Permissions.RETURN_DECIDE, found)
    require_state(found, ReturnState.REQUESTED)
    _decide(actor, found, ReturnState.REFUSED, said(reason, REASON_LIMIT))
    publish(ReturnRefused(return_id=found.id, order_id=order.id, reason=found.decision_note))
    return found


def cancel_return(actor: Actor, *, return_id: int, reason: str) -> CustomerReturn:
    """Nothing comes back after all; what is here already is inspected first.

    Raises: NotPermitted, NotFound, ReturnNotInState (something has arrived), InvalidInput.
    """
    order, found = lock_return(return_id)
    require(actor, Permissions.RETURN_DECIDE, found)
    require_state(found, ReturnState.REQUESTED, ReturnState.AUTHORISED)
    _decide(actor, found, ReturnState.CANCELLED, said(reason, REASON_LIMIT))
    publish(ReturnCancelled(return_id=found.id, order_id=order.id, reason=found.decision_note))
    return found


def expect_no_more(actor: Actor, *, return_id: int, reason: str) -> CustomerReturn:
    """The rest of a return that came in part will not come.

    Raises: NotPermitted, NotFound, ReturnNotInState, InvalidInput (no reason, nothing is expected).
    """
    order, found = lock_return(return_id)
    require(actor, Permissions.RETURN_DECIDE, found)
    require_state(found, ReturnState.RECEIVED)
    lines = [line for line, _ in lines_with_order_lines(found.id)]
    if not any(line.expected for line in lines):
        raise InvalidInput({"reason": N_("Nothing more of this return is expected.")})
    found.decision_note = said(reason, REASON_LIMIT)
    for line in lines:
        line.cancelled += line.expected
    refresh_state(found, lines)
    publish(ReturnAllHere(return_id=found.id, order_id=order.id))
    return found


def _decide(actor: Actor, found: CustomerReturn, to: ReturnState, note: str = "") -> None:
    return_states.move(found, to)
    found.decided_at, found.decided_by, found.decision_note = clock.now(), actor.name, note
    session.flush()
