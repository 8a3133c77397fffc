"""Promised dates: a line's first promise is kept forever, the current one moves; the order shows the latest of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.records.orders.models import Order, OrderLine


def promise(line: OrderLine, day: date, note: str = "") -> None:
    """Promise a line for a day; the first promise ever made stays beside it."""
    line.first_promised_date = line.first_promised_date or day
    line.promised_date = day
    line.promise_note = note


def refresh_promise(order: Order, lines: Sequence[OrderLine]) -> None:
    """The order's dates are the latest of its lines that are still wanted; its first date, once known, stays."""
    living = [line for line in lines if line.wanted > 0]
    order.promised_date = max((line.promised_date for line in living if line.promised_date), default=None)
    first = max((line.first_promised_date for line in living if line.first_promised_date), default=None)
    order.first_promised_date = order.first_promised_date or first
