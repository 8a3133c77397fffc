"""The debit note as a paper for the supplier."""

from __future__ import annotations

import sqlalchemy as sa

from app.departments.finance.permissions import Permissions
from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.documents import Party as PaperParty
from app.platform.documents import PricedLine
from app.platform.documents.printing import Printed, RecordPaper
from app.records import papers
from app.records.catalog.models import Product, Unit
from app.records.parties.models import Company, Party
from app.records.returns.documents import DebitNoteData
from app.records.returns.events import SupplierReturnSettled
from app.records.returns.models import DebitNote, DebitNoteLine, SupplierReturn, SupplierReturnLine
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, ReceiptLine, SupplierBill


def _read(_actor: Actor, note: DebitNote, _asked_in: str) -> Printed:
    language = session.get_one(Party, note.supplier_id).language
    return Printed(paper_of(note, language), language, note.number or "")


def paper_of(note: DebitNote, language: str) -> DebitNoteData:
    """The paper's data; every amount is the debit note's own."""
    company = session.get_one(Company, note.company_id)
    supplier = session.get_one(Party, note.supplier_id)
    sent = session.get_one(SupplierReturn, note.supplier_return_id)
    order = session.get_one(PurchaseOrder, sent.purchase_order_id)
    return DebitNoteData(
        number=note.number or "",
        issued_on=note.issued_on,
        company=papers.letterhead(company, language),
        partner=PaperParty(name=supplier.billing_title or supplier.name, tax_id=supplier.tax_number),
        currency=note.currency,
        exchange_rate=None if note.currency == company.currency else note.rate,
        price_basis=order.price_basis.value,
        lines=tuple(_lines(note, language)),
        net=note.net_total,
        tax=note.tax_total,
        gross=note.gross_total,
        prepared_by=note.posted_by,
        bill_number=session.get_one(SupplierBill, note.bill_id).supplier_number,
        return_number=sent.number or "",
        order_number=order.number or "",
        reason=sent.reason,
    )


def _lines(note: DebitNote, language: str) -> list[PricedLine]:
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(DebitNoteLine, PurchaseOrderLine, Product, Unit, base)
        .join(SupplierReturnLine, SupplierReturnLine.id == DebitNoteLine.return_line_id)
        .join(ReceiptLine, ReceiptLine.id == SupplierReturnLine.receipt_line_id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == ReceiptLine.purchase_order_line_id)
        .join(Product, Product.id == PurchaseOrderLine.product_id)
        .join(Unit, Unit.id == PurchaseOrderLine.unit_id)
        .join(base, base.id == Product.base_unit_id)
        .where(DebitNoteLine.debit_note_id == note.id)
        .order_by(DebitNoteLine.position)
    )
    return [
        PricedLine(
            position=line.position,
            code=product.code,
            name=bought.description or product.name,
            specification=product.specification,
            partner_code=bought.supplier_part_number,
            quantity=papers.counted(line.quantity, own, unit, bought.unit_factor, language),
            unit_price=bought.unit_price,
            price_unit=papers.unit_word(unit, language),
            discount_percent=bought.discount_percent,
            tax_percent=bought.tax_percent,
            net=line.net,
            tax=line.tax,
            gross=line.gross,
        )
        for line, bought, product, unit, own in rows
    ]


NOTE = RecordPaper("finance.debit_note.print", DebitNote, Permissions.DEBIT_NOTE, purpose="debit note", read=_read)


def print_debit_note(actor: Actor, *, debit_note_id: int) -> int:
    """Have the paper made again.  Raises: NotPermitted, NotFound."""
    return NOTE.ask(actor, debit_note_id)


def print_when_settled(_actor: Actor, event: SupplierReturnSettled) -> None:
    """Where a debit note settled the return, the supplier gets it on paper."""
    note_id = session.scalar(sa.select(DebitNote.id).where(DebitNote.supplier_return_id == event.return_id))
    if note_id is not None:
        NOTE.want(note_id)
