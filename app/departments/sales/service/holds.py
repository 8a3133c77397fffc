"""Hold and release: a stop beside the state, with its reason and its end."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.departments.sales.permissions import Permissions
from app.departments.sales.service.moves import said
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, RuleBroken, WrongState
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.orders.events import OrderHeld, OrderReleased
from app.records.orders.models import Order, OrderHold
from app.records.orders.states import CLOSED, OrderState
from app.records.parties.models import Company


class NotOnHold(RuleBroken):
    """Nothing to release."""

    code = "sales.not_on_hold"
    default_message = N_("The order is not on hold.")


class OnHoldAlready(RuleBroken):
    """One hold at a time, so that one reason is the answer."""

    code = "sales.on_hold_already"
    default_message = N_("The order is on hold already: %(reason)s")


def open_hold(order_id: int) -> OrderHold | None:
    """The hold that stops the order now."""
    return session.scalars(
        sa.select(OrderHold).where(OrderHold.order_id == order_id, OrderHold.released_at.is_(None))
    ).first()


def hold_order(actor: Actor, *, order_id: int, reason: str, expected_until: date | None = None) -> OrderHold:
    """Stop work on an order; clocks stand still until it is released.

    Raises: NotPermitted, NotFound, WrongState (nothing will happen any more), OnHoldAlready, InvalidInput.
    """
    require(actor, Permissions.ORDER_HOLD)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_HOLD, order)
    if order.state in CLOSED or order.state is OrderState.CLOSED_SHORT:
        raise WrongState(state=order.state.value)
    why = said(reason)
    if expected_until is not None and expected_until < clock.today(session.get_one(Company, order.company_id).timezone):
        raise InvalidInput({"expected_until": Message(N_("The hold would be over before it begins."))})
    if found := open_hold(order_id):
        raise OnHoldAlready(reason=found.reason)
    hold = OrderHold(
        order_id=order_id, reason=why, held_at=clock.now(), held_by=actor.name, expected_until=expected_until
    )
    session.add(hold)
    session.flush()
    publish(OrderHeld(order_id=order_id, reason=why))
    return hold


def release_order(actor: Actor, *, order_id: int) -> OrderHold:
    """Let work go on.  Raises: NotPermitted, NotFound, NotOnHold."""
    require(actor, Permissions.ORDER_HOLD)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_HOLD, order)
    hold = open_hold(order_id)
    if hold is None:
        raise NotOnHold
    end_hold(actor, hold)
    return hold


def end_hold(actor: Actor, hold: OrderHold) -> None:
    """End a hold, not before it began: a clock that was set back must not keep an order."""
    hold.released_at, hold.released_by = max(clock.now(), hold.held_at), actor.name
    session.flush()
    publish(OrderReleased(order_id=hold.order_id))
