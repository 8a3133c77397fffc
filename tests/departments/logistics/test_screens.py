"""Logistics' work in the browser, from the dock to the customer's signature, and what the customer sees."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import pytest

from app.departments.logistics.dispatching import dispatch
from app.departments.logistics.tracking import add_tracking, make_tracking_link
from app.platform.files import StoredFile
from app.records.shipping.models import Carrier, ShipmentState, TrackingEvent, TrackingKind, Vehicle
from app.records.stock.models import MoveKind, StockMove
from tests.departments.logistics.test_delivery import PNG
from tests.support import goods

D = Decimal


def test_a_shipment_is_assigned_sent_and_delivered_with_a_photo(browse, make):
    product = make.product(stock=30)
    order = goods.held_order(make, product, 10)
    shipment, carrier = goods.ready(make, order), goods.carrier(make)
    make.change(shipment, carrier_id=None)
    site = browse("logistics")
    assert shipment.number in site.get("/logistics/shipments/?f.state=ready").text
    step = {"id": shipment.id, "_go": "1"}
    nobody = site.post("/logistics/shipments/action/dispatch/", data=step)
    assert (nobody.status_code, "Say first who carries shipment" in nobody.text) == (409, True)
    assigned = site.post(
        "/logistics/shipments/action/assign/", data={**step, "carrier_id": carrier.id, "tracking_number": "SF1"}
    )
    assert assigned.status_code == 302
    assert site.post("/logistics/shipments/action/dispatch/", data=step).status_code == 302
    again = site.post("/logistics/shipments/action/dispatch/", data=step)
    assert again.status_code == 409
    assert make.level(product).on_hand == D(20)
    assert shipment.number in site.get("/logistics/shipments/?f.state=shipped&f.state=failed").text
    seen = {**step, "kind": "in_transit", "place": "杭州", "is_public": "y"}
    assert site.post("/logistics/shipments/action/track/", data=seen).status_code == 302
    assert make.count(TrackingEvent, TrackingEvent.kind == TrackingKind.IN_TRANSIT) == 1
    address = f"/logistics/shipments/{shipment.id}/deliver/"
    row = goods.shipment_lines(shipment)[0].id
    assert 'value="10"' in site.get(address).text
    empty = site.post(address, data={})
    assert (empty.status_code, make.again(shipment).state) == (422, ShipmentState.SHIPPED)
    much = site.post(address, data={"received_by": "李", f"q{row}": "11"})
    assert (much.status_code, "Between 0 and 10." in much.text) == (422, True)
    wrong = site.post(address, data={"received_by": "李", f"q{row}": "10", "proof": (io.BytesIO(b"MZ"), "a.exe")})
    assert wrong.status_code == 422
    assert make.count(StoredFile) == 0
    done = site.post(address, data={"received_by": "李", f"q{row}": "8", "proof": (io.BytesIO(PNG), "signed.png")})
    assert done.status_code == 302
    found = make.again(shipment)
    assert (found.state, found.received_by) == (ShipmentState.DELIVERED, "李")
    page = site.get(f"/logistics/shipments/{shipment.id}/").text
    assert f"/files/{found.proof_file_id}" in page
    assert "Back in stock" in page
    back = site.post("/logistics/shipments/action/came_back/", data={**step, "location_id": make.location().id})
    assert back.status_code == 302
    assert make.lines(order)[0].failed == D(2)
    assert goods.broken_laws() == []


def test_a_failed_delivery_is_sent_again(browse, make):
    shipment = goods.shipped(make, goods.held_order(make, make.product(stock=30), 10))
    site = browse("logistics")
    step = {"id": shipment.id, "_go": "1"}
    assert site.post("/logistics/shipments/action/fail/", data=step).status_code == 422
    site.post("/logistics/shipments/action/fail/", data={**step, "reason": "nobody there"})
    assert "nobody there" in site.get(f"/logistics/shipments/{shipment.id}/").text
    assert site.post("/logistics/shipments/action/replan/", data=step).status_code == 302
    assert make.again(shipment).state is ShipmentState.SHIPPED


def test_carriers_and_vehicles_are_kept(browse, make):
    site = browse("logistics")
    made = site.post(
        "/logistics/carriers/new/", data={"code": "YD", "name": "韵达", "base_charge": "8", "is_active": "y"}
    )
    assert made.status_code == 302
    assert site.post("/logistics/carriers/new/", data={"code": "YD", "name": "x"}).status_code == 409
    assert site.post("/logistics/vehicles/new/", data={"plate": "苏E1", "max_kg": "800"}).status_code == 302
    assert make.count(Carrier) == make.count(Vehicle) == 1
    assert "韵达" in site.get("/logistics/carriers/").text
    assert "苏E1" in site.get("/logistics/vehicles/").text


@pytest.mark.parametrize(("role", "status"), [("warehouse", 403), ("sales", 403), (None, 302)])
def test_the_work_of_logistics_is_closed_to_others(browse, make, role, status):
    shipment = goods.ready(make, goods.held_order(make, make.product(stock=30), 10))
    site = browse(role)
    assert site.get(f"/logistics/shipments/{shipment.id}/deliver/").status_code == status
    step = {"id": shipment.id, "_go": "1", "reason": "x", "received_by": "x"}
    for address in (
        "/logistics/shipments/action/dispatch/",
        "/logistics/shipments/action/assign/",
        "/logistics/shipments/action/fail/",
        f"/logistics/shipments/{shipment.id}/deliver/",
        "/logistics/carriers/new/",
    ):
        assert site.post(address, data=step).status_code == (401 if role is None else status)
    assert make.again(shipment).state is ShipmentState.READY
    assert make.count(StockMove, StockMove.kind == MoveKind.SHIPMENT) == 0


def test_the_customer_follows_his_order_and_nothing_else(browse, make):
    product = make.product(name="球阀 DN25", stock=6, units={"box": 3})
    order = goods.held_order(make, product, 10, customer_order_number="4500-77", internal_note="slow payer")
    carrier = goods.carrier(make, tracking_url="https://carrier.example/{number}")
    shipment = goods.ready(make, order)
    make.change(shipment, tracking_number="SF123", carrier_id=carrier.id)
    make.do(dispatch, shipment_id=shipment.id)
    make.do(add_tracking, shipment_id=shipment.id, kind=TrackingKind.IN_TRANSIT, place="杭州")
    make.do(add_tracking, shipment_id=shipment.id, kind=TrackingKind.NOTE, note="driver is late again", is_public=False)
    page = browse("logistics").post(f"/logistics/shipments/{shipment.id}/link/").text
    address = re.search(r'value="http://[^/"]+(/t/[^"]+)"', page)[1]
    answer = browse(None).get(address)
    assert answer.status_code == 200
    for shown in (
        order.number,
        "4500-77",
        "球阀 DN25",
        shipment.number,
        "速捷",
        "https://carrier.example/SF123",
        "杭州",
    ):
        assert shown in answer.text
    for hidden in ("driver is late again", "slow payer", "10.00", "100.00", "the logistics", "tests"):
        assert hidden not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_that_is_no_link_opens_nothing(browse, make):
    order = goods.held_order(make, make.product(stock=30), 10)
    shipment = goods.ready(make, order)
    token = make.do(make_tracking_link, shipment_id=shipment.id)
    site = browse(None)
    assert site.get(f"/t/{token}/").status_code == 200
    for wrong in (token[:-1], token + "x", "garbage", "x" * 500):
        assert site.get(f"/t/{wrong}/").status_code == 404
