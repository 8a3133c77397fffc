"""What finance looks at: receivables by age, what waits to be invoiced, deposits that are due."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance import rules
from app.kernel.money import HUNDRED, round_money
from app.platform.db import session
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState, Payment, PaymentDirection
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Party

ZERO = Decimal(0)
COLUMNS = len(rules.AGE_LIMITS) + 1


@dataclass(slots=True)
class AgeRow:
    """Open amounts of one customer in one currency, by how late they are."""

    party_id: int
    party: str
    currency: str
    columns: list[Decimal] = field(default_factory=lambda: [ZERO] * COLUMNS)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum(self.columns, ZERO)


def units_of_lines(invoice_id: int) -> dict[int, tuple[Unit | None, Unit | None]]:
    """Invoice line -> the product's own unit, and the one that was agreed."""
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(InvoiceLine.id, base, Unit)
        .outerjoin(OrderLine, OrderLine.id == InvoiceLine.order_line_id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(base, base.id == Product.base_unit_id)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .where(InvoiceLine.invoice_id == invoice_id)
    )
    return {line_id: (own, agreed) for line_id, own, agreed in rows}


def receivables_by_age(today: date) -> list[AgeRow]:
    """Open posted invoices per customer and currency, most open first. One grouped query."""
    rows = session.execute(
        sa.select(
            Invoice.customer_id,
            Party.name,
            Invoice.currency,
            Invoice.due_on,
            sa.func.sum(Invoice.gross_total - Invoice.settled).label("open"),
        )
        .join(Party, Party.id == Invoice.customer_id)
        .where(
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state == InvoiceState.POSTED,
            Invoice.settled < Invoice.gross_total,
        )
        .group_by(Invoice.customer_id, Party.name, Invoice.currency, Invoice.due_on)
    )
    found: dict[tuple[int, str], AgeRow] = {}
    for row in rows:
        age = found.setdefault((row.customer_id, row.currency), AgeRow(row.customer_id, row.name, row.currency))
        age.columns[rules.age_column(row.due_on, today)] += row.open
    return sorted(found.values(), key=lambda age: (age.currency, -age.total, age.party))


def deposit_due(order: Order) -> Decimal:
    """What of the agreed deposit has not been paid, in the order's currency."""
    if not order.deposit_percent:
        return ZERO
    wanted = round_money(order.gross_total * order.deposit_percent / HUNDRED, order.currency)
    paid = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Payment.amount), ZERO)).where(
            Payment.order_id == order.id,
            Payment.direction == PaymentDirection.RECEIVED,
            Payment.currency == order.currency,
        )
    )
    return max(ZERO, wanted - (paid or ZERO))


def open_per_currency(party_id: int) -> dict[str, Decimal]:
    """What a customer owes on posted invoices."""
    rows = session.execute(
        sa.select(Invoice.currency, sa.func.sum(Invoice.gross_total - Invoice.settled))
        .where(
            Invoice.customer_id == party_id,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state == InvoiceState.POSTED,
        )
        .group_by(Invoice.currency)
    )
    return {row[0]: row[1] for row in rows}
