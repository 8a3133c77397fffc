"""Invoices: drafted from what was ordered or shipped, posted with a gapless number, never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance import rules
from app.departments.finance.errors import BillingNotSetUp, NothingToInvoice
from app.departments.finance.permissions import Permissions
from app.departments.finance.settling import settle_from_deposits
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.money import LineAmounts
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.platform.settings.numbering import next_number
from app.records.billing.completion import complete_if_done
from app.records.billing.events import DraftThrownAway, InvoicePosted, ShipmentInvoiced
from app.records.billing.models import Invoice, InvoiceKind, InvoiceLine, InvoiceState, invoice_states
from app.records.catalog.models import Unit
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.parties.models import BillingPolicy, Company, Party, PartyAddress, PaymentTerm
from app.records.shipping.models import ShipmentLine

ZERO = Decimal(0)
GOODS = frozenset({LineKind.PRODUCT, LineKind.SAMPLE})


def draft_invoice(actor: Actor, *, order_id: int, shipment_id: int | None = None) -> Invoice:
    """Draft an invoice over everything billable of an order, or of one of its shipments.

    Raises: NotPermitted, NotFound, BillingNotSetUp, NothingToInvoice.
    """
    require(actor, Permissions.INVOICE_DRAFT)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.INVOICE_DRAFT, order)
    return draft_for(order, shipment_id)


def draft_for(order: Order, shipment_id: int | None = None) -> Invoice:
    """The draft itself; the order is locked. Drafting again while a draft is open raises NothingToInvoice."""
    if order.billing_confirmed_at is None:
        raise BillingNotSetUp(order=order.number)
    lines = locks.lock_all(OrderLine, (line.id for line in lines_of(order.id)))
    wanted = _billable_of_shipment(lines, shipment_id) if shipment_id else _billable_of_order(order, lines)
    if not wanted:
        raise NothingToInvoice(order=order.number)
    made = _header(order, shipment_id)
    parts = _claimed_so_far([line.id for line, _ in wanted])
    amounts = []
    for position, (line, quantity) in enumerate(wanted, start=1):
        part = rules.amounts_of_part(_agreed(order, line, parts), quantity)
        made.lines.append(_line(position, line, quantity, part))
        line.invoiced += quantity
        amounts.append(part)
    sums = rules.total(amounts)
    made.net_total, made.tax_total, made.gross_total = sums.net, sums.tax, sums.gross
    session.add(made)
    session.flush()
    _mark_shipment_lines(shipment_id, {line.id: quantity for line, quantity in wanted})
    return made


def post_invoice(actor: Actor, *, invoice_id: int) -> Invoice:
    """Number a draft for good, date it today, and let deposits of its order settle it.

    Raises: NotPermitted, NotFound, WrongState.
    """
    require(actor, Permissions.INVOICE_POST)
    order_id = session.scalar(sa.select(Invoice.order_id).where(Invoice.id == invoice_id))
    order = locks.lock(Order, order_id) if order_id else None
    invoice = locks.lock(Invoice, invoice_id)
    require(actor, Permissions.INVOICE_POST, invoice)
    invoice_states.require(invoice.state, InvoiceState.POSTED)
    post(actor, invoice, order)
    return invoice


def post(actor: Actor, invoice: Invoice, order: Order | None) -> None:
    """Post a locked draft."""
    company = session.get_one(Company, invoice.company_id)
    invoice.issued_on = clock.today(company.timezone)
    term = session.get(PaymentTerm, order.payment_term_id) if order and order.payment_term_id else None
    invoice.due_on = rules.due_date(
        invoice.issued_on, term.days if term else 0, from_end_of_month=bool(term and term.from_end_of_month)
    )
    invoice.posted_at, invoice.posted_by = clock.now(), actor.name
    invoice.number = next_number(
        "credit_note" if invoice.kind is InvoiceKind.CREDIT_NOTE else "invoice",
        company_id=company.id,
        on=invoice.issued_on,
    )
    invoice_states.move(invoice, InvoiceState.POSTED)
    session.flush()
    publish(InvoicePosted(invoice_id=invoice.id, order_id=invoice.order_id))
    for shipment_id in _shipments_of(invoice):
        if is_invoiced(shipment_id) and order:
            publish(ShipmentInvoiced(shipment_id=shipment_id, order_id=order.id))
    if order:
        settle_from_deposits(actor, order, invoice)
        complete_if_done(order)


def cancel_draft(actor: Actor, *, invoice_id: int) -> Invoice:
    """Throw a draft away; what it claimed is billable again.  Raises: NotPermitted, NotFound, WrongState."""
    require(actor, Permissions.INVOICE_DRAFT)
    order_id = session.scalar(sa.select(Invoice.order_id).where(Invoice.id == invoice_id))
    if order_id:
        locks.lock(Order, order_id)
    invoice = locks.lock(Invoice, invoice_id)
    require(actor, Permissions.INVOICE_DRAFT, invoice)
    throw_away(invoice)
    if order_id:
        publish(DraftThrownAway(invoice_id=invoice.id, order_id=order_id))
    return invoice


def throw_away(invoice: Invoice) -> None:
    """Throw a locked draft of a locked order away.  Raises: WrongState."""
    invoice_states.move(invoice, InvoiceState.CANCELLED)
    quantities = {line.order_line_id: line.quantity for line in invoice.lines if line.order_line_id}
    for order_line in locks.lock_all(OrderLine, quantities):
        order_line.invoiced -= quantities[order_line.id]
    _unmark_shipment_lines(invoice.shipment_id, quantities)
    session.flush()


def over_billed(order: Order, line: OrderLine) -> Decimal:
    """How much of a line is on papers, drafts too, and not owed any more; base units."""
    return rules.credit_due(
        policy="delivered" if _is_by_shipment(order, line) else "ordered",
        wanted=line.wanted,
        left_the_house=line.shipped - line.failed,
        returned=line.returned,
        net_invoiced=line.invoiced - line.credited,
    )


def basis_of(order: Order, line: OrderLine) -> Decimal:
    """How much of a line the policy lets us ask for now, before returns; base units."""
    return line.shipped - line.failed if _is_by_shipment(order, line) else line.wanted


def _is_by_shipment(order: Order, line: OrderLine) -> bool:
    return line.kind in GOODS and order.billing_policy is not BillingPolicy.ORDERED


def _billable_of_order(order: Order, lines: list[OrderLine]) -> list[tuple[OrderLine, Decimal]]:
    started = order.billing_policy is BillingPolicy.ORDERED or any(line.shipped > line.failed for line in lines)
    found = []
    for line in lines:
        policy = BillingPolicy.ORDERED if line.kind not in GOODS else order.billing_policy
        quantity = rules.billable_quantity(
            policy="ordered" if policy is BillingPolicy.ORDERED else "delivered",
            wanted=line.wanted,
            left_the_house=line.shipped - line.failed,
            returned=line.returned,
            net_invoiced=line.invoiced - line.credited,
        )
        if quantity > 0 and started and line.kind is not LineKind.TEXT:
            found.append((line, quantity))
    return found if any(line.gross for line, _ in found) else []


def _billable_of_shipment(lines: list[OrderLine], shipment_id: int) -> list[tuple[OrderLine, Decimal]]:
    by_id = {line.id: line for line in lines}
    shipped = session.execute(
        sa.select(ShipmentLine.order_line_id, ShipmentLine.shipped, ShipmentLine.failed, ShipmentLine.invoiced)
        .where(ShipmentLine.shipment_id == shipment_id, ShipmentLine.order_line_id.in_(by_id))
        .order_by(ShipmentLine.id)
    )
    found = []
    for row in shipped:
        line = by_id[row.order_line_id]
        free = line.shipped - line.failed - line.returned - (line.invoiced - line.credited)
        quantity = min(row.shipped - row.failed - row.invoiced, free)
        if quantity > 0:
            found.append((line, quantity))
    if found:
        found += [(line, line.wanted - line.invoiced) for line in lines if _goes_along(line)]
    return sorted(found, key=lambda pair: pair[0].position)


def _goes_along(line: OrderLine) -> bool:
    return line.kind in {LineKind.SERVICE, LineKind.FREIGHT} and line.wanted > line.invoiced


def _claimed_so_far(line_ids: Iterable[int]) -> dict[int, tuple[Decimal, Decimal, Decimal]]:
    """Per order line: quantity, net and tax asked for so far, less what was credited."""
    sign = sa.case((Invoice.kind == InvoiceKind.CREDIT_NOTE, True), else_=False)
    rows = session.execute(
        sa.select(
            InvoiceLine.order_line_id,
            sign.label("is_credit"),
            sa.func.sum(InvoiceLine.quantity).label("quantity"),
            sa.func.sum(InvoiceLine.net).label("net"),
            sa.func.sum(InvoiceLine.tax).label("tax"),
        )
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.order_line_id.in_(set(line_ids)), Invoice.state != InvoiceState.CANCELLED)
        .group_by(InvoiceLine.order_line_id, sign)
    )
    found: dict[int, tuple[Decimal, Decimal, Decimal]] = {}
    for row in rows:
        before = found.get(row.order_line_id, (ZERO, ZERO, ZERO))
        signed = (-row.quantity, -row.net, -row.tax) if row.is_credit else (row.quantity, row.net, row.tax)
        found[row.order_line_id] = (before[0] + signed[0], before[1] + signed[1], before[2] + signed[2])
    return found


def _agreed(order: Order, line: OrderLine, claimed: dict[int, tuple[Decimal, Decimal, Decimal]]) -> rules.Agreed:
    quantity, net, tax = claimed.get(line.id, (ZERO, ZERO, ZERO))
    return rules.Agreed(
        ordered=line.ordered,
        entered=line.in_units,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        discount_amount=line.discount_amount,
        tax_percent=line.tax_percent,
        basis=order.price_basis.value,
        currency=order.currency,
        invoiced=quantity,
        invoiced_net=net,
        invoiced_tax=tax,
    )


def _header(order: Order, shipment_id: int | None) -> Invoice:
    customer = session.get_one(Party, order.customer_id)
    company = session.get_one(Company, order.company_id)
    today = clock.today(company.timezone)
    return Invoice(
        kind=InvoiceKind.INVOICE,
        company_id=order.company_id,
        customer_id=order.customer_id,
        order_id=order.id,
        shipment_id=shipment_id,
        currency=order.currency,
        rate=order.rate,
        price_basis=order.price_basis,
        issued_on=today,
        due_on=today,
        billing_title=order.billing_title or customer.name,
        billing_tax_number=order.billing_tax_number,
        billing_address=_address(order.billing_address_id or order.shipping_address_id),
        customer_order_number=order.customer_order_number,
    )


def _address(address_id: int | None) -> dict[str, str] | None:
    found = session.get(PartyAddress, address_id) if address_id else None
    if found is None:
        return None
    names = ("recipient", "phone", "line1", "line2", "city", "region", "postcode", "country")
    return {name: getattr(found, name) for name in names}


def _line(position: int, line: OrderLine, quantity: Decimal, part: LineAmounts) -> InvoiceLine:
    unit = session.get(Unit, line.unit_id) if line.unit_id else None
    return InvoiceLine(
        position=position,
        order_line_id=line.id,
        description=line.description,
        unit_label=unit.code if unit else "",
        unit_factor=line.unit_factor,
        quantity=quantity,
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        tax_percent=line.tax_percent,
        net=part.net,
        tax=part.tax,
        gross=part.gross,
    )


def _mark_shipment_lines(shipment_id: int | None, quantities: dict[int, Decimal]) -> None:
    """Tell shipments what of them is invoiced: the one asked for, or the order's oldest first."""
    left = dict(quantities)
    for row in _shipment_lines(shipment_id, quantities):
        part = min(left[row.order_line_id], row.shipped - row.failed - row.invoiced)
        if part > 0:
            row.invoiced += part
            left[row.order_line_id] -= part
    session.flush()


def _unmark_shipment_lines(shipment_id: int | None, quantities: dict[int, Decimal]) -> None:
    """The way back, newest first."""
    left = dict(quantities)
    for row in reversed(_shipment_lines(shipment_id, quantities)):
        part = min(left[row.order_line_id], row.invoiced)
        row.invoiced -= part
        left[row.order_line_id] -= part


def _shipment_lines(shipment_id: int | None, order_line_ids: Iterable[int]) -> list[ShipmentLine]:
    statement = sa.select(ShipmentLine.id).where(
        ShipmentLine.order_line_id.in_(set(order_line_ids)), ShipmentLine.shipped > 0
    )
    if shipment_id:
        statement = statement.where(ShipmentLine.shipment_id == shipment_id)
    return locks.lock_all(ShipmentLine, session.scalars(statement))


def _shipments_of(invoice: Invoice) -> list[int]:
    lines = [line.order_line_id for line in invoice.lines if line.order_line_id]
    statement = (
        sa.select(ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id.in_(lines), ShipmentLine.invoiced > 0)
        .distinct()
    )
    return sorted(session.scalars(statement))


def is_invoiced(shipment_id: int) -> bool:
    """Whether nothing of a shipment is left to be invoiced."""
    left = sa.select(ShipmentLine.id).where(
        ShipmentLine.shipment_id == shipment_id, ShipmentLine.invoiced + ShipmentLine.failed < ShipmentLine.shipped
    )
    return session.execute(left.limit(1)).first() is None
