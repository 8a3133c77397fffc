"""Goods that go back to their supplier, against stock, bill and money."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest

from app.departments.finance import bills
from app.departments.finance.claims import post_debit_note
from app.departments.finance.errors import NoBillYet
from app.departments.purchasing.returning import GoingBack, cancel_supplier_return, request_supplier_return
from app.departments.warehouse.returns.to_supplier import send_to_supplier
from app.kernel.errors import InvalidInput, NotFound, NotPermitted, WrongState
from app.platform.db import run
from app.records.returns.models import DebitNote, DebitNoteLine, SupplierReturn, SupplierReturnState
from app.records.stock.errors import InsufficientStock
from app.records.stock.models import MoveKind, ProductCost, StockMove
from app.records.supply.models import BillState, PurchaseOrderLine
from tests.support import returned

S = SupplierReturnState


def bill(make, receipt, net, tax):
    return make.do(
        bills.record_bill, receipt_id=receipt.id, supplier_number=f"B-{receipt.id}-{net}", billed_on=date(2026, 3, 2),
        net_total=D(net), tax_total=D(tax),
    )  # fmt: skip


def test_goods_found_bad_leave_at_the_cost_they_came_with_and_reduce_the_bill(make):
    product = make.product()
    make.stock(product, 100, unit_cost="1")
    came = returned.receipt(make, 100, price="3", product=product)
    owed = bill(make, came, "300", "39")
    found = returned.back_to_supplier(make, came, 10)
    assert found.number.startswith("RS-")
    make.do(send_to_supplier, return_id=found.id, sent_with="SF 9")
    (move,) = make.all(StockMove, StockMove.kind == MoveKind.SUPPLIER_RETURN)
    assert (move.quantity, move.unit_cost, move.value) == (-10, D(3), D(-30))
    (cost,) = make.all(ProductCost, ProductCost.product_id == product.id)
    assert (cost.on_hand, cost.value) == (190, D(370))
    assert make.again(found).state is S.SENT
    note = make.do(post_debit_note, return_id=found.id)
    assert (note.net_total, note.tax_total, note.gross_total) == (D("30.00"), D("3.90"), D("33.90"))
    assert (note.settled, note.claimed, note.bill_id) == (D("33.90"), 0, owed.id)
    assert make.again(owed).settled == D("33.90")
    again = make.again(found)
    assert (again.state, again.settled_by) == (S.SETTLED, note.number)
    assert make.all(PurchaseOrderLine)[0].billed == 90
    with pytest.raises(WrongState):
        make.do(post_debit_note, return_id=found.id)
    assert make.count(DebitNote) == 1
    assert returned.broken_checks() == set()


def test_what_the_settled_bill_leaves_no_room_for_is_claimed(make):
    came = returned.receipt(make, 100, price="3")
    owed = bill(make, came, "300", "39")
    make.change(owed, settled=D(339))
    found = returned.back_to_supplier(make, came, 10)
    make.do(send_to_supplier, return_id=found.id)
    note = make.do(post_debit_note, return_id=found.id)
    assert (note.settled, note.claimed) == (0, D("33.90"))
    assert returned.broken_checks() == set()


def test_a_bill_that_leaves_out_what_went_back_fits_and_settles_the_return(make):
    came = returned.receipt(make, 100, price="3")
    found = returned.back_to_supplier(make, came, 10)
    make.do(send_to_supplier, return_id=found.id)
    with pytest.raises(NoBillYet):
        make.do(post_debit_note, return_id=found.id)
    owed = bill(make, came, "270", "35.10")
    assert owed.state is BillState.MATCHED
    again = make.again(found)
    assert (again.state, again.settled_by) == (S.SETTLED, owed.supplier_number)
    assert make.all(PurchaseOrderLine)[0].billed == 90
    assert returned.broken_checks() == set()


def test_a_bill_over_all_of_it_does_not_fit_and_the_return_is_claimed(make):
    came = returned.receipt(make, 100, price="3")
    found = returned.back_to_supplier(make, came, 10)
    make.do(send_to_supplier, return_id=found.id)
    owed = bill(make, came, "300", "39")
    assert (owed.state, owed.problem) == (BillState.EXCEPTION, f"+33.90 CNY ({found.number})")
    make.do(bills.accept_difference, bill_id=owed.id, reason="they credit it")
    note = make.do(post_debit_note, return_id=found.id)
    assert (note.gross_total, make.again(owed).settled) == (D("33.90"), D("33.90"))
    assert returned.broken_checks() == set()


def test_the_pieces_of_a_claim_add_up_to_the_bill(make):
    came = returned.receipt(make, 3, price="0.335")
    owed = bill(make, came, "1.01", "0.13")
    for _ in range(3):
        found = returned.back_to_supplier(make, came, 1)
        make.do(send_to_supplier, return_id=found.id)
        make.do(post_debit_note, return_id=found.id)
    assert make.again(owed).settled == owed.gross_total
    assert sum(line.gross for line in make.all(DebitNoteLine)) == owed.gross_total


def test_rejected_pieces_never_were_stock_and_are_settled_when_they_leave(make):
    came = returned.receipt(make, 100, rejected=8, price="3")
    found = returned.back_to_supplier(make, came, 0, rejected=8)
    make.do(send_to_supplier, return_id=found.id)
    assert make.again(found).state is S.SETTLED
    assert make.count(StockMove, StockMove.kind == MoveKind.SUPPLIER_RETURN) == 0
    assert bill(make, came, "276", "35.88").state is BillState.MATCHED
    assert returned.broken_checks() == set()


def test_no_more_goes_back_than_came_or_lies_there(make):
    came = returned.receipt(make, 100, rejected=8)
    for good, bad in ((93, 0), (0, 9), (-1, 0)):
        with pytest.raises(InvalidInput):
            returned.back_to_supplier(make, came, good, rejected=bad)
    first = returned.back_to_supplier(make, came, 92)
    with pytest.raises(InvalidInput):
        returned.back_to_supplier(make, came, 1)
    make.do(cancel_supplier_return, return_id=first.id, reason="they credit it without")
    with pytest.raises(WrongState):
        make.do(send_to_supplier, return_id=first.id)
    found = returned.back_to_supplier(make, came, 92, intake_key="k")
    assert returned.back_to_supplier(make, came, 92, intake_key="k").id == found.id
    from app.records.catalog.models import Product

    product = make.all(Product)[-1]
    make.order("in_fulfilment", lines=[make.line(product, 20)], allocate=True)
    with pytest.raises(InsufficientStock):
        make.do(send_to_supplier, return_id=found.id)
    assert make.again(found).state is S.REQUESTED
    assert returned.broken_checks() == set()


def test_each_step_is_for_its_department_and_foreign_ids_are_not_found(make):
    came, other = returned.receipt(make), returned.receipt(make)
    part = GoingBack(receipt_line_id=returned.receipt_line(came).id, quantity=D(2), location_id=make.location().id)
    asking = {"receipt_id": came.id, "parts": [part], "reason": "x"}
    for role in ("sales", "finance", "logistics"):
        with pytest.raises(NotPermitted):
            run(request_supplier_return, make.actor(role), **asking)
    with pytest.raises(NotFound):
        run(request_supplier_return, make.actor("purchasing"), **{**asking, "receipt_id": other.id})
    assert make.count(SupplierReturn) == 0
    found = run(request_supplier_return, make.actor("purchasing"), **asking)
    for use_case, role in ((send_to_supplier, "purchasing"), (post_debit_note, "warehouse")):
        with pytest.raises(NotPermitted):
            run(use_case, make.actor(role), return_id=found.id)
    bill(make, came, "300", "39")
    run(send_to_supplier, make.actor("warehouse"), return_id=found.id)
    run(post_debit_note, make.actor("finance"), return_id=found.id)
    for use_case in (send_to_supplier, post_debit_note, cancel_supplier_return):
        with pytest.raises(NotFound):
            make.do(use_case, return_id=999_999, **({"reason": "x"} if use_case is cancel_supplier_return else {}))
