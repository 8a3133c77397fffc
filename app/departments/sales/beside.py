"""What a clerk sees beside a line while entering it: what is there and when, prices, margin, and what is wrong.

Everything is read with the reader's own rights; only how much others still wait for is the house's knowledge, told as
one number to who may see stock. Costs are read only for somebody who may see them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from app.departments.sales import facts, pricing, rules
from app.departments.sales.pricing import Terms
from app.departments.sales.service.intake import company_of, rate_of
from app.departments.sales.service.lines import columns_of
from app.departments.sales.values import LineValues
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.money import HUNDRED, round_to
from app.platform.access import can, house_reading, may_read_field
from app.platform.db import session
from app.records.availability import available_to_promise, demand_ahead, free_stock, incoming_supply
from app.records.catalog.models import Product, Unit
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.parties.models import Company, Party, PriceBasis
from app.records.stock.allocation import default_warehouse_id
from app.records.stock.models import ProductCost
from app.records.stock.permissions import Permissions as StockPermissions

ZERO = Decimal(0)


class Source(StrEnum):
    """Where a price comes from."""

    LIST = "list"
    LAST = "last"
    TYPED = "typed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What of the wanted quantity is there; base units."""

    unit: str
    now: Decimal
    covered: Decimal  #: with what is ordered, on ``ready_on``
    ready_on: date | None
    is_enough: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Everything beside one line; None where it is unknown or not for this reader. Prices per entered unit."""

    name: str = ""
    currency: str = ""
    stock: Stock | None = None
    price: Decimal | None = None
    source: Source | None = None
    list_price: Decimal | None = None
    price_list: str = ""
    last_price: Decimal | None = None
    last_order: tuple[int, str] | None = None
    margin_percent: Decimal | None = None
    problems: tuple[rules.Problem, ...] = ()


def terms_for(customer: Party | None, *, price_list_id: int | None, order: Order | None = None) -> Terms:
    """What the header says while it is still being written."""
    company = company_of(order.company_id if order else None)
    if customer is None:
        return Terms(
            customer_id=0,
            currency=company.currency,
            basis=PriceBasis.INCLUDED.value,
            day=clock.today(company.timezone),
        )
    return Terms(
        customer_id=customer.id,
        currency=customer.currency,
        basis=customer.price_basis.value,
        day=pricing.terms_of(order).day if order else clock.today(company.timezone),
        price_list_id=price_list_id or customer.price_list_id,
    )


def beside(actor: Actor, value: LineValues, terms: Terms) -> Beside:
    """Look at one line.  Raises: InvalidInput (``lines.1.unit``) when it names what does not exist."""
    (columns,) = columns_of([value], terms)
    line = OrderLine(**columns)
    (judged,) = facts.line_facts(terms, [line])
    problems = tuple(rules.line_problems(judged))
    product = session.get(Product, line.product_id) if line.product_id else None
    if product is None or line.kind is LineKind.TEXT:
        return Beside(problems=problems, currency=terms.currency)
    last, order = _last_price(line, terms)
    listed = pricing.prices_of({product.id}, terms.currency, terms.price_list_id).of(
        product.id, line.ordered, terms.day, factor=line.unit_factor, tax_percent=line.tax_percent, basis=terms.basis
    )
    is_priced = line.kind is LineKind.PRODUCT and (value.unit_price is not None or listed is not None)
    return Beside(
        name=product.name,
        currency=terms.currency,
        stock=_stock(actor, product, line),
        price=line.unit_price if is_priced else None,
        source=_source(line.unit_price, listed, last) if is_priced else None,
        list_price=listed.price if listed else None,
        price_list=listed.price_list if listed else "",
        last_price=last,
        last_order=order,
        margin_percent=_margin(actor, product, line, columns, terms) if is_priced else None,
        problems=problems,
    )


def _source(price: Decimal, listed: pricing.Listed | None, last: Decimal | None) -> Source:
    if listed is not None and price == listed.price:
        return Source.LIST
    return Source.LAST if price == last else Source.TYPED


def _last_price(line: OrderLine, terms: Terms) -> tuple[Decimal | None, tuple[int, str] | None]:
    """The customer's last price in this line's unit and basis; nothing where it was in another currency."""
    product_id = line.product_id or 0
    last = pricing.last_prices(terms.customer_id, [product_id]).get(product_id) if terms.customer_id else None
    if last is None or last.currency != terms.currency:
        return None, None
    price = rules.in_basis(last.unit_price, line.tax_percent, listed=last.basis, wanted=terms.basis)
    return round_to(price / last.factor * line.unit_factor, rules.PRICE_PLACES), (last.order_id, last.number)


def _stock(actor: Actor, product: Product, line: OrderLine) -> Stock | None:
    if not can(actor, StockPermissions.LEVEL_READ) or not line.needs_stock:
        return None
    warehouse_id = default_warehouse_id() or 0
    wanted = [product.id]
    free = free_stock(wanted, warehouse_id).get(product.id, ZERO)
    with house_reading():
        supply = incoming_supply(wanted, warehouse_id).get(product.id, [])
        ahead = demand_ahead(wanted, before=clock.now()).get(product.id, ZERO)
        unit = session.get_one(Unit, product.base_unit_id).code
    promise = available_to_promise(free, supply, ahead, line.ordered)
    return Stock(
        unit=unit,
        now=max(ZERO, free - ahead),
        covered=promise.covered,
        ready_on=promise.ready_on,
        is_enough=promise.is_whole(line.ordered),
    )


def _margin(actor: Actor, product: Product, line: OrderLine, columns: dict[str, Any], terms: Terms) -> Decimal | None:
    """Share of the net price that the cost leaves, in percent; None for who may not see costs."""
    company = company_of()
    cost = _cost(actor, product, company)
    rate = rate_of(terms.currency, company.currency)
    if cost is None or rate is None or columns["net"] <= 0:
        return None
    net = columns["net"] * rate
    return round_to((net - cost * line.ordered) * HUNDRED / net, 1)


def _cost(actor: Actor, product: Product, company: Company) -> Decimal | None:
    """Moving average, else the standard cost; company currency per base unit."""
    if can(actor, StockPermissions.COST_READ):
        average = session.scalar(
            sa.select(ProductCost.average_cost).where(
                ProductCost.company_id == company.id, ProductCost.product_id == product.id
            )
        )
        if average:
            return average
    return product.standard_cost if may_read_field(actor, Product, "standard_cost") else None
