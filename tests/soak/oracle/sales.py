"""What sales may do, and what it does to quantities."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from tests.soak.oracle.book import NONE, Line, Order, must, rounded
from tests.soak.oracle.shared import Shared

OPEN = {"confirmed", "in_fulfilment"}
BINDING = OPEN | {"fulfilled"}


class Sales(Shared):
    """Take, verify, confirm, amend, hold, cancel."""

    def take(self, order: Order, *, confirm: bool = False) -> None:
        for line in order.lines:
            must(sum(line.totals) >= 0, "the discount is larger than the line")
        self.book.orders.append(order)
        if confirm:
            self.verify(order)
            self.confirm(order)

    def verify(self, order: Order) -> None:
        must(order.state == "draft", "not a draft")
        must(order.may_repeat or not self.looks_like_another(order), "the same lines again")
        self._must_be_whole(order.lines)
        order.state = "verified"

    def looks_like_another(self, order: Order) -> bool:
        return bool(order.signature) and any(
            other is not order
            and other.customer == order.customer
            and other.state != "cancelled"
            and other.gross == order.gross
            and other.signature == order.signature
            for other in self.book.orders
        )

    def let_pass(self, order: Order) -> None:
        must(order.state == "draft" and not order.may_repeat and self.looks_like_another(order), "nothing to let pass")
        order.may_repeat = True

    @staticmethod
    def _must_be_whole(lines: Sequence[Line]) -> None:
        for line in lines:
            must(line.entered > 0, "nothing is ordered")
            must(line.product != "PIECE" or line.entered.denominator == 1, "a piece is whole")

    def reopen(self, order: Order) -> None:
        must(order.state == "verified", "not verified")
        order.state = "draft"

    def confirm(self, order: Order) -> None:
        must(order.state == "verified", "not verified")
        order.state = "confirmed"
        order.confirmed_at = self.moment
        self.allocate(order.lines)
        if order.billing_known:
            self._billing_is_set_up(order)
        self.settle_states()

    def hold(self, order: Order) -> None:
        must(order.state not in {"completed", "cancelled", "closed_short"} and not order.held, "cannot be held")
        order.held = True

    def release(self, order: Order) -> None:
        must(order.held, "not held")
        order.held = False

    # ---------------------------------------------------------------------------------------------- amending
    def amend(
        self,
        order: Order,
        line: Line | None = None,
        *,
        quantity: Fraction | None = None,
        price: Fraction | None = None,
        cancel_rest: bool = False,
        new: Line | None = None,
    ) -> None:
        must(order.state in BINDING, "does not bind")
        grown: list[Line] = []
        changed = line is not None and self._change(order, line, quantity, price, cancel_rest, grown, new)
        must(changed or new is not None, "nothing changes")
        if new is not None:
            self._must_be_whole([new])
            must(sum(new.totals) >= 0, "the discount is larger than the line")
            order.lines.append(new)
            grown.append(new)
        self.allocate(grown)
        self.drafts_follow(order)
        self.settle_states()

    def _change(
        self, order: Order, line: Line, quantity: Fraction | None, price: Fraction | None, cancel_rest: bool,
        grown: list[Line], new: Line | None,
    ) -> bool:  # fmt: skip
        after = Line(
            line.id, line.position, line.kind, line.product, line.entered if quantity is None else quantity, line.factor,
            line.price if price is None else price, line.percent, line.amount, line.tax, line.basis,
        )  # fmt: skip
        drops = cancel_rest and line.to_ship > 0
        if (after.entered, after.price) == (line.entered, line.price) and not drops:
            return False
        must(after.entered > 0, "nothing would be left of the line")
        self._must_be_whole([after])
        is_billed = line.billed > 0
        must(after.price == line.price or not is_billed, "invoiced at another price")
        must(after.entered == line.entered or not (line.amount and is_billed), "invoiced with another discount")
        must(after.ordered >= line.cancelled + line.gone, "below what has left")
        must(sum(after.totals) >= 0, "the discount is larger than the line")
        wanted, before = line.gone if drops else after.ordered - line.cancelled, line.wanted
        alive = any(wanted > 0 if one is line else one.wanted > 0 for one in order.lines)
        must(alive or new is not None, "cancel the order instead")
        surplus = line.allocated - (wanted - line.gone)
        if wanted < before and surplus > 0:
            must(line.allocated - line.in_hand >= surplus, "picked already")
            line.allocated -= surplus
        line.entered, line.ordered, line.price = after.entered, after.ordered, after.price
        line.cancelled = line.ordered - wanted
        if wanted > before:
            grown.append(line)
        return True

    # --------------------------------------------------------------------------------------------- cancelling
    def cancel_part(self, order: Order, line: Line, quantity: Fraction) -> None:
        must(order.state in OPEN, "not open")
        must(quantity > 0 and rounded(quantity, 3) == quantity, "no quantity")
        must(quantity <= line.to_ship, "more than is left")
        must(any(one.wanted - (quantity if one is line else 0) > 0 for one in order.lines), "cancel the order instead")
        surplus = line.allocated - (line.to_ship - quantity)
        if surplus > 0:
            must(line.allocated - line.in_hand >= surplus, "picked already")
            line.allocated -= surplus
        line.cancelled += quantity
        self.drafts_follow(order)
        self.settle_states()

    def cancel(self, order: Order) -> None:
        must(order.state in {"draft", "verified"} | OPEN, "cannot be cancelled")
        must(not any(line.gone > 0 for line in order.lines), "goods have left")
        must(not any(line.in_hand > 0 for line in order.lines), "picked already")
        for line in order.lines:
            line.allocated, line.cancelled = NONE, line.ordered
        order.state, order.held = "cancelled", False
        self.drafts_follow(order)

    def close_short(self, order: Order) -> None:
        must(order.state in OPEN, "not open")
        must(any(line.gone > 0 for line in order.lines), "nothing has left")
        left = [line for line in order.lines if line.is_goods and line.to_ship > 0]
        must(bool(left), "nothing is left")
        must(not any(line.in_hand > 0 for line in left), "picked already")
        for line in left:
            line.allocated = NONE
            line.cancelled += line.to_ship
        order.state, order.held = "closed_short", False
        self.drafts_follow(order)
        self.settle_states()
