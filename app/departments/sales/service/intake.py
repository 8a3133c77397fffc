"""Take a customer's order: once, at the time it was received, with prices copied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from app.departments.sales import pricing
from app.departments.sales.permissions import Permissions
from app.departments.sales.service import confirmation, verification
from app.departments.sales.service.lines import Problems, columns_of
from app.departments.sales.values import LineValues, digest
from app.kernel import clock
from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import User, require
from app.platform.db import current_unit, locks, session
from app.platform.events import publish
from app.records.numbers import document_number
from app.records.orders.events import OrderReceived
from app.records.orders.fulfilment import remember_lines
from app.records.orders.models import Channel, ConfirmedHow, Order, OrderLine, Origin
from app.records.parties.models import (
    BillingPolicy,
    Company,
    CurrencyRate,
    Party,
    PartyAddress,
    PaymentTerm,
    PriceBasis,
)
from app.records.stock.models import Warehouse

ZERO = Decimal(0)
#: a clock that runs ahead of ours by so much is not yet a wrong time
AHEAD = timedelta(minutes=5)
NOTE_LIMIT = 4_000
_COMPANY, _ADDRESSES = "default company", "addresses of customer"
_DEFAULT_COMPANY = sa.select(Company.id).order_by(Company.is_default.desc(), Company.id).limit(1)
_FAMILIAR = (
    sa.select(Party, PaymentTerm, Company, PartyAddress.id, PartyAddress.kind)
    .select_from(Party)
    .join(Company, Company.id == _DEFAULT_COMPANY.scalar_subquery())
    .outerjoin(PaymentTerm, PaymentTerm.id == Party.payment_term_id)
    .outerjoin(PartyAddress, sa.and_(PartyAddress.party_id == Party.id, PartyAddress.is_active.is_(True)))
    .where(Party.id == sa.bindparam("customer_id"))
    .order_by(PartyAddress.is_default.desc(), PartyAddress.id)
)


def take_order(
    actor: Actor,
    *,
    customer_id: int,
    lines: Sequence[LineValues],
    received_at: datetime | None = None,
    channel: Channel = Channel.FORM,
    origin: Origin = Origin.ENTERED,
    customer_order_number: str = "",
    intake_key: str | None = None,
    confirmed_by: str = "",
    confirmed_how: ConfirmedHow = ConfirmedHow.PHONE,
    **header: Any,
) -> Order:
    """Take an order as a draft, or with ``confirmed_by`` all the way to confirmed and allocated.

    received_at: when the customer's message came in; the clocks start there.  intake_key: the same key with the same
    content is the same order and gives it back.  header: see ``HEADER``; what is missing comes from the customer.
    Raises: NotPermitted, NotFound (customer), InvalidInput (fields, ``lines.3.quantity``, a key used for something
    else), NotVerifiable (with confirmed_by).
    """
    require(actor, Permissions.ORDER_TAKE)
    said = {"customer": customer_id, "lines": lines, "received_at": received_at, "channel": channel,
            "number": customer_order_number, "confirmed_by": confirmed_by, **header}  # fmt: skip
    content = digest(said) if intake_key else ""
    if intake_key and (known := _taken(intake_key, content)):
        return known
    customer = _customer(customer_id)
    columns = header_columns(actor, customer, header)
    columns["received_at"] = _received(received_at)
    order = Order(
        channel=channel,
        origin=origin,
        customer_order_number=clean(customer_order_number, 80),
        intake_key=clean(intake_key, 80) or None,
        intake_digest=content or None,
        **columns,
    )
    order.lines = made = [OrderLine(**row) for row in columns_of(lines, pricing.terms_of(order))]
    add_up(order, made)
    if known := _add(order, content):
        return known
    remember_lines(order.id, made)
    order.number = document_number("SO", order.id)
    publish(OrderReceived(order_id=order.id, occurred_at=order.received_at))
    if confirmed_by:
        verification.verify(actor, order, made)
        confirmation.confirm(actor, order, made, how=confirmed_how, person=confirmed_by, said_at=clock.now())
    return order


def _add(order: Order, content: str) -> Order | None:
    """Insert the order; the order of somebody who was faster with the same key, if there is one."""
    if order.intake_key is None:
        session.add(order)
        session.flush()
        return None
    try:
        with session.begin_nested():
            session.add(order)
    except IntegrityError:
        known = _taken(order.intake_key, content)
        if known is None:
            raise
        return known
    return None


def _taken(intake_key: str, content: str) -> Order | None:
    """The order of this key.  Raises: InvalidInput when the key came with other content."""
    found = session.scalars(sa.select(Order).where(Order.intake_key == clean(intake_key, 80))).first()
    if found is not None and found.intake_digest != content:
        raise InvalidInput(
            {"intake_key": Message(N_("This key was used for %(order)s with other content."), order=found.number)}
        )
    return found


def _received(received_at: datetime | None) -> datetime:
    now = clock.now()
    if received_at is None:
        return now
    if received_at.tzinfo is None:
        raise InvalidInput({"received_at": Message(N_("This time needs a zone."))})
    if received_at > now + AHEAD:
        raise InvalidInput({"received_at": Message(N_("An order cannot be received in the future."))})
    return received_at


def add_up(order: Order, made: Sequence[OrderLine]) -> None:
    """Totals are the sums of the lines, each rounded by itself."""
    order.net_total = sum((line.net for line in made), ZERO)
    order.tax_total = sum((line.tax for line in made), ZERO)
    order.gross_total = order.net_total + order.tax_total


# ------------------------------------------------------------------------------------------------- header
#: what a caller may say about the header; everything else is refused by name
HEADER = (
    "company_id", "owner_id", "currency", "rate", "price_basis", "price_list_id", "payment_term_id", "deposit_percent",
    "billing_policy", "billing_title", "billing_tax_number", "billing_address_id", "shipping_address_id",
    "warehouse_id", "requested_date", "allows_part_shipment", "customer_note", "internal_note",
)  # fmt: skip


def header_columns(actor: Actor, customer: Party, given: Mapping[str, Any]) -> dict[str, Any]:
    """Column values of the header: what was said, else what is agreed with the customer.

    Raises: InvalidInput naming each field; TypeError for a field that does not exist.
    """
    if unknown := set(given) - set(HEADER):
        raise TypeError(f"an order has no {', '.join(sorted(unknown))}")
    said = {name: value for name, value in given.items() if value is not None and value != ""}
    company = company_of(said.get("company_id"))
    term_id = said.get("payment_term_id", customer.payment_term_id)
    term = session.get(PaymentTerm, term_id) if term_id else None
    currency = said.get("currency", customer.currency)
    problems = _reference_problems(customer, said)
    price_list_id = _price_list(customer, currency, said, problems)
    rate = said.get("rate") or rate_of(currency, company.currency)
    if rate is None:
        problems["currency"] = Message(
            N_("There is no exchange rate from %(ours)s to %(theirs)s."), ours=currency, theirs=company.currency
        )
    elif rate <= 0:
        problems["rate"] = Message(N_("An exchange rate is more than 0."))
    deposit = said.get("deposit_percent", term.deposit_percent if term else ZERO)
    if not ZERO <= deposit <= 100:
        problems["deposit_percent"] = Message(N_("A deposit is between 0 and 100 %%."))
    if problems:
        raise InvalidInput(problems)
    addresses = _addresses(customer.id)
    return {
        "company_id": company.id,
        "customer_id": customer.id,
        "owner_id": said.get("owner_id") or customer.salesperson_id or (actor.user_id if _is_person(actor) else None),
        "currency": currency,
        "rate": rate,
        "price_basis": PriceBasis(said.get("price_basis", customer.price_basis)),
        "price_list_id": price_list_id,
        "payment_term_id": term_id,
        "deposit_percent": deposit,
        "billing_policy": BillingPolicy(said.get("billing_policy", customer.billing_policy)),
        "billing_title": clean(said.get("billing_title"), 200) or customer.billing_title or customer.name,
        "billing_tax_number": clean(said.get("billing_tax_number"), 40) or customer.tax_number,
        "billing_address_id": said.get("billing_address_id") or addresses.get("billing"),
        "shipping_address_id": said.get("shipping_address_id") or addresses.get("shipping"),
        "warehouse_id": said.get("warehouse_id"),
        "requested_date": said.get("requested_date"),
        "allows_part_shipment": said.get("allows_part_shipment", True),
        "customer_note": str(said.get("customer_note", "")).replace("\x00", "").strip()[:NOTE_LIMIT],
        "internal_note": str(said.get("internal_note", "")).replace("\x00", "").strip()[:NOTE_LIMIT],
    }


def _customer(customer_id: int) -> Party:
    """The customer, and in the same query what nearly every order needs beside: terms, default company, addresses.

    Raises: NotFound.
    """
    unit = current_unit()
    rows = session.execute(_FAMILIAR, {"customer_id": customer_id}).all() if 0 < customer_id <= locks.MAX_ID else []
    if unit is None or not rows:
        return locks.get(Party, customer_id)
    unit.memo[_COMPANY] = rows[0].Company
    unit.memo[_ADDRESSES, customer_id] = [(row.id, row.kind) for row in rows if row.id is not None]
    customer: Party = rows[0].Party
    return customer


def _is_person(actor: Actor) -> bool:
    return actor.kind is ActorKind.USER and actor.user_id is not None


def company_of(company_id: int | None = None) -> Company:
    """The named company, else the default one.  Raises: NotFound, InvalidInput (there is none)."""
    if company_id is not None:
        return locks.get(Company, company_id)
    unit = current_unit()
    if unit is not None and _COMPANY in unit.memo:
        known: Company = unit.memo[_COMPANY]
        return known
    found = session.scalars(sa.select(Company).order_by(Company.is_default.desc(), Company.id).limit(1)).first()
    if found is None:
        raise InvalidInput({"company_id": Message(N_("Create a company before taking orders."))})
    return found


def _reference_problems(customer: Party, said: Mapping[str, Any]) -> Problems:
    """Ids that point to nothing, or to somebody else's address."""
    problems: Problems = {}
    if not customer.is_customer:
        problems["customer_id"] = Message(N_("%(customer)s is not a customer."), customer=customer.name)
    for name, model in (("payment_term_id", PaymentTerm), ("warehouse_id", Warehouse), ("owner_id", User)):
        if said.get(name) is not None and session.get(model, said[name]) is None:
            problems[name] = Message(N_("Choose one that exists."))
    for name in ("billing_address_id", "shipping_address_id"):
        if said.get(name) is not None:
            address = session.get(PartyAddress, said[name])
            if address is None or address.party_id != customer.id:
                problems[name] = Message(N_("Choose an address of this customer."))
    return problems


def _price_list(customer: Party, currency: str, said: Mapping[str, Any], problems: Problems) -> int | None:
    """The list that was said, else the one agreed with the customer; None for the default list."""
    wanted: int | None = said.get("price_list_id", customer.price_list_id)
    if wanted is None or any(one.id == wanted for one in pricing.lists_of(customer, currency)):
        return wanted
    if "price_list_id" in said:
        problems["price_list_id"] = Message(N_("Choose one of this customer's price lists."))
    return None


def rate_of(currency: str, company_currency: str) -> Decimal | None:
    """Company currency for one unit of ``currency``, the newest known."""
    if currency == company_currency:
        return Decimal(1)
    return session.scalar(
        sa.select(CurrencyRate.rate)
        .where(CurrencyRate.from_currency == currency, CurrencyRate.to_currency == company_currency)
        .order_by(CurrencyRate.valid_on.desc())
        .limit(1)
    )


def _addresses(customer_id: int) -> dict[str, int]:
    """The customer's usual address for each purpose."""
    unit = current_unit()
    rows = unit.memo.get((_ADDRESSES, customer_id)) if unit else None
    if rows is None:
        rows = session.execute(
            sa.select(PartyAddress.id, PartyAddress.kind)
            .where(PartyAddress.party_id == customer_id, PartyAddress.is_active.is_(True))
            .order_by(PartyAddress.is_default.desc(), PartyAddress.id)
        ).all()
    found: dict[str, int] = {}
    for address_id, kind in rows:
        for purpose in ("billing", "shipping") if kind.value == "both" else (kind.value,):
            found.setdefault(purpose, address_id)
    return found
