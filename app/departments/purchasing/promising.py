"""When an order lacks nothing any more that purchasing could still say."""

from __future__ import annotations

from collections.abc import Sequence

from app.platform.events import publish
from app.platform.process import awaits
from app.records.orders.models import Order, OrderLine
from app.records.stock.events import OrderCovered


def close_if_covered(order: Order, lines: Sequence[OrderLine]) -> None:
    """Say so when no line is short without a date, once for each time purchasing is asked."""
    if all(line.shortage == 0 or line.promised_date is not None for line in lines) and awaits(
        ("orders", order.id), OrderCovered.name
    ):
        publish(OrderCovered(order_id=order.id))
