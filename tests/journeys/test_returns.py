"""Goods on their way back, over HTTP, each step by a person of the department that owns it."""

from __future__ import annotations

import re
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import sqlalchemy as sa

from app.kernel import clock
from app.platform.db import session
from app.platform.jobs.performing import drain
from app.practices.feedback.models import FeedbackCase
from app.records.billing.models import Invoice, InvoiceKind
from app.records.orders.models import OrderLine
from app.records.returns.models import CustomerReturn, CustomerReturnLine, DebitNote, ReturnState, SupplierReturn
from app.records.shipping.models import Carrier
from app.records.supply.models import SupplierBill
from tests.journeys.steps import address_in, one, open_steps, pack_and_hand_over, send_off
from tests.support import returned
from tests.support.pdf import text as text_of
from tests.support.visitor import Visitor, words_of


def paper_on(visitor, page, number):
    """The text of a paper that lies on a page."""
    drain()
    found = re.search(rf'href="(/files/\d+[^"]*)"[^>]*>(?:(?!</a>).)*{number}', visitor.get(page), re.DOTALL)
    pdf = visitor.client.get(found.group(1))
    words = text_of(pdf.data)
    pdf.close()
    return words


def bad_rating(sales, phone, words):
    """The customer's rating opens a case; the page on which sales takes the goods back, with the customer's words."""
    request_id = session.scalar(sa.text("select id from feedback_requests"))
    page = sales.press(f"/improve/ratings/{request_id}/", "/feedback/orders/").text
    phone.submit(address_in(page), rating="1", comment=words)
    case = one(FeedbackCase)
    return case, sales.press(f"/improve/cases/{case.id}/", "/return/").text


def test_five_of_forty_one_pieces_come_back_and_are_refunded(app, opened, colleague):  # noqa: PLR0915  one way
    make = opened
    sales, warehouse, logistics = colleague("sales"), colleague("warehouse"), colleague("logistics")
    finance = colleague("finance")
    product = make.product(code="B-20441", name="深沟球轴承")
    place = make.stock(product, 100, unit_cost=D(7)).location_id
    customer = make.customer(name="昆山联拓精密", billing_confirmed=True, payment_term_id=make.payment_term().id)
    order = make.order(
        "confirmed", customer=customer, lines=[make.line(product, 41, "18.60")], allocate=True,
        billing_confirmed_at=clock.now(), billing_policy="delivered",
    )  # fmt: skip
    shipment = pack_and_hand_over(warehouse, order)
    send_off(logistics, shipment, make.row(Carrier, code="SF", name="顺丰"))
    logistics.do(f"/logistics/shipments/{shipment.id}/deliver/", received_by="李四")
    finance.do(f"/finance/invoices/action/post/?id={one(Invoice).id}")
    page = logistics.press(f"/logistics/shipments/{shipment.id}/", "/link/").text
    phone, track = Visitor(app), address_in(page)

    # sales: the customer's words become a return; more than was delivered is refused in a sentence
    line = one(OrderLine)
    too_many = sales.submit(f"/sales/orders/{order.id}/return/", reason="划伤", **{f"pieces-{line.id}": "42"})
    assert too_many.status_code == 422
    assert "At most 41 can come back" in too_many.text
    case, prefilled = bad_rating(sales, phone, "有 5 件划伤")
    assert "有 5 件划伤" in prefilled
    sales.do(
        f"/sales/orders/{order.id}/return/", reason="划伤", words="有 5 件划伤", case_id=case.id,
        **{f"pieces-{line.id}": "5"},
    )  # fmt: skip
    found = one(CustomerReturn)
    assert (found.case_id, found.customer_words) == (case.id, "有 5 件划伤")
    assert "R1" in open_steps(order)
    assert "Return asked for" in phone.get(track)
    sales.press(f"/sales/returns/{found.id}/", "/action/authorise/")
    assert "R2" in open_steps(order)
    assert found.number in paper_on(sales, f"/sales/returns/{found.id}/", found.number)

    # warehouse: two now, three later, then inspected: three to the shelf, two written off
    row = one(CustomerReturnLine)
    receive = f"/warehouse/returns/{found.id}/receive/"
    warehouse.do(receive, **{f"l{row.id}-pieces": "2"})
    assert {"R2", "R3"} <= set(open_steps(order))
    warehouse.do(receive, **{f"l{row.id}-pieces": "3"})
    assert "R2" not in open_steps(order)
    first, second = f"l{row.id}-0", f"l{row.id}-1"
    inspect = f"/warehouse/returns/{found.id}/inspect/"
    wrong = warehouse.submit(
        inspect, **{f"{first}-quantity": "6", f"{first}-outcome": "scrap_refund", f"{first}-reason": "x"}
    )
    assert wrong.status_code == 422
    warehouse.do(
        inspect,
        **{
            f"{first}-quantity": "3", f"{first}-outcome": "restock_refund", f"{first}-location_id": place,
            f"{second}-quantity": "2", f"{second}-outcome": "scrap_refund", f"{second}-reason": "滚珠破碎",
        },
    )  # fmt: skip
    assert "R4" in open_steps(order)
    assert make.level(product).on_hand == 62
    words = words_of(sales.get(f"/sales/orders/{order.id}/"))
    assert "5 returned, 36 delivered" in sales.get(f"/sales/orders/{order.id}/")
    assert found.number in words or found.number in sales.get(f"/sales/orders/{order.id}/")

    # finance: the credit note, at the price the customer paid
    finance.do(f"/finance/returns/action/refund/?id={found.id}")
    note = one(Invoice, Invoice.kind == InvoiceKind.CREDIT_NOTE)
    assert (note.net_total, note.tax_total, note.gross_total) == (D("82.30"), D("10.70"), D("93.00"))
    paper = paper_on(finance, f"/finance/invoices/{note.id}/", note.number)
    assert "93.00" in paper
    assert found.number in paper
    assert one(CustomerReturn).state is ReturnState.CLOSED
    assert not {code for code in open_steps(order) if code.startswith("R")}
    assert "This return is done." in phone.get(track)
    again = finance.client.get(f"/finance/returns/{found.id}/")
    assert "/action/refund/" not in again.text


def test_a_supplier_gets_bad_goods_back_and_a_debit_note(app, opened, colleague):
    make = opened
    purchasing, warehouse, finance = colleague("purchasing"), colleague("warehouse"), colleague("finance")
    product = make.product(code="GL-1", name="丁腈手套")
    came = returned.receipt(make, 100, price="1.2", product=product)
    finance.do(
        f"/finance/receipts/action/bill/?id={came.id}", supplier_number="B-9",
        billed_on=clock.now().date().isoformat(), net_total="120.00", tax_total="15.60",
    )  # fmt: skip
    line = returned.receipt_line(came)
    ask = f"/purchasing/receipts/{came.id}/return/"
    assert purchasing.submit(ask, reason="破损", **{f"l{line.id}-stocked": "101"}).status_code == 422
    purchasing.do(ask, reason="破损", **{f"l{line.id}-stocked": "10"})
    found = one(SupplierReturn)
    steps = "select s.code from hand_offs h join flow_steps s on s.id = h.step_id where h.ended_at is null"
    assert "R6" in session.scalars(sa.text(steps)).all()
    warehouse.do(f"/warehouse/supplier-returns/action/send/?id={found.id}", sent_with="SF 1")
    assert make.level(product).on_hand == 90
    finance.do(f"/finance/supplier-returns/action/claim/?id={found.id}")
    note = one(DebitNote)
    assert (note.gross_total, one(SupplierBill).settled) == (D("13.56"), D("13.56"))
    assert not {code for code in session.scalars(sa.text(steps)).all() if code.startswith("R")}
    assert "13.56" in paper_on(finance, f"/finance/debit-notes/{note.id}/", note.number)
