"""A customer's return against stock, order and money, department by department."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest
import sqlalchemy as sa

from app.departments.finance.errors import DraftInTheWay, NothingToRefund
from app.departments.finance.refunds import refund_return
from app.departments.sales.returns.requesting import (
    IsReplacement,
    authorise_return,
    cancel_return,
    expect_no_more,
    refuse_return,
    request_return,
)
from app.departments.warehouse.returns.inspecting import FindingStands, inspect_return, take_finding_back
from app.departments.warehouse.returns.taking_in import receive_return, send_back
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.platform.db import run
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine
from app.records.orders.models import Order
from app.records.orders.states import OrderState
from app.records.returns.holding import ReturnNotInState
from app.records.returns.models import (
    CustomerReturn,
    CustomerReturnFinding,
    Outcome,
    Remedy,
    ReturnState,
)
from app.records.stock.models import LocationKind, MoveKind, ProductCost, StockLevel, StockMove
from tests.support import goods, returned


def level(make, line, kind):
    from app.records.stock.models import Location

    found = make.all(
        StockLevel, StockLevel.product_id == line.product_id,
        StockLevel.location_id.in_(sa.select(Location.id).where(Location.kind == kind)),
    )  # fmt: skip
    return sum((one.on_hand for one in found), D(0))


def test_five_of_forty_one_come_back_three_restocked_two_scrapped_all_refunded(make):
    order = returned.delivered(make, 41, "18.6")
    invoice = returned.invoiced(make, order)
    found = returned.asked(make, order, 5)
    assert found.number.startswith("RT-")
    assert found.state is ReturnState.REQUESTED
    make.do(authorise_return, return_id=found.id)
    row = returned.lines(found)[0]
    make.do(receive_return, return_id=found.id, quantities={row.id: D(2)})
    make.do(receive_return, return_id=found.id, quantities={row.id: D(3)})
    line = make.lines(order)[0]
    assert (line.returned, line.delivered) == (5, 41)
    assert (level(make, line, LocationKind.BLOCKED), level(make, line, LocationKind.STORAGE)) == (5, 59)
    found = returned.inspected(make, found, (3, "restock", "refund"), (2, "scrap", "refund"))
    assert make.again(found).state is ReturnState.INSPECTED
    assert (level(make, line, LocationKind.BLOCKED), level(make, line, LocationKind.STORAGE)) == (0, 62)
    (cost,) = make.all(ProductCost, ProductCost.product_id == line.product_id)
    assert (cost.on_hand, cost.value, cost.average_cost) == (62, D(434), D(7))
    (scrap,) = make.all(StockMove, StockMove.kind == MoveKind.ADJUSTMENT)
    assert (scrap.quantity, scrap.value, scrap.reason) == (-2, D(-14), f"{found.number}: looked at it")
    (note,) = make.do(refund_return, return_id=found.id)
    worth = invoice.gross_total / 41 * 5
    assert abs(note.gross_total - worth) < D("0.01")
    assert (note.kind, note.reverses_id, note.settled) == (InvoiceKind.CREDIT_NOTE, invoice.id, note.gross_total)
    assert make.again(invoice).open_amount == invoice.gross_total - note.gross_total
    line = make.lines(order)[0]
    assert (line.invoiced, line.credited) == (41, 5)
    assert make.again(found).state is ReturnState.CLOSED
    assert returned.broken_checks() == set()


def test_boxes_and_pieces_are_credited_at_the_price_of_the_box(make):
    product = make.product(units={"box": 12})
    box = make.unit("box")
    order = returned.delivered(make, 4, "120", product=product, unit_factor=D(12), unit_id=box.id)
    returned.invoiced(make, order)
    found = returned.inspected(make, returned.here(make, order, 17), (17, "scrap", "refund"))
    (note,) = make.do(refund_return, return_id=found.id)
    assert note.gross_total == D("170.00")  # one box and five pieces of a box at 120
    (credit,) = make.all(InvoiceLine, InvoiceLine.invoice_id == note.id)
    assert (credit.quantity, credit.unit_factor, credit.net, credit.tax) == (17, 12, D("150.44"), D("19.56"))
    assert returned.broken_checks() == set()


def test_what_was_never_invoiced_needs_no_credit_note(make):
    from app.departments.finance import invoicing

    order = returned.delivered(make, 10)
    found = returned.inspected(make, returned.here(make, order, 4), (4, "restock", "refund"))
    with pytest.raises(DraftInTheWay):
        make.do(refund_return, return_id=found.id)
    (draft,) = make.all(Invoice)
    make.do(invoicing.cancel_draft, invoice_id=draft.id)
    assert make.do(refund_return, return_id=found.id) == []
    assert make.again(found).state is ReturnState.CLOSED
    again = make.do(invoicing.draft_invoice, order_id=order.id)
    assert make.all(InvoiceLine, InvoiceLine.invoice_id == again.id)[0].quantity == 6
    assert returned.broken_checks() == set()


def test_replaced_goods_are_delivered_again_without_charge(make):
    order = returned.delivered(make, 10, stock=30)
    returned.invoiced(make, order)
    found = returned.inspected(make, returned.here(make, order, 4), (4, "scrap", "replace"))
    assert make.again(found).state is ReturnState.CLOSED
    assert make.lines(order)[0].returned == 0
    (finding,) = make.all(CustomerReturnFinding)
    again = make.all(Order, Order.id == finding.replacement_order_id)[0]
    (line,) = make.lines(again)
    assert (line.ordered, line.gross, line.allocated, line.unit_price) == (4, 0, 4, 0)
    with pytest.raises(NothingToRefund):
        make.do(refund_return, return_id=found.id)
    from app.departments.logistics.delivering import deliver

    shipment = goods.shipped(make, again)
    make.do(deliver, shipment_id=shipment.id, received_by="李四")
    assert make.again(again).state is OrderState.COMPLETED
    assert make.count(Invoice, Invoice.order_id == again.id) == 0
    with pytest.raises(IsReplacement):
        make.do(request_return, order_id=again.id, quantities={line.id: D(1)}, reason="bad again")
    assert returned.asked(make, order, 10).id
    assert returned.broken_checks() == set()


def test_rejected_and_repaired_goods_go_back_to_their_customer(make):
    order = returned.delivered(make, 10)
    found = returned.inspected(make, returned.here(make, order, 4), (3, "reject", "none"), (1, "repair", "none"))
    line = make.lines(order)[0]
    assert (make.again(found).state, line.returned) == (ReturnState.INSPECTED, 4)
    repair = make.all(CustomerReturnFinding, CustomerReturnFinding.outcome == Outcome.REPAIR)[0]
    make.do(take_finding_back, finding_id=repair.id)
    assert make.again(found).state is ReturnState.RECEIVED
    with pytest.raises(FindingStands):
        make.do(take_finding_back, finding_id=repair.id)
    returned.inspected(make, found, (1, "scrap", "refund"))
    make.do(send_back, return_id=found.id, sent_with="SF 123")
    line = make.lines(order)[0]
    assert line.returned == 1
    assert level(make, line, LocationKind.BLOCKED) == 0
    (cost,) = make.all(ProductCost, ProductCost.product_id == line.product_id)
    assert (cost.on_hand, cost.value) == (90, D(630))
    assert make.again(found).state is ReturnState.INSPECTED
    assert returned.broken_checks() == set()


def test_restocked_goods_come_in_at_the_cost_they_left_with(make):
    order = returned.delivered(make, 10, stock=10)
    line = make.lines(order)[0]
    product = make.all(type(make.product()))[0]
    make.stock(product, 10, unit_cost="9")
    returned.inspected(make, returned.here(make, order, 10), (10, "restock", "refund"))
    (cost,) = make.all(ProductCost, ProductCost.product_id == line.product_id)
    assert (cost.on_hand, cost.value, cost.average_cost) == (20, D(160), D(8))


def test_restocked_goods_serve_who_waits(make):
    order = returned.delivered(make, 10, stock=10)
    product = make.lines(order)[0].product_id
    from app.records.catalog.models import Product

    waiting = make.order("confirmed", lines=[make.line(make.all(Product, Product.id == product)[0], 3)])
    returned.inspected(make, returned.here(make, order, 5), (5, "restock", "refund"))
    assert make.lines(waiting)[0].allocated == 3
    assert returned.broken_checks() == set()


@pytest.mark.parametrize("quantity", ["5.001", "0", "-1", "99999999999"])
def test_no_more_comes_back_than_was_delivered_and_is_not_asked_for(make, quantity):
    order = returned.delivered(make, 10)
    returned.asked(make, order, 5)
    line = make.lines(order)[0]
    with pytest.raises(InvalidInput):
        make.do(request_return, order_id=order.id, quantities={line.id: D(quantity)}, reason="x")
    assert make.count(CustomerReturn) == 1


def test_foreign_lines_are_not_found(make):
    order, other = returned.delivered(make, 10), returned.delivered(make, 10)
    foreign = make.lines(other)[0]
    with pytest.raises(NotFound):
        make.do(request_return, order_id=order.id, quantities={foreign.id: D(1)}, reason="x")
    found = returned.authorised(make, order)
    row = returned.lines(returned.authorised(make, other))[0]
    with pytest.raises(NotFound):
        make.do(receive_return, return_id=found.id, quantities={row.id: D(1)})
    for use_case, values in (
        (authorise_return, {}), (receive_return, {"quantities": {1: D(1)}}), (inspect_return, {"findings": []}),
        (send_back, {}), (refund_return, {}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            make.do(use_case, return_id=2**63 - 1, **values)
    with pytest.raises(NotFound):
        make.do(take_finding_back, finding_id=999_999)
    assert make.lines(order)[0].returned == 0


def test_a_second_click_changes_nothing(make):
    order = returned.delivered(make, 10)
    returned.invoiced(make, order)
    first = returned.asked(make, order, 5, intake_key="k")
    assert returned.asked(make, order, 5, intake_key="k").id == first.id
    make.do(authorise_return, return_id=first.id)
    with pytest.raises(ReturnNotInState):
        make.do(authorise_return, return_id=first.id)
    seen, row = make.again(first).version, returned.lines(first)[0]
    make.do(receive_return, return_id=first.id, quantities={row.id: D(2)}, version=seen)
    with pytest.raises(Conflict):
        make.do(receive_return, return_id=first.id, quantities={row.id: D(2)}, version=seen)
    assert returned.lines(first)[0].received == 2
    make.do(expect_no_more, return_id=first.id, reason="the rest stays")
    seen = make.again(first).version
    parts = [returned.finding(first, 1, Outcome.SCRAP, Remedy.REFUND)]
    make.do(inspect_return, return_id=first.id, findings=parts, version=seen)
    with pytest.raises(Conflict):
        make.do(inspect_return, return_id=first.id, findings=parts, version=seen)
    returned.inspected(make, first, (1, "scrap", "refund"))
    make.do(refund_return, return_id=first.id)
    with pytest.raises(NothingToRefund):
        make.do(refund_return, return_id=first.id)
    assert make.count(Invoice, Invoice.kind == InvoiceKind.CREDIT_NOTE) == 1
    assert make.again(first).state is ReturnState.CLOSED
    assert returned.broken_checks() == set()


def test_refused_and_called_off_returns_bring_nothing(make):
    order = returned.delivered(make, 10)
    refused, off = returned.asked(make, order, 2), returned.authorised(make, order, 3)
    make.do(refuse_return, return_id=refused.id, reason="too late")
    make.do(cancel_return, return_id=off.id, reason="keeps them")
    for found in (refused, off):
        with pytest.raises(ReturnNotInState):
            make.do(receive_return, return_id=found.id, quantities={returned.lines(found)[0].id: D(1)})
    assert returned.asked(make, order, 10).id


@pytest.mark.parametrize(
    ("outcome", "remedy", "shelf"),
    [
        ("reject", "refund", False),
        ("repair", "replace", False),
        ("restock", "none", True),
        ("restock", "refund", False),
    ],
)
def test_findings_that_do_not_fit_are_refused(make, outcome, remedy, shelf):
    found = returned.here(make, returned.delivered(make, 10))
    place = make.location().id if shelf else make.location("DOCK", kind=LocationKind.RECEIVING).id
    wrong = returned.finding(found, 1, Outcome(outcome), Remedy(remedy), place)
    with pytest.raises(InvalidInput):
        make.do(inspect_return, return_id=found.id, findings=[wrong])
    assert returned.lines(found)[0].to_inspect == 5


def test_each_step_is_for_its_department(make):
    order = returned.delivered(make, 10)
    returned.invoiced(make, order)
    line = make.lines(order)[0]
    asking = {"order_id": order.id, "quantities": {line.id: D(2)}, "reason": "x"}
    for role in ("warehouse", "finance", "purchasing", "logistics", "director"):
        with pytest.raises(NotPermitted):
            run(request_return, make.actor(role), **asking)
    assert make.count(CustomerReturn) == 0
    found = run(request_return, make.actor("sales"), **asking)
    with pytest.raises(NotPermitted):
        run(authorise_return, make.actor("warehouse"), return_id=found.id)
    run(authorise_return, make.actor("sales"), return_id=found.id)
    row = returned.lines(found)[0]
    for role in ("sales", "finance", "logistics"):
        with pytest.raises(NotPermitted):
            run(receive_return, make.actor(role), return_id=found.id, quantities={row.id: D(2)})
    assert make.lines(order)[0].returned == 0
    run(receive_return, make.actor("warehouse"), return_id=found.id, quantities={row.id: D(2)})
    part = returned.finding(found, 2, Outcome.SCRAP, Remedy.REFUND)
    with pytest.raises(NotPermitted):
        run(inspect_return, make.actor("sales"), return_id=found.id, findings=[part])
    run(inspect_return, make.actor("warehouse"), return_id=found.id, findings=[part])
    for role in ("sales", "warehouse"):
        with pytest.raises(NotPermitted):
            run(refund_return, make.actor(role), return_id=found.id)
    assert make.count(Invoice, Invoice.kind == InvoiceKind.CREDIT_NOTE) == 0
    assert len(run(refund_return, make.actor("finance"), return_id=found.id)) == 1
