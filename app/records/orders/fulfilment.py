"""What the quantities of an order say: derived statuses, and the states the system sets from them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

import sqlalchemy as sa

from app.platform.db import session
from app.platform.events import publish
from app.records.orders.events import OrderFulfilled
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT, OrderState, order_states


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
    """How much of what is wanted has been invoiced, less credits."""
    claims = _goods(lines)
    if not any(line.invoiced > line.credited for line in claims):
        return Progress.NONE if claims else Progress.FULL
    return (
        Progress.PARTIAL
        if any(line.invoiced - line.credited < line.wanted - line.returned for line in claims)
        else Progress.FULL
    )


def lines_of(order_id: int) -> list[OrderLine]:
    """The order's lines by position."""
    return list(
        session.scalars(sa.select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position))
    )


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
    session.flush()
    wanted = derived_state(order, lines_of(order.id))
    if wanted is not order.state:
        order_states.move(order, wanted)
        session.flush()
        if wanted is OrderState.FULFILLED:
            publish(OrderFulfilled(order_id=order.id))
