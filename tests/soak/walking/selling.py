"""Steps of sales."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817  amounts are everywhere here
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from app.departments.sales import service
from app.departments.sales.values import LineChange, LineValues
from app.kernel import clock
from app.kernel.errors import HandoffError
from app.platform.db import run
from app.records.orders.models import LineKind
from tests.soak.oracle import Line, Order
from tests.soak.walking.walker import Walker, chance, dec
from tests.soak.walking.world import TAX, UNITS, Customer

STOPS = (
    "cancel_part",
    "cancel_part",
    "close_short",
    "close_short",
    "cancel",
    "change_asked",
    "hold",
    "release",
    "release",
)
NUMBER = st.integers(0, 10_000)
PRICES = ("0", "0.35", "1.01", "7.77", "9.99", "12.345678", "0.015")
SIZES = {
    "pcs": ("1", "2", "5", "7", "12"), "box": ("1", "2"), "trio": ("1", "3", "5"),
    "kg": ("0.5", "1.25", "3.333", "7"), "lb": ("1", "2.5", "7.3"),
}  # fmt: skip


@st.composite
def line_values(draw: Any) -> tuple[LineValues, str]:
    """A line as a clerk writes it, and the name of its product."""
    kind = draw(st.sampled_from(("product",) * 5 + ("sample", "service", "freight")))
    if kind in {"service", "freight"}:
        price = D(draw(st.sampled_from(("5", "12.34", "0"))))
        return LineValues(kind=LineKind(kind), description=kind, quantity=D(1), unit_price=price), ""
    product = draw(st.sampled_from(("PIECE", "PIECE", "BULK")))
    unit = draw(st.sampled_from(sorted(UNITS[product])))
    quantity = D(draw(st.sampled_from(SIZES[unit])))
    if kind == "sample":
        return LineValues(kind=LineKind.SAMPLE, product_code=product, unit=unit, quantity=quantity), product
    price = (D(draw(st.sampled_from(PRICES))) * UNITS[product][unit]).quantize(D("0.000001"))
    percent, amount = draw(
        st.sampled_from((("0", "0"),) * 4 + (("2.5", "0"), ("33.3333", "0"), ("0", "1"), ("10", "0.05")))
    )
    values = LineValues(
        product_code=product, unit=unit, quantity=quantity, unit_price=price, discount_percent=D(percent),
        discount_amount=D(amount), discount_reason="agreed",
    )  # fmt: skip
    return values, product


def on_paper(values: LineValues, product: str, position: int, customer: Customer) -> Line:
    """The line for the second opinion."""
    factor = UNITS[product][values.unit] if product else D(1)
    return Line(
        0, position, values.kind.value, product, Fraction(values.quantity), Fraction(factor),
        Fraction(values.unit_price or 0), Fraction(values.discount_percent), Fraction(values.discount_amount),
        Fraction(TAX.get(product, D(13))), customer.basis,
    )  # fmt: skip


class Selling(Walker):
    """Take, verify, confirm, amend, hold, cancel."""

    def orders(self, *states: str) -> list[Order]:
        return [order for order in self.book.orders if not states or order.state in states]

    @chance(3, number=NUMBER, lines=st.lists(line_values(), min_size=1, max_size=3), confirm=st.integers(0, 4),
          allows_part=st.integers(0, 5))  # fmt: skip
    def take(self, number, lines, confirm, allows_part):
        customer = self.world.customers[number % len(self.world.customers)]
        self.keys += 1
        order = Order(
            self.keys, customer.id, customer.policy, customer.basis, customer.billing_known, allows_part > 0,
            [on_paper(values, product, place, customer) for place, (values, product) in enumerate(lines, 1)],
        )  # fmt: skip
        self.step(
            "sales", service.take_order, lambda: self.house.take(order, confirm=confirm > 0),
            customer_id=customer.id, lines=[values for values, _ in lines],
            confirmed_by="王经理" if confirm else "", allows_part_shipment=order.allows_part,
        )  # fmt: skip

    def do(self, role: str, use_case: Any, foresee: Any, order: Order, **values: Any) -> None:
        """A step about one order."""
        self.step(role, use_case, lambda: foresee(order), order_id=order.id, **values)

    @chance(1, when=lambda self: self.orders("draft", "verified"), number=NUMBER)
    def verify_and_confirm(self, number):
        order = self.choose(number, self.orders("draft", "verified"), self.orders())
        if order.state == "verified":
            self.do("sales", service.confirm_order, self.house.confirm, order, person="王经理")
        elif number % 3 == 0 and not order.may_repeat:
            self.do(
                "sales", service.allow_problem, self.house.let_pass, order, problem="duplicate.lines", reason="asked"
            )
        else:
            self.do("sales", service.verify_order, self.house.verify, order)

    # ---------------------------------------------------------------------------------------------- amending
    @chance(5, when=lambda self: self.orders("confirmed", "in_fulfilment", "fulfilled"), number=NUMBER,
            place=st.integers(0, 5), what=st.sampled_from(("quantity", "price", "both", "rest", "new")),
            size=st.sampled_from(("0.5", "1", "2", "3", "8", "15")), price=st.sampled_from(PRICES),
            added=line_values())  # fmt: skip
    def amend(self, number, place, what, size, price, added):
        order = self.choose(number, self.orders("confirmed", "in_fulfilment", "fulfilled"), self.orders())
        line = order.lines[place % len(order.lines)]
        change: dict[str, Any] = {}
        if what in {"quantity", "both"}:
            change["quantity"] = D(size)
        if what in {"price", "both"}:
            change["unit_price"] = D(price)
        if what == "rest":
            change["cancel_rest"] = True
        customer = next(one for one in self.world.customers if one.id == order.customer)
        new = on_paper(*added, len(order.lines) + 1, customer) if what == "new" else None
        self._propose_and_apply(order, line, change, new, added[0] if what == "new" else None)

    def _propose_and_apply(self, order, line, change, new, added):
        changes = [LineChange(line_id=line.id, **change)] if change else []
        foreseen = {"cancel_rest": change.get("cancel_rest", False), "new": new,
                    "quantity": Fraction(change["quantity"]) if "quantity" in change else None,
                    "price": Fraction(change["unit_price"]) if "unit_price" in change else None}  # fmt: skip

        proposed = self.propose(order, changes, [added] if added else [])
        if proposed is None:
            self.step(
                "sales", service.propose_amendment,
                lambda: self.house.amend(order, line if change else None, **foreseen),
                order_id=order.id, reason="asked", changes=changes, new_lines=[added] if added else [],
            )  # fmt: skip
            return
        self.step(
            "sales_manager", service.apply_amendment,
            lambda: self.house.amend(order, line if change else None, **foreseen), amendment_id=proposed,
        )  # fmt: skip

    def propose(self, order, changes, new_lines):
        """The proposal's id; None when it is refused already, and then nothing was proposed."""
        with clock.freeze(self.now):
            try:
                return run(service.propose_amendment, self.actors["sales"], order_id=order.id, reason="asked",
                           changes=changes, new_lines=new_lines).id  # fmt: skip
            except HandoffError:
                return None

    # --------------------------------------------------------------------------------------------- stopping
    @chance(5, when=lambda self: self.orders(), number=NUMBER, what=st.sampled_from(STOPS),
            place=st.integers(0, 5), size=st.sampled_from(("all", "0.5", "1", "3", "12")))  # fmt: skip
    def stop(self, what, number, place, size):
        if what == "cancel_part":
            self.cancel_part(number, place, size)
        else:
            getattr(self, what)(number)

    def change_asked(self, number):
        order = self.choose(number, self.orders("verified"), self.orders())
        self.do("sales", service.record_change_asked, self.house.reopen, order, person="王", words="other colour")

    def hold(self, number):
        order = self.choose(number, self.orders("confirmed", "in_fulfilment", "fulfilled"), self.orders())
        self.do("sales", service.hold_order, self.house.hold, order, reason="credit")

    def release(self, number):
        order = self.choose(number, [one for one in self.orders() if one.held], self.orders())
        self.do("sales", service.release_order, self.house.release, order)

    def cancel_part(self, number, place, size):
        order = self.choose(number, self.orders("confirmed", "in_fulfilment"), self.orders())
        line = order.lines[place % len(order.lines)]
        quantity = line.to_ship if size == "all" else Fraction(size)
        self.step(
            "sales", service.cancel_part, lambda: self.house.cancel_part(order, line, quantity),
            order_id=order.id, line_id=line.id, quantity=dec(quantity), reason="asked",
        )  # fmt: skip

    def cancel(self, number):
        order = self.choose(number, self.orders("draft", "verified", "confirmed"), self.orders())
        self.do("sales", service.cancel_order, self.house.cancel, order, reason="asked")

    def close_short(self, number):
        partly = [one for one in self.orders("in_fulfilment") if any(line.gone for line in one.lines)]
        order = self.choose(number, partly, self.orders())
        self.do("sales", service.close_short, self.house.close_short, order, reason="enough")
