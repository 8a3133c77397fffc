"""The hand-offs of the default flow open and close with what warehouse and logistics do."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.logistics.delivering import came_back, deliver, fail_delivery, replan
from app.departments.logistics.dispatching import dispatch
from app.departments.warehouse.packing import take_back
from app.departments.warehouse.putting_away import put_all_away
from app.departments.warehouse.receiving import Arrived, receive_goods
from app.platform.db import session
from app.platform.events import publish
from app.platform.process.models import FlowStep, HandOff
from app.records.supply.events import PurchaseOrderAcknowledged
from tests.support import goods
from tests.support.hand_offs import make_house


@pytest.fixture(autouse=True)
def _flow(app):
    make_house()


def clocks(*codes):
    session.rollback()
    rows = session.execute(
        sa.select(FlowStep.code, HandOff.state)
        .join(FlowStep, FlowStep.id == HandOff.step_id)
        .where(FlowStep.code.in_(codes))
        .order_by(HandOff.id)
    )
    return [(row.code, row.state.value) for row in rows]


def test_goods_that_arrive_pass_from_purchasing_to_warehouse_to_finance(make):
    product, shelf = make.product(), make.location("A-01")
    order = goods.purchase_order(make, (product, 10, "2"))
    make.do(lambda _actor: publish(PurchaseOrderAcknowledged(purchase_order_id=order.id)))
    assert clocks("H5", "H6") == [("H5", "offered")]
    line = goods.po_lines(order)[0]
    receipt = make.do(receive_goods, purchase_order_id=order.id, lines=[Arrived(line_id=line.id, received=Decimal(10))])
    assert clocks("H5", "H6") == [("H5", "offered")]
    make.do(put_all_away, receipt_id=receipt.id, location_id=shelf.id)
    assert clocks("H5", "H6") == [("H5", "completed"), ("H6", "offered")]


def test_the_way_out_passes_from_warehouse_to_logistics_to_the_customer(make):
    product, shelf = make.product(), make.location("A-01")
    order = make.order("confirmed", lines=[make.line(product, 10)])
    supply = goods.purchase_order(make, (product, 10, "2"))
    line = goods.po_lines(supply)[0]
    receipt = make.do(
        receive_goods, purchase_order_id=supply.id, lines=[Arrived(line_id=line.id, received=Decimal(10))]
    )
    make.do(put_all_away, receipt_id=receipt.id, location_id=shelf.id)
    assert clocks("H2", "H7", "H8") == [("H2", "offered")]
    shipment = goods.ready(make, order)
    assert clocks("H2", "H7", "H8") == [("H2", "completed"), ("H7", "offered")]
    make.do(dispatch, shipment_id=shipment.id)
    assert clocks("H7", "H8") == [("H7", "completed"), ("H8", "offered")]
    make.do(fail_delivery, shipment_id=shipment.id, reason="nobody there")
    make.do(replan, shipment_id=shipment.id)
    assert clocks("H8") == [("H8", "completed"), ("H8", "offered")]
    make.do(deliver, shipment_id=shipment.id, received_by="李")
    assert clocks("H8", "H11") == [("H8", "completed"), ("H8", "completed"), ("H11", "offered")]


def test_what_is_fetched_back_is_the_warehouses_again(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.ready(make, order)
    make.do(take_back, shipment_id=shipment.id, reason="wrong label")
    assert clocks("H2", "H7") == [("H7", "cancelled"), ("H2", "offered")]


def test_what_came_back_is_prepared_again(make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.shipped(make, order)
    make.do(fail_delivery, shipment_id=shipment.id, reason="refused")
    make.do(came_back, shipment_id=shipment.id, location_id=make.location().id)
    assert clocks("H2", "H8") == [("H8", "completed"), ("H2", "offered")]
