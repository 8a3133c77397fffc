"""The rows of the house, made from the laid out tables by one INSERT ... SELECT each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from app.platform.db import Base
from app.platform.db.changes import AUDITED
from app.platform.events.models import StoredEvent
from app.platform.process.models import HandOff, HandOffPause
from app.records.billing.models import (
    OPENING_KEY,
    Invoice,
    InvoiceLine,
    InvoiceState,
    Payment,
    Settlement,
)
from app.records.orders.models import Order, OrderHold, OrderLine, Origin
from app.records.parties.models import BillingPolicy, PriceBasis
from app.records.shipping.models import Package, PackageLine, PickTask, Shipment, ShipmentLine
from app.records.stock.models import Allocation, MoveKind, StockMove
from app.surfaces.cli.demo.bulk.journeys import STEPS
from app.surfaces.cli.demo.bulk.stage import CUSTOMERS, GOODS, JOURNEYS, LINES, ORDERS

HELD = "orders.order.held"
WHY_HELD = "等客户确认图纸"
#: event -> (moment of the journey, subject)
EVENTS = {
    "orders.order.received": ("received", "orders"),
    "orders.order.verified": ("verified", "orders"),
    "orders.order.confirmed": ("confirmed", "orders"),
    "stock.order.allocated": ("allocated", "orders"),
    "shipping.shipment.departed": ("shipped", "shipments"),
    "shipping.shipment.delivered": ("delivered", "shipments"),
    "billing.invoice.posted": ("invoiced", "invoices"),
    "orders.order.completed": ("paid", "orders"),
    "orders.order.cancelled": ("cancelled", "orders"),
    HELD: ("held", "orders"),
}
SUBJECTS = {
    "H7": "shipments",
    "H8": "shipments",
    "H9": "shipments",
    "H10": "invoices",
}

j, c, g, o, n = JOURNEYS.c, CUSTOMERS.c, GOODS.c, ORDERS.c, LINES.c
_ways = ORDERS.join(JOURNEYS, j.id == o.journey_id)
_headers = _ways.join(CUSTOMERS, c.id == o.customer_id)
_lines = LINES.join(ORDERS, o.number == n.number).join(JOURNEYS, j.id == o.journey_id).join(GOODS, g.id == n.good_id)
_ids: Mapping[str, Any] = {"orders": o.id, "shipments": o.shipment_id, "invoices": o.invoice_id}
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class House:
    """What all rows of a batch share."""

    company_id: int
    warehouse_id: int
    carrier_id: int | None
    source: str
    by: str
    flow_version_id: int
    #: step -> (id, department it comes from, department it goes to, target in minutes, a person there)
    steps: Mapping[str, tuple[int, int | None, int, int, int | None]]


def write(connection: sa.Connection, house: House) -> None:
    """All rows of the batch, parents first."""
    _put(connection, Order, _order(house), _headers, order_by=o.number)
    _put(connection, OrderLine, _line(), _lines, order_by=n.id)
    _put(connection, OrderHold, _hold(house), _ways, j.held.is_not(None))
    _put(connection, Shipment, _shipment(house), _headers, j.ready.is_not(None), order_by=o.number)
    _put(connection, ShipmentLine, _shipment_line(), _lines, j.ready.is_not(None), order_by=n.id)
    _put(connection, StockMove, _move(house), _lines, j.shipped.is_not(None), order_by=n.id)
    _put(connection, Allocation, _allocation(), _lines, j.holds == 1, order_by=n.id)
    _prepare(connection)
    _put(connection, Invoice, _invoice(house), _headers, j.invoiced.is_not(None), order_by=o.number)
    _put(connection, InvoiceLine, _invoice_line(), _lines, j.invoiced.is_not(None), order_by=n.id)
    _put(connection, Payment, _payment(house), _headers, j.paid.is_not(None), order_by=o.number)
    _put(connection, Settlement, _settlement(house), _ways, j.paid.is_not(None), order_by=o.number)
    for code in STEPS:
        offered = j[f"{code.lower()}_offered"]
        _put(connection, HandOff, _hand_off(house, code), _ways, offered.is_not(None), order_by=o.number)
    _pause(connection, house)
    for name, (moment, subject) in EVENTS.items():
        values = _event(house, name, moment, subject)
        _put(connection, StoredEvent, values, _ways, j[moment].is_not(None), order_by=o.number)


def _put(
    connection: sa.Connection,
    model: type[Base],
    values: Values,
    source: Any,
    *criteria: sa.ColumnElement[bool],
    order_by: Any = None,
) -> None:
    """One INSERT ... SELECT; columns without a value get the model's defaults."""
    columns = {name: _typed(model, name, value).label(name) for name, value in values.items()}
    query = sa.select(*columns.values()).select_from(source).where(*criteria).order_by(order_by)
    connection.execute(sa.insert(model).from_select(list(columns), query), execution_options={AUDITED: True})


def _typed(model: type[Base], name: str, value: Any) -> Any:
    is_column = isinstance(value, sa.ColumnElement | InstrumentedAttribute)
    return value if is_column else sa.literal(value, model.__table__.c[name].type)


def _where(moment: Any, value: Any) -> Any:
    """The value where the moment has come, else 0."""
    return sa.case((moment.is_not(None), value), else_=sa.literal(Decimal(0), value.type))


def _number(prefix: str) -> Any:
    """SH-0000042."""
    padded = sa.func.substr(sa.cast(o.number + 10_000_000, sa.String()), 2)
    return sa.literal(prefix) + padded


# ---------------------------------------------------------------------------------------------------- orders
def _order(house: House) -> Values:
    return {
        "id": o.id, "number": _number("SH-"), "company_id": house.company_id, "customer_id": c.id, "state": j.state,
        "origin": Origin.ENTERED, "channel": o.channel, "received_at": j.received, "owner_id": c.owner_id,
        "currency": "CNY", "price_basis": PriceBasis.INCLUDED, "net_total": o.net, "tax_total": o.tax,
        "gross_total": o.gross, "billing_policy": BillingPolicy.DELIVERED, "billing_title": c.title,
        "billing_tax_number": c.tax_number, "billing_confirmed_at": j.set_up, "billing_address_id": c.address_id,
        "shipping_address_id": c.address_id, "promised_date": j.promised_on, "verified_at": j.verified,
        "sent_at": j.verified, "confirmed_at": j.confirmed, "confirmed_how": j.confirmed_how,
        "confirmed_by": sa.case((j.confirmed.is_not(None), sa.literal("采购经理")), else_=sa.literal("")),
        "closed_at": j.closed, "close_reason": sa.case((j.cancelled.is_not(None), sa.literal("客户取消")), else_=""),
        "external_source": house.source, "external_key": sa.cast(o.number, sa.String()), "created_at": j.received,
        "updated_at": j.touched,
    }  # fmt: skip


def _line() -> Values:
    is_held = sa.case((j.holds == 1, g.quantity), else_=sa.literal(Decimal(0), g.quantity.type))
    return {
        "id": n.id, "order_id": o.id, "position": n.position, "product_id": g.product_id,
        "description": g.description, "unit_id": g.unit_id, "entered_quantity": g.quantity, "ordered": g.quantity,
        "cancelled": _where(j.cancelled, g.quantity), "allocated": is_held, "picked": _where(j.ready, g.quantity),
        "packed": _where(j.ready, g.quantity), "shipped": _where(j.shipped, g.quantity),
        "delivered": _where(j.delivered, g.quantity), "invoiced": _where(j.invoiced, g.quantity),
        "unit_price": g.unit_price, "list_price": g.unit_price, "tax_percent": g.tax_percent, "net": g.net, "tax": g.tax,
        "gross": g.gross, "promised_date": j.promised_on, "first_promised_date": j.promised_on,
    }  # fmt: skip


def _hold(house: House) -> Values:
    return {"order_id": o.id, "reason": WHY_HELD, "held_at": j.held, "held_by": house.by}


# --------------------------------------------------------------------------------------------------- shipping
def _shipment(house: House) -> Values:
    return {
        "id": o.shipment_id, "number": _number("SHD-"), "order_id": o.id, "warehouse_id": house.warehouse_id,
        "state": j.shipment_state, "address": c.address, "planned_on": sa.func.coalesce(j.shipped_on, j.promised_on),
        "carrier_id": house.carrier_id, "tracking_number": _number("SJ"), "picked_at": j.allocated,
        "packed_at": j.ready, "ready_at": j.ready, "shipped_at": j.shipped, "delivered_at": j.delivered,
        "received_by": sa.case((j.delivered.is_not(None), sa.literal("收货处")), else_=sa.literal("")),
        "created_at": j.allocated, "updated_at": sa.func.coalesce(j.delivered, j.shipped, j.ready),
    }  # fmt: skip


def _shipment_line() -> Values:
    return {
        "shipment_id": o.shipment_id, "order_line_id": n.id, "planned": g.quantity, "picked": g.quantity,
        "packed": g.quantity, "shipped": _where(j.shipped, g.quantity), "delivered": _where(j.delivered, g.quantity),
        "invoiced": _where(j.invoiced, g.quantity),
    }  # fmt: skip


def _move(house: House) -> Values:
    return {
        "company_id": house.company_id, "product_id": g.product_id, "location_id": g.location_id,
        "kind": MoveKind.SHIPMENT, "quantity": g.quantity_out, "unit_cost": g.unit_cost, "value": g.value_out,
        "reason": _number("SH-"), "occurred_on": j.shipped_on, "booked_at": j.shipped, "booked_by": house.by,
        "document_table": "shipments", "document_id": o.shipment_id, "order_line_id": n.id,
    }  # fmt: skip


def _allocation() -> Values:
    return {
        "order_line_id": n.id, "level_id": g.level_id, "quantity": g.quantity, "picked": _where(j.ready, g.quantity),
        "created_at": j.allocated, "updated_at": j.allocated,
    }  # fmt: skip


def _prepare(connection: sa.Connection) -> None:
    """What is packed and has not left: its pick tasks, and a package for each shipment."""
    standing = (j.ready.is_not(None), j.shipped.is_(None))
    parts = _lines.join(ShipmentLine, ShipmentLine.order_line_id == n.id).join(
        Allocation, Allocation.order_line_id == n.id
    )
    task = {
        "shipment_id": o.shipment_id, "shipment_line_id": ShipmentLine.id, "allocation_id": Allocation.id,
        "level_id": g.level_id, "quantity": g.quantity, "picked": g.quantity, "is_done": True,
    }  # fmt: skip
    _put(connection, PickTask, task, parts, *standing, order_by=n.id)
    package = {"shipment_id": o.shipment_id, "position": 1, "kind": "纸箱", "weight_kg": Decimal(12)}
    _put(connection, Package, package, _ways, *standing, order_by=o.number)
    inside = parts.join(Package, Package.shipment_id == o.shipment_id)
    line = {"package_id": Package.id, "shipment_line_id": ShipmentLine.id, "quantity": g.quantity}
    _put(connection, PackageLine, line, inside, *standing, order_by=n.id)


# ---------------------------------------------------------------------------------------------------- billing
def _invoice(house: House) -> Values:
    return {
        "id": o.invoice_id, "number": _number("SHI-"), "intake_key": _number(f"{OPENING_KEY}SHI-"),
        "state": InvoiceState.POSTED, "company_id": house.company_id,
        "customer_id": c.id, "order_id": o.id, "shipment_id": o.shipment_id, "currency": "CNY",
        "price_basis": PriceBasis.INCLUDED, "net_total": o.net, "tax_total": o.tax, "gross_total": o.gross,
        "settled": _where(j.paid, o.gross), "issued_on": j.invoiced_on, "due_on": j.due_on, "billing_title": c.title,
        "billing_tax_number": c.tax_number, "billing_address": c.address, "posted_at": j.invoiced,
        "posted_by": house.by, "created_at": j.invoiced, "updated_at": sa.func.coalesce(j.paid, j.invoiced),
    }  # fmt: skip


def _invoice_line() -> Values:
    return {
        "invoice_id": o.invoice_id, "position": n.position, "order_line_id": n.id, "description": g.description,
        "unit_label": g.unit_label, "quantity": g.quantity, "unit_price": g.unit_price, "tax_percent": g.tax_percent,
        "net": g.net, "tax": g.tax, "gross": g.gross,
    }  # fmt: skip


def _payment(house: House) -> Values:
    return {
        "id": o.payment_id, "number": _number("SHP-"), "company_id": house.company_id, "party_id": c.id,
        "currency": "CNY", "amount": o.gross, "allocated": o.gross, "occurred_on": j.paid_on,
        "reference": _number("SHI-"), "booked_by": house.by, "created_at": j.paid, "updated_at": j.paid,
    }  # fmt: skip


def _settlement(house: House) -> Values:
    return {
        "invoice_id": o.invoice_id, "payment_id": o.payment_id, "amount": o.gross, "booked_at": j.paid,
        "booked_by": house.by,
    }  # fmt: skip


# ------------------------------------------------------------------------------------------ hand-offs, events
def _hand_off(house: House, code: str) -> Values:
    step_id, from_id, to_id, minutes, person_id = house.steps[code]
    subject = SUBJECTS.get(code, "orders")
    offered, accepted, ended, due = (j[f"{code.lower()}_{part}"] for part in ("offered", "accepted", "ended", "due"))
    state = sa.case(
        (ended.is_not(None), "completed"),
        (due.is_(None), "paused"),
        (accepted.is_not(None), "accepted"),
        else_="offered",
    )
    person = sa.literal(person_id, HandOff.__table__.c.assignee_id.type)
    return {
        "flow_version_id": house.flow_version_id, "step_id": step_id, "subject_table": subject,
        "subject_id": _ids[subject], "root_table": "orders", "root_id": o.id, "from_department_id": from_id,
        "to_department_id": to_id, "state": state, "target_minutes": minutes, "offered_at": offered,
        "accepted_at": accepted, "completed_at": ended, "ended_at": ended, "due_at": due, "offered_by": house.by,
        "assignee_id": sa.case((accepted.is_not(None), person)), "created_at": offered,
        "ended_by": sa.case((ended.is_not(None), sa.literal(house.by)), else_=sa.literal("")),
        "updated_at": sa.func.coalesce(ended, accepted, offered),
    }  # fmt: skip


def _pause(connection: sa.Connection, house: House) -> None:
    """An order on hold stops the clocks of its hand-offs."""
    values = {
        "hand_off_id": HandOff.id, "since": sa.case((j.held > HandOff.offered_at, j.held), else_=HandOff.offered_at),
        "reason": WHY_HELD, "paused_by": house.by, "cause": HELD,
    }  # fmt: skip
    source = _ways.join(HandOff, sa.and_(HandOff.root_table == "orders", HandOff.root_id == o.id))
    _put(connection, HandOffPause, values, source, HandOff.due_at.is_(None), HandOff.ended_at.is_(None))


def _event(house: House, name: str, moment: str, subject: str) -> Values:
    return {
        "name": name, "occurred_at": j[moment], "subject_table": subject, "subject_id": _ids[subject],
        "root_table": "orders", "root_id": o.id, "actor_name": house.by, "payload": {},
    }  # fmt: skip
