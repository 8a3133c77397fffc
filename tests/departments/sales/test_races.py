"""Many people at once, with real commits."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from app.departments.sales import service
from app.departments.sales.values import LineChange
from app.kernel.errors import Conflict, HandoffError, WrongState
from app.platform.db import run
from app.records.orders.models import Order, OrderAnswer, OrderLine
from app.records.stock.models import Allocation
from tests.departments.sales.conftest import open_shop

EVERYBODY = 20


def at_once(app, count, work):
    """What ``count`` threads met when they did ``work(n)`` together, by the name of the outcome."""

    def one(number):
        with app.app_context():
            try:
                work(number)
            except HandoffError as refusal:
                return type(refusal).__name__
            return "done"

    with ThreadPoolExecutor(count) as pool:
        return Counter(pool.map(one, range(count)))


@pytest.mark.promise("CO1")
def test_twenty_takers_of_the_last_units_oversell_nothing(live_app, live_make):
    shop = open_shop(live_make, stock=35)
    actor = live_make.actor("sales")
    customers = [live_make.customer().id for _ in range(EVERYBODY)]

    def take(number):
        run(service.take_order, actor, customer_id=customers[number], lines=[shop.line("3")], confirmed_by="W")

    assert at_once(live_app, EVERYBODY, take) == {"done": EVERYBODY}
    lines = [line for order in live_make.all(Order) for line in live_make.lines(order)]
    assert sum(line.ordered for line in lines) == Decimal(60)
    assert sum(line.allocated for line in lines) == Decimal(35)
    assert sum(bound.quantity for bound in live_make.all(Allocation)) == Decimal(35)
    level = live_make.level(shop.product)
    assert (level.on_hand, level.allocated) == (Decimal(35), Decimal(35))


@pytest.mark.promise("CO4")
def test_twenty_deliveries_of_one_message_are_one_order(live_app, live_make):
    shop = open_shop(live_make)
    actor = live_make.actor("sales")

    def take(_number):
        run(service.take_order, actor, customer_id=shop.customer.id, lines=[shop.line()], intake_key="mail-1")

    assert at_once(live_app, EVERYBODY, take) == {"done": EVERYBODY}
    assert (live_make.count(Order), live_make.count(OrderLine)) == (1, 1)


@pytest.mark.promise("CO2")
def test_an_order_is_confirmed_once(live_app, live_make):
    shop = open_shop(live_make)
    order = shop.verified()
    actor = live_make.actor("sales")

    def confirm(_number):
        run(service.confirm_order, actor, order_id=order.id, person="W")

    assert at_once(live_app, 8, confirm) == {"done": 1, WrongState.__name__: 7}
    assert (live_make.count(OrderAnswer), live_make.level(shop.product).allocated) == (1, Decimal(10))


@pytest.mark.promise("CO3")
def test_of_two_editors_one_is_told(live_app, live_make):
    shop = open_shop(live_make)
    order = shop.take()
    actor = live_make.actor("sales")

    def edit(number):
        run(service.update_draft, actor, order_id=order.id, version=order.version, lines=[shop.line(str(number + 1))])

    assert at_once(live_app, 6, edit) == {"done": 1, Conflict.__name__: 5}
    assert len(live_make.lines(order)) == 1


def test_of_two_amendments_of_one_quantity_one_holds(live_app, live_make):
    shop = open_shop(live_make)
    order = shop.confirmed()
    (line,) = live_make.lines(order)
    proposed = [
        shop.do(
            service.propose_amendment, order_id=order.id, reason="x",
            changes=[LineChange(line_id=line.id, quantity=Decimal(20 + number))],
        ).id
        for number in range(5)
    ]  # fmt: skip
    actor = live_make.actor("sales_manager")

    def apply(number):
        run(service.apply_amendment, actor, amendment_id=proposed[number])

    assert at_once(live_app, 5, apply) == {"done": 1, Conflict.__name__: 4}
    (line,) = live_make.lines(order)
    assert line.ordered == line.allocated == live_make.level(shop.product).allocated
