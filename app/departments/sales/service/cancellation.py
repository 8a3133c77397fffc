"""Cancel an order or a part of it, or close it short: quantities decide, and what was held is given back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.departments.sales.errors import (
    CancelTheOrder,
    GoodsArePicked,
    GoodsHaveLeft,
    NothingHasLeft,
    NothingIsLeft,
    TooMuchCancelled,
)
from app.departments.sales.permissions import Permissions
from app.departments.sales.service import links
from app.departments.sales.service.holds import end_hold, open_hold
from app.departments.sales.service.moves import said, seen
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, NotFound, WrongState
from app.kernel.quantity import plain, round_quantity
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.orders.events import LineCancelled, OrderCancelled, OrderClosedShort
from app.records.orders.fulfilment import lines_of, refresh_state
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.orders.promises import refresh_promise
from app.records.orders.states import OPEN_FOR_FULFILMENT, OrderState, order_states
from app.records.stock.allocation import of_lines, release
from app.records.stock.models import StockLevel

ZERO = Decimal(0)


def cancel_order(actor: Actor, *, order_id: int, reason: str, version: int | None = None) -> Order:
    """The whole order is off.

    Raises: NotPermitted, NotFound, Conflict, WrongState, InvalidInput (reason), GoodsHaveLeft (line and quantity),
    GoodsArePicked.
    """
    require(actor, Permissions.ORDER_CANCEL)
    order = _locked(actor, order_id, version)
    order_states.require(order.state, OrderState.CANCELLED)
    why = said(reason)
    lines = lines_of(order_id)
    for line in lines:
        with_customer = line.shipped - line.failed - line.returned
        if with_customer > 0:
            raise GoodsHaveLeft(line=line.position, quantity=plain(with_customer))
    _give_back(lines)
    for line in lines:
        line.cancelled = line.ordered - (line.shipped - line.failed)
    order_states.move(order, OrderState.CANCELLED)
    _close(actor, order, why)
    publish(OrderCancelled(order_id=order_id, reason=why))
    return order


def cancel_part(
    actor: Actor, *, order_id: int, line_id: int, quantity: Decimal, reason: str, version: int | None = None
) -> Order:
    """A part of a line is off.  quantity: base units, of what is still to leave.

    Raises: NotPermitted, NotFound (order or line), Conflict, WrongState (not confirmed), InvalidInput,
    TooMuchCancelled (says how much can be), GoodsArePicked, CancelTheOrder (nothing would be left).
    """
    require(actor, Permissions.ORDER_CANCEL)
    order = _locked(actor, order_id, version)
    if order.state not in OPEN_FOR_FULFILMENT:
        raise WrongState(state=order.state.value)
    why = said(reason)
    lines = lines_of(order_id)
    line = next((one for one in lines if one.id == line_id), None)
    if line is None:
        raise NotFound(record="order_lines", id=line_id)
    if quantity <= 0 or round_quantity(quantity) != quantity:
        raise InvalidInput({"quantity": Message(N_("Enter how much is cancelled, with at most 3 decimals."))})
    if quantity > line.to_ship:
        raise TooMuchCancelled(line=line.position, most=plain(line.to_ship))
    if not any(_lives(one, less=quantity if one is line else ZERO) for one in lines):
        raise CancelTheOrder
    shrink(line, quantity)
    refresh_promise(order, lines)
    order.updated_at = clock.now()
    refresh_state(order)
    publish(LineCancelled(order_id=order_id, line_id=line_id, quantity=plain(quantity), reason=why))
    return order


def close_short(actor: Actor, *, order_id: int, reason: str, version: int | None = None) -> Order:
    """What is left will not be delivered; what was delivered is billed and settled as usual.

    Raises: NotPermitted, NotFound, Conflict, WrongState, InvalidInput, NothingHasLeft, NothingIsLeft, GoodsArePicked.
    """
    require(actor, Permissions.ORDER_CANCEL)
    order = _locked(actor, order_id, version)
    order_states.require(order.state, OrderState.CLOSED_SHORT)
    why = said(reason)
    lines = lines_of(order_id)
    if not any(line.shipped > line.failed for line in lines):
        raise NothingHasLeft
    left = [line for line in lines if line.needs_stock and line.to_ship > 0]
    if not left:
        raise NothingIsLeft
    _give_back(left)
    for line in left:
        line.cancelled += line.to_ship
    order_states.move(order, OrderState.CLOSED_SHORT)
    _close(actor, order, why)
    publish(OrderClosedShort(order_id=order_id, reason=why))
    return order


def shrink(line: OrderLine, quantity: Decimal) -> None:
    """Cancel base units of a line, giving back what is held beyond the rest.  Raises: GoodsArePicked."""
    surplus = line.allocated - (line.to_ship - quantity)
    if surplus > 0:
        free_surplus(line, surplus)
    line.cancelled += quantity
    session.flush()


def free_surplus(line: OrderLine, surplus: Decimal) -> None:
    """Give back so much of what is held for a line.  Raises: GoodsArePicked when that much is not on the shelf."""
    given = release(line, surplus)
    if given < surplus:
        raise GoodsArePicked(line.position, surplus - given)


def _locked(actor: Actor, order_id: int, version: int | None) -> Order:
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_CANCEL, order)
    seen(order, version)
    return order


def _lives(line: OrderLine, *, less: Decimal) -> bool:
    return line.kind is not LineKind.TEXT and line.wanted - less > 0


def _give_back(lines: Sequence[OrderLine]) -> None:
    """Release everything held for these lines.  Raises: GoodsArePicked naming the first line that cannot."""
    held = of_lines([line.id for line in lines])
    locks.lock_all(StockLevel, (bound.level_id for bound in held))  # all at once, in the order everybody takes them
    for bound in held:
        if bound.picked > 0:
            line = next(one for one in lines if one.id == bound.order_line_id)
            raise GoodsArePicked(line.position, bound.picked)
    for line in lines:
        if line.allocated > 0:
            release(line)


def _close(actor: Actor, order: Order, reason: str) -> None:
    order.closed_at, order.close_reason = clock.now(), reason
    links.revoke(order.id)
    if hold := open_hold(order.id):
        end_hold(actor, hold)
    session.flush()
