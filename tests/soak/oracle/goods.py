"""What warehouse and logistics may do, and what it does to quantities."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from tests.soak.oracle.book import NONE, Line, Order, Part, Shipment, must
from tests.soak.oracle.shared import OPEN, Shared


class Goods(Shared):
    """Receive, serve, pick, pack, ship, deliver, bring back."""

    # ---------------------------------------------------------------------------------------------- coming in
    def receive(self, product: str, quantity: Fraction) -> None:
        shelf = self.book.shelves[product]
        must(NONE < quantity <= shelf.expected, "not expected")
        shelf.receiving += quantity
        shelf.expected -= quantity

    def put_away(self, product: str, quantity: Fraction, *, blocked: bool = False) -> None:
        shelf = self.book.shelves[product]
        must(NONE < quantity <= shelf.receiving, "not there")
        reached = self._reached(product, quantity)
        shelf.receiving -= quantity
        if blocked:
            shelf.blocked += quantity
        else:
            shelf.storage += quantity
        self.serve(reached)

    def _reached(self, product: str, available: Fraction) -> list[Line]:
        """Waiting lines that so much can reach, oldest confirmation first."""
        waiting = [
            (order.confirmed_at, line.id, line)
            for order in self.book.orders
            if order.state in OPEN
            for line in order.lines
            if line.product == product and line.lacking > 0
        ]
        found = []
        for _, _, line in sorted(waiting, key=lambda one: one[:2]):
            if available <= 0:
                break
            found.append(line)
            available -= line.lacking
        return found

    def serve(self, lines: list[Line]) -> None:
        for line in lines:
            self.allocate([line])
        self.settle_states()

    def serve_waiting(self) -> None:
        for product in self.book.shelves:
            for line in self._reached(product, self.book.free(product)):
                self.allocate([line])
        self.settle_states()

    def adjust(self, product: str, change: Fraction, free_there: Fraction) -> None:
        """free_there: what of the one place no order holds."""
        must(change > 0 or -change <= free_there, "held by orders")
        reached = self._reached(product, change) if change > 0 else []
        self.book.shelves[product].storage += change
        self.serve(reached)

    # ------------------------------------------------------------------------------------------------ picking
    def planable(self, line: Line) -> Fraction:
        """Held and on no pick list."""
        on_lists = (s.parts[line.id] for s in self.book.shipments if s.is_here and line.id in s.parts)
        return line.allocated - sum((part.left + part.picked for part in on_lists), NONE)

    def plan(self, order: Order, quantities: Mapping[int, Fraction] | None) -> Shipment:
        must(order.state in OPEN and not order.held, "not open")
        held = {line.id: self.planable(line) for line in order.lines}
        wanted = held if quantities is None else dict(quantities)
        must(all(0 <= quantity <= held[line_id] for line_id, quantity in wanted.items()), "more than is held")
        wanted = {line_id: quantity for line_id, quantity in wanted.items() if quantity > 0}
        must(bool(wanted), "nothing is held")
        if not order.allows_part:
            whole = all(wanted.get(line.id, NONE) >= line.to_ship for line in order.lines if line.is_goods)
            must(whole, "must leave whole")
        parts = {line.id: Part(line, left=wanted[line.id]) for line in order.lines if line.id in wanted}
        made = Shipment(0, order, parts)
        self.book.shipments.append(made)
        return made

    def _must_be_pickable(self, shipment: Shipment) -> None:
        must(shipment.state in {"draft", "picking"} and not shipment.order.held, "cannot be picked")

    def pick(self, shipment: Shipment, line_id: int, left: Fraction, quantity: Fraction) -> None:
        """left: of the one task."""
        self._must_be_pickable(shipment)
        must(NONE < quantity <= left, "not on the list")
        self._take(shipment, line_id, quantity)
        self._after_picking(shipment)

    def _take(self, shipment: Shipment, line_id: int, quantity: Fraction) -> None:
        shipment.state = "picking"
        part = shipment.parts[line_id]
        part.left -= quantity
        part.picked += quantity
        part.line.picked += quantity

    def pick_all(self, shipment: Shipment) -> None:
        self._must_be_pickable(shipment)
        for line_id, part in shipment.parts.items():
            self._take(shipment, line_id, part.left)
        self._after_picking(shipment)

    def pick_short(self, shipment: Shipment, line_id: int, left: Fraction, found: Fraction) -> None:
        """The rest is set aside; the same goods from elsewhere join the list."""
        self._must_be_pickable(shipment)
        must(NONE <= found < left, "nothing is missing")
        self._take(shipment, line_id, found)
        part, missing = shipment.parts[line_id], left - found
        line, shelf = part.line, self.book.shelves[part.line.product]
        part.left -= missing
        line.allocated -= missing
        shelf.storage -= missing
        shelf.blocked += missing
        before = line.allocated
        self.allocate([line])
        part.left += line.allocated - before
        self._after_picking(shipment)
        self.settle_states()

    @staticmethod
    def _after_picking(shipment: Shipment) -> None:
        if not any(part.left for part in shipment.parts.values()):
            shipment.state = "picked" if any(part.picked for part in shipment.parts.values()) else "cancelled"

    def lists_were_cut(self, shipment: Shipment, left: Mapping[int, Fraction]) -> None:
        """Pick lists shrank with what is held; how the cut spreads over lists is the warehouse's choice."""
        for line_id, part in shipment.parts.items():
            part.left = left.get(line_id, NONE)
        self._after_picking(shipment)

    def unpick(self, shipment: Shipment) -> None:
        must(shipment.state in {"picking", "picked"}, "nothing is picked")
        self._put_back(shipment)
        shipment.state = "draft"

    @staticmethod
    def _put_back(shipment: Shipment) -> None:
        for part in shipment.parts.values():
            part.line.picked -= part.picked
            part.left, part.picked = part.left + part.picked, NONE

    def pack(self, shipment: Shipment) -> None:
        must(shipment.state == "picked" and not shipment.order.held, "cannot be packed")
        for part in shipment.parts.values():
            part.line.packed += part.picked
        shipment.state = "packed"

    def unpack(self, shipment: Shipment) -> None:
        must(shipment.state == "packed", "not packed")
        self._open_packages(shipment)
        shipment.state = "picked"

    @staticmethod
    def _open_packages(shipment: Shipment) -> None:
        for part in shipment.parts.values():
            part.line.packed -= part.picked

    def hand_over(self, shipment: Shipment) -> None:
        must(shipment.state == "packed" and not shipment.order.held, "not packed")
        shipment.state = "ready"

    def take_back(self, shipment: Shipment) -> None:
        must(shipment.state == "ready", "not ready")
        shipment.state = "packed"

    def call_off(self, shipment: Shipment) -> None:
        must(shipment.is_here, "has left")
        if shipment.state in {"packed", "ready"}:
            self._open_packages(shipment)
        self._put_back(shipment)
        shipment.state = "cancelled"

    # ------------------------------------------------------------------------------------------------ leaving
    def assign(self, shipment: Shipment) -> None:
        must(shipment.state in {"packed", "ready", "failed"}, "nobody may carry it now")
        shipment.has_carrier = True

    def dispatch(self, shipment: Shipment) -> None:
        must(shipment.state == "ready" and not shipment.order.held and shipment.has_carrier, "cannot leave")
        for part in shipment.parts.values():
            part.shipped = part.picked
            part.line.shipped += part.picked
            part.line.allocated -= part.picked
            self.book.shelves[part.line.product].storage -= part.picked
        shipment.state = "shipped"
        if shipment.order.policy == "delivered":
            self.draft_by_itself(shipment.order, shipment)
        self.settle_states()

    def deliver(self, shipment: Shipment, quantities: Mapping[int, Fraction] | None) -> None:
        must(shipment.state == "shipped", "not on its way")
        handed = {
            line_id: part.shipped if quantities is None else quantities.get(line_id, NONE)
            for line_id, part in shipment.parts.items()
        }
        must(all(0 <= handed[key] <= part.shipped for key, part in shipment.parts.items()), "more than is there")
        must(any(handed.values()), "nothing was handed over")
        for line_id, part in shipment.parts.items():
            part.delivered = handed[line_id]
            part.line.delivered += handed[line_id]
        shipment.state = "delivered"
        self.settle_states()

    def fail(self, shipment: Shipment) -> None:
        must(shipment.state == "shipped", "not on its way")
        shipment.state = "failed"

    def replan(self, shipment: Shipment) -> None:
        must(shipment.state == "failed", "did not fail")
        shipment.state = "shipped"

    def came_back(self, shipment: Shipment, *, blocked: bool) -> None:
        """Back in stock; owed again and held for it, unless the order is closed: then it is not wanted any more."""
        must(shipment.state in {"failed", "delivered"}, "not outside")
        rest = {key: part.shipped - part.delivered - part.failed for key, part in shipment.parts.items()}
        must(any(rest.values()), "nothing is outside")
        is_open = shipment.order.state in OPEN | {"fulfilled"}
        for line_id, part in shipment.parts.items():
            back, line = rest[line_id], part.line
            part.failed += back
            line.failed += back
            shelf = self.book.shelves[line.product]
            if blocked:
                shelf.blocked += back
            else:
                shelf.storage += back
            if not is_open:
                line.cancelled += back
            elif not blocked:
                line.allocated += back
        if shipment.state == "failed":
            shipment.state = "cancelled"
        if not is_open:
            self.drafts_follow(shipment.order)
        self.settle_states()
