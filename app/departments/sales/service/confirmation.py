"""Confirm an order with its customer: by link, stamped scan or phone, recorded either way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.departments.sales.errors import OlderOrderShown
from app.departments.sales.permissions import Permissions
from app.departments.sales.service import links
from app.departments.sales.service.moves import back_to_draft, seen
from app.departments.sales.values import plain
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, WrongState
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.access.links import use_link
from app.platform.db import locks, session
from app.platform.events import publish
from app.platform.files import Kept, store
from app.records.orders.events import OrderChangeAsked, OrderConfirmed, OrderSent
from app.records.orders.fulfilment import lines_of, refresh_state
from app.records.orders.models import Answer, ConfirmedHow, LineKind, Order, OrderAnswer, OrderLine
from app.records.orders.promises import promise, refresh_promise
from app.records.orders.states import OrderState, order_states
from app.records.parties.models import Company, Party
from app.records.stock.allocation import allocate
from app.records.stock.events import OrderAllocated

#: a customer's clock and ours need not agree to the minute
AHEAD = timedelta(minutes=5)
WORDS_LIMIT = 2_000


@dataclass(frozen=True, slots=True)
class SentLink:
    """What sales hands to the customer; the token is known now and never again."""

    order_id: int
    version: int
    token: str


def send_for_confirmation(actor: Actor, *, order_id: int, version: int | None = None) -> SentLink:
    """Make the link that shows this version of the order; a link made earlier stops working.

    Raises: NotPermitted, NotFound, Conflict, WrongState (not verified).
    """
    require(actor, Permissions.ORDER_SEND)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_SEND, order)
    seen(order, version)
    if order.state is not OrderState.VERIFIED:
        raise WrongState(state=order.state.value)
    order.sent_at = clock.now()
    session.flush()  # the link shows the version that this makes
    token = links.make(order, session.get_one(Party, order.customer_id))
    publish(OrderSent(order_id=order.id))
    return SentLink(order.id, order.version, token)


def answer_by_link(
    actor: Actor, *, order_id: int, link_id: int, order_version: int, answer: Answer, person: str, words: str = ""
) -> Order:
    """The customer's own answer through the link; once.

    Raises: NotPermitted, NotFound, LinkInvalid (used or not valid), OlderOrderShown, InvalidInput (name, words),
    WrongState.
    """
    require(actor, Permissions.ORDER_ANSWER)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_ANSWER, order)
    link = use_link(link_id, links.CONFIRM)
    if (link.table_name, link.row_id) != ("orders", order_id):
        raise OlderOrderShown
    if order.version != order_version or (link.facts or {}).get("version") != order.version:
        raise OlderOrderShown
    return _answered(
        actor, order, how=ConfirmedHow.LINK, answer=answer, person=person, words=words, said_at=clock.now()
    )


def confirm_order(
    actor: Actor,
    *,
    order_id: int,
    person: str,
    how: ConfirmedHow = ConfirmedHow.PHONE,
    version: int | None = None,
    said_at: datetime | None = None,
    scan: Kept | None = None,
) -> Order:
    """Record a yes by phone (name, time) or stamped scan (file), and pass the order on.

    Promised dates are fixed, stock is bound, and every department concerned learns of it in the same transaction.
    Raises: NotPermitted, NotFound, Conflict, WrongState (not verified), InvalidInput (name, time, file).
    """
    return _record(
        actor, order_id=order_id, version=version, answer=Answer.ACCEPTED, person=person, how=how, said_at=said_at,
        scan=scan,
    )  # fmt: skip


def record_change_asked(
    actor: Actor,
    *,
    order_id: int,
    person: str,
    words: str,
    how: ConfirmedHow = ConfirmedHow.PHONE,
    version: int | None = None,
    said_at: datetime | None = None,
    scan: Kept | None = None,
) -> Order:
    """The customer wants something else: the order is a draft again.

    Raises: as ``confirm_order``, and InvalidInput for missing words.
    """
    return _record(
        actor, order_id=order_id, version=version, answer=Answer.CHANGE_ASKED, person=person, how=how,
        said_at=said_at, scan=scan, words=words,
    )  # fmt: skip


def _record(
    actor: Actor, *, order_id: int, version: int | None, how: ConfirmedHow, said_at: datetime | None, **values: Any
) -> Order:
    require(actor, Permissions.ORDER_CONFIRM)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_CONFIRM, order)
    seen(order, version)
    if how is ConfirmedHow.LINK:
        raise InvalidInput({"how": Message(N_("Only the customer answers by link."))})
    scan: Kept | None = values.pop("scan")
    if how is ConfirmedHow.SCAN and scan is None:
        raise InvalidInput({"scan": Message(N_("Add the scan of the stamped confirmation."))})
    if said_at is not None and (said_at.tzinfo is None or said_at > clock.now() + AHEAD):
        raise InvalidInput({"said_at": Message(N_("An answer cannot come from the future."))})
    file_id = store(actor, scan, table="orders", row_id=order.id, purpose="stamped confirmation").id if scan else None
    return _answered(actor, order, how=how, said_at=said_at or clock.now(), file_id=file_id, **values)


def _answered(
    actor: Actor,
    order: Order,
    *,
    how: ConfirmedHow,
    answer: Answer,
    person: str,
    said_at: datetime,
    words: str = "",
    file_id: int | None = None,
) -> Order:
    """One answer, recorded with what was shown."""
    if order.state is not OrderState.VERIFIED:
        raise WrongState(state=order.state.value)
    name = clean(person, 100)
    text = words.replace("\x00", "").strip()[:WORDS_LIMIT]
    if not name:
        raise InvalidInput({"person": Message(N_("Say who answers."))})
    if answer is Answer.CHANGE_ASKED and not text:
        raise InvalidInput({"words": Message(N_("Say what should be different."))})
    lines = lines_of(order.id)
    if answer is Answer.ACCEPTED:
        confirm(actor, order, lines, how=how, person=name, said_at=said_at, file_id=file_id)
        return order
    _keep(actor, order, lines, how=how, answer=answer, person=name, said_at=said_at, words=text, file_id=file_id)
    back_to_draft(order)
    publish(OrderChangeAsked(order_id=order.id, words=text))
    return order


def confirm(
    actor: Actor,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    how: ConfirmedHow,
    person: str,
    said_at: datetime,
    file_id: int | None = None,
) -> None:
    """Confirm for a caller that holds the order's lock and checked the right.  Raises: WrongState."""
    order_states.require(order.state, OrderState.CONFIRMED)
    _keep(
        actor,
        order,
        lines,
        how=how,
        answer=Answer.ACCEPTED,
        person=clean(person, 100),
        said_at=said_at,
        file_id=file_id,
    )
    pass_on(order, lines, how=how, person=clean(person, 100), said_at=said_at)


def pass_on(order: Order, lines: Sequence[OrderLine], *, how: ConfirmedHow, person: str, said_at: datetime) -> None:
    """Confirmed: stock is bound, dates are promised, and every department concerned learns of it. The order is locked."""
    order_states.move(order, OrderState.CONFIRMED)
    order.confirmed_at, order.confirmed_how, order.confirmed_by = said_at, how, person
    if not locks.is_new(Order.__tablename__, order.id):
        links.revoke(order.id)
    served = allocate(order, lines)
    promise_covered(order, lines)
    publish(OrderConfirmed(order_id=order.id, how=how.value, person=order.confirmed_by))
    refresh_state(order)
    if served:
        publish(OrderAllocated(order_id=order.id, line_ids=tuple(line.id for line in served)))


def promise_covered(order: Order, lines: Sequence[OrderLine]) -> None:
    """Promise what is covered for the day the customer wants, or today; short lines wait for purchasing's date."""
    today = clock.today(session.get_one(Company, order.company_id).timezone)
    for line in lines:
        if line.kind is LineKind.TEXT or line.wanted <= 0:
            continue
        covered = line.needs_stock and line.shortage <= 0 and line.source.value == "stock"
        if line.promised_date is None and (covered or not line.needs_stock):
            promise(line, max(line.requested_date or today, today))
        elif line.promised_date is not None:
            promise(line, line.promised_date, line.promise_note)
    refresh_promise(order, lines)


def _keep(
    actor: Actor,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    how: ConfirmedHow,
    answer: Answer,
    person: str,
    said_at: datetime,
    words: str = "",
    file_id: int | None = None,
) -> None:
    session.add(
        OrderAnswer(
            order_id=order.id, how=how, answer=answer, person=person, said_at=said_at, words=words,
            order_version=order.version, shown=shown(order, lines), file_id=file_id, recorded_by=actor.name,
        )
    )  # fmt: skip


def shown(order: Order, lines: Sequence[OrderLine]) -> dict[str, Any]:
    """What the customer was shown, kept beside the answer: lines, prices, dates, totals."""
    header = ("currency", "price_basis", "net_total", "tax_total", "gross_total", "customer_order_number")
    columns = (
        "position", "kind", "description", "customer_part_number", "entered_quantity", "ordered", "unit_factor", "unit_price",
        "discount_percent", "discount_amount", "tax_percent", "net", "tax", "gross", "requested_date", "promised_date",
    )  # fmt: skip
    found: dict[str, Any] = plain({name: getattr(order, name) for name in header})
    found["lines"] = [plain({name: getattr(line, name) for name in columns}) for line in lines]
    return found
