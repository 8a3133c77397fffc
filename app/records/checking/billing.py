"""Billing: totals are sums of lines, claims agree with the order, and no money settles more than it is."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.checks import check
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState, Payment, Settlement
from app.records.checking.orders import L, _lines_with_orders, entered, imported_orders
from app.records.checking.sums import differing, filled, total, zero

invoices, invoice_lines = Invoice.__table__, InvoiceLine.__table__
payments, settlements = Payment.__table__, Settlement.__table__


@check("billing.totals_equal_lines", "The totals of an invoice are the sums of its lines, and net plus tax is gross.")
def totals_equal_lines() -> sa.Select[Any]:
    """Net, tax and gross."""
    names = ("net", "tax", "gross")
    c = invoice_lines.c
    summed = sa.select(c.invoice_id, *(total(c[n]).label(n) for n in names)).group_by(c.invoice_id).subquery()
    source = invoices.outerjoin(summed, summed.c.invoice_id == invoices.c.id)
    said = invoices.c
    return differing(
        said.id,
        source,
        [
            *((f"{name}_total", said[f"{name}_total"], filled(summed.c[name])) for name in names),
            ("sum", said.gross_total, said.net_total + said.tax_total),
        ],
    )


@check(
    "billing.lines_equal_invoices",
    "What a line counts as invoiced and credited is on its papers.",
    left_out=imported_orders,
)
def lines_equal_invoices() -> sa.Select[Any]:
    """Drafts count: they keep the same goods from being invoiced twice."""
    quantity = invoice_lines.c.quantity
    is_credit = invoices.c.kind == InvoiceKind.CREDIT_NOTE
    summed = (
        sa.select(
            invoice_lines.c.order_line_id,
            total(quantity, ~is_credit).label("invoiced"),
            total(quantity, is_credit).label("credited"),
        )
        .join_from(invoice_lines, invoices, invoices.c.id == invoice_lines.c.invoice_id)
        .where(invoices.c.state != InvoiceState.CANCELLED, invoice_lines.c.order_line_id.is_not(None))
        .group_by(invoice_lines.c.order_line_id)
        .subquery()
    )
    source = _lines_with_orders.outerjoin(summed, summed.c.order_line_id == L.id)
    query = differing(L.id, source, [(name, L[name], filled(summed.c[name])) for name in ("invoiced", "credited")])
    return query.where(entered)


@check("billing.settled_equals_settlements", "What is settled of an invoice is the sum of its settlements.")
def settled_equals_settlements() -> sa.Select[Any]:
    """A credit note is settled by what it takes off invoices."""
    c = settlements.c
    taken = sa.func.coalesce(c.credit_note_id, c.invoice_id)
    off_invoice = sa.select(c.invoice_id.label("invoice_id"), c.amount.label("amount"))
    by_note = sa.select(taken, c.amount).where(c.credit_note_id.is_not(None))
    both = sa.union_all(off_invoice, by_note).subquery()
    summed = sa.select(both.c.invoice_id, total(both.c.amount).label("settled")).group_by(both.c.invoice_id).subquery()
    source = invoices.outerjoin(summed, summed.c.invoice_id == invoices.c.id)
    return differing(invoices.c.id, source, [("settled", invoices.c.settled, filled(summed.c.settled))])


@check("billing.payments_equal_settlements", "What of a payment is used is the sum of its settlements.")
def payments_equal_settlements() -> sa.Select[Any]:
    """And never more than was paid."""
    c = settlements.c
    summed = (
        sa.select(c.payment_id, total(c.amount).label("used"))
        .where(c.payment_id.is_not(None))
        .group_by(c.payment_id)
        .subquery()
    )
    source = payments.outerjoin(summed, summed.c.payment_id == payments.c.id)
    return differing(payments.c.id, source, [("allocated", payments.c.allocated, filled(summed.c.used))])


@check("billing.money_within_bounds", "No payment is used beyond its amount, no invoice settled beyond its total.")
def money_within_bounds() -> sa.Select[Any]:
    """Payments and invoices in one list."""
    wrong_payment = sa.or_(payments.c.allocated < zero(payments.c.allocated), payments.c.allocated > payments.c.amount)
    wrong_invoice = sa.or_(invoices.c.settled < zero(invoices.c.settled), invoices.c.settled > invoices.c.gross_total)
    of_payments = sa.select(
        sa.literal("payments").label("table"),
        payments.c.id.label("id"),
        payments.c.amount.label("amount"),
        payments.c.allocated.label("used"),
    ).where(wrong_payment)
    of_invoices = sa.select(sa.literal("invoices"), invoices.c.id, invoices.c.gross_total, invoices.c.settled).where(
        wrong_invoice
    )
    both = sa.union_all(of_payments, of_invoices).subquery()
    return sa.select(*both.c).order_by(both.c.table, both.c.id)


@check("billing.posted_has_number", "A posted invoice has a number of its own, a draft has none.")
def posted_has_number() -> sa.Select[Any]:
    """Twice the same number in a company is wrong, too."""
    c = invoices.c
    other = invoices.alias("other")
    twice = sa.exists().where(other.c.company_id == c.company_id, other.c.number == c.number, other.c.id != c.id)
    numbered = c.number.is_not(None)
    return (
        sa.select(c.id, c.number, c.state)
        .where(sa.or_((c.state == InvoiceState.POSTED) != numbered, sa.and_(numbered, twice)))
        .order_by(c.id)
    )
