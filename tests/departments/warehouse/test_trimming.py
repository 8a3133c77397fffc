"""Sales cancels while the warehouse picks: the pick list holds what the order still wants."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.departments.sales.errors import GoodsArePicked
from app.departments.sales.service.cancellation import cancel_order, cancel_part
from app.departments.warehouse.picking import pick, pick_all
from app.departments.warehouse.planning import plan_shipment
from app.records.shipping.models import ShipmentLine, ShipmentState
from tests.support import goods

D = Decimal


def test_a_cancelled_order_is_not_picked(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    make.do(cancel_order, order_id=order.id, reason="customer closed")
    assert make.again(shipment).state is ShipmentState.CANCELLED
    assert goods.tasks(shipment) == []
    assert make.count(ShipmentLine) == 0
    assert [event.subject_id for event in goods.events("shipping.shipment.cancelled")] == [shipment.id]
    assert goods.broken_laws() == []


def test_a_smaller_line_is_picked_smaller(make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 10)
    (line,) = make.lines(order)
    first = make.do(plan_shipment, order_id=order.id, quantities={line.id: D(6)})
    second = make.do(plan_shipment, order_id=order.id)
    make.do(cancel_part, order_id=order.id, line_id=line.id, quantity=D(5), reason="too many")
    assert [task.quantity for task in goods.tasks(first)] == [D(5)]
    assert make.again(second).state is ShipmentState.CANCELLED
    make.do(pick_all, shipment_id=first.id)
    assert (make.lines(order)[0].picked, make.level(product).allocated) == (D(5), D(5))
    assert goods.broken_laws() == []


def test_what_is_picked_stays_and_ends_the_list(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    (task,) = goods.tasks(shipment)
    make.do(pick, task_id=task.id, quantity=D(6))
    (line,) = make.lines(order)
    with pytest.raises(GoodsArePicked):
        make.do(cancel_part, order_id=order.id, line_id=line.id, quantity=D(5), reason="too many")
    make.do(cancel_part, order_id=order.id, line_id=line.id, quantity=D(4), reason="too many")
    assert make.again(shipment).state is ShipmentState.PICKED
    assert [(one.quantity, one.picked, one.is_done) for one in goods.tasks(shipment)] == [(D(6), D(6), True)]
    assert goods.broken_laws() == []
