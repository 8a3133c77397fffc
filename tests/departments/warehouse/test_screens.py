"""The warehouse's work in the browser, from the delivery note to the dock."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.warehouse.picking import pick_all
from app.departments.warehouse.planning import plan_shipment
from app.departments.warehouse.receiving import Arrived, receive_goods
from app.platform.db import session
from app.records.shipping.models import Package, Shipment, ShipmentState
from app.records.stock.models import LocationKind, StockMove
from app.records.supply.models import Receipt, ReceiptLine
from tests.support import goods

D = Decimal


def newest(model):
    session.rollback()
    session.expunge_all()
    found = session.scalars(sa.select(model).order_by(model.id.desc()).limit(1)).one()
    session.expunge_all()
    return found


def test_a_delivery_is_booked_and_put_away(browse, make):
    product, shelf = make.product(), make.location("A-01")
    waiting = make.order("confirmed", lines=[make.line(product, 6)])
    order = goods.purchase_order(make, (product, 10, "2"))
    line = goods.po_lines(order)[0]
    site = browse("warehouse")
    assert order.number in site.get("/warehouse/expected/").text
    assert product.code in site.get(f"/warehouse/expected/{order.id}/").text
    address = f"/warehouse/expected/{order.id}/receive/"
    page = site.get(address).text
    key = re.search(r'name="intake_key" value="(\w+)"', page)[1]
    form = {"intake_key": key, "delivery_note": "LS-5", f"l{line.id}-received": "9", f"l{line.id}-rejected": "1"}
    refused = site.post(address, data=form)
    assert (refused.status_code, "Say why it was rejected." in refused.text) == (422, True)
    assert 'value="9"' in refused.text
    assert make.count(Receipt) == 0
    form[f"l{line.id}-reject_reason"] = "bent"
    booked = site.post(address, data=form)
    receipt = newest(Receipt)
    assert booked.headers["Location"] == f"/warehouse/receipts/{receipt.id}/put-away/"
    site.post(address, data=form)
    assert make.count(Receipt) == 1
    page = site.get(booked.headers["Location"]).text
    assert "A-01" in page
    row = newest(ReceiptLine).id
    receipt = newest(Receipt)
    away = {f"r{row}-location_id": str(shelf.id), f"r{row}-quantity": "9"}
    assert site.post(booked.headers["Location"], data=away).status_code == 422
    away[f"r{row}-quantity"] = "8"
    assert site.post(booked.headers["Location"], data=away).status_code == 302
    assert make.level(product, shelf).on_hand == D(8)
    assert make.lines(waiting)[0].allocated == D(6)
    assert "LS-5" in site.get(f"/warehouse/receipts/{receipt.id}/").text
    assert receipt.number in site.get("/warehouse/receipts/").text


def test_an_order_is_planned_picked_on_a_phone_packed_and_handed_over(browse, make):
    first, second = make.product(weight_kg=D("0.5")), make.product(stock=20)
    make.stock(first, 5, location=goods.shelf(make, "A-00", 1))
    order = make.order("in_fulfilment", lines=[make.line(first, 5), make.line(second, 4)], allocate=True)
    site = browse("warehouse")
    assert order.number in site.get("/warehouse/orders/?f.what=plan").text
    assert site.get(f"/warehouse/orders/{order.id}/").status_code == 200
    planned = site.post("/warehouse/orders/action/plan/", data={"id": order.id, "_go": "1", "planned_on": "2026-12-01"})
    assert planned.status_code == 302
    assert site.get(planned.headers["Location"]).status_code == 200
    assert order.number not in site.get("/warehouse/orders/?f.what=plan").text
    shipment = newest(Shipment)
    assert shipment.number in site.get("/warehouse/shipments/").text
    walk = site.get(f"/warehouse/pick-list/?id={shipment.id}").text
    assert walk.index("A-00") < walk.index("A-01")
    assert "A-00" in site.get("/warehouse/pick-list/").text
    near, far = goods.tasks(shipment)
    back = site.post(f"/warehouse/pick-tasks/{near.id}/", data={"walk": shipment.id})
    assert back.headers["Location"] == f"/warehouse/pick-list/?id={shipment.id}"
    wrong = site.post(f"/warehouse/pick-tasks/{far.id}/", data={"walk": shipment.id, "found": "4"})
    assert (wrong.status_code, "From 0 to less than 4." in wrong.text) == (422, True)
    again = site.post(f"/warehouse/pick-tasks/{near.id}/", data={"walk": shipment.id})
    assert again.status_code == 422
    site.post(f"/warehouse/pick-tasks/{far.id}/", data={"walk": shipment.id, "found": "3", "reason": "box empty"})
    site.post(f"/warehouse/pick-tasks/{goods.tasks(shipment)[2].id}/", data={"walk": shipment.id})
    assert "Everything is picked" in site.get(f"/warehouse/pick-list/?id={shipment.id}").text
    one, two = goods.shipment_lines(shipment)
    address = f"/warehouse/shipments/{shipment.id}/pack/"
    assert site.get(f"{address}?packages=2").status_code == 200
    boxes = {"packages": "2", f"p1-q{one.id}": "5", f"p1-q{two.id}": "1", f"p2-q{two.id}": "2", "p2-weight_kg": "1.5"}
    refused = site.post(address, data=boxes)
    assert (refused.status_code, "Line 2: 4 picked, 3 in packages." in refused.text) == (409, True)
    boxes[f"p2-q{two.id}"] = "3"
    assert site.post(address, data=boxes).status_code == 302
    session.rollback()
    weights = session.scalars(sa.select(Package.weight_kg).order_by(Package.position)).all()
    assert weights == [None, D("1.5")]
    handed = site.post("/warehouse/shipments/action/hand_over/", data={"id": shipment.id, "_go": "1", "dock": "D2"})
    assert handed.status_code == 302
    assert make.again(shipment).state is ShipmentState.READY
    page = site.get(f"/warehouse/shipments/{shipment.id}/").text
    assert "D2" in page
    assert "Take back" in page
    assert goods.broken_laws() == []


def test_stock_is_counted_corrected_and_moved(browse, make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 25)
    level, target = make.level(product), goods.shelf(make, "B-1", 20)
    site = browse("warehouse")
    assert product.code in site.get("/warehouse/stock/?f.what=there").text
    page = site.get(f"/warehouse/stock/{level.id}/").text
    assert order.number in page
    lost = site.post(
        "/warehouse/stock/action/adjust/", data={"id": level.id, "_go": "1", "change": "-6", "reason": "x"}
    )
    assert (lost.status_code, f"{order.number}/1: 25 since" in lost.text) == (409, True)
    site.post("/warehouse/stock/action/count/", data={"id": level.id, "_go": "1", "counted": "31"})
    moved = {"id": level.id, "_go": "1", "target_id": target.id, "quantity": "2"}
    assert site.post("/warehouse/stock/action/transfer/", data=moved).status_code == 302
    assert (make.level(product).on_hand, make.level(product, target).on_hand) == (D(29), D(2))
    assert site.get("/warehouse/moves/").status_code == 200


def test_a_shipment_goes_back_step_by_step(browse, make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.ready(make, order)
    site = browse("warehouse")
    for action, values, state in (
        ("take_back", {"reason": "wrong label"}, ShipmentState.PACKED),
        ("unpack", {}, ShipmentState.PICKED),
        ("unpick", {}, ShipmentState.DRAFT),
        ("cancel", {"reason": "customer waits"}, ShipmentState.CANCELLED),
    ):
        data = {"id": shipment.id, "_go": "1", **values}
        assert site.post(f"/warehouse/shipments/action/{action}/", data=data).status_code == 302
        assert make.again(shipment).state is state
    stale = site.post("/warehouse/shipments/action/unpack/", data={"id": shipment.id, "_go": "1"})
    assert stale.status_code == 409


@pytest.mark.parametrize(("role", "status"), [("sales", 403), ("logistics", 403), (None, 302)])
def test_the_warehouses_work_is_closed_to_others(browse, make, role, status):
    product, shelf = make.product(stock=30), make.location("A-01")
    order = goods.held_order(make, product, 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    supply = goods.purchase_order(make, (product, 10, "2"))
    line = goods.po_lines(supply)[0].id
    receipt = make.do(receive_goods, purchase_order_id=supply.id, lines=[Arrived(line_id=line, received=D(5))])
    moves, site = make.count(StockMove), browse(role)
    for address in (
        f"/warehouse/pick-list/?id={shipment.id}",
        f"/warehouse/shipments/{shipment.id}/pack/",
        f"/warehouse/expected/{supply.id}/receive/",
        f"/warehouse/receipts/{receipt.id}/put-away/",
    ):
        assert site.get(address).status_code == status
    posts = {
        f"/warehouse/pick-tasks/{goods.tasks(shipment)[0].id}/": {},
        "/warehouse/shipments/action/pick_all/": {"id": shipment.id, "_go": "1"},
        "/warehouse/shipments/action/cancel/": {"id": shipment.id, "_go": "1", "reason": "x"},
        "/warehouse/orders/action/plan/": {"id": order.id, "_go": "1"},
        "/warehouse/stock/action/adjust/": {"id": make.level(product).id, "_go": "1", "change": "1", "reason": "x"},
        f"/warehouse/expected/{supply.id}/receive/": {f"l{line}-received": "1"},
        f"/warehouse/receipts/{receipt.id}/put-away/": {"r1-location_id": str(shelf.id)},
    }
    for address, values in posts.items():
        assert site.post(address, data=values).status_code == (401 if role is None else status)
    assert make.count(StockMove) == moves
    assert make.again(shipment).state is ShipmentState.DRAFT
    assert make.count(Receipt) == 1


def test_garbage_is_answered_with_a_sentence(browse, make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    make.do(pick_all, shipment_id=shipment.id)
    supply = goods.purchase_order(make, (make.product(), 10, "2"))
    site = browse("warehouse")
    for address in ("/warehouse/pick-list/?id=999", "/warehouse/pick-list/?id=x", "/warehouse/shipments/999999/pack/"):
        assert site.get(address).status_code == 404
    row = goods.shipment_lines(shipment)[0].id
    bad = site.post(f"/warehouse/shipments/{shipment.id}/pack/", data={f"p1-q{row}": "many", "packages": "-4"})
    assert bad.status_code == 422
    assert site.post(f"/warehouse/expected/{supply.id}/receive/", data={}).status_code == 422
    line = goods.po_lines(supply)[0].id
    text = site.post(f"/warehouse/expected/{supply.id}/receive/", data={f"l{line}-received": "1e99"})
    assert text.status_code == 422
    assert make.count(Receipt) == 0


def test_both_languages(browse, make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = make.do(plan_shipment, order_id=order.id)
    make.location("BLOCKED", kind=LocationKind.BLOCKED)
    site = browse("warehouse", language="zh_Hans_CN")
    page = site.get(f"/warehouse/pick-list/?id={shipment.id}").text
    assert "拣货单" in page
    assert "件" in page
