"""From held stock to a packed shipment at the dock, and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.warehouse import queries
from app.departments.warehouse.packing import NewPackage, hand_to_logistics, pack, take_back, unpack
from app.departments.warehouse.picking import pick, pick_all, report_short, unpick
from app.departments.warehouse.planning import cancel_shipment, plan_shipment
from app.departments.warehouse.refusals import (
    MoreThanHeld,
    MustLeaveWhole,
    NothingToPlan,
    PackagesDiffer,
)
from app.kernel.errors import InvalidInput, NotPermitted, WrongState
from app.platform.db import run, session
from app.records.orders.holds import OrderOnHold
from app.records.orders.models import OrderHold
from app.records.shipping.holding import NotInState, OrderNotOpen
from app.records.shipping.models import Package, PackageLine, PickTask, Shipment, ShipmentState
from app.records.stock.models import Allocation, LocationKind, StockMove
from tests.support import goods

D = Decimal


def hold(make, order, reason="credit"):
    return make.row(
        OrderHold, order_id=order.id, reason=reason, held_at=datetime(2026, 3, 3, tzinfo=UTC), held_by="郑丽萍"
    )


def test_a_plan_takes_what_is_held_and_the_address_as_it_is_now(make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 10)
    shipment = make.do(plan_shipment, make.actor("warehouse"), order_id=order.id, planned_on=date(2026, 3, 9))
    assert (shipment.number, shipment.state) == (f"SH-26-{shipment.id:05d}", ShipmentState.DRAFT)
    assert (shipment.address["line1"], shipment.address["city"]) == ("人民路1号", "上海")
    (task,) = goods.tasks(shipment)
    assert (task.quantity, task.level_id) == (D(10), make.level(product).id)
    (event,) = goods.events("shipping.shipment.planned")
    assert (event.subject_id, event.root_id) == (shipment.id, order.id)


def test_what_is_planned_is_not_planned_again(make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 10)
    (line,) = make.lines(order)
    make.do(plan_shipment, order_id=order.id, quantities={line.id: D(4)})
    with pytest.raises(MoreThanHeld) as refusal:
        make.do(plan_shipment, order_id=order.id, quantities={line.id: D(7)})
    assert str(refusal.value) == "Line 1: 7 wanted, 6 held and not planned yet."
    second = make.do(plan_shipment, order_id=order.id)
    assert [task.quantity for task in goods.tasks(second)] == [D(6)]
    with pytest.raises(NothingToPlan):
        make.do(plan_shipment, order_id=order.id)


def test_an_order_that_leaves_in_one_piece_waits_for_all_of_it(make):
    product = make.product(stock=6)
    order = goods.held_order(make, product, 10, allows_part_shipment=False)
    with pytest.raises(MustLeaveWhole) as refusal:
        make.do(plan_shipment, order_id=order.id)
    assert refusal.value.data["missing"] == "4"
    assert make.count(Shipment) == 0


def test_held_orders_stand_still_and_say_why(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    stop = hold(make, order)
    with pytest.raises(OrderOnHold) as refusal:
        make.do(plan_shipment, order_id=order.id)
    assert str(refusal.value) == f"Order {order.number} is on hold since 2026-03-03: credit (郑丽萍)."
    make.change(stop, released_at=datetime(2026, 3, 4, tzinfo=UTC))
    shipment = make.do(plan_shipment, order_id=order.id)
    hold(make, order)
    with pytest.raises(OrderOnHold):
        make.do(pick_all, shipment_id=shipment.id)
    assert [task.picked for task in goods.tasks(shipment)] == [D(0)]


@pytest.mark.parametrize("state", ["verified", "cancelled", "closed_short", "fulfilled"])
def test_only_open_orders_are_planned(make, state):
    order = make.order(state, lines=[make.line(make.product(stock=30))], allocate=True)
    with pytest.raises(OrderNotOpen):
        make.do(plan_shipment, order_id=order.id)


def test_the_pick_list_follows_the_walk_through_the_warehouse(make):
    far, near = goods.shelf(make, "Z-9", 20), goods.shelf(make, "A-1", 10)
    first, second = make.product(), make.product()
    make.stock(first, 5, location=far)
    make.stock(second, 3, location=near)
    make.stock(second, 9, location=far)
    order = make.order("in_fulfilment", lines=[make.line(first, 5), make.line(second, 7)], allocate=True)
    shipment = make.do(plan_shipment, order_id=order.id)
    rows = queries.pick_rows([shipment.id])
    assert [(row.location, row.product_code, row.quantity) for row in rows] == [
        ("A-1", second.code, D(3)),
        ("Z-9", first.code, D(5)),
        ("Z-9", second.code, D(4)),
    ]


def test_picking_by_and_by_ends_picked(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    (task,) = goods.tasks(shipment)
    make.do(pick, make.actor("warehouse"), task_id=task.id, quantity=D(4))
    assert make.again(shipment).state is ShipmentState.PICKING
    assert make.count(Allocation, Allocation.picked == D(4)) == 1
    with pytest.raises(InvalidInput):
        make.do(pick, task_id=task.id, quantity=D(7))
    make.do(pick, task_id=task.id)
    assert make.again(shipment).state is ShipmentState.PICKED
    assert make.lines(order)[0].picked == D(10)
    assert [event.subject_id for event in goods.events("shipping.shipment.picked")] == [shipment.id]
    assert goods.broken_laws() == []


def test_what_is_not_found_is_set_aside_and_taken_from_elsewhere(make):
    product, other = make.product(), goods.shelf(make, "B-1", 2000)
    make.stock(product, 10)
    make.stock(product, 2, location=other)
    order = goods.held_order(make, product, 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    (task,) = goods.tasks(shipment)
    make.do(report_short, task_id=task.id, found=D(7), reason="box was empty")
    blocked = make.location("BLOCKED", kind=LocationKind.BLOCKED)
    assert (make.level(product).on_hand, make.level(product).allocated) == (D(7), D(7))
    assert make.level(product, blocked).on_hand == D(3)
    assert [(t.quantity, t.picked, t.short) for t in goods.tasks(shipment)] == [
        (D(10), D(7), D(3)), (D(2), D(0), D(0)),
    ]  # fmt: skip
    assert make.lines(order)[0].allocated == D(9)
    (asked,) = goods.events("stock.level.recount_asked")
    assert (asked.subject_id, asked.payload["quantity"], asked.payload["reason"]) == (product.id, "3", "box was empty")
    (short,) = goods.events("stock.order.short")
    assert short.subject_id == order.id
    make.do(pick_all, shipment_id=shipment.id)
    assert make.again(shipment).state is ShipmentState.PICKED
    assert goods.shipment_lines(shipment)[0].picked == D(9)
    assert goods.broken_laws() == []


def test_a_shipment_of_which_nothing_is_found_is_called_off(make):
    order = goods.held_order(make, make.product(stock=10), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    make.do(report_short, task_id=goods.tasks(shipment)[0].id, found=D(0))
    assert make.again(shipment).state is ShipmentState.CANCELLED
    assert make.lines(order)[0].allocated == D(0)
    assert goods.broken_laws() == []


def test_picked_goods_go_back_and_the_list_starts_again(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    make.do(pick_all, shipment_id=shipment.id)
    make.do(unpick, make.actor("warehouse"), shipment_id=shipment.id)
    assert make.again(shipment).state is ShipmentState.DRAFT
    assert [(task.picked, task.is_done) for task in goods.tasks(shipment)] == [(D(0), False)]
    assert (make.lines(order)[0].picked, make.lines(order)[0].allocated) == (D(0), D(10))
    assert make.count(Allocation, Allocation.picked > D(0)) == 0
    assert goods.broken_laws() == []


def test_packages_hold_exactly_what_was_picked(make):
    product = make.product(stock=30, weight_kg=D("0.25"))
    order = goods.held_order(make, product, 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    make.do(pick_all, shipment_id=shipment.id)
    row = goods.shipment_lines(shipment)[0].id
    with pytest.raises(PackagesDiffer) as refusal:
        make.do(pack, shipment_id=shipment.id, packages=[NewPackage(contents={row: D(9)})])
    assert str(refusal.value) == "Line 1: 10 picked, 9 in packages."
    two = [
        NewPackage(contents={row: D(6)}, kind="pallet", weight_kg=D("3.5"), length_cm=D(120)),
        NewPackage(contents={row: D(4)}),
    ]
    make.do(pack, make.actor("warehouse"), shipment_id=shipment.id, packages=two)
    found = session.scalars(sa.select(Package).order_by(Package.position)).all()
    assert [(one.kind, one.weight_kg, one.length_cm) for one in found] == [
        ("pallet", D("3.5"), D(120)), ("carton", D("1.000"), None),
    ]  # fmt: skip
    assert make.lines(order)[0].packed == D(10)
    make.do(unpack, shipment_id=shipment.id)
    assert make.count(Package) == make.count(PackageLine) == 0
    assert make.again(shipment).state is ShipmentState.PICKED
    assert (make.lines(order)[0].packed, goods.shipment_lines(shipment)[0].packed) == (D(0), D(0))


def test_handing_over_says_day_and_dock_and_ends_the_preparation(make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 10)
    (line,) = make.lines(order)
    first = make.do(plan_shipment, order_id=order.id, quantities={line.id: D(4)})
    make.do(pick_all, shipment_id=first.id)
    make.do(pack, shipment_id=first.id)
    make.do(hand_to_logistics, shipment_id=first.id, planned_on=date(2026, 3, 9), dock="D2")
    found = make.again(first)
    assert (found.state, found.planned_on, found.dock) == (ShipmentState.READY, date(2026, 3, 9), "D2")
    assert [event.subject_id for event in goods.events("shipping.shipment.ready")] == [first.id]
    assert goods.events("shipping.order.dispatch_ready") == []
    second = goods.packed(make, order)
    make.do(hand_to_logistics, make.actor("warehouse"), shipment_id=second.id)
    assert [event.subject_id for event in goods.events("shipping.order.dispatch_ready")] == [order.id]


def test_what_stands_ready_can_be_fetched_back(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.ready(make, order)
    with pytest.raises(InvalidInput):
        make.do(take_back, shipment_id=shipment.id, reason=" ")
    make.do(take_back, shipment_id=shipment.id, reason="wrong label")
    assert make.again(shipment).state is ShipmentState.PACKED
    assert [event.payload["reason"] for event in goods.events("shipping.shipment.taken_back")] == ["wrong label"]
    assert [event.subject_id for event in goods.events("shipping.order.to_prepare")] == [order.id]


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_a_shipment_called_off_gives_everything_back_to_the_order(make, steps):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    for step in (pick_all, pack, hand_to_logistics)[:steps]:
        make.do(step, shipment_id=shipment.id)
    make.do(cancel_shipment, make.actor("warehouse"), shipment_id=shipment.id, reason="customer waits")
    (line,) = make.lines(order)
    assert (line.allocated, line.picked, line.packed) == (D(10), D(0), D(0))
    assert make.count(Package) == 0
    assert [event.payload["reason"] for event in goods.events("shipping.shipment.cancelled")] == ["customer waits"]
    assert [task.quantity for task in goods.tasks(make.do(plan_shipment, order_id=order.id))] == [D(10)]
    assert goods.broken_laws() == []


def test_what_has_left_is_not_called_off(make):
    shipment = goods.shipped(make, goods.held_order(make, make.product(stock=30), 10))
    with pytest.raises(WrongState):
        make.do(cancel_shipment, shipment_id=shipment.id, reason="late")
    assert make.again(shipment).state is ShipmentState.SHIPPED


@pytest.mark.promise("IV1")
def test_steps_come_in_their_order(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    for step in (pack, unpack, hand_to_logistics, unpick):
        with pytest.raises(NotInState):
            make.do(step, shipment_id=shipment.id)
    make.do(pick_all, shipment_id=shipment.id)
    with pytest.raises(NotInState):
        make.do(pick_all, shipment_id=shipment.id)
    assert make.again(shipment).state is ShipmentState.PICKED


@pytest.mark.parametrize("role", ["sales", "logistics", None])
def test_preparing_goods_is_for_the_warehouse(make, role):
    actor = make.actor(role)
    order = goods.held_order(make, make.product(stock=30), 10)
    (line,) = make.lines(order)
    with pytest.raises(NotPermitted):
        run(plan_shipment, actor, order_id=order.id)
    assert make.count(Shipment) == 0
    shipment = make.do(plan_shipment, order_id=order.id, quantities={line.id: D(5)})
    task = goods.tasks(shipment)[0].id
    picked = make.do(plan_shipment, order_id=order.id)
    make.do(pick_all, shipment_id=picked.id)
    refused = (
        (pick_all, {"shipment_id": shipment.id}),
        (pick, {"task_id": task}),
        (report_short, {"task_id": task, "found": D(0)}),
        (unpick, {"shipment_id": picked.id}),
        (pack, {"shipment_id": picked.id}),
        (cancel_shipment, {"shipment_id": shipment.id, "reason": "x"}),
    )
    moves = make.count(StockMove)
    for use_case, values in refused:
        with pytest.raises(NotPermitted):
            run(use_case, actor, **values)
    make.do(pack, shipment_id=picked.id)
    for use_case in (unpack, hand_to_logistics):
        with pytest.raises(NotPermitted):
            run(use_case, actor, shipment_id=picked.id)
    make.do(hand_to_logistics, shipment_id=picked.id)
    with pytest.raises(NotPermitted):
        run(take_back, actor, shipment_id=picked.id, reason="x")
    assert make.again(shipment).state is ShipmentState.DRAFT
    assert make.again(picked).state is ShipmentState.READY
    assert make.count(PickTask, PickTask.picked > D(0)) == 1
    assert make.count(StockMove) == moves
