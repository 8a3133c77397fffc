"""Two people at the same return at the same moment: nothing comes back, is inspected or is paid twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.departments.finance.claims import post_debit_note
from app.departments.finance.refunds import refund_return
from app.departments.sales.returns.requesting import authorise_return, cancel_return, request_return
from app.departments.warehouse.returns.inspecting import inspect_return
from app.departments.warehouse.returns.taking_in import receive_return
from app.departments.warehouse.returns.to_supplier import send_to_supplier
from app.records.billing.models import Invoice, InvoiceKind
from app.records.returns.models import CustomerReturn, DebitNote, Outcome, Remedy, ReturnState
from app.records.stock.models import MoveKind, StockMove
from tests.support import goods, returned
from tests.support.races import at_once, refusals

D = Decimal
CLIENTS = 4


@pytest.fixture
def make(live_make):
    return live_make


def test_a_customer_return_is_asked_received_inspected_and_refunded_once(live_app, make):
    order = returned.delivered(make, 10)
    returned.invoiced(make, order)
    line = make.lines(order)[0]
    asking = {"order_id": order.id, "quantities": {line.id: D(6)}, "reason": "scratched"}
    results = at_once(live_app, [(request_return, asking)] * CLIENTS)
    assert len(refusals(results)) == CLIENTS - 1  # six of ten, once
    found = make.all(CustomerReturn)[0]
    results = at_once(
        live_app, [(authorise_return, {"return_id": found.id}), (cancel_return, {"return_id": found.id, "reason": "x"})]
    )
    assert len(refusals(results)) <= 1
    if make.again(found).state is ReturnState.CANCELLED:
        found = returned.authorised(make, order, 6)
    row = returned.lines(found)[0]
    arriving = {"return_id": found.id, "quantities": {row.id: D(6)}}
    assert len(refusals(at_once(live_app, [(receive_return, arriving)] * CLIENTS))) == CLIENTS - 1
    assert make.lines(order)[0].returned == 6
    parts = [returned.finding(found, 6, Outcome.SCRAP, Remedy.REFUND)]
    looking = {"return_id": found.id, "findings": parts}
    assert len(refusals(at_once(live_app, [(inspect_return, looking)] * CLIENTS))) == CLIENTS - 1
    results = at_once(live_app, [(refund_return, {"return_id": found.id})] * CLIENTS)
    assert len(refusals(results)) == CLIENTS - 1
    assert make.count(Invoice, Invoice.kind == InvoiceKind.CREDIT_NOTE) == 1
    assert make.lines(order)[0].credited == 6
    assert goods.broken_laws() == []


def test_a_supplier_return_leaves_and_is_claimed_once(live_app, make):
    from datetime import date

    from app.departments.finance import bills

    came = returned.receipt(make, 100)
    make.do(
        bills.record_bill, receipt_id=came.id, supplier_number="B-1", billed_on=date(2026, 3, 2), net_total=D(300),
        tax_total=D(39),
    )  # fmt: skip
    found = returned.back_to_supplier(make, came, 10)
    results = at_once(live_app, [(send_to_supplier, {"return_id": found.id})] * CLIENTS)
    assert len(refusals(results)) == CLIENTS - 1
    assert make.count(StockMove, StockMove.kind == MoveKind.SUPPLIER_RETURN) == 1
    results = at_once(live_app, [(post_debit_note, {"return_id": found.id})] * CLIENTS)
    assert len(refusals(results)) == CLIENTS - 1
    assert make.count(DebitNote) == 1
    assert goods.broken_laws() == []
