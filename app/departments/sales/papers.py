"""The order confirmation as a paper: kept on the order, with the customer's link as a code to scan."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.departments.sales.permissions import Permissions
from app.departments.sales.service import links
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.quantity import plain as quantity_text
from app.platform.access import User
from app.platform.db import session
from app.platform.documents import Party as PaperParty
from app.platform.documents import PricedLine
from app.platform.documents.printing import Printed, RecordPaper, public_address
from app.records import papers
from app.records.catalog.models import Product, Unit
from app.records.orders.documents import ConfirmationData
from app.records.orders.events import OrderSent
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.orders.states import OrderState
from app.records.parties.models import Company, Party, PartyAddress

#: the page behind the code; its address belongs to the portal
ANSWER_PAGE = "portal_order"


def _read(_actor: Actor, order: Order, _asked_in: str) -> Printed:
    customer = session.get_one(Party, order.customer_id)
    link = None
    if order.state is OrderState.VERIFIED:
        link = public_address(ANSWER_PAGE, token=links.make_for_paper(order, customer))
    return Printed(confirmation_of(order, customer.language, link), customer.language, order.number or "")


def confirmation_of(order: Order, language: str, link: str | None = None) -> ConfirmationData:
    """The paper's data; amounts are the order's own, so that paper and order cannot differ."""
    company = session.get_one(Company, order.company_id)
    customer = session.get_one(Party, order.customer_id)
    zone = ZoneInfo(company.timezone)
    owner = session.get(User, order.owner_id) if order.owner_id else None
    return ConfirmationData(
        number=order.number or "",
        issued_on=clock.today(company.timezone),
        company=papers.letterhead(company, language),
        partner=PaperParty(
            name=order.billing_title or customer.name, tax_id=order.billing_tax_number, phone=customer.phone
        ),
        currency=order.currency,
        exchange_rate=None if order.currency == company.currency else order.rate,
        price_basis=order.price_basis.value,
        lines=tuple(_lines(order, language)),
        net=order.net_total,
        tax=order.tax_total,
        gross=order.gross_total,
        terms=papers.term_text(order.payment_term_id, language),
        deposit=f"{quantity_text(order.deposit_percent)} %" if order.deposit_percent else "",
        note=order.customer_note,
        received_on=order.received_at.astimezone(zone).date(),
        customer_order_number=order.customer_order_number,
        deliver_to=_address_text(order.shipping_address_id),
        salesperson=owner.name if owner else "",
        confirmed_by=order.confirmed_by,
        confirmed_at=order.confirmed_at.astimezone(zone) if order.confirmed_at else None,
        link=link,
    )


def _address_text(address_id: int | None) -> str:
    """Name and place in one line."""
    found = session.get(PartyAddress, address_id) if address_id else None
    if found is None:
        return ""
    return " ".join(part for part in (found.recipient, found.phone, papers.place_text(found)) if part)


def _lines(order: Order, language: str) -> list[PricedLine]:
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
        PricedLine(
            position=line.position,
            code=code or "",
            name=line.description,
            specification=line.specification,
            partner_code=line.customer_part_number,
            quantity=papers.counted(line.ordered, own, unit, line.unit_factor, language),
            unit_price=line.unit_price,
            price_unit=papers.unit_word(unit, language) or papers.unit_word(own, language),
            discount_percent=line.discount_percent,
            discount_amount=line.discount_amount,
            tax_percent=line.tax_percent,
            net=line.net,
            tax=line.tax,
            gross=line.gross,
            due_on=line.promised_date or line.requested_date,
        )
        for line, code, unit, own in rows
    ]


CONFIRMATION = RecordPaper(
    "sales.confirmation.print", Order, Permissions.ORDER_SEND, purpose="order confirmation", read=_read
)


def print_confirmation(actor: Actor, *, order_id: int) -> int:
    """Have the confirmation made as a paper; gives the job's id.  Raises: NotPermitted, NotFound."""
    return CONFIRMATION.ask(actor, order_id)


def print_when_sent(_actor: Actor, event: OrderSent) -> None:
    """The customer may want it on paper, too."""
    CONFIRMATION.want(event.order_id)
