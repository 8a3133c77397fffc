"""What several departments' steps have in common."""

from __future__ import annotations

from collections.abc import Iterable

from tests.soak.oracle.book import NONE, Book, Line, Order, Shipment

OPEN = {"confirmed", "in_fulfilment"}


class Shared:
    """Reservations, and the states that follow from quantities."""

    def __init__(self) -> None:
        self.book = Book()
        self.moment = 0  #: seconds; an earlier confirmation has the smaller one
        self.day = 0  #: number of the day it is

    def allocate(self, lines: Iterable[Line]) -> None:
        """Free stock goes to what the lines lack, by position."""
        for line in sorted(lines, key=lambda one: one.position):
            if line.is_goods and line.lacking > 0:
                line.allocated += max(NONE, min(line.lacking, self.book.free(line.product)))

    def settle_states(self) -> None:
        """Set what quantities ask for, everywhere: a step may serve other orders."""
        for order in self.book.orders:
            if order.state in OPEN | {"fulfilled"}:
                order.state = self._asked(order)
            if order.state in {"fulfilled", "closed_short"} and self._is_done(order):
                order.state = "completed"

    @staticmethod
    def _asked(order: Order) -> str:
        goods = [line for line in order.lines if line.is_goods and line.wanted > 0]
        if not any(line.to_ship > 0 for line in goods):
            return "fulfilled"
        began = any(line.allocated > 0 or line.shipped > 0 for line in order.lines)
        return "in_fulfilment" if began or order.state != "confirmed" else "confirmed"

    def _is_done(self, order: Order) -> bool:
        """Everything wanted is delivered, billed where it costs anything, no more than that, and paid."""
        if any(line.is_goods and line.delivered != line.gone for line in order.lines):
            return False
        if any(sum(line.totals) and line.billed != line.wanted for line in order.lines):
            return False
        papers = [one for one in self.book.claims if one.order is order and one.reverses is None]
        return not any(one.state == "draft" or (one.state == "posted" and one.open > 0) for one in papers)

    def drafts_follow(self, order: Order) -> None:
        """Drafts that claim more than is owed now are thrown away and made again (money knows how)."""
        raise NotImplementedError

    def draft_by_itself(self, order: Order, shipment: Shipment | None) -> None:
        raise NotImplementedError

    def _billing_is_set_up(self, order: Order) -> None:
        raise NotImplementedError
