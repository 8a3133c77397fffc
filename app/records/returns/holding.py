"""Who holds a return: locks in the order everybody uses, and the states the quantities ask for."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm.attributes import flag_modified

from app.kernel import clock
from app.kernel.errors import Conflict, Message, NotFound, RuleBroken
from app.kernel.text import N_
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.orders.models import Order, OrderLine
from app.records.returns.events import ReturnClosed
from app.records.returns.models import CustomerReturn, CustomerReturnLine, ReturnState, return_states

#: states that the system sets from the quantities
SYSTEM_SET = (ReturnState.AUTHORISED, ReturnState.RECEIVED, ReturnState.INSPECTED)


class ReturnNotInState(RuleBroken):
    """The return is elsewhere on its way; the second of two clicks ends here."""

    code = "returns.return_state"
    default_message = N_("Return %(number)s is “%(state)s”: this is possible for “%(needed)s” only.")

    def __init__(self, number: str | int, state: object, *allowed: object) -> None:
        names = {f"state_{place}": state for place, state in enumerate(allowed)}
        needed = Message(", ".join(f"%({name})s" for name in names), **names)
        super().__init__(None, number=number, state=state, needed=needed)


def require_state(found: CustomerReturn, *allowed: ReturnState) -> None:
    """Raises: ReturnNotInState."""
    if found.state not in allowed:
        raise ReturnNotInState(found.number or found.id, found.state, *allowed)


def order_of_return(return_id: int) -> int:
    """Id of the order a return belongs to, read without a lock.  Raises: NotFound."""
    order_id = session.scalar(sa.select(CustomerReturn.order_id).where(CustomerReturn.id == return_id))
    if order_id is None:
        raise NotFound(record=CustomerReturn.__tablename__, id=return_id)
    return order_id


def lock_return(return_id: int, version: int | None = None) -> tuple[Order, CustomerReturn]:
    """The return and its order, locked: the order first.

    version: what the person saw; None: nothing was shown.  Raises: NotFound, Conflict.
    """
    order = locks.lock(Order, order_of_return(return_id))
    found = locks.lock(CustomerReturn, return_id)
    if version is not None and found.version != version:
        raise Conflict({"version": (found.version, version)})
    return order, found


def lines_with_order_lines(return_id: int) -> list[tuple[CustomerReturnLine, OrderLine]]:
    """The return's lines with their order lines, by the order's positions; read fresh under the order's lock."""
    rows = session.execute(
        sa.select(CustomerReturnLine, OrderLine)
        .join(OrderLine, OrderLine.id == CustomerReturnLine.order_line_id)
        .where(CustomerReturnLine.return_id == return_id)
        .order_by(OrderLine.position)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


def derived_state(found: CustomerReturn, lines: Sequence[CustomerReturnLine]) -> ReturnState:
    """The state the quantities ask for, for a return that was authorised and is not over; else its own."""
    if found.state not in SYSTEM_SET or not any(line.received for line in lines):
        return found.state
    if any(line.expected or line.to_inspect for line in lines):
        return ReturnState.RECEIVED
    if any(line.held or line.to_refund for line in lines):
        return ReturnState.INSPECTED
    return ReturnState.CLOSED


def refresh_state(found: CustomerReturn, lines: Sequence[CustomerReturnLine]) -> None:
    """Set what the system sets, in the transaction that changed the quantities.

    The return's version grows with every step, so that a page shown before it is known to be old.
    """
    session.flush()
    wanted = derived_state(found, lines)
    if wanted is found.state:
        flag_modified(found, "updated_at")
        session.flush()
        return
    return_states.move(found, wanted)
    if wanted is ReturnState.CLOSED:
        found.closed_at = clock.now()
    session.flush()
    if wanted is ReturnState.CLOSED:
        publish(ReturnClosed(return_id=found.id, order_id=found.order_id))
