"""How the shared records introduce themselves on desks: number, party, size."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext

from app.platform.backoffice import format  # noqa: A004  the room's own word for it
from app.platform.db import session
from app.platform.process import SubjectLine, introduce
from app.records.billing.models import Invoice
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Party
from app.records.returns.models import CustomerReturn, SupplierReturn
from app.records.shipping.models import Shipment
from app.records.supply.models import PurchaseOrder, Receipt


def introduce_records() -> None:
    """Tell the desks about the shared records."""
    introduce("orders", _orders)
    introduce("shipments", _shipments)
    introduce("purchase_orders", _purchase_orders)
    introduce("receipts", _receipts)
    introduce("invoices", _invoices)
    introduce("customer_returns", _customer_returns)
    introduce("supplier_returns", _supplier_returns)


Rows = Mapping[int, SubjectLine]


def _each(statement: Any, line: Callable[[Any], SubjectLine]) -> Rows:
    return {row.id: line(row) for row in session.execute(statement)}


def _orders(ids: Collection[int]) -> Rows:
    lines = (
        sa.select(OrderLine.order_id, sa.func.count().label("count"))
        .where(OrderLine.order_id.in_(ids))
        .group_by(OrderLine.order_id)
        .subquery()
    )
    statement = (
        sa.select(Order.id, Order.number, Order.promised_date, Party.name, lines.c.count)
        .outerjoin(Party, Party.id == Order.customer_id)
        .outerjoin(lines, lines.c.order_id == Order.id)
        .where(Order.id.in_(ids))
    )
    return _each(
        statement,
        lambda row: SubjectLine(
            number=row.number or gettext("draft %(id)s", id=row.id),
            party=row.name or "",
            note=gettext("for %(day)s", day=format.day(row.promised_date)) if row.promised_date else "",
            size=ngettext("%(num)s line", "%(num)s lines", row.count or 0),
        ),
    )


def _shipments(ids: Collection[int]) -> Rows:
    statement = (
        sa.select(Shipment.id, Shipment.number, Shipment.order_id, Shipment.dock, Shipment.planned_on, Party.name)
        .join(Order, Order.id == Shipment.order_id)
        .outerjoin(Party, Party.id == Order.customer_id)
        .where(Shipment.id.in_(ids))
    )
    return _each(
        statement,
        lambda row: SubjectLine(
            number=row.number or f"#{row.id}",
            party=row.name or "",
            note=gettext("dock %(dock)s", dock=row.dock) if row.dock else "",
            size=format.day(row.planned_on) if row.planned_on else "",
        ),
    )


def _purchase_orders(ids: Collection[int]) -> Rows:
    statement = (
        sa.select(PurchaseOrder.id, PurchaseOrder.number, Party.name)
        .outerjoin(Party, Party.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id.in_(ids))
    )
    return _each(
        statement,
        lambda row: SubjectLine(
            number=row.number or f"#{row.id}",
            party=row.name or "",
        ),
    )


def _receipts(ids: Collection[int]) -> Rows:
    statement = (
        sa.select(
            Receipt.id,
            Receipt.number,
            Receipt.delivery_note,
            PurchaseOrder.number.label("purchase_order"),
            Party.name,
        )
        .outerjoin(PurchaseOrder, PurchaseOrder.id == Receipt.purchase_order_id)
        .outerjoin(Party, Party.id == PurchaseOrder.supplier_id)
        .where(Receipt.id.in_(ids))
    )
    return _each(
        statement,
        lambda row: SubjectLine(
            number=row.number or f"#{row.id}",
            party=row.name or "",
            note=" · ".join(filter(None, (row.purchase_order, row.delivery_note))),
        ),
    )


def _invoices(ids: Collection[int]) -> Rows:
    statement = (
        sa.select(
            Invoice.id,
            Invoice.number,
            Invoice.due_on,
            Invoice.currency,
            (Invoice.gross_total - Invoice.settled).label("open"),
            Party.name,
        )
        .outerjoin(Party, Party.id == Invoice.customer_id)
        .where(Invoice.id.in_(ids))
    )
    return _each(
        statement,
        lambda row: SubjectLine(
            number=row.number or f"#{row.id}",
            party=row.name or "",
            note=gettext("due %(time)s", time=format.day(row.due_on)),
            size=f"{format.amount(row.open, row.currency)} {row.currency}",
        ),
    )


def _customer_returns(ids: Collection[int]) -> Rows:
    statement = (
        sa.select(CustomerReturn.id, CustomerReturn.number, Order.number.label("order_number"), Party.name)
        .join(Order, Order.id == CustomerReturn.order_id)
        .outerjoin(Party, Party.id == Order.customer_id)
        .where(CustomerReturn.id.in_(ids))
    )
    return _each(
        statement,
        lambda row: SubjectLine(
            number=row.number or f"#{row.id}",
            party=row.name or "",
            note=row.order_number or "",
        ),
    )


def _supplier_returns(ids: Collection[int]) -> Rows:
    statement = (
        sa.select(SupplierReturn.id, SupplierReturn.number, PurchaseOrder.number.label("order_number"), Party.name)
        .join(PurchaseOrder, PurchaseOrder.id == SupplierReturn.purchase_order_id)
        .outerjoin(Party, Party.id == PurchaseOrder.supplier_id)
        .where(SupplierReturn.id.in_(ids))
    )
    return _each(
        statement,
        lambda row: SubjectLine(
            number=row.number or f"#{row.id}",
            party=row.name or "",
            note=row.order_number or "",
        ),
    )
