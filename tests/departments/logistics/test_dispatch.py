"""Who carries it, and the moment it leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.logistics.dispatching import assign_transport, dispatch
from app.departments.logistics.fleet import add_carrier, add_vehicle, change_carrier, change_vehicle
from app.departments.logistics.refusals import NobodyCarriesIt, TooHeavy
from app.departments.logistics.tracking import add_tracking
from app.departments.warehouse.packing import hand_to_logistics
from app.kernel.errors import Conflict, InvalidInput, NotPermitted
from app.platform.db import run, session
from app.records.orders.holds import OrderOnHold
from app.records.orders.models import OrderHold
from app.records.orders.states import OrderState
from app.records.parties.models import BillingPolicy
from app.records.shipping.holding import NotInState
from app.records.shipping.models import Carrier, ShipmentState, TrackingEvent, TrackingKind, Vehicle
from app.records.stock.models import MoveKind, ProductCost, StockMove
from tests.support import goods

D = Decimal


def waiting_at_the_dock(make, order):
    shipment = goods.packed(make, order)
    return make.do(hand_to_logistics, shipment_id=shipment.id)


def test_stock_leaves_with_the_shipment(make):
    product = make.product()
    make.stock(product, 30, unit_cost="2.5")
    order = goods.held_order(make, product, 10)
    shipment = goods.ready(make, order)
    make.do(dispatch, make.actor("logistics"), shipment_id=shipment.id)
    found = make.again(shipment)
    assert found.state is ShipmentState.SHIPPED
    assert found.shipped_at is not None
    level = make.level(product)
    assert (level.on_hand, level.allocated) == (D(20), D(0))
    (line,) = make.lines(order)
    assert (line.allocated, line.picked, line.packed, line.shipped) == (D(0), D(10), D(10), D(10))
    move = session.scalars(sa.select(StockMove).where(StockMove.kind == MoveKind.SHIPMENT)).one()
    assert (move.quantity, move.unit_cost, move.value) == (D(-10), D("2.5"), D("-25"))
    assert (move.document_table, move.document_id, move.order_line_id) == ("shipments", shipment.id, line.id)
    assert session.scalars(sa.select(ProductCost.value)).one() == D("50.0000")
    assert make.again(order).state is OrderState.FULFILLED
    assert make.count(TrackingEvent, TrackingEvent.kind == TrackingKind.DEPARTED) == 1
    assert goods.broken_laws() == []


def test_a_part_shipment_leaves_the_order_open(make):
    product = make.product(stock=6)
    order = goods.held_order(make, product, 10)
    goods.shipped(make, order)
    assert make.again(order).state is OrderState.IN_FULFILMENT
    assert make.lines(order)[0].to_ship == D(4)
    assert goods.broken_laws() == []


@pytest.mark.parametrize(
    ("policy", "billable"), [(BillingPolicy.DELIVERED, 1), (BillingPolicy.PERIOD, 1), (BillingPolicy.ORDERED, 0)]
)
def test_what_left_may_be_billed_by_the_orders_policy(make, policy, billable):
    order = goods.held_order(make, make.product(stock=30), 10, billing_policy=policy)
    shipment = goods.shipped(make, order)
    assert [event.subject_id for event in goods.events("shipping.shipment.departed")] == [shipment.id]
    assert len(goods.events("billing.shipment.billable")) == billable


@pytest.mark.promise("IV1")
def test_the_second_dispatch_is_refused_with_the_state(make):
    shipment = goods.shipped(make, goods.held_order(make, make.product(stock=30), 10))
    with pytest.raises(NotInState) as refusal:
        make.do(dispatch, shipment_id=shipment.id)
    assert str(refusal.value) == f"Shipment {shipment.number} is “shipped”: this is possible for “ready” only."
    assert make.count(StockMove, StockMove.kind == MoveKind.SHIPMENT) == 1


def test_a_held_order_does_not_leave(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.ready(make, order)
    make.row(OrderHold, order_id=order.id, reason="unpaid", held_at=datetime(2026, 3, 3, tzinfo=UTC), held_by="吴静")
    with pytest.raises(OrderOnHold):
        make.do(dispatch, shipment_id=shipment.id)
    assert make.again(shipment).state is ShipmentState.READY
    assert make.count(StockMove, StockMove.kind == MoveKind.SHIPMENT) == 0


def test_somebody_has_to_carry_it(make):
    shipment = waiting_at_the_dock(make, goods.held_order(make, make.product(stock=30), 10))
    with pytest.raises(NobodyCarriesIt):
        make.do(dispatch, shipment_id=shipment.id)


def test_a_carriers_tariff_says_what_it_should_cost(make):
    product = make.product(stock=30, weight_kg=D("0.5"))
    shipment = waiting_at_the_dock(make, goods.held_order(make, product, 10))
    carrier = goods.carrier(make, base_charge=D(12), charge_per_kg=D("2.10"))
    make.do(
        assign_transport,
        make.actor("logistics"),
        shipment_id=shipment.id,
        carrier_id=carrier.id,
        tracking_number=" SF1 ",
    )
    found = make.again(shipment)
    assert (found.expected_cost, found.tracking_number, found.vehicle_id) == (D("22.50"), "SF1", None)
    make.do(assign_transport, shipment_id=shipment.id, carrier_id=carrier.id, expected_cost=D(9))
    assert make.again(shipment).expected_cost == D(9)


def test_an_own_van_needs_its_driver_and_takes_no_more_than_it_can(make):
    product = make.product(stock=30, weight_kg=D(50))
    shipment = waiting_at_the_dock(make, goods.held_order(make, product, 10))
    van, driver = make.row(Vehicle, plate="苏E12345", max_kg=D(400)), make.user("logistics")
    with pytest.raises(InvalidInput) as refusal:
        make.do(assign_transport, shipment_id=shipment.id, vehicle_id=van.id)
    assert set(refusal.value.fields) == {"driver_id"}
    with pytest.raises(TooHeavy) as heavy:
        make.do(assign_transport, shipment_id=shipment.id, vehicle_id=van.id, driver_id=driver.id)
    assert "weighs 500 kg; 苏E12345 takes 400 kg" in str(heavy.value)
    make.change(van, max_kg=D(1500))
    make.do(assign_transport, shipment_id=shipment.id, vehicle_id=van.id, driver_id=driver.id)
    assert (make.again(shipment).vehicle_id, make.again(shipment).driver_id) == (van.id, driver.id)
    carrier = goods.carrier(make)
    with pytest.raises(InvalidInput):
        make.do(
            assign_transport, shipment_id=shipment.id, vehicle_id=van.id, driver_id=driver.id, carrier_id=carrier.id
        )
    make.change(carrier, is_active=False)
    with pytest.raises(InvalidInput) as gone:
        make.do(assign_transport, shipment_id=shipment.id, carrier_id=carrier.id)
    assert set(gone.value.fields) == {"carrier_id"}


@pytest.mark.parametrize("role", ["warehouse", "sales", None])
def test_dispatch_is_for_logistics(make, role):
    shipment = goods.ready(make, goods.held_order(make, make.product(stock=30), 10))
    carrier = goods.carrier(make)
    refused = (
        (dispatch, {"shipment_id": shipment.id}),
        (assign_transport, {"shipment_id": shipment.id, "carrier_id": carrier.id, "expected_cost": D(1)}),
        (add_tracking, {"shipment_id": shipment.id, "kind": TrackingKind.NOTE}),
        (add_carrier, {"code": "X", "name": "X"}),
        (add_vehicle, {"plate": "X"}),
        (change_carrier, {"carrier_id": carrier.id, "version": carrier.version, "code": "Y", "name": "Y"}),
    )
    for use_case, values in refused:
        with pytest.raises(NotPermitted):
            run(use_case, make.actor(role), **values)
    assert make.again(shipment).state is ShipmentState.READY
    assert make.again(shipment).expected_cost is None
    assert make.count(StockMove, StockMove.kind == MoveKind.SHIPMENT) == make.count(TrackingEvent) == 0
    assert make.again(carrier).code == "SJ"
    assert make.count(Vehicle) == 0


def test_a_fact_about_the_way_is_kept_once(make):
    shipment = goods.shipped(make, goods.held_order(make, make.product(stock=30), 10))
    values = {"shipment_id": shipment.id, "kind": TrackingKind.IN_TRANSIT, "place": "杭州", "intake_key": "scan-7"}
    first = make.do(add_tracking, make.actor("logistics"), **values)
    assert make.do(add_tracking, **values).id == first.id
    assert make.count(TrackingEvent, TrackingEvent.kind == TrackingKind.IN_TRANSIT) == 1
    with pytest.raises(InvalidInput):
        make.do(add_tracking, shipment_id=shipment.id, kind=TrackingKind.DELIVERED)
    with pytest.raises(InvalidInput):
        make.do(
            add_tracking, shipment_id=shipment.id, kind=TrackingKind.NOTE, occurred_at=datetime(2099, 1, 1, tzinfo=UTC)
        )


def test_nothing_happens_on_the_way_before_it_left(make):
    shipment = goods.ready(make, goods.held_order(make, make.product(stock=30), 10))
    with pytest.raises(NotInState):
        make.do(add_tracking, shipment_id=shipment.id, kind=TrackingKind.IN_TRANSIT)


def test_carriers_and_vans_are_kept_with_care(make):
    actor = make.actor("logistics")
    carrier = make.do(
        add_carrier, actor, code="YD", name="韵达", base_charge=D(10), tracking_url="https://yd.example/{number}"
    )
    with pytest.raises(InvalidInput) as refusal:
        make.do(add_carrier, actor, code="", name="x", base_charge=D(-1), tracking_url="http://x")
    assert set(refusal.value.fields) == {"code", "base_charge", "tracking_url"}
    make.do(change_carrier, actor, carrier_id=carrier.id, version=1, code="YD", name="韵达快递")
    with pytest.raises(Conflict) as conflict:
        make.do(change_carrier, actor, carrier_id=carrier.id, version=1, code="YD", name="other")
    assert conflict.value.changes["name"] == ("韵达快递", "other")
    van = make.do(add_vehicle, actor, plate="苏E1", max_kg=D(800))
    make.do(change_vehicle, actor, vehicle_id=van.id, version=1, plate="苏E1", is_active=False)
    assert make.again(van).is_active is False
    assert make.count(Carrier) == 1
