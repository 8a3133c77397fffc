"""Dates on order lines: the first promise is kept forever, the current one may move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.platform.events import publish
from app.records.orders.models import Order, OrderLine
from app.records.stock.events import OrderCovered


def promise_line(line: OrderLine, promised: date, note: str) -> None:
    """Set a line's current date; the first one is kept forever."""
    line.first_promised_date = line.first_promised_date or promised
    line.promised_date = promised
    line.promise_note = note


def date_order(order: Order, lines: Sequence[OrderLine]) -> None:
    """The order's dates are its latest line's."""
    living = [line for line in lines if line.wanted > 0]
    promised = [line.promised_date for line in living if line.promised_date]
    first = [line.first_promised_date for line in living if line.first_promised_date]
    order.promised_date = max(promised, default=None)
    order.first_promised_date = order.first_promised_date or max(first, default=None)


def close_if_covered(order: Order, lines: Sequence[OrderLine]) -> None:
    """Say so when no line is short without a date."""
    if all(line.shortage == 0 or line.promised_date is not None for line in lines):
        publish(OrderCovered(order_id=order.id))
