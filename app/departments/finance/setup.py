"""Billing set-up of an order (H4): title, tax number, terms and deposit are confirmed before the first invoice."""

from __future__ import annotations

from decimal import Decimal

from app.departments.finance.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.billing.events import BillingSetUp
from app.records.orders.events import OrderConfirmed
from app.records.orders.models import Order
from app.records.parties.models import Party, PaymentTerm


def confirm_billing(
    actor: Actor,
    *,
    order_id: int,
    billing_title: str,
    billing_tax_number: str = "",
    payment_term_id: int | None = None,
    deposit_percent: Decimal = Decimal(0),
    remember: bool = False,
) -> Order:
    """Confirm what invoices of this order will say.

    remember: the customer is known from now on, so that its next orders need no set-up.
    Raises: NotPermitted, NotFound, InvalidInput (title, term, deposit).
    """
    require(actor, Permissions.BILLING_SET_UP)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.BILLING_SET_UP, order)
    title = clean(billing_title, 200)
    problems: dict[str, Message | str] = {}
    if not title:
        problems["billing_title"] = N_("An invoice needs a title: the name it is made out to.")
    if not 0 <= deposit_percent <= 100:
        problems["deposit_percent"] = N_("A deposit is between 0 and 100 %%.")
    if payment_term_id is None or session.get(PaymentTerm, payment_term_id) is None:
        problems["payment_term_id"] = N_("Choose the payment terms agreed with the customer.")
    if problems:
        raise InvalidInput(problems)
    order.billing_title, order.billing_tax_number = title, clean(billing_tax_number, 40)
    order.payment_term_id, order.deposit_percent = payment_term_id, deposit_percent
    if remember:
        customer = locks.lock(Party, order.customer_id)
        customer.billing_title, customer.tax_number = title, order.billing_tax_number
        customer.payment_term_id, customer.billing_confirmed = payment_term_id, True
    _set_up(order)
    return order


def set_up_known_customer(_actor: Actor, event: OrderConfirmed) -> None:
    """Close H4 by itself where finance has confirmed the customer's billing before."""
    order = locks.lock(Order, event.order_id)
    customer = session.get_one(Party, order.customer_id)
    if order.billing_confirmed_at is None and customer.billing_confirmed and customer.payment_term_id:
        order.billing_title = order.billing_title or customer.billing_title or customer.name
        order.billing_tax_number = order.billing_tax_number or customer.tax_number
        order.payment_term_id = order.payment_term_id or customer.payment_term_id
        _set_up(order)


def _set_up(order: Order) -> None:
    order.billing_confirmed_at = clock.now()
    publish(BillingSetUp(order_id=order.id))
