"""How many statements each step of an order's way sends, so that none of them grows with the lines again."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817  amounts are everywhere here
from itertools import groupby

import pytest

from app.departments.finance.invoicing import post_invoice
from app.departments.finance.payments import record_payment
from app.departments.logistics.delivering import deliver
from app.departments.logistics.dispatching import assign_transport, dispatch
from app.departments.sales.service import take_order
from app.departments.sales.values import LineValues
from app.departments.warehouse.packing import hand_to_logistics, pack
from app.departments.warehouse.picking import pick_all
from app.departments.warehouse.planning import plan_shipment
from app.kernel import clock
from app.records.billing.models import Invoice
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OrderState
from app.records.shipping.models import Carrier
from tests.journeys.steps import one
from tests.support.hand_offs import statements

#: step -> statements that may be sent for an order, however many lines it has (PostgreSQL needs one less for some)
MOST = {
    "take": 21, "plan": 25, "pick": 18, "pack": 15, "ready": 14, "assign": 9, "send": 47, "deliver": 22,
    "invoice": 25, "pay": 21,
}  # fmt: skip


class Way:
    """One order from the customer's yes to the money, each step counted."""

    def __init__(self, make, lines):
        self.make = make
        customer = make.customer(billing_confirmed=True, credit_limit=D(10_000_000))
        products = [make.product(price="10", stock=100) for _ in range(lines)]
        self.carrier = make.row(Carrier, code="SF", name="顺丰")
        self.sent = {}
        values = [LineValues(product_code=product.code, quantity=D(5)) for product in products]
        self.order = self.step("take", take_order, customer_id=customer.id, lines=values, confirmed_by="王经理")
        shipment = self.step("plan", plan_shipment, order_id=self.order.id).id
        self.step("pick", pick_all, shipment_id=shipment)
        self.step("pack", pack, shipment_id=shipment)
        self.step("ready", hand_to_logistics, shipment_id=shipment, dock="1")
        self.step("assign", assign_transport, shipment_id=shipment, carrier_id=self.carrier.id)
        self.step("send", dispatch, shipment_id=shipment)
        self.step("deliver", deliver, shipment_id=shipment, received_by="王经理")
        invoice = one(Invoice)
        self.step("invoice", post_invoice, invoice_id=invoice.id)
        self.step(
            "pay", record_payment, party_id=customer.id, amount=invoice.gross_total, currency="CNY",
            occurred_on=clock.now().date(), allocations={invoice.id: invoice.gross_total},
        )  # fmt: skip

    def step(self, name, use_case, **values):
        """One use case, in one transaction."""
        with statements() as sent:
            made = self.make.do(use_case, **values)
        self.sent[name] = sum(1 for _ in groupby(sent))  # SQLite inserts equal rows one by one, in this process
        return made


@pytest.fixture
def counted(opened):
    """The way of an order of five lines, after a first one that fills what a process remembers."""
    make = opened
    make.currency("CNY")
    Way(make, 1)
    make.change(one(Carrier), code="old")
    return Way(make, 5)


def test_each_step_of_an_order_of_five_lines_sends_few_statements(counted):
    assert one(Order).state is OrderState.COMPLETED
    assert one(OrderLine).invoiced == 5
    assert {step: sent for step, sent in counted.sent.items() if sent > MOST[step]} == {}
