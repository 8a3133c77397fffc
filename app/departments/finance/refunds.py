"""Refunds of returns: what was invoiced and is not owed any more goes back as a credit note."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance.credit import credit_invoice
from app.departments.finance.errors import DraftInTheWay, NothingToRefund
from app.departments.finance.invoicing import over_billed
from app.departments.finance.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.quantity import plain
from app.platform.access import require
from app.platform.db import session
from app.platform.events import publish
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState
from app.records.orders.models import Order, OrderLine
from app.records.returns.events import ReturnRefunded
from app.records.returns.holding import lines_with_order_lines, lock_return, refresh_state
from app.records.returns.models import CustomerReturn, CustomerReturnLine, CustomerReturnRefund

ZERO = Decimal(0)
#: invoice -> its line -> (return line, base units) to take back
Plan = dict[int, dict[int, list[tuple[CustomerReturnLine, Decimal]]]]


def refund_return(actor: Actor, *, return_id: int) -> list[Invoice]:
    """Credit what a return leaves its customer owed, at the price and tax it was invoiced with; the credit notes.

    What was never invoiced needs no credit: it will not be. The latest invoice is credited first.
    Raises: NotPermitted, NotFound, NothingToRefund (also for the second of two clicks), DraftInTheWay.
    """
    require(actor, Permissions.CREDIT_NOTE)
    order, found = lock_return(return_id)
    require(actor, Permissions.CREDIT_NOTE, found)
    pairs = lines_with_order_lines(found.id)
    if not any(row.to_refund for row, _ in pairs):
        raise NothingToRefund(number=found.number)
    plan = _plan(order, pairs)
    notes = [_credit(actor, found, invoice_id, parts) for invoice_id, parts in sorted(plan.items(), reverse=True)]
    for row, _ in pairs:
        row.refunded += row.to_refund
    refresh_state(found, [row for row, _ in pairs])
    publish(ReturnRefunded(return_id=found.id, order_id=order.id, credit_note_ids=tuple(note.id for note in notes)))
    return notes


def _plan(order: Order, pairs: list[tuple[CustomerReturnLine, OrderLine]]) -> Plan:
    plan: Plan = defaultdict(lambda: defaultdict(list))
    for row, line in pairs:
        wanted = min(row.to_refund, over_billed(order, line))
        for invoice_id, invoice_line_id, free in _creditable(line):
            part = min(wanted, free)
            if part > 0:
                plan[invoice_id][invoice_line_id].append((row, part))
                wanted -= part
        if wanted > 0:
            raise DraftInTheWay(line=line.position, quantity=plain(wanted))
    return plan


def _creditable(line: OrderLine) -> list[tuple[int, int, Decimal]]:
    """Posted claims over a line with something left to credit, the latest first: (invoice, its line, base units)."""
    note, note_line = sa.orm.aliased(Invoice), sa.orm.aliased(InvoiceLine)
    credited = (
        sa.select(sa.func.coalesce(sa.func.sum(note_line.quantity), ZERO))
        .join(note, note.id == note_line.invoice_id)
        .where(note_line.reverses_line_id == InvoiceLine.id, note.state != InvoiceState.CANCELLED)
        .correlate(InvoiceLine)
        .scalar_subquery()
    )
    rows = session.execute(
        sa.select(InvoiceLine.invoice_id, InvoiceLine.id, InvoiceLine.quantity, credited)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            InvoiceLine.order_line_id == line.id,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state == InvoiceState.POSTED,
        )
        .order_by(InvoiceLine.id.desc())
    )
    return [(row[0], row[1], row[2] - (row[3] or ZERO)) for row in rows if row[2] > (row[3] or ZERO)]


def _credit(
    actor: Actor,
    found: CustomerReturn,
    invoice_id: int,
    parts: dict[int, list[tuple[CustomerReturnLine, Decimal]]],
) -> Invoice:
    note = credit_invoice(
        actor,
        invoice_id=invoice_id,
        reason=f"{found.number}: {found.reason}"[:300],
        quantities={line_id: sum((part for _, part in shares), ZERO) for line_id, shares in parts.items()},
    )
    for credit_line in note.lines:
        for row, part in parts[credit_line.reverses_line_id or 0]:
            session.add(
                CustomerReturnRefund(return_id=found.id, line_id=row.id, credit_line_id=credit_line.id, quantity=part)
            )
    session.flush()
    return note
