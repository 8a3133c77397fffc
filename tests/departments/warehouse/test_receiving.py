"""Goods come in and find their shelf."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.warehouse.putting_away import PutAway, put_all_away, put_away
from app.departments.warehouse.receiving import OVER_RECEIPT_PERCENT, Arrived, receive_goods
from app.departments.warehouse.refusals import PurchaseOrderNotOpen, ReceiptKeyTaken
from app.kernel import clock
from app.kernel.errors import InvalidInput, NotPermitted
from app.platform.db import run, session
from app.platform.settings import update_setting
from app.records.orders.models import LineSource
from app.records.orders.states import OrderState
from app.records.stock.models import LocationKind, Lot, ProductCost, StockMove
from app.records.supply.models import PurchaseOrderLine, PurchaseState, Receipt, ReceiptLine, ReceiptState
from tests.support import goods

D = Decimal


def receive(make, order, quantity, *, actor=None, line=None, key=None, **values):
    target = line or goods.po_lines(order)[0]
    return make.do(
        receive_goods, actor,
        purchase_order_id=order.id, intake_key=key, delivery_note="LS-77",
        lines=[Arrived(line_id=target.id, received=D(quantity), **values)],
    )  # fmt: skip


def test_goods_lie_at_the_receiving_place_at_what_they_cost(make):
    product = make.product()
    order = goods.purchase_order(make, (product, 100, "3.00"), currency="USD", rate=D("7.2"))
    with clock.freeze(datetime(2026, 3, 5, 8, tzinfo=UTC)):
        receipt = receive(make, order, 60)
    level = make.level(product, make.location("DOCK"))
    assert (level.on_hand, level.incoming) == (D(60), D(40))
    cost = session.scalars(sa.select(ProductCost)).one()
    assert (cost.average_cost, cost.value) == (D("21.600000"), D("1296.0000"))
    (line,) = goods.po_lines(order)
    assert (line.received, line.rejected, line.put_away, line.incoming) == (D(60), D(0), D(0), D(40))
    assert make.again(order).state is PurchaseState.PARTLY_RECEIVED
    assert (receipt.number, receipt.delivery_note) == (f"GR-26-{receipt.id:05d}", "LS-77")
    assert (receipt.occurred_on, receipt.state) == (date(2026, 3, 5), ReceiptState.ARRIVED)
    (event,) = goods.events("supply.receipt.arrived")
    assert (event.subject_id, event.root_table, event.root_id) == (receipt.id, "purchase_orders", order.id)
    assert goods.broken_laws() == []


def test_what_is_rejected_never_becomes_stock(make):
    product = make.product()
    order = goods.purchase_order(make, (product, 100, "3.00"))
    receive(make, order, 100, rejected=D(8), reject_reason="bent")
    dock = make.location("DOCK")
    assert (make.level(product, dock).on_hand, make.level(product, dock).incoming) == (D(92), D(0))
    assert make.again(order).state is PurchaseState.RECEIVED
    assert goods.po_lines(order)[0].rejected == D(8)


def test_the_same_key_twice_is_one_receipt(make):
    order = goods.purchase_order(make, (make.product(), 10, "1"))
    first = receive(make, order, 4, key="note-1")
    second = receive(make, order, 4, key="note-1")
    assert first.id == second.id
    assert make.count(Receipt) == 1
    assert goods.po_lines(order)[0].received == D(4)
    other = goods.purchase_order(make, (make.product(), 10, "1"))
    with pytest.raises(ReceiptKeyTaken):
        receive(make, other, 4, key="note-1")


def test_a_little_more_is_accepted_and_much_more_is_not(make):
    product = make.product()
    order = goods.purchase_order(make, (product, 100, "3.00"))
    receive(make, order, 105)
    assert (goods.po_lines(order)[0].received, goods.po_lines(order)[0].incoming) == (D(105), D(0))
    with pytest.raises(InvalidInput) as refusal:
        receive(make, order, 1)
    assert "At most 0 pcs may still arrive" in str(refusal.value.fields["lines.1.received"])


def test_the_tolerance_is_a_setting(make):
    make.do(update_setting, name=OVER_RECEIPT_PERCENT.name, value="0")
    order = goods.purchase_order(make, (make.product(), 100, "3.00"))
    with pytest.raises(InvalidInput) as refusal:
        receive(make, order, 101)
    assert "At most 100 pcs may still arrive: 100 are expected" in str(refusal.value.fields["lines.1.received"])
    assert make.count(Receipt) == 0


def test_every_bad_line_is_named_and_nothing_is_booked(make):
    lots = make.product(is_lot_tracked=True)
    order = goods.purchase_order(make, (make.product(), 10, "1"), (lots, 10, "1"))
    first, second = goods.po_lines(order)
    bad = [
        Arrived(line_id=first.id, received=D(5), rejected=D(6), reject_reason="x"),
        Arrived(line_id=first.id, received=D(2), rejected=D(1)),
        Arrived(line_id=second.id, received=D(5)),
        Arrived(line_id=999_999, received=D(5)),
    ]
    tomorrow = clock.today("Asia/Shanghai") + timedelta(days=1)
    with pytest.raises(InvalidInput) as refusal:
        make.do(receive_goods, purchase_order_id=order.id, lines=bad, occurred_on=tomorrow)
    assert set(refusal.value.fields) == {
        "lines.1.rejected", "lines.2.reject_reason", "lines.3.lot", "lines.4.line_id", "occurred_on",
    }  # fmt: skip
    assert make.count(Receipt) == make.count(StockMove) == 0


def test_lots_keep_their_expiry(make):
    product = make.product(is_lot_tracked=True)
    order = goods.purchase_order(make, (product, 100, "3.00"))
    receive(make, order, 10, lot="L-1", expires_on=date(2027, 1, 31))
    receive(make, order, 10, lot="L-1")
    lot = session.scalars(sa.select(Lot)).one()
    assert (lot.code, lot.expires_on) == ("L-1", date(2027, 1, 31))
    with pytest.raises(InvalidInput):
        receive(make, order, 10, lot="L-1", expires_on=date(2027, 2, 1))
    assert goods.broken_laws() == []


@pytest.mark.parametrize("state", ["draft", "approved", "cancelled", "closed_short"])
def test_only_what_was_sent_can_arrive(make, state):
    order = goods.purchase_order(make, (make.product(), 10, "1"), state=state)
    with pytest.raises(PurchaseOrderNotOpen):
        receive(make, order, 1)


@pytest.mark.parametrize("role", ["sales", "finance", None])
def test_receiving_is_for_the_warehouse(make, role):
    order = goods.purchase_order(make, (make.product(), 10, "1"))
    line = goods.po_lines(order)[0]
    with pytest.raises(NotPermitted):
        run(
            receive_goods, make.actor(role), purchase_order_id=order.id, lines=[Arrived(line_id=line.id, received=D(1))]
        )
    assert make.count(Receipt) == make.count(StockMove) == 0
    receive(make, order, 1, actor=make.actor("warehouse"))
    assert make.count(Receipt) == 1


def test_put_away_closes_receipt_and_purchase_order(make):
    product, shelf = make.product(), make.location("A-01")
    order = goods.purchase_order(make, (product, 10, "2"))
    receipt = receive(make, order, 10)
    line = session.scalars(sa.select(ReceiptLine)).one()
    step = PutAway(receipt_line_id=line.id, location_id=shelf.id, quantity=D(4))
    make.do(put_away, make.actor("warehouse"), receipt_id=receipt.id, steps=[step])
    assert make.again(receipt).state is ReceiptState.ARRIVED
    assert goods.events("supply.receipt.put_away") == goods.events("supply.purchase_order.put_away") == []
    make.do(put_all_away, receipt_id=receipt.id, location_id=shelf.id)
    assert make.again(receipt).state is ReceiptState.PUT_AWAY
    assert (make.level(product, shelf).on_hand, make.level(product, make.location("DOCK")).on_hand) == (D(10), D(0))
    assert [event.root_id for event in goods.events("supply.receipt.put_away")] == [order.id]
    assert [event.subject_id for event in goods.events("supply.purchase_order.put_away")] == [order.id]
    assert goods.broken_laws() == []


def test_put_away_cannot_move_more_than_lies_there_nor_back_to_the_dock(make):
    product, shelf = make.product(), make.location("A-01")
    order = goods.purchase_order(make, (product, 10, "2"))
    receipt = receive(make, order, 10)
    dock = make.location("DOCK")
    line = session.scalars(sa.select(ReceiptLine)).one()
    steps = [
        PutAway(receipt_line_id=line.id, location_id=shelf.id, quantity=D(7)),
        PutAway(receipt_line_id=line.id, location_id=shelf.id, quantity=D(4)),
        PutAway(receipt_line_id=line.id, location_id=dock.id),
    ]
    with pytest.raises(InvalidInput) as refusal:
        make.do(put_away, receipt_id=receipt.id, steps=steps)
    assert set(refusal.value.fields) == {"steps.2.quantity", "steps.3.location_id"}
    assert make.level(product, dock).on_hand == D(10)


@pytest.mark.parametrize("role", ["sales", "purchasing", None])
def test_put_away_is_for_the_warehouse(make, role):
    product, shelf = make.product(), make.location("A-01")
    receipt = receive(make, goods.purchase_order(make, (product, 10, "2")), 10)
    with pytest.raises(NotPermitted):
        run(put_all_away, make.actor(role), receipt_id=receipt.id, location_id=shelf.id)
    assert make.level(product, make.location("DOCK")).on_hand == D(10)


def test_waiting_lines_are_served_in_the_order_of_their_confirmation(make):
    product, shelf = make.product(), make.location("A-01")
    start = datetime(2026, 3, 2, tzinfo=UTC)
    late = make.order("confirmed", lines=[make.line(product, 6)], confirmed_at=start + timedelta(hours=2))
    early = make.order("confirmed", lines=[make.line(product, 6)], confirmed_at=start + timedelta(hours=1))
    last = make.order("confirmed", lines=[make.line(product, 6)], confirmed_at=start + timedelta(hours=3))
    receipt = receive(make, goods.purchase_order(make, (product, 10, "2")), 10)
    make.do(put_all_away, receipt_id=receipt.id, location_id=shelf.id)
    held = [make.lines(order)[0].allocated for order in (early, late, last)]
    assert held == [D(6), D(4), D(0)]
    assert [event.subject_id for event in goods.events("stock.order.allocated")] == [early.id, late.id]
    assert [make.again(order).state for order in (early, last)] == [OrderState.IN_FULFILMENT, OrderState.CONFIRMED]
    assert goods.broken_laws() == []


def test_goods_bought_for_a_line_go_to_that_line(make):
    product, shelf = make.product(), make.location("A-01")
    make.order("confirmed", lines=[make.line(product, 6)])
    special = make.order("confirmed", lines=[make.line(product, 6, source=LineSource.BUY_TO_ORDER)])
    order = goods.purchase_order(make, (product, 8, "2"))
    line = goods.po_lines(order)[0]
    make.change(line, order_line_id=make.lines(special)[0].id)
    receipt = receive(make, order, 8)
    make.do(put_all_away, receipt_id=receipt.id, location_id=shelf.id)
    assert make.lines(special)[0].allocated == D(6)
    assert make.level(product, shelf).allocated == D(8)
    assert make.count(PurchaseOrderLine, PurchaseOrderLine.put_away == D(8)) == 1
    assert goods.broken_laws() == []


def test_goods_laid_in_a_blocked_place_serve_nobody(make):
    product = make.product()
    waiting = make.order("confirmed", lines=[make.line(product, 6)])
    blocked = make.location("B-1", kind=LocationKind.BLOCKED)
    receipt = receive(make, goods.purchase_order(make, (product, 10, "2")), 10)
    make.do(put_all_away, receipt_id=receipt.id, location_id=blocked.id)
    assert make.lines(waiting)[0].allocated == D(0)
