"""What the quantities of an order say: derived statuses, and the states the system sets from them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform.db import current_unit, locks, session
from app.platform.db.changes import Change, recorders
from app.platform.events import publish
from app.records.orders.events import OrderFulfilled
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT, OrderState, order_states

_LINES = "lines of order"
_LINES_OF = sa.select(OrderLine).where(OrderLine.order_id == sa.bindparam("order_id")).order_by(OrderLine.position)


class Progress(StrEnum):
    """How far something is."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


def _goods(lines: Sequence[OrderLine]) -> list[OrderLine]:
    return [line for line in lines if line.kind is not LineKind.TEXT and line.wanted > 0]


def shipped_progress(lines: Sequence[OrderLine]) -> Progress:
    """How much of what is wanted has left; service and freight lines count as shipped with the goods."""
    goods = [line for line in _goods(lines) if line.kind in {LineKind.PRODUCT, LineKind.SAMPLE}]
    if not any(line.shipped > line.failed for line in goods):
        return Progress.NONE if goods else Progress.FULL
    return Progress.PARTIAL if any(line.to_ship > 0 for line in goods) else Progress.FULL


def billed_progress(lines: Sequence[OrderLine]) -> Progress:
    """How much of what is wanted has been invoiced, less credits; lines without charge ask for nothing."""
    claims = [line for line in _goods(lines) if line.gross]
    if not any(line.invoiced > line.credited for line in claims):
        return Progress.NONE if claims else Progress.FULL
    return (
        Progress.PARTIAL
        if any(line.invoiced - line.credited < line.wanted - line.returned for line in claims)
        else Progress.FULL
    )


def lines_of(order_id: int) -> list[OrderLine]:
    """The order's lines by position; under the order's lock they are read once in a unit of work."""
    unit = current_unit()
    known: list[OrderLine] | None = unit.memo.get((_LINES, order_id)) if unit else None
    if known is not None and not any(sa.inspect(line).expired for line in known) and not _any_pending():
        return list(known)
    fresh = {"populate_existing": locks.is_held(Order, order_id)}
    found = list(session.scalars(_LINES_OF, {"order_id": order_id}, execution_options=fresh))
    remember_lines(order_id, found)
    return found


def remember_lines(order_id: int, lines: Sequence[OrderLine]) -> None:
    """These are all lines of an order, by position; nobody else changes them while this unit holds the order."""
    unit = current_unit()
    if unit is not None and locks.is_held(Order, order_id):
        unit.memo[_LINES, order_id] = list(lines)


def forget_lines(_session: Session, changes: Sequence[Change]) -> None:
    """A line came or went: read the lines of orders again."""
    unit = current_unit()
    if unit is not None and any(one.model is OrderLine and one.action != "update" for one in changes):
        for key in [key for key in unit.memo if isinstance(key, tuple) and key[0] == _LINES]:
            del unit.memo[key]


recorders.append(forget_lines)


def _any_pending() -> bool:
    return any(isinstance(row, OrderLine) for row in session.new)


def derived_state(order: Order, lines: Sequence[OrderLine]) -> OrderState:
    """The state the quantities ask for, for an order that is open for fulfilment or fulfilled; else its own state."""
    if order.state not in OPEN_FOR_FULFILMENT and order.state is not OrderState.FULFILLED:
        return order.state
    progress = shipped_progress(lines)
    if progress is Progress.FULL:
        return OrderState.FULFILLED
    started = progress is Progress.PARTIAL or any(line.allocated > 0 or line.shipped > 0 for line in lines)
    return OrderState.IN_FULFILMENT if started or order.state is not OrderState.CONFIRMED else OrderState.CONFIRMED


def refresh_state(order: Order) -> None:
    """Set what the system sets, in the transaction that changed the quantities."""
    wanted = derived_state(order, lines_of(order.id))
    if wanted is not order.state:
        order_states.move(order, wanted)
        if wanted is OrderState.FULFILLED:
            publish(OrderFulfilled(order_id=order.id))
