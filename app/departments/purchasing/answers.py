"""What suppliers say: dates per line, moved dates, refusals; and what that means for the orders that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import sqlalchemy as sa

from app.departments.purchasing.ordering import change_incoming, purchase_states, reopen_requisitions, require_owed
from app.departments.purchasing.permissions import Permissions
from app.departments.purchasing.promising import close_if_covered
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.access.links import link_purpose, make_link, revoke_links
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.availability import PUT_AWAY_DAYS
from app.records.orders import promises
from app.records.orders.events import LinesPromised
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Party
from app.records.supply.events import (
    PurchaseDateMoved,
    PurchaseOrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderRefused,
)
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    RequisitionOrigin,
    SupplierAnswer,
)

PURPOSE = "supplier_answer"
ANSWER_WITHIN = timedelta(days=60)

link_purpose(PURPOSE, N_("Confirm a purchase order"), [Permissions.ANSWER_RECORD])


def record_answer(
    actor: Actor, *, purchase_order_id: int, person: str, dates: Mapping[int, date], words: str = ""
) -> PurchaseOrder:
    """The supplier accepts and dates every line, or moves dates it gave before.

    dates: purchase order line id -> day of arrival.  Order lines that wait for these goods move with them, and sales
    is told.  Raises: NotPermitted, NotFound, WrongState, InvalidInput.
    """
    require(actor, Permissions.ANSWER_RECORD)
    waiting = _lock_waiting_orders(purchase_order_id)
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.ANSWER_RECORD, order)
    require_owed(order)
    lines = locks.lock_all(PurchaseOrderLine, (line.id for line in order.lines))
    _check(lines, dates, person, is_first=order.state is PurchaseState.SENT)
    moved = [line for line in lines if line.id in dates and line.promised_date not in {None, dates[line.id]}]
    for line in lines:
        if line.id in dates:
            line.first_promised_date = line.first_promised_date or dates[line.id]
            line.promised_date = dates[line.id]
    _keep_words(actor, order, person, words, dates, accepted=True)
    is_first = order.state is PurchaseState.SENT
    if is_first:
        purchase_states.move(order, PurchaseState.ACKNOWLEDGED)
        order.acknowledged_at, order.acknowledged_by = clock.now(), clean(person, 100)
    session.flush()
    if is_first:
        publish(PurchaseOrderAcknowledged(purchase_order_id=order.id))
    for line in moved:
        publish(
            PurchaseDateMoved(purchase_order_id=order.id, line_id=line.id, promised_date=dates[line.id].isoformat())
        )
    _move_waiting_lines(waiting, [line for line in lines if line.id in dates])
    return order


def make_supplier_link(actor: Actor, *, purchase_order_id: int) -> str:
    """A new link's token for the supplier of an order that was sent; older links end.

    Raises: NotPermitted, NotFound, WrongState.
    """
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.PURCHASE_SEND, order)
    require_owed(order)
    revoke_links(PURPOSE, PurchaseOrder.__tablename__, order.id)
    return link_for_paper(order, session.get_one(Party, order.supplier_id))


def link_for_paper(order: PurchaseOrder, supplier: Party) -> str:
    """The token of a link that is printed; those already handed out go on working."""
    return make_link(PURPOSE, PurchaseOrder.__tablename__, order.id, valid_for=ANSWER_WITHIN, party_name=supplier.name)


def record_one_date(
    actor: Actor, *, purchase_order_id: int, person: str, arrives_on: date, words: str = ""
) -> PurchaseOrder:
    """The supplier gives one date for everything still to come.  Raises: as ``record_answer``."""
    require(actor, Permissions.ANSWER_RECORD)
    lines = session.scalars(
        sa.select(PurchaseOrderLine).where(PurchaseOrderLine.purchase_order_id == purchase_order_id)
    )
    dates = {line.id: arrives_on for line in lines if line.incoming > 0}
    return record_answer(actor, purchase_order_id=purchase_order_id, person=person, dates=dates, words=words)


def record_refusal(actor: Actor, *, purchase_order_id: int, person: str, words: str) -> PurchaseOrder:
    """The supplier cannot deliver: the order is off, and the requisitions are open again for the next best.

    Raises: NotPermitted, NotFound, WrongState, InvalidInput.
    """
    require(actor, Permissions.ANSWER_RECORD)
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.ANSWER_RECORD, order)
    purchase_states.require(order.state, PurchaseState.CANCELLED)
    why = clean(words, 200)
    if not why or not clean(person, 100):
        raise InvalidInput({"words": N_("Who refused, and why?")})
    lines = locks.lock_all(PurchaseOrderLine, (line.id for line in order.lines))
    left = {line.id: line.incoming for line in lines}
    change_incoming(order, {line_id: -quantity for line_id, quantity in left.items()})
    for line in lines:
        line.cancelled += left[line.id]
    purchase_states.move(order, PurchaseState.CANCELLED)
    order.close_reason = why
    _keep_words(actor, order, person, why, {}, accepted=False)
    reopen_requisitions(lines, left, why)
    session.flush()
    publish(PurchaseOrderRefused(purchase_order_id=order.id, words=why))
    publish(PurchaseOrderCancelled(purchase_order_id=order.id, reason=why))
    return order


def _check(lines: Sequence[PurchaseOrderLine], dates: Mapping[int, date], person: str, *, is_first: bool) -> None:
    problems: dict[str, Message | str] = {}
    if not clean(person, 100):
        problems["person"] = N_("Who at the supplier said so?")
    known = {line.id for line in lines}
    for line_id, day in dates.items():
        if line_id not in known:
            problems[f"dates.{line_id}"] = N_("This line belongs to another order.")
        elif day < clock.now().date() - timedelta(days=1):
            problems[f"dates.{line_id}"] = N_("A promised date lies in the future.")
    if is_first:
        for line in lines:
            if line.incoming > 0 and line.id not in dates:
                problems[f"dates.{line.id}"] = N_("Every line needs the day it arrives.")
    if not dates:
        problems["dates"] = N_("Enter at least one date.")
    if problems:
        raise InvalidInput(problems)


def _keep_words(
    actor: Actor, order: PurchaseOrder, person: str, words: str, dates: Mapping[int, date], *, accepted: bool
) -> None:
    session.add(
        SupplierAnswer(
            purchase_order_id=order.id,
            accepted=accepted,
            person=clean(person, 100),
            said_at=clock.now(),
            words=clean(words, 1000),
            dates={str(line_id): day.isoformat() for line_id, day in dates.items()},
            recorded_by=actor.name,
        )
    )


def _lock_waiting_orders(purchase_order_id: int) -> list[Order]:
    """Sales orders whose shortages this purchase order covers, locked before it."""
    statement = (
        sa.select(OrderLine.order_id)
        .join(RequisitionOrigin, RequisitionOrigin.order_line_id == OrderLine.id)
        .join(PurchaseOrderLine, PurchaseOrderLine.requisition_id == RequisitionOrigin.requisition_id)
        .where(PurchaseOrderLine.purchase_order_id == purchase_order_id)
    )
    return locks.lock_all(Order, session.scalars(statement))


def _move_waiting_lines(orders: Sequence[Order], supply: Sequence[PurchaseOrderLine]) -> None:
    for order in orders:
        lines = locks.lock_all(OrderLine, (line.id for line in lines_of(order.id)))
        dates: dict[str, str] = {}
        for line in lines:
            arrives = _arrival_for(line, supply)
            if arrives is not None and line.shortage > 0:
                ready = arrives + timedelta(days=PUT_AWAY_DAYS)
                if ready != line.promised_date:
                    promises.promise(line, ready, "")
                    dates[str(line.id)] = ready.isoformat()
        if dates:
            promises.refresh_promise(order, lines)
            session.flush()
            publish(LinesPromised(order_id=order.id, dates=dates))
            close_if_covered(order, lines)


def _arrival_for(line: OrderLine, supply: Sequence[PurchaseOrderLine]) -> date | None:
    """Latest day on which goods for this line arrive."""
    requisitions = session.scalars(
        sa.select(RequisitionOrigin.requisition_id).where(RequisitionOrigin.order_line_id == line.id)
    ).all()
    days = [found.promised_date for found in supply if found.requisition_id in requisitions and found.promised_date]
    return max(days, default=None)
