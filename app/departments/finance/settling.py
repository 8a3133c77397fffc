"""Which money settles which claim: 0 <= allocated <= amount on every payment, 0 <= settled <= total on every invoice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance import rules
from app.departments.finance.errors import OtherCurrency, OtherParty, TooMuchSettled
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.billing.completion import complete_if_done
from app.records.billing.events import InvoiceSettled
from app.records.billing.models import Invoice, InvoiceKind, InvoiceState, Payment, PaymentDirection, Settlement
from app.records.orders.models import Order

ZERO = Decimal(0)


def lock_invoices_with_orders(invoice_ids: Iterable[int]) -> dict[int, Invoice]:
    """Invoices by id, locked after the orders they belong to."""
    ids = set(invoice_ids)
    order_ids = session.scalars(sa.select(Invoice.order_id).where(Invoice.id.in_(ids), Invoice.order_id.is_not(None)))
    locks.lock_all(Order, (order_id for order_id in order_ids if order_id))
    return {invoice.id: invoice for invoice in locks.lock_all(Invoice, ids)}


def settle(actor: Actor, payment: Payment, parts: Mapping[int, Decimal]) -> None:
    """Take parts of a locked payment off invoices, invoice id -> amount in their common currency.

    Raises: OtherCurrency, OtherParty, TooMuchSettled.
    """
    invoices = lock_invoices_with_orders(parts)
    for invoice_id, amount in sorted(parts.items()):
        invoice = invoices.get(invoice_id)
        if invoice is None or invoice.state is not InvoiceState.POSTED or invoice.kind is not InvoiceKind.INVOICE:
            raise TooMuchSettled(invoice=invoice_id, most=ZERO)
        if invoice.currency != payment.currency:
            raise OtherCurrency(invoice=invoice.number, theirs=invoice.currency, ours=payment.currency)
        if invoice.customer_id != payment.party_id:
            raise OtherParty(invoice=invoice.number)
        most = min(invoice.open_amount, payment.amount - payment.allocated)
        if not ZERO < amount <= most:
            raise TooMuchSettled(invoice=invoice.number, most=most)
        payment.allocated += amount
        book(actor, invoice, amount, payment=payment)


def book(
    actor: Actor,
    invoice: Invoice,
    amount: Decimal,
    *,
    payment: Payment | None = None,
    credit_note: Invoice | None = None,
) -> None:
    """Write one settlement of a locked invoice and say when nothing is open any more; a minus takes one back."""
    invoice.settled += amount
    session.add(
        Settlement(
            invoice_id=invoice.id,
            payment_id=payment.id if payment else None,
            credit_note_id=credit_note.id if credit_note else None,
            amount=amount,
            booked_at=clock.now(),
            booked_by=actor.name,
        )
    )
    session.flush()
    if amount > 0 and invoice.open_amount == 0:
        publish(InvoiceSettled(invoice_id=invoice.id, order_id=invoice.order_id))
        if invoice.order_id:
            complete_if_done(locks.lock(Order, invoice.order_id))


def settle_from_deposits(actor: Actor, order: Order, invoice: Invoice) -> None:
    """Money paid for this order before the invoice settles it now, oldest first."""
    if invoice.kind is not InvoiceKind.INVOICE:
        return
    waiting = session.scalars(
        sa.select(Payment.id).where(
            Payment.order_id == order.id,
            Payment.direction == PaymentDirection.RECEIVED,
            Payment.currency == invoice.currency,
            Payment.allocated < Payment.amount,
        )
    )
    for payment in locks.lock_all(Payment, waiting):
        part = min(invoice.open_amount, payment.amount - payment.allocated)
        if part > 0:
            settle(actor, payment, {invoice.id: part})


def oldest_open(party_id: int, currency: str) -> list[tuple[int, Decimal]]:
    """Posted invoices with something open, earliest due first: (id, open amount)."""
    rows = session.execute(
        sa.select(Invoice.id, Invoice.gross_total, Invoice.settled)
        .where(
            Invoice.customer_id == party_id,
            Invoice.currency == currency,
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state == InvoiceState.POSTED,
            Invoice.settled < Invoice.gross_total,
            Invoice.is_disputed.is_(False),
        )
        .order_by(Invoice.due_on, Invoice.id)
    )
    return [(row.id, row.gross_total - row.settled) for row in rows]


def spread_over_oldest(payment: Payment) -> dict[int, Decimal]:
    """What the rest of a payment would settle, oldest claim first."""
    left = payment.amount - payment.allocated
    return dict(rules.spread(left, oldest_open(payment.party_id, payment.currency)))
