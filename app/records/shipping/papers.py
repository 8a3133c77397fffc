"""What the papers of a shipment share: its head, and its goods counted in the units that were agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.platform.db import session
from app.records import papers
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Company, Party
from app.records.shipping.models import Carrier, PickTask, Shipment, ShipmentLine
from app.records.stock.models import Lot, StockLevel


@dataclass(frozen=True, slots=True)
class AgreedLine:
    """A shipment line beside what was agreed about it."""

    row: ShipmentLine
    line: OrderLine
    code: str
    base: Unit
    unit: Unit | None
    lot: str


def agreed_lines(shipment: Shipment) -> list[AgreedLine]:
    """The lines in the order's own order, with the lots that were taken."""
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(ShipmentLine, OrderLine, Product.code, base, Unit)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(Product, Product.id == OrderLine.product_id)
        .join(base, base.id == Product.base_unit_id)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .where(ShipmentLine.shipment_id == shipment.id)
        .order_by(OrderLine.position)
    ).all()
    lots = _lots(shipment)
    return [AgreedLine(row, line, code, own, unit, lots.get(row.id, "")) for row, line, code, own, unit in rows]


def _lots(shipment: Shipment) -> dict[int, str]:
    """Shipment line -> codes of the lots it was picked from."""
    rows = session.execute(
        sa.select(PickTask.shipment_line_id, Lot.code)
        .join(StockLevel, StockLevel.id == PickTask.level_id)
        .join(Lot, Lot.id == StockLevel.lot_id)
        .where(PickTask.shipment_id == shipment.id, PickTask.picked > 0)
        .order_by(PickTask.shipment_line_id, Lot.code)
        .distinct()
    )
    found: dict[int, str] = {}
    for line_id, code in rows:
        found[line_id] = f"{found[line_id]}, {code}" if line_id in found else code
    return found


def head_of(shipment: Shipment, language: str) -> dict[str, Any]:
    """Fields that delivery note and packing slip have in common."""
    order = session.get_one(Order, shipment.order_id)
    customer = session.get_one(Party, order.customer_id)
    carrier = session.get(Carrier, shipment.carrier_id) if shipment.carrier_id else None
    return {
        "number": shipment.number or "",
        "company": papers.letterhead(session.get_one(Company, order.company_id), language),
        "deliver_to": papers.receiver(shipment.address, customer),
        "order_numbers": (order.number,) if order.number else (),
        "customer_order_numbers": (order.customer_order_number,) if order.customer_order_number else (),
        "carrier": carrier.name if carrier else "",
    }


def language_of(shipment: Shipment) -> str:
    """Goods travel with papers in their customer's language."""
    order = session.get_one(Order, shipment.order_id)
    return session.get_one(Party, order.customer_id).language
