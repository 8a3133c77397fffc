"""Steps of finance."""

from __future__ import annotations

from fractions import Fraction

import sqlalchemy as sa
from hypothesis import strategies as st

from app.departments.finance import credit, invoicing, payments, setup
from app.platform.db import session
from app.records.billing.models import Settlement
from tests.soak.oracle import Claim
from tests.soak.walking.selling import NUMBER
from tests.soak.walking.walker import Walker, chance, dec


class Billing(Walker):
    """Set up, invoice, credit, pay."""

    def claims(self, state: str) -> list[Claim]:
        return [one for one in self.book.claims if one.state == state and one.reverses is None]

    @chance(4, when=lambda self: self.book.orders, number=NUMBER,
            what=st.sampled_from(("set_up", "draft", "draft", "use", "take_back")),
            by_shipment=st.integers(0, 3), size=st.sampled_from(("most", "most", "0.01", "100")))  # fmt: skip
    def keep_books(self, what, number, by_shipment, size):
        if what == "set_up":
            self.set_up_billing(number)
        elif what == "draft":
            self.draft(number, by_shipment)
        elif what == "use" and self.claims("posted") and any(one.used < one.amount for one in self.book.payments):
            self.use_what_is_left(number, size)
        elif what == "take_back" and any(one.parts for one in self.book.payments):
            self.take_settlement_back(number)

    def set_up_billing(self, number):
        waiting = [one for one in self.book.orders if one.state == "confirmed" and not one.billing_set_up]
        order = self.choose(number, waiting, self.book.orders)
        self.step(
            "finance", setup.confirm_billing, lambda: self.house.set_up_billing(order), order_id=order.id,
            billing_title="某公司", payment_term_id=self.world.term,
        )  # fmt: skip

    def draft(self, number, by_shipment):
        shipments = [one for one in self.book.shipments if one.state in {"shipped", "delivered"}]
        if by_shipment == 0 and shipments:
            shipment = self.choose(number, shipments, self.book.shipments)
            order = shipment.order
        else:
            unbilled = [o for o in self.book.orders if o.billing_set_up and any(x.billed < x.wanted for x in o.lines)]
            shipment, order = None, self.choose(number, unbilled, self.book.orders)
        self.step(
            "finance", invoicing.draft_invoice, lambda: self.house.draft(order, shipment), order_id=order.id,
            shipment_id=shipment.id if shipment else None,
        )  # fmt: skip

    @chance(3, when=lambda self: self.claims("draft"), number=NUMBER, throw_away=st.integers(0, 5))
    def post(self, number, throw_away):
        claim = self.choose(number, self.claims("draft"), self.book.claims)
        if throw_away:
            self.step("finance", invoicing.post_invoice, lambda: self.house.post(claim), invoice_id=claim.id)
        else:
            self.step("finance", invoicing.cancel_draft, lambda: self.house.cancel_draft(claim), invoice_id=claim.id)

    @chance(3, when=lambda self: self.claims("posted"), number=NUMBER,
            size=st.sampled_from(("all", "0.5", "1", "2")), place=st.integers(0, 3))  # fmt: skip
    def credit(self, number, size, place):
        claim = self.choose(number, self.claims("posted"), self.book.claims)
        quantities = None if size == "all" else {claim.lines[place % len(claim.lines)].id: Fraction(size)}
        self.step(
            "finance", credit.credit_invoice, lambda: self.house.credit(claim, quantities), invoice_id=claim.id,
            reason="agreed", quantities=None if quantities is None else {k: dec(q) for k, q in quantities.items()},
        )  # fmt: skip

    @chance(4, when=lambda self: self.book.orders, number=NUMBER,
            how=st.sampled_from(("deposit", "exact", "part", "too much", "oldest", "oldest")),
            amount=st.sampled_from(("0.01", "1", "33.33", "500", "0.005")))  # fmt: skip
    def pay(self, number, how, amount):
        customer = self.world.customers[number % len(self.world.customers)].id
        order, parts, money = None, None, Fraction(amount)
        unpaid = [one for one in self.claims("posted") if one.open > 0]
        if how == "deposit":
            order = self.choose(number, self.book.orders)
            customer = order.customer
        elif how != "oldest" and unpaid:
            claim = self.choose(number, unpaid, self.book.claims)
            customer = claim.order.customer
            money = {"exact": claim.open, "too much": claim.open + 1}.get(how, money)
            parts = {claim.id: money if number % 4 else max(claim.open, Fraction(1, 100))}
        self.step(
            "finance", payments.record_payment,
            lambda: self.house.pay(customer, money, order=order, parts=parts, oldest_first=how == "oldest"),
            party_id=customer, amount=dec(money), currency="CNY", occurred_on=self.now.date(),
            order_id=order.id if order else None, oldest_first=how == "oldest",
            allocations={key: dec(part) for key, part in parts.items()} if parts else None,
        )  # fmt: skip

    def use_what_is_left(self, number, size):
        payment = self.choose(number, [one for one in self.book.payments if one.used < one.amount])
        mine = [one for one in self.claims("posted") if one.open > 0 and one.order.customer == payment.customer]
        claim = self.choose(number, mine, self.book.claims)
        amount = min(claim.open, payment.amount - payment.used) if size == "most" else Fraction(size)
        self.step(
            "finance", payments.allocate_payment, lambda: self.house.use(payment, {claim.id: amount}),
            payment_id=payment.id, allocations={claim.id: dec(amount)},
        )  # fmt: skip

    def take_settlement_back(self, number):
        payment = self.choose(number, [one for one in self.book.payments if one.parts])
        place = number % len(payment.parts)
        rows = session.scalars(
            sa.select(Settlement.id).where(Settlement.payment_id == payment.id).order_by(Settlement.id)
        ).all()
        self.step(
            "finance", payments.take_back, lambda: self.house.take_settlement_back(payment, place),
            settlement_id=rows[place],
        )  # fmt: skip
