"""Credit notes: the only way a posted invoice gets smaller."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance import rules
from app.departments.finance.errors import CreditTooLarge
from app.departments.finance.invoicing import post
from app.departments.finance.permissions import Permissions
from app.departments.finance.settling import book
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, WrongState
from app.kernel.money import LineAmounts
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.billing.events import InvoiceCredited
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Company

ZERO = Decimal(0)


def credit_invoice(
    actor: Actor, *, invoice_id: int, reason: str, quantities: Mapping[int, Decimal] | None = None
) -> Invoice:
    """Give a credit note over lines of a posted invoice and post it at once.

    quantities: invoice line id -> base units to take back; None: everything that is left.
    What is still open on the invoice is settled by the credit note; the rest stays the customer's credit.
    Raises: NotPermitted, NotFound, WrongState, InvalidInput (reason), CreditTooLarge.
    """
    require(actor, Permissions.CREDIT_NOTE)
    why = clean(reason, 300)
    if not why:
        raise InvalidInput({"reason": N_("Say why: the customer reads it on the credit note.")})
    order_id = session.scalar(sa.select(Invoice.order_id).where(Invoice.id == invoice_id))
    order = locks.lock(Order, order_id) if order_id else None
    invoice = locks.lock(Invoice, invoice_id)
    require(actor, Permissions.CREDIT_NOTE, invoice)
    if invoice.state is not InvoiceState.POSTED or invoice.kind is not InvoiceKind.INVOICE:
        raise WrongState(state=invoice.state.value)
    note = _header(invoice, why)
    note.lines = _credit_lines(invoice, quantities)
    if not note.lines:
        raise InvalidInput({"quantities": N_("Choose at least one line to credit.")})
    sums = rules.total(LineAmounts(line.net, line.tax, line.gross) for line in note.lines)
    note.net_total, note.tax_total, note.gross_total = sums.net, sums.tax, sums.gross
    session.add(note)
    session.flush()
    _tell_order_lines(note)
    post(actor, note, order)
    _settle(actor, invoice, note)
    publish(InvoiceCredited(invoice_id=invoice.id, credit_note_id=note.id))
    return note


def _credit_lines(invoice: Invoice, quantities: Mapping[int, Decimal] | None) -> list[InvoiceLine]:
    credited = _credited(invoice.id)
    made: list[InvoiceLine] = []
    for line in invoice.lines:
        done_quantity, done = credited.get(line.id, (ZERO, LineAmounts(ZERO, ZERO, ZERO)))
        claimed = rules.Claimed(
            line.quantity, LineAmounts(line.net, line.tax, line.gross), line.tax_percent, invoice.price_basis.value,
            invoice.currency, done_quantity, done.net, done.tax,
        )  # fmt: skip
        quantity = claimed.left_quantity if quantities is None else quantities.get(line.id, ZERO)
        if quantity == 0:
            continue
        if not ZERO < quantity <= claimed.left_quantity:
            raise CreditTooLarge(line=line.position, most=plain(claimed.left_quantity))
        part = rules.credit_of_part(claimed, quantity)
        made.append(_line(len(made) + 1, line, quantity, part))
    return made


def _header(invoice: Invoice, reason: str) -> Invoice:
    today = clock.today(session.get_one(Company, invoice.company_id).timezone)
    same = (
        "company_id", "customer_id", "order_id", "shipment_id", "currency", "rate", "price_basis", "billing_title",
        "billing_tax_number", "billing_address", "customer_order_number",
    )  # fmt: skip
    return Invoice(
        kind=InvoiceKind.CREDIT_NOTE,
        reverses_id=invoice.id,
        reason=reason,
        issued_on=today,
        due_on=today,
        **{name: getattr(invoice, name) for name in same},
    )


def _line(position: int, line: InvoiceLine, quantity: Decimal, part: LineAmounts) -> InvoiceLine:
    same = (
        "order_line_id",
        "description",
        "unit_label",
        "unit_factor",
        "unit_price",
        "discount_percent",
        "tax_percent",
    )
    return InvoiceLine(
        position=position,
        reverses_line_id=line.id,
        quantity=quantity,
        net=part.net,
        tax=part.tax,
        gross=part.gross,
        **{name: getattr(line, name) for name in same},
    )


def _credited(invoice_id: int) -> dict[int, tuple[Decimal, LineAmounts]]:
    rows = session.execute(
        sa.select(
            InvoiceLine.reverses_line_id,
            sa.func.sum(InvoiceLine.quantity).label("quantity"),
            sa.func.sum(InvoiceLine.net).label("net"),
            sa.func.sum(InvoiceLine.tax).label("tax"),
            sa.func.sum(InvoiceLine.gross).label("gross"),
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(Invoice.reverses_id == invoice_id, Invoice.state != InvoiceState.CANCELLED)
        .group_by(InvoiceLine.reverses_line_id)
    )
    return {row.reverses_line_id: (row.quantity, LineAmounts(row.net, row.tax, row.gross)) for row in rows}


def _tell_order_lines(note: Invoice) -> None:
    quantities = {line.order_line_id: line.quantity for line in note.lines if line.order_line_id}
    for order_line in locks.lock_all(OrderLine, quantities):
        order_line.credited += quantities[order_line.id]
    session.flush()


def _settle(actor: Actor, invoice: Invoice, note: Invoice) -> None:
    part = min(invoice.open_amount, note.gross_total)
    if part > 0:
        note.settled += part
        book(actor, invoice, part, credit_note=note)
