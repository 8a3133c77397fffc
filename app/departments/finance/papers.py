"""Invoices and credit notes as papers: made by a job once they are posted, kept on the invoice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.platform.db import run, session
from app.platform.documents import Party as PaperParty
from app.platform.documents import PricedLine, Quantity
from app.platform.files import keep, store
from app.platform.jobs import Running, enqueue, job
from app.records.billing.documents import CreditNoteData, InvoiceData
from app.records.billing.events import InvoicePosted
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Company, Party

PRINT = "finance.invoice.print"
PURPOSE = "invoice"


def print_when_posted(_actor: Actor, event: InvoicePosted) -> None:
    """Have the paper made; posting does not wait for it."""
    enqueue(PRINT, {"invoice_id": event.invoice_id}, dedup_key=f"invoice {event.invoice_id}")


@job(PRINT, outside=True)
def print_invoice(running: Running, *, invoice_id: int) -> dict[str, Any]:
    """Render a posted invoice or credit note and keep it on the invoice."""
    paper, language, number = run(_read, running.actor, invoice_id=invoice_id)
    kept = keep(paper.render(language), f"{number}.pdf")
    return {"file_id": run(_store, running.actor, kept=kept, invoice_id=invoice_id)}


def _store(actor: Actor, *, kept: Any, invoice_id: int) -> int:
    return store(actor, kept, table=Invoice.__tablename__, row_id=invoice_id, purpose=PURPOSE).id


def _read(_actor: Actor, *, invoice_id: int) -> tuple[InvoiceData | CreditNoteData, str, str]:
    invoice = session.get_one(Invoice, invoice_id)
    language = session.get_one(Party, invoice.customer_id).language
    return paper_of(invoice, language), language, invoice.number or ""


def paper_of(invoice: Invoice, language: str) -> InvoiceData | CreditNoteData:
    """The paper's data; every amount is the invoice's own."""
    is_chinese = language.startswith("zh")
    company = session.get_one(Company, invoice.company_id)
    order = session.get(Order, invoice.order_id) if invoice.order_id else None
    common: dict[str, Any] = {
        "number": invoice.number or "",
        "issued_on": invoice.issued_on,
        "company": PaperParty(
            name=company.name if is_chinese else company.name_en or company.name, address=company.address,
            phone=company.phone, email=company.email, tax_id=company.tax_number, bank=company.bank_name,
            account=company.bank_account,
        ),
        "partner": PaperParty(
            name=invoice.billing_title, tax_id=invoice.billing_tax_number, address=_address(invoice.billing_address)
        ),
        "currency": invoice.currency,
        "exchange_rate": None if invoice.currency == company.currency else invoice.rate,
        "price_basis": invoice.price_basis.value,
        "lines": tuple(_lines(invoice, is_chinese=is_chinese)),
        "net": invoice.net_total,
        "tax": invoice.tax_total,
        "gross": invoice.gross_total,
        "note": invoice.note,
    }  # fmt: skip
    if invoice.kind is InvoiceKind.CREDIT_NOTE:
        reversed_invoice = session.get_one(Invoice, invoice.reverses_id or 0)
        return CreditNoteData(
            **common, invoice_number=reversed_invoice.number or "", invoice_issued_on=reversed_invoice.issued_on,
            reason=invoice.reason,
        )  # fmt: skip
    return InvoiceData(
        **common, due_on=invoice.due_on, paid=invoice.settled,
        order_numbers=(order.number,) if order and order.number else (),
        customer_order_numbers=(invoice.customer_order_number,) if invoice.customer_order_number else (),
    )  # fmt: skip


def _address(found: dict[str, Any] | None) -> str:
    names = ("region", "city", "line1", "line2", "postcode")
    return " ".join(str(found[name]) for name in names if found.get(name)) if found else ""


def _lines(invoice: Invoice, *, is_chinese: bool) -> list[PricedLine]:
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
            quantity=Quantity.of(
                line.quantity,
                _named(own, is_chinese) or _named(unit, is_chinese),
                _named(unit, is_chinese),
                line.unit_factor,
            ),
            unit_price=line.unit_price,
            price_unit=_named(unit, is_chinese) or _named(own, is_chinese),
            discount_percent=line.discount_percent,
            tax_percent=line.tax_percent,
            net=line.net,
            tax=line.tax,
            gross=line.gross,
        )
        for line, agreed, code, unit, own in rows
    ]


def _named(unit: Unit | None, is_chinese: bool) -> str:  # noqa: FBT001  one short word about a language
    return "" if unit is None else (unit.name_zh if is_chinese else unit.name_en)
