"""Cancelling, in whole and in part, closing short, holding."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from decimal import Decimal

import pytest

from app.departments.sales import service
from app.departments.sales.errors import (
    CancelTheOrder,
    GoodsArePicked,
    GoodsHaveLeft,
    NothingHasLeft,
    TooMuchCancelled,
)
from app.departments.sales.service.holds import NotOnHold, OnHoldAlready
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from app.platform.db import session
from app.records.orders.models import OrderHold
from app.records.orders.states import OrderState
from app.records.stock.models import Allocation


def lines(shop, order):
    return shop.make.lines(order)


def ship(shop, order, quantity, **values):
    """As if so much of the first line had left."""
    line = lines(shop, order)[0]
    left = Decimal(quantity)
    (bound,) = session.query(Allocation).filter(Allocation.order_line_id == line.id).all()
    session.expunge(bound)
    level = shop.make.level(shop.product)
    shop.make.change(bound, quantity=bound.quantity - left)
    shop.make.change(level, allocated=level.allocated - left, on_hand=level.on_hand - left)
    shop.make.change(line, allocated=line.allocated - left, shipped=left, **values)


@pytest.mark.parametrize(("role", "allowed"), [("sales", True), ("logistics", False), (None, False)])
def test_cancelling_is_for_sales(shop, role, allowed):
    order = shop.confirmed()
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.cancel_order, role, order_id=order.id, reason="changed plans")
    assert shop.make.again(order).state is (OrderState.CANCELLED if allowed else OrderState.IN_FULFILMENT)
    assert shop.make.level(shop.product).allocated == Decimal(0 if allowed else 10)


def test_a_cancelled_order_gives_everything_back_and_says_why(shop):
    order = shop.confirmed(shop.line("7"), shop.line("5"))
    shop.do(service.cancel_order, order_id=order.id, reason="changed plans")
    assert [(line.cancelled, line.allocated) for line in lines(shop, order)] == [
        (Decimal(7), Decimal(0)),
        (Decimal(5), Decimal(0)),
    ]
    found = shop.make.again(order)
    assert (found.close_reason, found.closed_at is not None) == ("changed plans", True)
    assert shop.told(order)[-1] == "cancelled"


def test_a_draft_is_cancelled_too(shop):
    order = shop.take()
    shop.do(service.cancel_order, order_id=order.id, reason="double")
    assert shop.make.again(order).state is OrderState.CANCELLED


def test_what_has_left_cannot_be_cancelled(shop):
    order = shop.confirmed()
    ship(shop, order, 4)
    with pytest.raises(GoodsHaveLeft) as refusal:
        shop.do(service.cancel_order, order_id=order.id, reason="x")
    assert refusal.value.data == {"line": 1, "quantity": "4"}
    assert (lines(shop, order)[0].cancelled, shop.make.again(order).state) == (Decimal(0), OrderState.IN_FULFILMENT)


def test_what_came_back_can_be_cancelled(shop):
    order = shop.confirmed()
    ship(shop, order, 4, failed=Decimal(1), delivered=Decimal(3), returned=Decimal(3))
    shop.do(service.cancel_order, order_id=order.id, reason="all returned")
    assert lines(shop, order)[0].cancelled == Decimal(7)


def test_picked_goods_are_put_back_before_a_cancellation(shop):
    order = shop.confirmed()
    (bound,) = session.query(Allocation).all()
    session.expunge(bound)
    shop.make.change(bound, picked=Decimal(2))
    with pytest.raises(GoodsArePicked) as refusal:
        shop.do(service.cancel_order, order_id=order.id, reason="x")
    assert "2 are picked" in str(refusal.value)
    assert shop.make.level(shop.product).allocated == Decimal(10)


@pytest.mark.parametrize("use_case", ["cancel_order", "close_short"])
def test_ending_an_order_needs_a_reason_and_the_version_shown(shop, use_case):
    order = shop.confirmed()
    ship(shop, order, 0)
    with pytest.raises(InvalidInput):
        shop.do(getattr(service, use_case), order_id=order.id, reason=" ")
    with pytest.raises(Conflict):
        shop.do(getattr(service, use_case), order_id=order.id, reason="x", version=1)
    assert shop.make.again(order).state is OrderState.IN_FULFILMENT


# ------------------------------------------------------------------------------------------------------ parts
@pytest.mark.parametrize(("role", "allowed"), [("sales", True), ("warehouse", False), (None, False)])
def test_cancelling_a_part_is_for_sales(shop, role, allowed):
    order = shop.confirmed()
    (line,) = lines(shop, order)
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.cancel_part, role, order_id=order.id, line_id=line.id, quantity=Decimal(3), reason="less")
    (line,) = lines(shop, order)
    assert (line.cancelled, line.allocated) == ((Decimal(3), Decimal(7)) if allowed else (Decimal(0), Decimal(10)))
    assert ("line_cancelled" in shop.told(order)) is allowed


def test_short_quantities_are_cancelled_before_held_ones(make):
    from tests.departments.sales.conftest import open_shop

    shop = open_shop(make, stock=6)
    order = shop.confirmed()
    (line,) = lines(shop, order)
    shop.do(service.cancel_part, order_id=order.id, line_id=line.id, quantity=Decimal(3), reason="less")
    assert (lines(shop, order)[0].allocated, lines(shop, order)[0].shortage) == (Decimal(6), Decimal(1))


def test_at_most_what_is_still_to_leave(shop):
    order = shop.confirmed()
    ship(shop, order, 4)
    (line,) = lines(shop, order)
    with pytest.raises(TooMuchCancelled) as refusal:
        shop.do(service.cancel_part, order_id=order.id, line_id=line.id, quantity=Decimal(7), reason="x")
    assert refusal.value.data == {"line": 1, "most": "6"}
    shop.do(service.cancel_part, order_id=order.id, line_id=line.id, quantity=Decimal(6), reason="x")
    assert shop.make.again(order).state is OrderState.FULFILLED


def test_the_last_piece_is_cancelled_with_the_order(shop):
    order = shop.confirmed()
    (line,) = lines(shop, order)
    with pytest.raises(CancelTheOrder):
        shop.do(service.cancel_part, order_id=order.id, line_id=line.id, quantity=Decimal(10), reason="x")


@pytest.mark.parametrize("quantity", ["0", "-1", "1.0001"])
def test_a_part_is_a_quantity(shop, quantity):
    order = shop.confirmed()
    (line,) = lines(shop, order)
    with pytest.raises(InvalidInput):
        shop.do(service.cancel_part, order_id=order.id, line_id=line.id, quantity=Decimal(quantity), reason="x")


def test_a_line_of_another_order_is_not_found(shop):
    order, other = shop.confirmed(), shop.confirmed(shop.line("3"))
    with pytest.raises(NotFound):
        shop.do(
            service.cancel_part, order_id=order.id, line_id=lines(shop, other)[0].id, quantity=Decimal(1), reason="x"
        )


# ------------------------------------------------------------------------------------------------ close short
@pytest.mark.parametrize(("role", "allowed"), [("sales", True), ("finance", False), (None, False)])
def test_closing_short_is_for_sales(shop, role, allowed):
    order = shop.confirmed()
    ship(shop, order, 4)
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.close_short, role, order_id=order.id, reason="rest not needed")
    (line,) = lines(shop, order)
    assert (line.cancelled, line.allocated) == ((Decimal(6), Decimal(0)) if allowed else (Decimal(0), Decimal(6)))
    assert shop.make.again(order).state is (OrderState.CLOSED_SHORT if allowed else OrderState.IN_FULFILMENT)
    assert ("closed_short" in shop.told(order)) is allowed


def test_nothing_delivered_is_cancelled_not_closed_short(shop):
    order = shop.confirmed()
    with pytest.raises(NothingHasLeft):
        shop.do(service.close_short, order_id=order.id, reason="x")


# ------------------------------------------------------------------------------------------------------ holds
@pytest.mark.parametrize(
    ("role", "allowed"), [("sales", True), ("director", True), ("warehouse", False), (None, False)]
)
def test_holding_and_releasing_is_for_sales_and_the_director(shop, role, allowed):
    order = shop.confirmed()
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.hold_order, role, order_id=order.id, reason="waits for the deposit")
    assert shop.make.count(OrderHold) == (1 if allowed else 0)
    if not allowed:
        shop.do(service.hold_order, order_id=order.id, reason="waits for the deposit")
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.release_order, role, order_id=order.id)
    assert shop.make.count(OrderHold, OrderHold.released_at.is_(None)) == (0 if allowed else 1)


def test_a_hold_has_a_reason_an_end_and_is_one_at_a_time(shop):
    order = shop.confirmed()
    with pytest.raises(InvalidInput):
        shop.do(service.hold_order, order_id=order.id, reason="")
    with pytest.raises(InvalidInput):
        shop.do(service.hold_order, order_id=order.id, reason="x", expected_until=date(2020, 1, 1))
    shop.do(service.hold_order, order_id=order.id, reason="waits for the deposit")
    with pytest.raises(OnHoldAlready) as refusal:
        shop.do(service.hold_order, order_id=order.id, reason="again")
    assert "waits for the deposit" in str(refusal.value)
    shop.do(service.release_order, order_id=order.id)
    with pytest.raises(NotOnHold):
        shop.do(service.release_order, order_id=order.id)
    assert shop.told(order)[-2:] == ["held", "released"]


def test_a_closed_order_is_not_held_and_cancelling_ends_a_hold(shop):
    order = shop.confirmed()
    shop.do(service.hold_order, order_id=order.id, reason="x")
    shop.do(service.cancel_order, order_id=order.id, reason="x")
    assert shop.make.count(OrderHold, OrderHold.released_at.is_(None)) == 0
    with pytest.raises(WrongState):
        shop.do(service.hold_order, order_id=order.id, reason="x")
