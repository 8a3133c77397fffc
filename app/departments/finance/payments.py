"""Money that comes in: recorded once, settling one invoice, several, or none yet (a deposit)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance.errors import TooMuchSettled
from app.departments.finance.permissions import Permissions
from app.departments.finance.settling import book, lock_invoices_with_orders, settle, spread_over_oldest
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.money import minor_unit, round_money
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.billing.events import PaymentReceived
from app.records.billing.models import Payment, PaymentDirection, PaymentMethod, Settlement
from app.records.numbers import document_number
from app.records.orders.models import Order
from app.records.parties.models import Company, Currency, Party

ZERO = Decimal(0)
#: a slip may be dated a little ahead (value date), never far
FUTURE_DAYS = 3


def record_payment(
    actor: Actor,
    *,
    party_id: int,
    amount: Decimal,
    currency: str,
    occurred_on: date,
    method: PaymentMethod = PaymentMethod.BANK,
    reference: str = "",
    order_id: int | None = None,
    allocations: Mapping[int, Decimal] | None = None,
    oldest_first: bool = False,
    intake_key: str | None = None,
    note: str = "",
) -> Payment:
    """Record money received and settle invoices with it.

    amount: in ``currency``.  order_id: a deposit for this order; it settles the order's invoices as they are posted.
    allocations: invoice id -> amount.  oldest_first: settle what is due longest with what is not allocated.
    intake_key: the same key twice is the same payment.
    Raises: NotPermitted, InvalidInput, OtherCurrency, OtherParty, TooMuchSettled.
    """
    require(actor, Permissions.PAYMENT_RECORD)
    if intake_key and (known := session.scalar(sa.select(Payment).where(Payment.intake_key == intake_key))):
        return known
    _check(party_id, amount, currency, occurred_on, order_id)
    company = session.scalars(sa.select(Company).order_by(Company.is_default.desc(), Company.id)).first()
    if company is None:
        raise InvalidInput({"company": N_("Enter the company of the house first.")})
    if order_id:
        locks.lock(Order, order_id)
    payment = Payment(
        direction=PaymentDirection.RECEIVED,
        method=method,
        company_id=company.id,
        party_id=party_id,
        order_id=order_id,
        currency=currency,
        amount=amount,
        allocated=ZERO,
        occurred_on=occurred_on,
        reference=clean(reference, 200),
        note=clean(note, 300),
        booked_by=actor.name,
        intake_key=intake_key,
    )
    session.add(payment)
    session.flush()
    payment.number = document_number("PY", payment.id)
    session.flush()
    publish(PaymentReceived(payment_id=payment.id))
    if allocations:
        settle(actor, payment, allocations)
    if oldest_first:
        settle(actor, payment, spread_over_oldest(payment))
    return payment


def allocate_payment(actor: Actor, *, payment_id: int, allocations: Mapping[int, Decimal]) -> Payment:
    """Settle invoices with what is left of a payment.  Raises: NotPermitted, NotFound, OtherCurrency, TooMuchSettled."""
    require(actor, Permissions.PAYMENT_ALLOCATE)
    lock_invoices_with_orders(allocations)
    payment = locks.lock(Payment, payment_id)
    require(actor, Permissions.PAYMENT_ALLOCATE, payment)
    settle(actor, payment, allocations)
    return payment


def take_back(actor: Actor, *, settlement_id: int) -> Payment:
    """Take one settlement of a payment back by a row with a minus.  Raises: NotPermitted, NotFound, TooMuchSettled."""
    require(actor, Permissions.PAYMENT_ALLOCATE)
    row = locks.get(Settlement, settlement_id)
    invoice = lock_invoices_with_orders([row.invoice_id])[row.invoice_id]
    payment = locks.lock(Payment, row.payment_id or 0)
    require(actor, Permissions.PAYMENT_ALLOCATE, payment)
    still = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(Settlement.amount), ZERO)).where(
            Settlement.payment_id == payment.id, Settlement.invoice_id == invoice.id
        )
    )
    if row.amount <= 0 or row.amount > (still or ZERO):
        raise TooMuchSettled(invoice=invoice.number, most=still)
    payment.allocated -= row.amount
    book(actor, invoice, -row.amount, payment=payment)
    return payment


def _check(party_id: int, amount: Decimal, currency: str, occurred_on: date, order_id: int | None) -> None:
    problems: dict[str, Message | str] = {}
    party = session.get(Party, party_id)
    if party is None:
        problems["party_id"] = N_("Choose who paid.")
    if amount <= 0:
        problems["amount"] = N_("An amount is larger than zero.")
    elif amount != round_money(amount, currency):
        problems["amount"] = Message(
            N_("%(currency)s has %(places)s decimals."), currency=currency, places=minor_unit(currency)
        )
    if session.scalar(sa.select(Currency.id).where(Currency.code == currency)) is None:
        problems["currency"] = Message(N_("The house does not trade in %(currency)s."), currency=currency)
    if (occurred_on - clock.now().date()).days > FUTURE_DAYS:
        problems["occurred_on"] = N_("This day is in the future.")
    order = session.get(Order, order_id) if order_id else None
    if order_id and (order is None or (party and order.customer_id != party.id)):
        problems["order_id"] = N_("This order belongs to another customer.")
    if problems:
        raise InvalidInput(problems)
