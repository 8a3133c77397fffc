"""What screens show of returns, read through the reader's rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from app.kernel.quantity import split_units
from app.platform.db import session
from app.records.billing.models import Invoice, InvoiceLine
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order, OrderLine
from app.records.returns.models import (
    CustomerReturn,
    CustomerReturnFinding,
    CustomerReturnLine,
    CustomerReturnRefund,
    ReturnState,
    SupplierReturn,
    SupplierReturnLine,
)
from app.records.stock.models import Location
from app.records.supply.models import ReceiptLine


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """A line of a return with what people need to know it by."""

    row: CustomerReturnLine
    line: OrderLine
    code: str
    unit: Unit | None
    base_unit: Unit | None

    @property
    def has_boxes(self) -> bool:
        """Whether it was sold in a unit larger than pieces."""
        return self.line.unit_factor != 1

    def boxes(self, quantity: Decimal) -> tuple[Decimal, Decimal]:
        """Whole sold units and the rest in pieces."""
        return split_units(quantity, self.line.unit_factor)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """What was found, where it lies, and the order that replaces it."""

    finding: CustomerReturnFinding
    description: str
    place: str
    replacement: str
    may_be_taken_back: bool


@dataclass(frozen=True, slots=True)
class SupplierReturnRow:
    """A line of goods that go back to their supplier."""

    line: SupplierReturnLine
    product: Product
    place: str


def return_rows(return_id: int) -> list[ReturnRow]:
    """The lines of a return by the order's positions; one statement."""
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(CustomerReturnLine, OrderLine, Product.code, Unit, base)
        .join(OrderLine, OrderLine.id == CustomerReturnLine.order_line_id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .outerjoin(base, base.id == Product.base_unit_id)
        .where(CustomerReturnLine.return_id == return_id)
        .order_by(OrderLine.position)
    )
    return [ReturnRow(row, line, code or "", unit, own or unit) for row, line, code, unit, own in rows]


def finding_rows(return_id: int) -> list[FindingRow]:
    """What was found so far, the latest first."""
    f = CustomerReturnFinding
    rows = session.execute(
        sa.select(f, OrderLine.description, Location.code, Order.number, CustomerReturnLine)
        .join(CustomerReturnLine, CustomerReturnLine.id == f.line_id)
        .join(OrderLine, OrderLine.id == CustomerReturnLine.order_line_id)
        .outerjoin(Location, Location.id == f.location_id)
        .outerjoin(Order, Order.id == f.replacement_order_id)
        .where(f.return_id == return_id)
        .order_by(f.id.desc())
    )
    return [
        FindingRow(
            found, description, place or "", number or "",
            found.taken_back_at is None and found.remedy.value == "none" and line.held >= found.quantity,
        )
        for found, description, place, number, line in rows
    ]  # fmt: skip


def credit_notes_of(return_id: int) -> list[Invoice]:
    """The credit notes that refund a return, as far as the reader may see them."""
    lines = (
        sa.select(InvoiceLine.invoice_id)
        .join(CustomerReturnRefund, CustomerReturnRefund.credit_line_id == InvoiceLine.id)
        .where(CustomerReturnRefund.return_id == return_id)
    )
    return list(session.scalars(sa.select(Invoice).where(Invoice.id.in_(lines)).order_by(Invoice.id)))


def returns_of_order(order_id: int) -> Sequence[CustomerReturn]:
    """The returns of an order, the latest first."""
    return session.scalars(
        sa.select(CustomerReturn).where(CustomerReturn.order_id == order_id).order_by(CustomerReturn.id.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class TrackedReturn:
    """What the customer may know of a return: no cost, no place, no inner note."""

    number: str
    state: ReturnState
    reason: str
    sent_back_with: str
    rows: Sequence[ReturnRow]


def tracked_returns(order_id: int) -> list[TrackedReturn]:
    """The returns of an order as its customer sees them. The caller checked a link for exactly this order."""
    return [
        TrackedReturn(
            found.number or "",
            found.state,
            found.decision_note if found.state is ReturnState.REFUSED else "",
            found.sent_back_with,
            return_rows(found.id),
        )
        for found in returns_of_order(order_id)
    ]


def supplier_return_rows(return_id: int) -> list[SupplierReturnRow]:
    """The lines of goods that go back to a supplier."""
    rows = session.execute(
        sa.select(SupplierReturnLine, Product, Location.code)
        .join(ReceiptLine, ReceiptLine.id == SupplierReturnLine.receipt_line_id)
        .join(Product, Product.id == ReceiptLine.product_id)
        .outerjoin(Location, Location.id == SupplierReturnLine.location_id)
        .where(SupplierReturnLine.return_id == return_id)
        .order_by(SupplierReturnLine.id)
    )
    return [SupplierReturnRow(line, product, place or "") for line, product, place in rows]


def supplier_returns_of(receipt_id: int) -> Sequence[SupplierReturn]:
    """Returns of a receipt to its supplier, the latest first."""
    return session.scalars(
        sa.select(SupplierReturn).where(SupplierReturn.receipt_id == receipt_id).order_by(SupplierReturn.id.desc())
    ).all()
