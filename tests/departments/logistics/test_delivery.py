"""The end of the way: signed for, failed, tried again, or back in stock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.logistics.delivering import came_back, deliver, fail_delivery, replan
from app.departments.logistics.tracking import TRACK, make_tracking_link
from app.kernel import clock
from app.kernel.errors import InvalidInput, NotPermitted
from app.platform.access.links import open_link
from app.platform.db import run, session
from app.platform.files import StoredFile, keep
from app.records.orders.models import LineSource
from app.records.orders.states import OrderState
from app.records.shipping.holding import NotInState
from app.records.shipping.models import ShipmentState, TrackingEvent, TrackingKind
from app.records.stock.models import LocationKind, MoveKind, ProductCost, StockMove
from tests.support import goods

D = Decimal
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc33"
    "0000000049454e44ae426082"
)


def test_delivered_says_who_took_it_and_when(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.shipped(make, order)
    at = clock.now() + timedelta(minutes=1)
    make.do(
        deliver,
        make.actor("logistics"),
        shipment_id=shipment.id,
        received_by=" 李 门卫 ",
        delivered_at=at,
        proof=keep(PNG, "signed.png"),
    )
    found = make.again(shipment)
    assert (found.state, found.received_by, found.delivered_at) == (ShipmentState.DELIVERED, "李 门卫", at)
    (proof,) = goods._all(sa.select(StoredFile))
    assert (proof.id, proof.row_id, proof.purpose) == (found.proof_file_id, shipment.id, "proof")
    assert make.lines(order)[0].delivered == D(10)
    (event,) = goods.events("shipping.shipment.delivered")
    assert (event.payload["received_by"], event.occurred_at) == ("李 门卫", at)
    assert [one.subject_id for one in goods.events("shipping.order.first_delivered")] == [order.id]
    assert goods.broken_laws() == []


def test_only_the_first_delivery_of_an_order_is_its_first(make):
    product = make.product(stock=6)
    order = goods.held_order(make, product, 10)
    make.do(deliver, shipment_id=goods.shipped(make, order).id, received_by="李")
    make.stock(product, 4)
    from app.departments.warehouse.serving import serve_waiting

    make.do(serve_waiting, warehouse_id=make.warehouse().id)
    make.do(deliver, shipment_id=goods.shipped(make, order).id, received_by="李")
    assert len(goods.events("shipping.shipment.delivered")) == 2
    assert len(goods.events("shipping.order.first_delivered")) == 1
    assert make.lines(order)[0].delivered == D(10)


def test_a_delivery_needs_a_name_a_possible_time_and_goods(make):
    shipment = goods.shipped(make, goods.held_order(make, make.product(stock=30), 10))
    row = goods.shipment_lines(shipment)[0].id
    for values, field in (
        ({"received_by": " "}, "received_by"),
        ({"received_by": "李", "delivered_at": datetime(2099, 1, 1, tzinfo=UTC)}, "delivered_at"),
        ({"received_by": "李", "delivered_at": datetime(2020, 1, 1, tzinfo=UTC)}, "delivered_at"),
        ({"received_by": "李", "quantities": {row: D(11)}}, f"quantities.{row}"),
        ({"received_by": "李", "quantities": {row: D(0)}}, "quantities"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            make.do(deliver, shipment_id=shipment.id, **values)
        assert set(refusal.value.fields) == {field}
    assert make.again(shipment).state is ShipmentState.SHIPPED
    assert goods.broken_laws() == []


def test_what_was_not_handed_over_comes_back_into_stock(make):
    product = make.product()
    make.stock(product, 30, unit_cost="2.5")
    order = goods.held_order(make, product, 10)
    shipment = goods.shipped(make, order)
    row = goods.shipment_lines(shipment)[0].id
    make.do(deliver, shipment_id=shipment.id, received_by="李", quantities={row: D(8)})
    assert make.again(order).state is OrderState.FULFILLED
    blocked = make.location("B-1", kind=LocationKind.BLOCKED)
    make.do(came_back, shipment_id=shipment.id, location_id=blocked.id, note="two cartons wet")
    (line,) = make.lines(order)
    assert (line.shipped, line.delivered, line.failed, line.to_ship, line.allocated) == (D(10), D(8), D(2), D(2), D(0))
    assert make.level(product, blocked).on_hand == D(2)
    assert make.again(shipment).state is ShipmentState.DELIVERED
    assert make.again(order).state is OrderState.IN_FULFILMENT
    assert [event.subject_id for event in goods.events("stock.order.short")] == [order.id]
    with pytest.raises(InvalidInput):
        make.do(came_back, shipment_id=shipment.id, location_id=blocked.id)
    assert goods.broken_laws() == []


def test_a_failed_delivery_is_tried_again(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.shipped(make, order)
    actor = make.actor("logistics")
    make.do(fail_delivery, actor, shipment_id=shipment.id, reason="nobody there")
    assert (make.again(shipment).state, make.again(shipment).failure_reason) == (ShipmentState.FAILED, "nobody there")
    assert make.lines(order)[0].failed == D(0)
    make.do(replan, actor, shipment_id=shipment.id)
    assert make.again(shipment).state is ShipmentState.SHIPPED
    make.do(deliver, actor, shipment_id=shipment.id, received_by="李")
    kinds = [row.kind for row in goods._all(sa.select(TrackingEvent).order_by(TrackingEvent.id))]
    assert kinds == [TrackingKind.DEPARTED, TrackingKind.FAILED, TrackingKind.REPLANNED, TrackingKind.DELIVERED]
    assert make.count(StockMove, StockMove.kind == MoveKind.SHIPMENT) == 1
    assert goods.broken_laws() == []


@pytest.mark.parametrize("source", [LineSource.STOCK, LineSource.BUY_TO_ORDER])
def test_what_comes_back_costs_what_it_left_with_and_serves_the_same_order(make, source):
    product = make.product()
    make.stock(product, 10, unit_cost="2.5")
    order = goods.held_order(make, product, 10)
    make.change(make.lines(order)[0], source=source)
    shipment = goods.shipped(make, order)
    make.stock(product, 10, unit_cost="4")
    make.do(fail_delivery, shipment_id=shipment.id, reason="refused")
    make.do(came_back, make.actor("logistics"), shipment_id=shipment.id, location_id=make.location().id)
    move = session.scalars(sa.select(StockMove).where(StockMove.kind == MoveKind.FAILED_DELIVERY)).one()
    assert (move.quantity, move.unit_cost, move.value) == (D(10), D("2.5"), D(25))
    cost = session.scalars(sa.select(ProductCost)).one()
    assert (cost.on_hand, cost.value, cost.average_cost) == (D(20), D(65), D("3.25"))
    (line,) = make.lines(order)
    assert (line.shipped, line.failed, line.allocated, line.to_ship) == (D(10), D(10), D(10), D(10))
    assert make.again(shipment).state is ShipmentState.CANCELLED
    assert make.again(order).state is OrderState.IN_FULFILMENT
    assert [event.subject_id for event in goods.events("stock.order.allocated")] == [order.id]
    again = goods.shipped(make, order)
    make.do(deliver, shipment_id=again.id, received_by="李")
    (line,) = make.lines(order)
    assert (line.shipped, line.failed, line.delivered) == (D(20), D(10), D(10))
    assert goods.broken_laws() == []


def test_goods_come_back_to_a_shelf_or_a_blocked_place_of_their_warehouse(make):
    shipment = goods.shipped(make, goods.held_order(make, make.product(stock=30), 10))
    make.do(fail_delivery, shipment_id=shipment.id, reason="refused")
    dock = make.location("DOCK", kind=LocationKind.RECEIVING)
    far = make.location("X-1", warehouse=make.warehouse("SECOND"))
    for place in (dock, far):
        with pytest.raises(InvalidInput) as refusal:
            make.do(came_back, shipment_id=shipment.id, location_id=place.id)
        assert set(refusal.value.fields) == {"location_id"}
    assert make.again(shipment).state is ShipmentState.FAILED


@pytest.mark.promise("IV1")
def test_steps_come_in_their_order(make):
    shipment = goods.ready(make, goods.held_order(make, make.product(stock=30), 10))
    place = make.location()
    for use_case, values in (
        (deliver, {"received_by": "李"}),
        (fail_delivery, {"reason": "x"}),
        (replan, {}),
        (came_back, {"location_id": place.id}),
    ):
        with pytest.raises(NotInState):
            make.do(use_case, shipment_id=shipment.id, **values)
    assert make.again(shipment).state is ShipmentState.READY


@pytest.mark.parametrize("role", ["warehouse", "sales", None])
def test_delivering_is_for_logistics(make, role):
    actor = make.actor(role)
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.shipped(make, order)
    place = make.location()
    for use_case, values in ((deliver, {"received_by": "李"}), (fail_delivery, {"reason": "x"})):
        with pytest.raises(NotPermitted):
            run(use_case, actor, shipment_id=shipment.id, **values)
    make.do(fail_delivery, shipment_id=shipment.id, reason="x")
    for use_case, values in ((replan, {}), (came_back, {"location_id": place.id})):
        with pytest.raises(NotPermitted):
            run(use_case, actor, shipment_id=shipment.id, **values)
    assert make.again(shipment).state is ShipmentState.FAILED
    assert (make.lines(order)[0].delivered, make.lines(order)[0].failed) == (D(0), D(0))


def test_a_tracking_link_opens_its_order_only(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.ready(make, order)
    with pytest.raises(NotPermitted):
        run(make_tracking_link, make.actor("finance"), shipment_id=shipment.id)
    token = make.do(make_tracking_link, make.actor("sales"), shipment_id=shipment.id)
    link = open_link(token, TRACK)
    assert (link.table, link.row_id) == ("orders", order.id)
    assert link.actor.subject == ("orders", order.id)
