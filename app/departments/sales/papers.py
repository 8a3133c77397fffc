"""The order confirmation as a paper, made by a job and kept on the order."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.quantity import plain as quantity_text
from app.platform.access import User
from app.platform.db import run, session
from app.platform.documents import Party as PaperParty
from app.platform.documents import PricedLine, Quantity
from app.platform.files import keep, store
from app.platform.jobs import Running, job
from app.records.catalog.models import Product, Unit
from app.records.orders.documents import ConfirmationData
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.parties.models import Company, Party, PartyAddress, PaymentTerm

PRINT = "sales.confirmation.print"
PURPOSE = "order confirmation"


@job(PRINT, outside=True)
def print_confirmation(running: Running, *, order_id: int) -> dict[str, Any]:
    """Render the confirmation as the order is now and keep it on the order."""
    paper, language, number = run(_read, running.actor, order_id=order_id)
    pdf = paper.render(language)
    kept = keep(pdf, f"{number}.pdf")
    stored: int = run(_store, running.actor, kept=kept, order_id=order_id)
    return {"file_id": stored}


def _store(actor: Actor, *, kept: Any, order_id: int) -> int:
    return store(actor, kept, table="orders", row_id=order_id, purpose=PURPOSE).id


def _read(_actor: Actor, *, order_id: int) -> tuple[ConfirmationData, str, str]:
    order = session.get_one(Order, order_id)
    language = session.get_one(Party, order.customer_id).language
    return confirmation_of(order, language), language, order.number or ""


def confirmation_of(order: Order, language: str) -> ConfirmationData:
    """The paper's data; amounts are the order's own, so that paper and order cannot differ."""
    company = session.get_one(Company, order.company_id)
    customer = session.get_one(Party, order.customer_id)
    zone = ZoneInfo(company.timezone)
    is_chinese = language.startswith("zh")
    term = session.get(PaymentTerm, order.payment_term_id) if order.payment_term_id else None
    owner = session.get(User, order.owner_id) if order.owner_id else None
    return ConfirmationData(
        number=order.number or "",
        issued_on=clock.today(company.timezone),
        company=_house(company, is_chinese=is_chinese),
        partner=PaperParty(
            name=order.billing_title or customer.name, tax_id=order.billing_tax_number, phone=customer.phone
        ),
        currency=order.currency,
        exchange_rate=None if order.currency == company.currency else order.rate,
        price_basis=order.price_basis.value,
        lines=tuple(_lines(order, is_chinese=is_chinese)),
        net=order.net_total,
        tax=order.tax_total,
        gross=order.gross_total,
        terms=(term.name_zh if is_chinese else term.name_en) if term else "",
        deposit=f"{quantity_text(order.deposit_percent)} %" if order.deposit_percent else "",
        note=order.customer_note,
        received_on=order.received_at.astimezone(zone).date(),
        customer_order_number=order.customer_order_number,
        deliver_to=address_text(order.shipping_address_id),
        salesperson=owner.name if owner else "",
        confirmed_by=order.confirmed_by,
        confirmed_at=order.confirmed_at.astimezone(zone) if order.confirmed_at else None,
    )


def _house(company: Company, *, is_chinese: bool) -> PaperParty:
    return PaperParty(
        name=company.name if is_chinese else company.name_en or company.name,
        address=company.address, phone=company.phone, email=company.email, tax_id=company.tax_number,
        bank=company.bank_name, account=company.bank_account,
    )  # fmt: skip


def address_text(address_id: int | None) -> str:
    """Name and place in one line."""
    found = session.get(PartyAddress, address_id) if address_id else None
    if found is None:
        return ""
    parts = (found.recipient, found.phone, found.region, found.city, found.line1, found.line2, found.postcode)
    return " ".join(part for part in parts if part)


def _lines(order: Order, *, is_chinese: bool) -> list[PricedLine]:
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(OrderLine, Product.code, Unit, base)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .outerjoin(base, base.id == Product.base_unit_id)
        .where(OrderLine.order_id == order.id, OrderLine.kind != LineKind.TEXT)
        .order_by(OrderLine.position)
    )
    return [
        _line(line, code or "", _unit_name(unit, is_chinese=is_chinese), _unit_name(own, is_chinese=is_chinese))
        for line, code, unit, own in rows
    ]


def _unit_name(unit: Unit | None, *, is_chinese: bool) -> str:
    if unit is None:
        return ""
    return unit.name_zh if is_chinese else unit.name_en


def _line(line: OrderLine, code: str, unit: str, base_unit: str) -> PricedLine:
    return PricedLine(
        position=line.position,
        code=code,
        name=line.description,
        specification=line.specification,
        partner_code=line.customer_part_number,
        quantity=Quantity.of(line.ordered, base_unit or unit, unit, line.unit_factor),
        unit_price=line.unit_price,
        price_unit=unit or base_unit,
        discount_percent=line.discount_percent,
        discount_amount=line.discount_amount,
        tax_percent=line.tax_percent,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
        due_on=line.promised_date or line.requested_date,
    )
