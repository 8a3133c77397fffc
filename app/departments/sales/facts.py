"""What the house knows about an order, read in few queries, for the rules to judge.

Inside a use case this sees all data, whoever asks: a credit limit checked on part of the orders is no limit.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.sales import pricing, rules
from app.departments.sales.pricing import Terms, terms_of
from app.departments.sales.rules import LineFacts, OrderFacts, Problem
from app.kernel.money import round_money
from app.platform.db import locks, session
from app.platform.db.types import money_type, quantity_type
from app.records.billing.models import Invoice, InvoiceKind, InvoiceState
from app.records.catalog.models import Product, ProductState, ProductUnit, Unit
from app.records.orders.models import LineKind, LineOverride, Order, OrderLine
from app.records.orders.states import BINDING, OrderState
from app.records.parties.models import Company, Party

ZERO = Decimal(0)
GOODS = frozenset({LineKind.PRODUCT, LineKind.SAMPLE})


def problems_of(order: Order, lines: Sequence[OrderLine]) -> list[Problem]:
    """Everything that is wrong with the order, order first, then line by line.

    What is read here is the catalog and the customer's other orders, never this one: it need not be written first.
    """
    with session.no_autoflush:
        found = rules.order_problems(order_facts(order, lines))
        for facts in line_facts(terms_of(order), lines):
            found.extend(rules.line_problems(facts))
    return found


def overrides_of(order_id: int) -> set[tuple[int | None, str]]:
    """What somebody let pass: (line, code)."""
    if locks.is_new(Order.__tablename__, order_id) and not locks.has_new(LineOverride.__tablename__):
        return set()
    rows = session.execute(
        sa.select(LineOverride.line_id, LineOverride.problem).where(LineOverride.order_id == order_id)
    )
    return {(row.line_id, row.problem) for row in rows}


def line_facts(terms: Terms, lines: Sequence[OrderLine]) -> list[LineFacts]:
    """The lines beside what the catalog says now."""
    product_ids = {line.product_id for line in lines if line.product_id}
    products = locks.get_all(Product, product_ids)
    units = locks.get_all(
        Unit, {line.unit_id for line in lines if line.unit_id} | {one.base_unit_id for one in products.values()}
    )
    factors = _factors({one.id for one in products.values() if _in_other_unit(one, lines)})
    prices = pricing.prices_of(product_ids, terms.currency, terms.price_list_id)
    found = []
    for line in lines:
        product = products.get(line.product_id or 0)
        unit, base = units.get(line.unit_id or 0), units.get(product.base_unit_id) if product else None
        quantity, loose = line.written
        listed = product and prices.of(
            product.id, line.ordered, terms.day,
            factor=line.unit_factor, tax_percent=line.tax_percent, basis=terms.basis,
        )  # fmt: skip
        found.append(
            LineFacts(
                line_id=line.id,
                position=line.position,
                kind=line.kind,
                product=product.code if product else "",
                is_active=product is None or product.state is ProductState.ACTIVE,
                is_sold=product is None or product.is_sold,
                quantity=quantity,
                loose=loose,
                base_quantity=line.ordered,
                unit=unit.code if unit else "",
                unit_decimals=unit.decimals if unit else 3,
                base_unit=base.code if base else "",
                base_decimals=base.decimals if base else 3,
                known_factor=_known_factor(line, product, factors),
                factor=line.unit_factor,
                minimum=product.minimum_quantity if product else ZERO,
                multiple=product.multiple_quantity if product else ZERO,
                unit_price=line.unit_price,
                net_unit_price=rules.net_unit_price(
                    line.unit_price, line.in_units, line.discount_percent, line.discount_amount
                ),
                list_price=listed.price if listed else None,
                floor_price=listed.floor if listed else None,
                tolerance_percent=listed.tolerance_percent if listed else ZERO,
                discount=line.discount_percent or line.discount_amount,
                discount_reason=line.discount_reason,
                description=line.description,
            )
        )
    return found


def _in_other_unit(product: Product, lines: Sequence[OrderLine]) -> bool:
    return any(line.product_id == product.id and line.unit_id != product.base_unit_id for line in lines)


def _factors(product_ids: set[int]) -> dict[tuple[int, int], Decimal]:
    if not product_ids:
        return {}
    rows = session.execute(
        sa.select(ProductUnit.product_id, ProductUnit.unit_id, ProductUnit.factor).where(
            ProductUnit.product_id.in_(product_ids)
        )
    )
    return {(row.product_id, row.unit_id): row.factor for row in rows}


def _known_factor(line: OrderLine, product: Product | None, factors: dict[tuple[int, int], Decimal]) -> Decimal | None:
    if product is None or line.unit_id == product.base_unit_id:
        return Decimal(1)
    return factors.get((product.id, line.unit_id or 0))


def order_facts(order: Order, lines: Sequence[OrderLine]) -> OrderFacts:
    """The order beside what the house knows about its customer."""
    customer = session.get_one(Party, order.customer_id)
    company = session.get_one(Company, order.company_id)
    limit = customer.credit_limit
    return OrderFacts(
        line_count=sum(1 for line in lines if line.kind is not LineKind.TEXT),
        customer=customer.name,
        is_active=customer.is_active,
        is_customer=customer.is_customer,
        has_address=order.shipping_address_id is not None,
        needs_address=any(line.kind in GOODS for line in lines),
        has_terms=order.payment_term_id is not None,
        currency=company.currency,
        credit_limit=limit,
        exposure=exposure(order.customer_id, company.currency, without=order.id) if limit is not None else ZERO,
        worth=round_money(order.gross_total * order.rate, company.currency),
        same_number=_same_number(order),
        same_lines=_same_lines(order, lines),
        customer_order_number=order.customer_order_number,
    )


_WHOLE = sa.and_(OrderLine.invoiced == 0, OrderLine.cancelled == 0, OrderLine.returned == 0)
_BINDS = sa.and_(
    Order.customer_id == sa.bindparam("customer_id"),
    Order.id != sa.bindparam("without"),
    Order.state.in_([*BINDING, OrderState.CLOSED_SHORT]),
)
_NO_MONEY = sa.type_coerce(sa.cast(sa.null(), sa.BigInteger), money_type()).label("settled")
_QUANTITIES = (OrderLine.ordered, OrderLine.cancelled, OrderLine.returned, OrderLine.invoiced, OrderLine.credited)
_NO_QUANTITIES = [sa.type_coerce(sa.cast(sa.null(), sa.BigInteger), quantity_type()) for _ in _QUANTITIES]
_EXPOSURE: sa.CompoundSelect[Any] = sa.union_all(
    sa.select(sa.literal("part").label("what"), Order.rate, OrderLine.gross, _NO_MONEY, *_QUANTITIES)
    .select_from(Order)
    .join(OrderLine, OrderLine.order_id == Order.id)
    .where(_BINDS, ~_WHOLE),
    sa.select(sa.literal("whole"), Order.rate, sa.func.sum(OrderLine.gross), _NO_MONEY, *_NO_QUANTITIES)
    .select_from(Order)
    .join(OrderLine, OrderLine.order_id == Order.id)
    .where(_BINDS, _WHOLE)
    .group_by(Order.rate),
    sa.select(
        sa.cast(Invoice.kind, sa.String), Invoice.rate, sa.func.sum(Invoice.gross_total), sa.func.sum(Invoice.settled),
        *_NO_QUANTITIES,
    )
    .where(
        Invoice.customer_id == sa.bindparam("customer_id"),
        Invoice.state == InvoiceState.POSTED,
        Invoice.settled < Invoice.gross_total,
    )
    .group_by(Invoice.kind, Invoice.rate),
)  # fmt: skip


def exposure(customer_id: int, currency: str, *, without: int | None = None) -> Decimal:
    """Open invoices plus what is on order and not invoiced yet, in the company's currency; one query.

    Lines of which nothing is invoiced or cancelled are summed by the database; of the others the open share is
    worked out here, because a scaled number must not be multiplied in SQL.
    """
    total = ZERO
    for row in session.execute(_EXPOSURE, {"customer_id": customer_id, "without": without or 0}):
        if row.what == "part":
            left = row.ordered - row.cancelled - row.returned - (row.invoiced - row.credited)
            if left > 0:
                total += row.gross * left / row.ordered * row.rate
        elif row.what == "whole":
            total += row.gross * row.rate
        else:
            sign = -1 if row.what == InvoiceKind.CREDIT_NOTE.value else 1
            total += sign * (row.gross - row.settled) * row.rate
    return round_money(total, currency)


def _same_number(order: Order) -> tuple[str, ...]:
    if not order.customer_order_number:
        return ()
    statement = (
        sa.select(Order.number)
        .where(
            Order.customer_id == order.customer_id,
            Order.customer_order_number == order.customer_order_number,
            Order.id != order.id,
            Order.state != OrderState.CANCELLED,
        )
        .order_by(Order.id)
        .limit(5)
    )
    return tuple(number or "" for number in session.scalars(statement))


_ALIKE = (
    sa.select(Order.id, Order.number)
    .where(
        Order.customer_id == sa.bindparam("customer_id"),
        Order.id != sa.bindparam("without"),
        Order.state != OrderState.CANCELLED,
        Order.gross_total == sa.bindparam("gross_total"),
        Order.received_at.between(sa.bindparam("since"), sa.bindparam("until")),
    )
    .order_by(Order.id.desc())
    .limit(20)
)


def _same_lines(order: Order, lines: Sequence[OrderLine]) -> tuple[str, ...]:
    mine = _signature((line.product_id, line.ordered) for line in lines)
    if not mine:
        return ()
    near = timedelta(days=rules.DUPLICATE_DAYS)
    alike = {
        "customer_id": order.customer_id,
        "without": order.id or 0,
        "gross_total": order.gross_total,
        "since": order.received_at - near,
        "until": order.received_at + near,
    }
    numbers = {row.id: row.number or "" for row in session.execute(_ALIKE, alike)}
    theirs: dict[int, list[tuple[int | None, Decimal]]] = defaultdict(list)
    if numbers:
        wanted = sa.select(OrderLine.order_id, OrderLine.product_id, OrderLine.ordered)
        for order_id, product_id, ordered in session.execute(wanted.where(OrderLine.order_id.in_(numbers))):
            theirs[order_id].append((product_id, ordered))
    return tuple(numbers[key] for key in sorted(theirs) if _signature(theirs[key]) == mine)


def _signature(pairs: object) -> list[tuple[int, Decimal]]:
    return sorted((product_id, quantity) for product_id, quantity in pairs if product_id)  # type: ignore[attr-defined]
