"""Drafts claim what is owed now: whoever reduces an order reduces its drafts, and never what is posted."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest

from app.departments.finance import invoicing, payments
from app.departments.logistics.delivering import came_back, deliver, fail_delivery
from app.departments.sales import service
from app.departments.sales.values import LineChange
from app.kernel import clock
from app.platform.db import run
from app.records.billing.models import Invoice, InvoiceState
from app.records.orders.states import OrderState
from app.records.parties.models import BillingPolicy
from tests.support import goods


@pytest.fixture
def order(make):
    """Ten pieces at 10.00, billed as ordered, drafted by itself."""
    make.currency("CNY")
    customer = make.customer(billing_policy=BillingPolicy.ORDERED, billing_confirmed=True)
    product = make.product(price="10", stock=10)
    made = make.order("verified", customer=customer, lines=[make.line(product)])
    make.do(service.confirm_order, make.actor("sales"), order_id=made.id, person="王")
    return made


def papers(make):
    """(state, gross) of every invoice."""
    return [(one.state, one.gross_total) for one in make.all(Invoice)]


def test_a_cancelled_order_leaves_no_draft_behind(make, order):
    assert papers(make) == [(InvoiceState.DRAFT, D(100))]
    make.do(service.cancel_order, make.actor("sales"), order_id=order.id, reason="asked")
    assert papers(make) == [(InvoiceState.CANCELLED, D(100))]
    assert make.lines(order)[0].invoiced == 0


def test_what_is_left_of_a_reduced_order_is_drafted_again(make, order):
    line = make.lines(order)[0]
    make.do(service.cancel_part, make.actor("sales"), order_id=order.id, line_id=line.id, quantity=D(3), reason="asked")
    assert papers(make) == [(InvoiceState.CANCELLED, D(100)), (InvoiceState.DRAFT, D(70))]
    change = LineChange(line_id=line.id, quantity=D(8))
    asked = make.do(service.propose_amendment, order_id=order.id, reason="asked", changes=[change])
    make.do(service.apply_amendment, amendment_id=asked.id)
    assert papers(make)[2:] == [(InvoiceState.DRAFT, D(50))]
    assert make.lines(order)[0].invoiced == 5


def test_a_growing_order_keeps_its_draft(make, order):
    change = LineChange(line_id=make.lines(order)[0].id, quantity=D(12))
    asked = make.do(service.propose_amendment, order_id=order.id, reason="asked", changes=[change])
    make.do(service.apply_amendment, amendment_id=asked.id)
    assert papers(make) == [(InvoiceState.DRAFT, D(100))]


def test_what_is_posted_stays_and_keeps_the_order_open(make, order):
    finance, line = make.actor("finance"), make.lines(order)[0]
    invoice = run(invoicing.post_invoice, finance, invoice_id=make.all(Invoice)[0].id)
    make.do(service.cancel_part, order_id=order.id, line_id=line.id, quantity=D(3), reason="asked")
    shipment = goods.shipped(make, order)
    make.do(deliver, shipment_id=shipment.id, received_by="李")
    run(
        payments.record_payment, finance, party_id=order.customer_id, amount=D(100), currency="CNY",
        occurred_on=clock.now().date(), allocations={invoice.id: D(100)},
    )  # fmt: skip
    assert papers(make) == [(InvoiceState.POSTED, D(100))]
    assert make.again(order).state is OrderState.FULFILLED  # 30.00 are the customer's


def test_an_order_of_which_nothing_is_left_to_bill_is_done(make):
    make.currency("CNY")
    order = make.order("confirmed", lines=[make.line(make.product(stock=10))], allocate=True)
    make.do(deliver, shipment_id=goods.shipped(make, order).id, received_by="李")
    change = LineChange(line_id=make.lines(order)[0].id, unit_price=D(0))
    asked = make.do(service.propose_amendment, order_id=order.id, reason="goodwill", changes=[change])
    make.do(service.apply_amendment, amendment_id=asked.id)
    assert make.again(order).state is OrderState.COMPLETED


def test_goods_that_come_back_to_a_closed_order_are_not_owed_again(make):
    make.currency("CNY")
    customer = make.customer(billing_confirmed=True)
    order = make.order(
        "confirmed", customer=customer, lines=[make.line(make.product(stock=6))], allocate=True,
        billing_confirmed_at=clock.now(),
    )  # fmt: skip
    shipment = goods.shipped(make, order)
    make.do(service.close_short, order_id=order.id, reason="enough")
    make.do(fail_delivery, shipment_id=shipment.id, reason="nobody there")
    make.do(came_back, shipment_id=shipment.id, location_id=make.location().id)
    (line,) = make.lines(order)
    assert (line.wanted, line.to_ship, line.invoiced) == (0, 0, 0)
    assert papers(make) == [(InvoiceState.CANCELLED, D(60))]
    assert make.again(order).state is OrderState.COMPLETED
