"""Whether an order's papers say what it owes; where they do not and nobody else is at it, finance gets it as work.

Two ways to differ: more stands on posted invoices than is owed (an order reduced after it was invoiced: a credit is due),
or nothing more will leave and something is still to be drafted or posted. Judged once, at the end of a unit of work.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.departments.finance.invoicing import basis_of
from app.kernel.actor import Actor
from app.platform.db import before_commit, locks, session
from app.platform.events import publish
from app.platform.process.models import FlowTrigger, HandOff, TriggerAction
from app.records.billing.completion import complete_if_done
from app.records.billing.events import BillingAgrees, BillingDiffers
from app.records.billing.models import Invoice, InvoiceState
from app.records.orders.fulfilment import Progress, billed_progress, lines_of
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OPEN_FOR_FULFILMENT, OrderState


def judge_later(_actor: Actor, event: Any) -> None:
    """Look at the order of an event when everything else of this unit of work is done."""
    if event.order_id is not None:
        before_commit(lambda: _judge(event.order_id))


def _judge(order_id: int) -> None:
    order = session.get_one(Order, order_id)
    complete_if_done(order)  # an amendment may leave nothing to be billed, and what it added must be counted first
    if locks.is_new(Order.__tablename__, order_id) and order.state in OPEN_FOR_FULFILMENT:
        return  # nothing has left and nobody was told anything yet
    lines = lines_of(order_id)
    is_open, others = _hand_offs(order_id)
    differs = _credit_is_due(order, lines) or (not others and _is_unbilled(order, lines))
    if differs and not is_open:
        publish(BillingDiffers(order_id=order_id))
    elif is_open and not differs:
        publish(BillingAgrees(order_id=order_id))


def _hand_offs(order_id: int) -> tuple[bool, bool]:
    """Whether this work is open for the order, and whether any other is."""
    opens = sa.select(FlowTrigger.flow_step_id).where(
        FlowTrigger.event == BillingDiffers.name, FlowTrigger.action == TriggerAction.OPEN
    )
    mine = HandOff.step_id.in_(opens)
    found = session.scalars(
        sa.select(mine)
        .where(HandOff.root_table == "orders", HandOff.root_id == order_id, HandOff.ended_at.is_(None))
        .distinct()
    ).all()
    return any(found), not all(found)


def _credit_is_due(order: Order, lines: list[OrderLine]) -> bool:
    """Returned goods apart: their return says who refunds them."""
    return any(line.gross and line.invoiced - line.credited > basis_of(order, line) for line in lines)


def _is_unbilled(order: Order, lines: list[OrderLine]) -> bool:
    if order.state not in {OrderState.FULFILLED, OrderState.CLOSED_SHORT}:
        return False
    drafts = sa.select(Invoice.id).where(Invoice.order_id == order.id, Invoice.state == InvoiceState.DRAFT)
    return billed_progress(lines) is not Progress.FULL or session.execute(drafts.limit(1)).first() is not None
