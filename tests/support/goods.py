"""Purchase orders, receipts and shipments for tests, and the laws of stock that hold after everything."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.logistics import dispatching
from app.departments.warehouse import packing, picking, planning
from app.kernel.money import line_amounts
from app.platform.access import house_reading
from app.platform.db import session
from app.platform.events import StoredEvent
from app.records.catalog.models import Product
from app.records.orders.fulfilment import derived_state, lines_of
from app.records.orders.models import Order, OrderLine
from app.records.shipping.models import Carrier, PickTask, Shipment, ShipmentLine
from app.records.stock import places
from app.records.stock.models import Allocation, Location, LocationKind, StockLevel, StockMove
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, PurchaseState
from tests.support.factories import Make


def purchase_order(make: Make, *lines: tuple[Product, int, str], state: str = "acknowledged", **values: Any):
    """A purchase order with lines (product, base quantity, price without tax), expected at the main warehouse."""
    supplier = make.supplier()
    warehouse = make.warehouse()
    place = make.location("DOCK", kind=LocationKind.RECEIVING)

    def add(_actor, **_):
        order = PurchaseOrder(
            company_id=warehouse.company_id, supplier_id=supplier.id, warehouse_id=warehouse.id,
            state=PurchaseState(state), **{"currency": "CNY", **values},
        )  # fmt: skip
        session.add(order)
        session.flush()
        order.number = f"PO-{order.id:05d}"
        for position, (product, quantity, price) in enumerate(lines, start=1):
            amounts = line_amounts(Decimal(quantity), Decimal(price), Decimal(13), "excluded", order.currency)
            session.add(
                PurchaseOrderLine(
                    purchase_order_id=order.id, position=position, product_id=product.id, unit_id=product.base_unit_id,
                    entered_quantity=Decimal(quantity), ordered=Decimal(quantity), unit_price=Decimal(price),
                    tax_percent=Decimal(13), net=amounts.net, tax=amounts.tax, gross=amounts.gross,
                )
            )  # fmt: skip
            order.net_total, order.tax_total = order.net_total + amounts.net, order.tax_total + amounts.tax
            order.gross_total += amounts.gross
        expected: dict[int, Decimal] = {}
        for product, quantity, _ in lines:
            expected[product.id] = expected.get(product.id, Decimal(0)) + Decimal(quantity)
        places.change_incoming(warehouse.id, expected)
        session.flush()
        return order

    assert place.warehouse_id == warehouse.id
    return make.do(add)


def po_lines(order: PurchaseOrder) -> list[PurchaseOrderLine]:
    """The lines as they are now."""
    session.rollback()
    session.expunge_all()
    here = sa.select(PurchaseOrderLine).where(PurchaseOrderLine.purchase_order_id == order.id)
    found = list(session.scalars(here.order_by(PurchaseOrderLine.position)))
    session.expunge_all()
    return found


def held_order(make: Make, product: Product, quantity: int = 10, **values: Any) -> Order:
    """An order that holds its stock."""
    return make.order("in_fulfilment", lines=[make.line(product, quantity)], allocate=True, **values)


def carrier(make: Make, **values: Any) -> Carrier:
    """A carrier."""
    return make._one(Carrier, "code", values.pop("code", "SJ"), **{"name": "速捷", **values})


def packed(make: Make, order: Order) -> Shipment:
    """All that the order holds, in one carton."""
    shipment = make.do(planning.plan_shipment, order_id=order.id)
    make.do(picking.pick_all, shipment_id=shipment.id)
    return make.do(packing.pack, shipment_id=shipment.id)


def ready(make: Make, order: Order) -> Shipment:
    """... handed to logistics, with a carrier."""
    shipment = packed(make, order)
    make.do(packing.hand_to_logistics, shipment_id=shipment.id, planned_on=date(2026, 12, 1), dock="D2")
    return make.do(dispatching.assign_transport, shipment_id=shipment.id, carrier_id=carrier(make).id)


def shipped(make: Make, order: Order) -> Shipment:
    """... and gone."""
    return make.do(dispatching.dispatch, shipment_id=ready(make, order).id)


def tasks(shipment: Shipment) -> list[PickTask]:
    """The pick list as it is now."""
    return _all(sa.select(PickTask).where(PickTask.shipment_id == shipment.id).order_by(PickTask.id))


def shipment_lines(shipment: Shipment) -> list[ShipmentLine]:
    """The shipment's lines as they are now."""
    return _all(sa.select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id).order_by(ShipmentLine.id))


def events(name: str) -> list[StoredEvent]:
    """What was published under a name."""
    return _all(sa.select(StoredEvent).where(StoredEvent.name == name).order_by(StoredEvent.id))


def _all(statement):
    session.rollback()
    session.expunge_all()
    found = list(session.scalars(statement))
    session.expunge_all()
    return found


def broken_laws() -> list[str]:
    """What can never be true, found true; an empty list is the only good answer."""
    session.rollback()
    session.expunge_all()
    with house_reading():
        return [*_levels(), *_lines(), *_states()]


def _levels() -> list[str]:
    moved = {
        (row[0], row[1], row[2]): row[3]
        for row in session.execute(
            sa.select(
                StockMove.product_id, StockMove.location_id, StockMove.lot_id, sa.func.sum(StockMove.quantity)
            ).group_by(StockMove.product_id, StockMove.location_id, StockMove.lot_id)
        )
    }
    held = dict(
        session.execute(
            sa.select(Allocation.level_id, sa.func.sum(Allocation.quantity)).group_by(Allocation.level_id)
        ).all()
    )
    found = []
    for level in session.scalars(sa.select(StockLevel)):
        place = (level.product_id, level.location_id, level.lot_id)
        if level.on_hand != moved.get(place, Decimal(0)):
            found.append(f"level {level.id}: {level.on_hand} on hand, moves say {moved.get(place)}")
        if level.allocated != held.get(level.id, Decimal(0)):
            found.append(f"level {level.id}: {level.allocated} allocated, allocations say {held.get(level.id)}")
        if level.allocated > level.on_hand:
            found.append(f"level {level.id}: more held than there is")
    return found


def _lines() -> list[str]:
    held = dict(
        session.execute(
            sa.select(Allocation.order_line_id, sa.func.sum(Allocation.quantity)).group_by(Allocation.order_line_id)
        ).all()
    )
    sent = {
        row[0]: (row[1], row[2], row[3])
        for row in session.execute(
            sa.select(
                ShipmentLine.order_line_id, sa.func.sum(ShipmentLine.shipped), sa.func.sum(ShipmentLine.delivered),
                sa.func.sum(ShipmentLine.failed),
            ).group_by(ShipmentLine.order_line_id)
        )
    }  # fmt: skip
    nothing = (Decimal(0), Decimal(0), Decimal(0))
    found = []
    for line in session.scalars(sa.select(OrderLine)):
        if line.allocated != held.get(line.id, Decimal(0)):
            found.append(f"line {line.id}: {line.allocated} allocated, allocations say {held.get(line.id)}")
        if (line.shipped, line.delivered, line.failed) != sent.get(line.id, nothing):
            found.append(f"line {line.id}: shipments say {sent.get(line.id)}")
        if line.allocated + line.shipped - line.failed > line.ordered - line.cancelled:
            found.append(f"line {line.id}: oversold")
    return found


def _states() -> list[str]:
    return [
        f"order {order.id} is {order.state}"
        for order in session.scalars(sa.select(Order).order_by(Order.id))
        if derived_state(order, lines_of(order.id)) is not order.state
    ]


def shelf(make: Make, code: str, walk_order: int) -> Location:
    """A storage place on the picker's way."""
    return make.location(code, walk_order=walk_order)
