"""Invoices and credit notes as papers: made by a job once they are posted, kept on the invoice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.departments.finance.permissions import Permissions
from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.documents import Party as PaperParty
from app.platform.documents import PricedLine
from app.platform.documents.printing import Printed, RecordPaper
from app.records import papers
from app.records.billing.documents import CreditNoteData, InvoiceData
from app.records.billing.events import InvoicePosted
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Company, Party


def _read(_actor: Actor, invoice: Invoice, _asked_in: str) -> Printed:
    language = session.get_one(Party, invoice.customer_id).language
    return Printed(paper_of(invoice, language), language, invoice.number or "")


def paper_of(invoice: Invoice, language: str) -> InvoiceData | CreditNoteData:
    """The paper's data; every amount is the invoice's own."""
    company = session.get_one(Company, invoice.company_id)
    order = session.get(Order, invoice.order_id) if invoice.order_id else None
    common: dict[str, Any] = {
        "number": invoice.number or "",
        "issued_on": invoice.issued_on,
        "company": papers.letterhead(company, language),
        "partner": PaperParty(
            name=invoice.billing_title, tax_id=invoice.billing_tax_number, address=papers.place_text(invoice.billing_address)
        ),
        "currency": invoice.currency,
        "exchange_rate": None if invoice.currency == company.currency else invoice.rate,
        "price_basis": invoice.price_basis.value,
        "lines": tuple(_lines(invoice, language)),
        "net": invoice.net_total,
        "tax": invoice.tax_total,
        "gross": invoice.gross_total,
        "note": invoice.note,
        "prepared_by": invoice.posted_by,
    }  # fmt: skip
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        reversed_invoice = session.get_one(Invoice, invoice.reverses_id or 0)
        return CreditNoteData(
            **common, invoice_number=reversed_invoice.number or "", invoice_issued_on=reversed_invoice.issued_on,
            reason=invoice.reason,
        )  # fmt: skip
    return InvoiceData(
        **common, due_on=invoice.due_on, paid=invoice.settled,
        terms=papers.term_text(order.payment_term_id if order else None, language),
        order_numbers=(order.number,) if order and order.number else (),
        customer_order_numbers=(invoice.customer_order_number,) if invoice.customer_order_number else (),
    )  # fmt: skip


def _lines(invoice: Invoice, language: str) -> list[PricedLine]:
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(InvoiceLine, OrderLine, Product.code, Unit, base)
        .outerjoin(OrderLine, OrderLine.id == InvoiceLine.order_line_id)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .outerjoin(base, base.id == Product.base_unit_id)
        .where(InvoiceLine.invoice_id == invoice.id)
        .order_by(InvoiceLine.position)
    )
    return [
        PricedLine(
            position=line.position,
            code=code or "",
            name=line.description,
            specification=agreed.specification if agreed else "",
            partner_code=agreed.customer_part_number if agreed else "",
            quantity=papers.counted(line.quantity, own, unit, line.unit_factor, language),
            unit_price=line.unit_price,
            price_unit=papers.unit_word(unit, language) or papers.unit_word(own, language),
            discount_percent=line.discount_percent,
            tax_percent=line.tax_percent,
            net=line.net,
            tax=line.tax,
            gross=line.gross,
        )
        for line, agreed, code, unit, own in rows
    ]


INVOICE = RecordPaper(
    "finance.invoice.print", Invoice, Permissions.INVOICE_POST, purpose="invoice", read=_read,
    states=(InvoiceState.POSTED,),
)  # fmt: skip


def print_invoice(actor: Actor, *, invoice_id: int) -> int:
    """Have the paper of a posted invoice or credit note made again.  Raises: NotPermitted, NotFound, WrongState."""
    return INVOICE.ask(actor, invoice_id)


def print_when_posted(_actor: Actor, event: InvoicePosted) -> None:
    """Have the paper made; posting does not wait for it."""
    INVOICE.want(event.invoice_id)
