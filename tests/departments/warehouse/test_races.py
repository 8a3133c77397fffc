"""Many hands on the same goods: nothing is sold, sent, received or booked twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.logistics.delivering import deliver, fail_delivery
from app.departments.logistics.dispatching import dispatch
from app.departments.warehouse.counting import adjust_stock
from app.departments.warehouse.picking import pick, pick_all
from app.departments.warehouse.planning import cancel_shipment, plan_shipment
from app.departments.warehouse.putting_away import put_all_away
from app.departments.warehouse.receiving import Arrived, receive_goods
from app.departments.warehouse.refusals import HeldStock
from app.departments.warehouse.serving import announce, serve_waiting
from app.kernel.errors import RuleBroken, WrongState
from app.platform.db import locks
from app.records.orders.models import Order, OrderLine
from app.records.shipping.holding import NotInState, fresh_lines
from app.records.shipping.models import ShipmentState
from app.records.stock import allocation
from app.records.stock.models import MoveKind, StockMove
from app.records.supply.models import Receipt
from tests.support import goods
from tests.support.races import at_once, refusals

D = Decimal
CLIENTS = 20


@pytest.fixture
def make(live_make):
    return live_make


def bind(_actor, *, order_id):
    """What confirming an order does to stock."""
    order = locks.lock(Order, order_id)
    served = allocation.allocate(order, fresh_lines(order.id))
    if served:
        announce(order, served)
    return len(served)


@pytest.mark.promise("CO1")
def test_twenty_orders_for_the_last_seven_pieces(live_app, make):
    product = make.product(stock=7)
    orders = [make.order("confirmed", lines=[make.line(product, 1)]) for _ in range(CLIENTS)]
    results = at_once(live_app, [(bind, {"order_id": order.id}) for order in orders])
    assert refusals(results) == []
    assert sum(results) == 7
    held = [make.lines(order)[0].allocated for order in orders]
    assert sorted(held) == [D(0)] * 13 + [D(1)] * 7
    assert (make.level(product).on_hand, make.level(product).allocated) == (D(7), D(7))
    assert goods.broken_laws() == []


@pytest.mark.promise("CO6")
def test_orders_of_the_same_two_products_in_opposite_order_do_not_block_each_other(live_app, make):
    first, second = make.product(stock=15), make.product(stock=15)
    orders = [
        make.order(
            "confirmed", lines=[make.line(one, 1) for one in ((first, second) if number % 2 else (second, first))]
        )
        for number in range(CLIENTS)
    ]
    results = at_once(live_app, [(bind, {"order_id": order.id}) for order in orders])
    assert refusals(results) == []
    assert make.level(first).allocated == make.level(second).allocated == D(15)
    assert goods.broken_laws() == []


@pytest.mark.promise("CO2")
def test_a_shipment_leaves_once(live_app, make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 10)
    shipment = goods.ready(make, order)
    results = at_once(live_app, [(dispatch, {"shipment_id": shipment.id})] * 6)
    lost = refusals(results)
    assert [type(error) for error in lost] == [NotInState] * 5
    assert {error.status for error in lost} == {409}
    assert {str(error) for error in lost} == {
        f"Shipment {shipment.number} is “shipped”: this is possible for “ready” only."
    }
    assert make.level(product).on_hand == D(20)
    assert make.count(StockMove, StockMove.kind == MoveKind.SHIPMENT) == 1
    assert goods.broken_laws() == []


@pytest.mark.promise("CO2")
def test_a_shipment_either_leaves_or_is_called_off(live_app, make):
    for _ in range(4):
        product = make.product(stock=30)
        shipment = goods.ready(make, goods.held_order(make, product, 10))
        results = at_once(
            live_app,
            [
                (dispatch, {"shipment_id": shipment.id}),
                (cancel_shipment, {"shipment_id": shipment.id, "reason": "changed"}),
            ],
        )
        (lost,) = refusals(results)
        left = not isinstance(results[0], Exception)
        assert isinstance(lost, WrongState if left else NotInState)
        assert make.again(shipment).state is (ShipmentState.SHIPPED if left else ShipmentState.CANCELLED)
        assert make.level(product).on_hand == D(20 if left else 30)
        assert make.level(product).allocated == D(0 if left else 10)
    assert goods.broken_laws() == []


def test_two_shipments_are_not_planned_from_the_same_goods(live_app, make):
    order = goods.held_order(make, make.product(stock=30), 10)
    results = at_once(live_app, [(plan_shipment, {"order_id": order.id})] * 5)
    assert len(refusals(results)) == 4
    assert goods.broken_laws() == []


def test_a_task_is_picked_once(live_app, make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    task = goods.tasks(shipment)[0].id
    calls = [(pick, {"task_id": task}), (pick, {"task_id": task}), (pick_all, {"shipment_id": shipment.id})]
    assert len(refusals(at_once(live_app, calls))) == 2
    assert goods.tasks(shipment)[0].picked == make.lines(order)[0].picked == D(10)
    assert goods.broken_laws() == []


@pytest.mark.promise("CO4")
def test_a_delivery_note_is_booked_once(live_app, make):
    product = make.product()
    order = goods.purchase_order(make, (product, 100, "3"))
    line = goods.po_lines(order)[0].id
    call = {
        "purchase_order_id": order.id,
        "lines": [Arrived(line_id=line, received=D(60))],
        "intake_key": "note-9",
    }
    results = at_once(live_app, [(receive_goods, call)] * 6)
    assert refusals(results) == []
    assert len({receipt.id for receipt in results}) == 1
    assert make.count(Receipt) == 1
    level = make.level(product, make.location("DOCK"))
    assert (level.on_hand, level.incoming) == (D(60), D(40))
    assert goods.broken_laws() == []


@pytest.mark.promise("CO6")
def test_put_away_serves_who_waits_while_others_take_the_same_goods(live_app, make):
    product, shelf = make.product(), make.location("A-01")
    waiting = [make.order("confirmed", lines=[make.line(product, 3)]) for _ in range(8)]
    calls = []
    for _ in range(4):
        order = goods.purchase_order(make, (product, 5, "2"))
        line = goods.po_lines(order)[0].id
        receipt = make.do(receive_goods, purchase_order_id=order.id, lines=[Arrived(line_id=line, received=D(5))])
        calls.append((put_all_away, {"receipt_id": receipt.id, "location_id": shelf.id}))
    calls += [(bind, {"order_id": order.id}) for order in waiting]
    calls += [(serve_waiting, {"warehouse_id": make.warehouse().id})] * 3
    assert refusals(at_once(live_app, calls)) == []
    make.do(serve_waiting, warehouse_id=make.warehouse().id)
    assert (make.level(product, shelf).on_hand, make.level(product, shelf).allocated) == (D(20), D(20))
    assert sum(make.lines(order)[0].allocated for order in waiting) == D(20)
    assert goods.broken_laws() == []


@pytest.mark.promise("CO1")
def test_a_correction_never_takes_what_an_order_just_got(live_app, make):
    product = make.product(stock=10)
    orders = [make.order("confirmed", lines=[make.line(product, 2)]) for _ in range(5)]
    place = make.location()
    loss = {"product_id": product.id, "location_id": place.id, "change": D(-4), "reason": "broken"}
    results = at_once(live_app, [(bind, {"order_id": o.id}) for o in orders] + [(adjust_stock, loss)] * 2)
    refused = refusals(results)
    assert all(isinstance(error, (HeldStock, RuleBroken)) for error in refused)
    level = make.level(product)
    assert level.on_hand == D(10) - 4 * (2 - len(refused))
    assert level.allocated <= level.on_hand
    assert goods.broken_laws() == []


def test_a_delivery_ends_once(live_app, make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.shipped(make, order)
    calls = [
        (deliver, {"shipment_id": shipment.id, "received_by": "李"}),
        (deliver, {"shipment_id": shipment.id, "received_by": "王"}),
        (fail_delivery, {"shipment_id": shipment.id, "reason": "nobody there"}),
    ]
    assert len(refusals(at_once(live_app, calls))) == 2
    assert make.lines(order)[0].delivered in {D(0), D(10)}
    assert make.count(OrderLine, sa.and_(OrderLine.delivered > OrderLine.shipped)) == 0
    assert goods.broken_laws() == []
