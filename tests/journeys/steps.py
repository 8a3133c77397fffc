"""Steps of a journey that more than one order takes, and looks into the books between them."""

from __future__ import annotations

import re

import sqlalchemy as sa

from app.platform.db import session
from app.records.shipping.models import Shipment


def one(model, *criteria):
    """The newest row as it is in the database now."""
    session.rollback()
    session.expunge_all()
    found = session.scalars(sa.select(model).where(*criteria).order_by(model.id.desc())).first()
    session.expunge_all()
    return found


def open_steps(order):
    """Codes of the hand-offs that are open under an order."""
    session.rollback()
    found = session.execute(
        sa.text(
            "select s.code from hand_offs h join flow_steps s on s.id = h.step_id"
            " where h.root_table = 'orders' and h.root_id = :id and h.ended_at is null order by s.code"
        ),
        {"id": order.id},
    )
    return [row.code for row in found]


def address_in(page):
    """The link a page shows, as a path."""
    return re.search(r'value="https?://[^/"]+(/[^"]+)"', page).group(1)


def pack_and_hand_over(warehouse, order):
    """The warehouse plans, picks, packs and hands over all that is held for an order; the shipment."""
    warehouse.do(f"/warehouse/orders/action/plan/?id={order.id}")
    shipment = one(Shipment)
    warehouse.do(f"/warehouse/shipments/action/pick_all/?id={shipment.id}")
    warehouse.press(f"/warehouse/shipments/{shipment.id}/", "/action/pack/")
    warehouse.do(f"/warehouse/shipments/action/hand_over/?id={shipment.id}", dock="D2")
    return shipment


def send_off(logistics, shipment, carrier):
    """Logistics gives a shipment to a carrier."""
    logistics.do(
        f"/logistics/shipments/action/assign/?id={shipment.id}", carrier_id=carrier.id, tracking_number="SF123"
    )
    logistics.do(f"/logistics/shipments/action/dispatch/?id={shipment.id}")
