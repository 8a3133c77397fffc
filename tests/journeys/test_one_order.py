"""One real order's whole way through the house, over HTTP, each step by a person of the department that owns it."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import sqlalchemy as sa

from app.kernel import clock
from app.platform.db import session
from app.platform.jobs.performing import drain
from app.platform.process.models import HandOff, HandOffState
from app.practices.feedback.models import CaseState, FeedbackCase
from app.records.billing.models import Invoice, InvoiceState
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OrderState
from app.records.shipping.models import Carrier
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, Receipt, Requisition
from tests.journeys.steps import address_in, one, open_steps, pack_and_hand_over, send_off
from tests.support.pdf import text as text_of
from tests.support.visitor import Visitor


def test_an_order_from_stock_goes_from_the_message_to_the_rating(app, opened, colleague):  # noqa: PLR0915  one way
    make = opened
    sales, warehouse, logistics = colleague("sales"), colleague("warehouse"), colleague("logistics")
    finance = colleague("finance")
    term = make.payment_term()
    customer = make.customer(name="昆山联拓精密", billing_confirmed=True, payment_term_id=term.id)
    product = make.product(code="HB-M8", name="六角螺栓 M8×40")
    make.price(product, "0.35")
    make.stock(product, 25000, unit_cost=D("0.20"))
    carrier = make.row(Carrier, code="SF", name="顺丰")

    # sales: the customer's message becomes an order, is checked, and goes to the customer as a link
    sales.do(
        "/sales/orders/new/", customer_id=customer.id, customer_order_number="PO-77",
        **{"line-product": ["HB-M8"], "line-quantity": ["20000"], "line-price": ["0.35"]},
    )  # fmt: skip
    order = one(Order)
    assert (order.net_total, order.tax_total, order.gross_total) == (D("6194.69"), D("805.31"), D("7000.00"))
    assert open_steps(order) == ["H1"]
    sales.do(f"/sales/orders/{order.id}/check/")
    assert one(Order).state is OrderState.VERIFIED
    page = sales.press(f"/sales/orders/{order.id}/confirm/", f"/sales/orders/{order.id}/send/").text

    # the customer, on a phone, without an account
    link = address_in(page)
    phone = Visitor(app)
    assert "7,000.00" in phone.get(link)
    assert phone.submit(link, person="王经理", answer="accepted").status_code == 200
    assert one(Order).state in {OrderState.CONFIRMED, OrderState.IN_FULFILMENT}
    assert one(OrderLine).allocated == 20000
    assert open_steps(order) == ["H2"]

    # warehouse: plan, pick, pack, hand over
    shipment = pack_and_hand_over(warehouse, order)
    assert open_steps(order) == ["H7"]

    # logistics: a carrier, off it goes, signed for
    send_off(logistics, shipment, carrier)
    assert (one(OrderLine).shipped, one(OrderLine).allocated) == (20000, 0)
    assert one(Order).state is OrderState.FULFILLED
    logistics.do(f"/logistics/shipments/{shipment.id}/deliver/", received_by="李四")
    assert one(OrderLine).delivered == 20000

    # finance: the draft made itself; posted and paid
    invoice = one(Invoice)
    assert (invoice.state, invoice.gross_total) == (InvoiceState.DRAFT, D("7000.00"))
    finance.do(f"/finance/invoices/action/post/?id={invoice.id}")
    assert one(Invoice).number.startswith("INV-")
    drain()
    page = finance.get(f"/finance/invoices/{invoice.id}/")
    pdf = finance.client.get(re.search(r'href="(/files/\d+[^"]*)"', page).group(1))
    paper = text_of(pdf.data)
    pdf.close()
    assert "昆山联拓精密" in paper
    assert "7,000.00" in paper
    assert "805.31" in paper
    finance.do(
        "/finance/payments/new/", party_id=customer.id, amount="7000", currency="CNY",
        occurred_on=clock.now().date().isoformat(), oldest_first="y",
    )  # fmt: skip
    assert one(Invoice).open_amount == 0
    assert one(Order).state is OrderState.COMPLETED

    # the customer's rating; a low one is somebody's case
    ratings = sales.get("/improve/ratings/")
    assert order.number in ratings
    request_id = session.scalar(sa.text("select id from feedback_requests"))
    page = sales.press(f"/improve/ratings/{request_id}/", "/feedback/orders/").text
    rating = address_in(page)
    assert phone.submit(rating, comment="x").status_code == 422
    assert phone.submit(rating, rating="2", comment="包装破损").status_code == 200
    case = one(FeedbackCase)
    assert case.state is CaseState.OPEN
    assert phone.client.get(rating).status_code == 200
    assert open_steps(order) == []
    ended = session.scalars(sa.select(HandOff.state).where(HandOff.root_id == order.id)).all()
    assert set(ended) == {HandOffState.COMPLETED}


def test_a_short_order_is_bought_promised_received_and_shipped(app, opened, colleague):
    make = opened
    sales, purchasing, warehouse = colleague("sales"), colleague("purchasing"), colleague("warehouse")
    finance = colleague("finance")
    customer = make.customer(billing_confirmed=True, payment_term_id=make.payment_term().id)
    product = make.product(code="GL-1", name="丁腈手套")
    make.price(product, "2")
    shelf = make.stock(product, 30).location_id
    supplier = make.supplier(name="无锡正杰")
    make.supplier_product(supplier, product, unit_price=D("1.2"), lead_days=4)
    sales.do(
        "/sales/orders/new/", customer_id=customer.id,
        **{"line-product": ["GL-1"], "line-quantity": ["100"], "line-price": ["2"]},
    )  # fmt: skip
    order = one(Order)
    sales.do(f"/sales/orders/{order.id}/check/")
    sales.do(f"/sales/orders/{order.id}/confirm/", person="赵总", what="phone")
    assert (one(OrderLine).allocated, one(OrderLine).shortage) == (30, 70)
    assert open_steps(order) == ["H2", "H3"]

    # purchasing: the requisition is there already; ordered, approved, sent, promised by the supplier's link
    asked = one(Requisition)
    assert asked.quantity == 70
    purchasing.do(f"/purchasing/requisitions/action/order/?id={asked.id}", supplier_id=supplier.id)
    bought = one(PurchaseOrder)
    purchasing.press(f"/purchasing/purchase-orders/{bought.id}/", "/action/approve/")
    purchasing.do(f"/purchasing/purchase-orders/action/send/?id={bought.id}")
    page = purchasing.press(f"/purchasing/purchase-orders/{bought.id}/", f"/{bought.id}/link/").text
    line = one(PurchaseOrderLine)
    arrives = clock.now().date() + timedelta(days=5)
    stranger = Visitor(app)
    answer = stranger.submit(
        address_in(page), person="李工", answer="accept", **{f"date-{line.id}": arrives.isoformat()}
    )
    assert answer.status_code == 200
    assert one(OrderLine).promised_date == arrives + timedelta(days=1)
    assert open_steps(order) == ["H2"]

    # warehouse: received and put away, the waiting line gets its goods
    received = warehouse.submit(f"/warehouse/expected/{bought.id}/receive/", delivery_note="D-1")
    assert received.status_code in {302, 303}, received.text
    receipt = one(Receipt)
    put = warehouse.submit(f"/warehouse/receipts/{receipt.id}/put-away/", **{_place_field(warehouse, receipt): shelf})
    assert put.status_code in {302, 303}, put.text
    assert one(OrderLine, OrderLine.order_id == order.id).allocated == 100

    # finance: the supplier's bill fits
    finance.do(
        f"/finance/receipts/action/bill/?id={receipt.id}", supplier_number="B-9",
        billed_on=clock.now().date().isoformat(), net_total="84.00", tax_total="10.92",
    )  # fmt: skip
    assert session.scalar(sa.text("select state from supplier_bills")) == "matched"


def _place_field(warehouse, receipt):
    page = warehouse.get(f"/warehouse/receipts/{receipt.id}/put-away/")
    return re.search(r'name="([^"]*location_id)"', page).group(1)
