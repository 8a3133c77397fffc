"""When an order is done: all it owes is delivered, billed and paid."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel import clock
from app.platform.db import session
from app.platform.events import publish
from app.records.billing.models import Invoice, InvoiceKind, InvoiceState
from app.records.orders.events import OrderCompleted
from app.records.orders.fulfilment import Progress, billed_progress, lines_of
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.orders.states import OrderState, order_states


def complete_if_done(order: Order) -> bool:
    """Complete a fulfilled or short-closed order that nobody owes anything any more. The caller holds its lock."""
    if order.state not in {OrderState.FULFILLED, OrderState.CLOSED_SHORT}:
        return False
    session.flush()
    lines = lines_of(order.id)
    if not (_all_delivered(lines) and _billed_exactly(lines) and _all_settled(order.id)):
        return False
    order_states.move(order, OrderState.COMPLETED)
    order.closed_at = clock.now()
    session.flush()
    publish(OrderCompleted(order_id=order.id))
    return True


def _all_delivered(lines: list[OrderLine]) -> bool:
    goods = (line for line in lines if line.kind in {LineKind.PRODUCT, LineKind.SAMPLE})
    return all(line.delivered == line.shipped - line.failed for line in goods)


def _billed_exactly(lines: list[OrderLine]) -> bool:
    """Everything, and no more: what was billed beyond the order is the customer's.

    Goods that came back are their return's business.
    """
    return billed_progress(lines) is Progress.FULL and not any(
        line.gross and line.invoiced - line.credited > line.wanted for line in lines
    )


def _all_settled(order_id: int) -> bool:
    unsettled = sa.select(Invoice.id).where(
        Invoice.order_id == order_id,
        Invoice.kind == InvoiceKind.INVOICE,
        sa.or_(Invoice.state == InvoiceState.DRAFT, Invoice.settled < Invoice.gross_total),
        Invoice.state != InvoiceState.CANCELLED,
    )
    return session.execute(unsettled.limit(1)).first() is None
