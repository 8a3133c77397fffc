"""Small steps that several use cases share; the caller holds the order's lock."""

from __future__ import annotations

from app.departments.sales.service import links
from app.kernel.errors import Conflict, InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.db import session
from app.records.orders.models import Order
from app.records.orders.states import OrderState, order_states


def seen(order: Order, version: int | None) -> None:
    """Refuse when the order changed since it was shown; None: the caller showed nothing.  Raises: Conflict."""
    if version is not None and order.version != version:
        raise Conflict({"version": (order.version, version)})


def back_to_draft(order: Order) -> None:
    """Verified becomes draft, and links already sent stop working.  Raises: WrongState."""
    order_states.move(order, OrderState.DRAFT)
    order.verified_at = order.sent_at = None
    links.revoke(order.id)
    session.flush()


def said(reason: str, limit: int = 200) -> str:
    """A reason that says something.  Raises: InvalidInput."""
    words = clean(reason, limit)
    if not words:
        raise InvalidInput({"reason": Message(N_("Say why."))})
    return words
