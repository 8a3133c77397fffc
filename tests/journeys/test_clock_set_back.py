"""A clock that is set back stops nobody: what ends, ends when it began at the earliest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.departments.logistics.delivering import deliver
from app.departments.sales import service
from app.kernel import clock
from app.platform.checks import checks, run_checks
from app.records.orders.states import OrderState
from tests.support import goods

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_an_order_goes_its_way_while_the_clock_is_set_back(opened):
    make = opened
    with clock.freeze(NOON):
        order = make.order("verified", lines=[make.line(make.product(stock=30))], announce=True)
        make.do(service.confirm_order, order_id=order.id, person="王")
        held = make.do(service.hold_order, order_id=order.id, reason="credit")
    with clock.freeze(NOON - timedelta(hours=2)):
        released = make.do(service.release_order, order_id=order.id)
        shipment = goods.shipped(make, order)
    with clock.freeze(NOON - timedelta(hours=30)):
        make.do(deliver, shipment_id=shipment.id, received_by="李")
    assert released.released_at == held.held_at == NOON
    assert make.again(order).state is OrderState.FULFILLED
    assert [one.check.name for one in run_checks(checks()) if not one.is_good] == []
