"""Invoices that are late or not agreed with (H10)."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from app.departments.finance.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, WrongState
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import StoredEvent, publish
from app.records.billing.events import InvoiceDisputed, InvoiceOverdue
from app.records.billing.models import Invoice, InvoiceKind, InvoiceState


def dispute_invoice(actor: Actor, *, invoice_id: int, reason: str) -> Invoice:
    """The customer does not agree: reminders stop, sales is asked.  Raises: NotPermitted, NotFound, InvalidInput, WrongState."""
    require(actor, Permissions.INVOICE_DISPUTE)
    why = clean(reason, 300)
    if not why:
        raise InvalidInput({"reason": N_("Say what the customer does not agree with.")})
    invoice = locks.lock(Invoice, invoice_id)
    require(actor, Permissions.INVOICE_DISPUTE, invoice)
    if invoice.state is not InvoiceState.POSTED or invoice.open_amount == 0:
        raise WrongState(state=invoice.state.value)
    invoice.is_disputed, invoice.dispute_reason = True, why
    session.flush()
    publish(InvoiceDisputed(invoice_id=invoice.id, reason=why))
    return invoice


def settle_dispute(actor: Actor, *, invoice_id: int) -> Invoice:
    """Agreed again; the amount is asked for as before.  Raises: NotPermitted, NotFound."""
    require(actor, Permissions.INVOICE_DISPUTE)
    invoice = locks.lock(Invoice, invoice_id)
    require(actor, Permissions.INVOICE_DISPUTE, invoice)
    invoice.is_disputed = False
    return invoice


def announce_overdue(actor: Actor, *, today: date) -> list[int]:
    """Say once of every invoice that it is overdue (daily job); the ids announced."""
    require(actor, Permissions.INVOICE_DISPUTE)
    announced = sa.select(StoredEvent.subject_id).where(
        StoredEvent.name == InvoiceOverdue.name, StoredEvent.subject_table == Invoice.__tablename__
    )
    late = session.scalars(
        sa.select(Invoice.id).where(
            Invoice.kind == InvoiceKind.INVOICE,
            Invoice.state == InvoiceState.POSTED,
            Invoice.settled < Invoice.gross_total,
            Invoice.due_on < today,
            Invoice.is_disputed.is_(False),
            Invoice.id.not_in(announced),
        )
    )
    found = locks.lock_all(Invoice, late)
    for invoice in found:
        publish(InvoiceOverdue(invoice_id=invoice.id, order_id=invoice.order_id))
    return [invoice.id for invoice in found]
