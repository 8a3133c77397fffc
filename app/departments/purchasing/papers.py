"""The purchase order as a paper: kept on it, with the supplier's link as a code to scan while an answer is wanted."""

from __future__ import annotations

import sqlalchemy as sa

from app.departments.purchasing import answers
from app.departments.purchasing.ordering import OWED
from app.departments.purchasing.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.access import User
from app.platform.db import session
from app.platform.documents import Party as PaperParty
from app.platform.documents import PricedLine
from app.platform.documents.printing import Printed, RecordPaper, public_address
from app.records import papers
from app.records.catalog.models import Product, Unit
from app.records.parties.models import Company, Party, PartyAddress, PartyContact
from app.records.stock.models import Warehouse
from app.records.supply.documents import PurchaseOrderData
from app.records.supply.events import PurchaseOrderSent
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, PurchaseState, Requisition

S = PurchaseState
#: the supplier's page; its address belongs to the portal
ANSWER_PAGE = "portal_purchase"


def _read(_actor: Actor, order: PurchaseOrder, _asked_in: str) -> Printed:
    supplier = session.get_one(Party, order.supplier_id)
    link = None
    if order.state in OWED:
        link = public_address(ANSWER_PAGE, token=answers.link_for_paper(order, supplier))
    return Printed(purchase_order_of(order, supplier.language, link), supplier.language, order.number or "")


def purchase_order_of(order: PurchaseOrder, language: str, link: str | None = None) -> PurchaseOrderData:
    """The paper's data; amounts are the order's own."""
    company = session.get_one(Company, order.company_id)
    warehouse = session.get_one(Warehouse, order.warehouse_id)
    buyer = session.get(User, order.buyer_id) if order.buyer_id else None
    return PurchaseOrderData(
        number=order.number or "",
        issued_on=order.ordered_on or clock.today(company.timezone),
        company=papers.letterhead(company, language),
        partner=_supplier(session.get_one(Party, order.supplier_id)),
        currency=order.currency,
        exchange_rate=None if order.currency == company.currency else order.rate,
        price_basis=order.price_basis.value,
        lines=tuple(_lines(order, language)),
        net=order.net_total,
        tax=order.tax_total,
        gross=order.gross_total,
        terms=papers.term_text(order.payment_term_id, language),
        note=order.note,
        buyer=buyer.name if buyer else "",
        deliver_to=f"{warehouse.name} {warehouse.address}".strip(),
        requisition_numbers=_requisitions(order),
        link=link,
    )


def _supplier(supplier: Party) -> PaperParty:
    contact = session.scalar(
        sa.select(PartyContact)
        .where(PartyContact.party_id == supplier.id)
        .order_by(PartyContact.is_default.desc(), PartyContact.id)
        .limit(1)
    )
    address = session.scalar(
        sa.select(PartyAddress)
        .where(PartyAddress.party_id == supplier.id, PartyAddress.is_active.is_(True))
        .order_by(PartyAddress.is_default.desc(), PartyAddress.id)
        .limit(1)
    )
    return PaperParty(
        name=supplier.name,
        address=papers.place_text(address),
        contact=contact.name if contact else "",
        phone=(contact.phone if contact else "") or supplier.phone,
    )


def _requisitions(order: PurchaseOrder) -> tuple[str, ...]:
    numbers = session.scalars(
        sa.select(Requisition.number)
        .join(PurchaseOrderLine, PurchaseOrderLine.requisition_id == Requisition.id)
        .where(PurchaseOrderLine.purchase_order_id == order.id)
        .order_by(Requisition.number)
        .distinct()
    )
    return tuple(number for number in numbers if number)


def _lines(order: PurchaseOrder, language: str) -> list[PricedLine]:
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(PurchaseOrderLine, Product, Unit, base)
        .join(Product, Product.id == PurchaseOrderLine.product_id)
        .join(Unit, Unit.id == PurchaseOrderLine.unit_id)
        .join(base, base.id == Product.base_unit_id)
        .where(PurchaseOrderLine.purchase_order_id == order.id)
        .order_by(PurchaseOrderLine.position)
    )
    return [
        PricedLine(
            position=line.position,
            code=product.code,
            name=line.description,
            specification=product.specification,
            partner_code=line.supplier_part_number,
            quantity=papers.counted(line.ordered, own, unit, line.unit_factor, language),
            unit_price=line.unit_price,
            price_unit=papers.unit_word(unit, language),
            discount_percent=line.discount_percent,
            tax_percent=line.tax_percent,
            net=line.net,
            tax=line.tax,
            gross=line.gross,
            due_on=line.promised_date or line.requested_date,
        )
        for line, product, unit, own in rows
    ]


PURCHASE_ORDER = RecordPaper(
    "purchasing.purchase_order.print", PurchaseOrder, Permissions.PURCHASE_SEND, purpose="purchase order", read=_read,
    states=(S.APPROVED, S.SENT, S.ACKNOWLEDGED, S.PARTLY_RECEIVED, S.RECEIVED, S.CLOSED, S.CLOSED_SHORT),
)  # fmt: skip


def print_purchase_order(actor: Actor, *, purchase_order_id: int) -> int:
    """Have the purchase order made as a paper; the job's id.  Raises: NotPermitted, NotFound, WrongState."""
    return PURCHASE_ORDER.ask(actor, purchase_order_id)


def print_when_sent(_actor: Actor, event: PurchaseOrderSent) -> None:
    """The supplier gets it on paper, too."""
    PURCHASE_ORDER.want(event.purchase_order_id)
