"""Papers of returns filled from the records, for whichever department prints them."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel import clock
from app.platform.db import session
from app.platform.documents import Party as PaperParty
from app.records import papers
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order
from app.records.parties.models import Company, Party, PartyAddress
from app.records.returns import queries
from app.records.returns.documents import ReturnSlipData
from app.records.returns.models import CustomerReturn, SupplierReturn, SupplierReturnLine
from app.records.shipping.documents import GoodsLine
from app.records.stock.models import Lot, Warehouse
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, ReceiptLine


def customer_slip_of(found: CustomerReturn, language: str) -> ReturnSlipData:
    """What the customer puts into the parcel, to our warehouse."""
    order = session.get_one(Order, found.order_id)
    company = session.get_one(Company, order.company_id)
    warehouse = session.get_one(Warehouse, found.warehouse_id)
    house = papers.letterhead(company, language)
    return ReturnSlipData(
        number=found.number or "",
        issued_on=clock.today(company.timezone),
        company=house,
        partner=PaperParty(name=session.get_one(Party, order.customer_id).name),
        return_to=PaperParty(
            name=f"{house.name} {warehouse.name}", address=warehouse.address or house.address, phone=house.phone
        ),
        lines=tuple(
            GoodsLine(
                position=position, code=one.code, name=one.line.description, specification=one.line.specification,
                partner_code=one.line.customer_part_number,
                quantity=papers.counted(
                    one.row.requested - one.row.cancelled, one.base_unit, one.unit, one.line.unit_factor, language
                ),
            )
            for position, one in enumerate(queries.return_rows(found.id), start=1)
        ),
        reason=found.reason,
        order_numbers=(order.number or "",),
        partner_order_numbers=(order.customer_order_number,) if order.customer_order_number else (),
        prepared_by=found.decided_by,
    )  # fmt: skip


def supplier_slip_of(found: SupplierReturn, language: str) -> ReturnSlipData:
    """What goes with goods back to their supplier."""
    order = session.get_one(PurchaseOrder, found.purchase_order_id)
    company = session.get_one(Company, order.company_id)
    supplier = session.get_one(Party, order.supplier_id)
    address = session.scalar(
        sa.select(PartyAddress)
        .where(PartyAddress.party_id == supplier.id, PartyAddress.is_active.is_(True))
        .order_by(PartyAddress.is_default.desc(), PartyAddress.id)
        .limit(1)
    )
    return ReturnSlipData(
        number=found.number or "",
        issued_on=clock.today(company.timezone),
        company=papers.letterhead(company, language),
        partner=PaperParty(name=supplier.name),
        return_to=papers.receiver(address, supplier),
        lines=tuple(_supplier_lines(found, language)),
        reason=found.reason,
        to_supplier=True,
        order_numbers=(order.number or "",),
        partner_order_numbers=(order.supplier_reference,) if order.supplier_reference else (),
        carrier=found.sent_with,
        prepared_by=found.requested_by,
    )


def _supplier_lines(found: SupplierReturn, language: str) -> list[GoodsLine]:
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(SupplierReturnLine, PurchaseOrderLine, Product, Unit, base, Lot.code)
        .join(ReceiptLine, ReceiptLine.id == SupplierReturnLine.receipt_line_id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == ReceiptLine.purchase_order_line_id)
        .join(Product, Product.id == ReceiptLine.product_id)
        .join(Unit, Unit.id == PurchaseOrderLine.unit_id)
        .join(base, base.id == Product.base_unit_id)
        .outerjoin(Lot, Lot.id == ReceiptLine.lot_id)
        .where(SupplierReturnLine.return_id == found.id)
        .order_by(SupplierReturnLine.id)
    )
    return [
        GoodsLine(
            position=position, code=product.code, name=bought.description or product.name,
            specification=product.specification, partner_code=bought.supplier_part_number, lot=lot or "",
            quantity=papers.counted(line.quantity, own, unit, bought.unit_factor, language),
        )
        for position, (line, bought, product, unit, own, lot) in enumerate(rows, start=1)
    ]  # fmt: skip
