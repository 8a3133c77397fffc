"""The books are put right, with a reason, and never over the head of who holds the goods."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.warehouse import queries
from app.departments.warehouse.counting import adjust_stock, count_stock, transfer_stock
from app.departments.warehouse.picking import pick_all
from app.departments.warehouse.planning import plan_shipment
from app.departments.warehouse.refusals import HeldStock
from app.departments.warehouse.serving import serve_waiting
from app.kernel.errors import InvalidInput, NotPermitted
from app.platform.db import run, session
from app.platform.jobs import Job
from app.records.catalog.models import ProductKind
from app.records.stock.models import LocationKind, MoveKind, ProductCost, StockMove
from tests.support import goods

D = Decimal


def last_move():
    session.rollback()
    return session.scalars(sa.select(StockMove).order_by(StockMove.id.desc()).limit(1)).one()


def test_a_correction_moves_stock_and_value(make):
    product = make.product()
    make.stock(product, 100, unit_cost="2")
    place = make.location()
    make.do(
        adjust_stock,
        make.actor("warehouse"),
        product_id=product.id,
        location_id=place.id,
        change=D(-3),
        reason="damaged",
    )
    move = last_move()
    assert (move.kind, move.quantity, move.value, move.reason) == (MoveKind.ADJUSTMENT, D(-3), D("-6.0000"), "damaged")
    make.do(adjust_stock, product_id=product.id, location_id=place.id, change=D(3), reason="found", unit_cost=D(4))
    cost = session.scalars(sa.select(ProductCost)).one()
    assert (cost.on_hand, cost.value, cost.average_cost) == (D(100), D("206.0000"), D("2.060000"))
    assert [event.payload["quantity"] for event in goods.events("stock.product.adjusted")] == ["-3", "3"]
    assert goods.broken_laws() == []


def test_a_correction_names_who_holds_what_it_would_take(make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 25)
    with pytest.raises(HeldStock) as refusal:
        make.do(adjust_stock, product_id=product.id, location_id=make.location().id, change=D(-6), reason="damaged")
    assert f"25 are held: {order.number}/1: 25 since " in str(refusal.value)
    assert make.level(product).on_hand == D(30)


@pytest.mark.parametrize(
    ("change", "reason", "field"), [(D(0), "x", "change"), (D(1), " ", "reason"), (D(-31), "x", "change")]
)
def test_a_correction_needs_a_quantity_and_a_reason(make, change, reason, field):
    product = make.product(stock=30)
    with pytest.raises(InvalidInput) as refusal:
        make.do(adjust_stock, product_id=product.id, location_id=make.location().id, change=change, reason=reason)
    assert set(refusal.value.fields) == {field}
    assert make.level(product).on_hand == D(30)


def test_services_have_no_stock(make):
    service = make.product(kind=ProductKind.SERVICE)
    with pytest.raises(InvalidInput):
        make.do(adjust_stock, product_id=service.id, location_id=make.location().id, change=D(1), reason="x")


def test_a_count_books_the_difference_only(make):
    product = make.product(stock=30)
    level = make.level(product)
    result = make.do(count_stock, make.actor("warehouse"), level_id=level.id, counted=D(37), expected=D(30))
    assert (result.expected, result.counted, result.difference) == (D(30), D(37), D(7))
    assert (last_move().kind, last_move().reason) == (MoveKind.COUNT, "counted 37, expected 30")
    moves = make.count(StockMove)
    assert make.do(count_stock, level_id=level.id, counted=D(37)).difference == D(0)
    assert make.count(StockMove) == moves


def test_a_count_neither_expects_nor_misses_what_was_picked(make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 10)
    make.do(pick_all, shipment_id=make.do(plan_shipment, order_id=order.id).id)
    level = make.level(product)
    assert make.do(count_stock, level_id=level.id, counted=D(20)).difference == D(0)
    assert make.do(count_stock, level_id=level.id, counted=D(19)).difference == D(-1)
    assert make.level(product).on_hand == D(29)


def test_a_count_that_was_overtaken_is_asked_again(make):
    product = make.product(stock=30)
    level = make.level(product)
    make.stock(product, 5)
    with pytest.raises(InvalidInput) as refusal:
        make.do(count_stock, level_id=level.id, counted=D(30), expected=D(30))
    assert "the books said 30, now 35" in str(refusal.value.fields["counted"])
    assert make.level(product).on_hand == D(35)


def test_goods_found_serve_who_waits(make):
    product = make.product()
    order = make.order("confirmed", lines=[make.line(product, 6)])
    make.do(adjust_stock, product_id=product.id, location_id=make.location().id, change=D(4), reason="found")
    assert make.lines(order)[0].allocated == D(4)
    assert goods.broken_laws() == []


def test_free_stock_moves_and_held_stock_stays(make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 25)
    target = goods.shelf(make, "B-1", 20)
    level = make.level(product)
    make.do(transfer_stock, make.actor("warehouse"), level_id=level.id, target_id=target.id, quantity=D(5))
    assert (make.level(product).on_hand, make.level(product, target).on_hand) == (D(25), D(5))
    with pytest.raises(HeldStock) as refusal:
        make.do(transfer_stock, level_id=level.id, target_id=target.id, quantity=D(1))
    assert order.number in str(refusal.value)
    cost = session.scalars(sa.select(ProductCost)).one()
    assert (cost.on_hand, cost.value) == (D(30), D("30.0000"))
    assert goods.broken_laws() == []


def test_goods_released_from_a_blocked_place_serve_who_waits(make):
    product = make.product()
    blocked = make.location("B-9", kind=LocationKind.BLOCKED)
    make.stock(product, 8, location=blocked)
    order = make.order("confirmed", lines=[make.line(product, 6)])
    level = make.level(product, blocked)
    make.do(transfer_stock, level_id=level.id, target_id=make.location().id, quantity=D(8))
    assert make.lines(order)[0].allocated == D(6)


@pytest.mark.parametrize("role", ["sales", "logistics", None])
def test_stock_is_changed_by_the_warehouse(make, role):
    product = make.product(stock=30)
    level, place, target = make.level(product), make.location(), goods.shelf(make, "B-1", 20)
    refused = (
        (adjust_stock, {"product_id": product.id, "location_id": place.id, "change": D(1), "reason": "x"}),
        (count_stock, {"level_id": level.id, "counted": D(1)}),
        (transfer_stock, {"level_id": level.id, "target_id": target.id, "quantity": D(1)}),
        (serve_waiting, {"warehouse_id": make.warehouse().id}),
    )
    for use_case, values in refused:
        with pytest.raises(NotPermitted):
            run(use_case, make.actor(role), **values)
    assert make.count(StockMove) == 1
    assert make.level(product).on_hand == D(30)


def test_free_stock_reaches_who_waits_when_asked(make):
    product = make.product()
    order = make.order("confirmed", lines=[make.line(product, 6)])
    make.stock(product, 4)
    assert make.do(serve_waiting, make.actor("warehouse"), warehouse_id=make.warehouse().id) == 1
    assert make.lines(order)[0].allocated == D(4)
    assert make.do(serve_waiting, warehouse_id=make.warehouse().id) == 0
    assert make.count(Job) == 0


def test_why_a_line_is_short_names_holders_and_what_is_coming(make):
    product = make.product(stock=10)
    first = goods.held_order(make, product, 10)
    waiting = make.order("confirmed", lines=[make.line(product, 6)])
    order = goods.purchase_order(make, (product, 50, "1"))
    why = queries.why_short(make.lines(waiting)[0].id)
    assert (why.stock.on_hand, why.stock.available, why.stock.incoming) == (D(10), D(0), D(50))
    assert [(one.order_number, one.quantity) for one in why.holders] == [(first.number, D(10))]
    assert [(one.number, one.quantity, one.promised_date) for one in why.coming] == [(order.number, D(50), None)]
