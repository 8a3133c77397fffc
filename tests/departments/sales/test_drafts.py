"""Changing drafts, going back, copying."""

from __future__ import annotations

from contextlib import nullcontext
from decimal import Decimal

import pytest

from app.departments.sales import service
from app.kernel.errors import Conflict, InvalidInput, NotPermitted, WrongState
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OrderState


def update(shop, order, lines, role="sales", **values):
    version = values.pop("version", shop.make.again(order).version)
    return shop.do(service.update_draft, role, order_id=order.id, version=version, lines=lines, **values)


@pytest.mark.parametrize(("role", "allowed"), [("sales", True), ("finance", False), (None, False)])
def test_changing_a_draft_is_for_sales(shop, role, allowed):
    order = shop.take()
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        update(shop, order, [shop.line("5")], role)
    (line,) = shop.make.lines(order)
    assert line.ordered == Decimal(5 if allowed else 10)
    assert (shop.make.again(order).version > order.version) is allowed


def test_lines_keep_their_row_swap_places_go_and_come(shop):
    order = shop.take(shop.line("1"), shop.line("2"), shop.line("3"))
    first, second, third = shop.make.lines(order)
    update(shop, order, [shop.line("9"), shop.line("3", line_id=third.id), shop.line("1.0", line_id=first.id)])
    found = shop.make.lines(order)
    assert [(line.position, line.ordered) for line in found] == [(1, Decimal(9)), (2, Decimal(3)), (3, Decimal(1))]
    assert [line.id for line in found[1:]] == [third.id, first.id]
    assert shop.make.count(OrderLine, OrderLine.id == second.id) == 0
    assert shop.make.again(order).gross_total == Decimal("130.00")


@pytest.mark.promise("CO3")
def test_two_editors_one_is_told_what_the_other_saved(shop):
    order = shop.take()
    (line,) = shop.make.lines(order)
    seen = order.version
    update(
        shop,
        order,
        [shop.line("5", unit="pcs", unit_price=Decimal(10), line_id=line.id)],
        customer_order_number="A-1",
        version=seen,
    )
    with pytest.raises(Conflict) as refusal:
        update(
            shop,
            order,
            [shop.line("7", unit="pcs", unit_price=Decimal(10), line_id=line.id)],
            customer_order_number="B-2",
            version=seen,
        )
    assert refusal.value.changes == {"customer_order_number": ("A-1", "B-2"), "lines.1.quantity": ("5", "7")}
    assert shop.make.lines(order)[0].ordered == Decimal(5)


def test_a_changed_word_raises_the_version_so_that_an_older_link_is_older(shop):
    order = shop.take()
    (line,) = shop.make.lines(order)
    values = shop.line(unit_price=Decimal(10), description="in blue", line_id=line.id)
    assert update(shop, order, [values]).version > order.version


def test_a_line_of_another_order_is_refused(shop):
    order, other = shop.take(), shop.take(shop.line("3"))
    (foreign,) = shop.make.lines(other)
    with pytest.raises(InvalidInput) as refusal:
        update(shop, order, [shop.line("1", line_id=foreign.id)])
    assert list(refusal.value.fields) == ["lines"]
    assert [line.ordered for line in (*shop.make.lines(order), *shop.make.lines(other))] == [Decimal(10), Decimal(3)]


def test_a_verified_order_goes_back_before_it_is_changed(shop):
    order = shop.verified()
    with pytest.raises(WrongState):
        update(shop, order, [shop.line("1")])
    with pytest.raises(NotPermitted):
        shop.do(service.reopen_order, "warehouse", order_id=order.id)
    assert shop.make.again(order).state is OrderState.VERIFIED
    again = shop.do(service.reopen_order, order_id=order.id)
    assert (again.state, again.verified_at) == (OrderState.DRAFT, None)
    update(shop, order, [shop.line("1")])
    assert shop.make.lines(order)[0].ordered == Decimal(1)


def test_a_copy_takes_todays_list_price_and_keeps_an_agreed_one(shop):
    order = shop.take(shop.line("1"), shop.line("2", unit_price=Decimal("7.77")), customer_order_number="PO-1")
    shop.make.price(shop.product, "12", minimum_quantity=Decimal(1))
    copy = shop.do(service.copy_order, order_id=order.id)
    assert (copy.state, copy.customer_order_number, copy.customer_id) == (OrderState.DRAFT, "", order.customer_id)
    assert [line.unit_price for line in shop.make.lines(copy)] == [Decimal(12), Decimal("7.77")]
    assert copy.number != order.number


def test_copying_is_for_sales(shop):
    order = shop.take()
    with pytest.raises(NotPermitted):
        shop.do(service.copy_order, "purchasing", order_id=order.id)
    assert shop.make.count(Order) == 1
