"""A stop on an order: who asked for it and why, read by every use case that would move goods."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.errors import RuleBroken
from app.kernel.text import N_
from app.platform.db import session
from app.records.orders.models import Order, OrderHold


class OrderOnHold(RuleBroken):
    """Nothing may be planned, picked or sent while somebody holds the order; the sentence says who and why."""

    code = "orders.on_hold"
    default_message = N_("Order %(number)s is on hold since %(since)s: %(reason)s (%(by)s).")


def open_hold(order_id: int) -> OrderHold | None:
    """The stop that is in force."""
    return session.scalar(sa.select(OrderHold).where(OrderHold.order_id == order_id, OrderHold.released_at.is_(None)))


def require_not_held(order: Order) -> None:
    """Raises: OrderOnHold naming reason and person.  The caller holds the order's lock."""
    hold = open_hold(order.id)
    if hold is not None:
        raise OrderOnHold(
            number=order.number or order.id, since=hold.held_at.date().isoformat(), reason=hold.reason, by=hold.held_by
        )
