"""Many more orders at once: delivered and paid ones of the past, written set-based, as an import of history would be.

They start no clock, no mail and no stock move, and hold together for ``flask check``. One audit entry stands for each
batch; ``flask search rebuild`` makes them findable by their words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.money import line_amounts
from app.platform import audit
from app.platform.db import session
from app.platform.db.changes import AUDITED
from app.records.catalog.models import PriceList, PriceListItem, Product
from app.records.orders.models import Channel, ConfirmedHow, Order, OrderLine, Origin
from app.records.orders.states import OrderState
from app.records.parties.models import BillingPolicy, Company, Party, PriceBasis

BATCH = 1_000
DAYS = 540
SOURCE = "demo-bulk"
_OPTIONS = {AUDITED: True}
Row = dict[str, Any]


def next_number() -> int:
    """The first number of this source that is not taken: a second run goes on where the first ended."""
    return (
        session.scalar(sa.select(sa.func.count()).select_from(Order).where(Order.external_source == SOURCE)) or 0
    ) + 1


def add_batch(actor: Actor, *, first: int, count: int) -> int:
    """Orders number ``first`` and the next; the same numbers are always the same orders."""
    company_id = session.scalars(sa.select(Company.id).where(Company.is_default)).one()
    customers = session.scalars(
        sa.select(Party.id).where(Party.is_customer, Party.currency == "CNY").order_by(Party.id)
    ).all()
    goods = session.execute(
        sa.select(Product.id, Product.name, Product.base_unit_id, Product.tax_percent, PriceListItem.unit_price)
        .join(PriceListItem, PriceListItem.product_id == Product.id)
        .join(PriceList, PriceList.id == PriceListItem.price_list_id)
        .where(PriceList.currency == "CNY")
        .order_by(Product.id)
    ).all()
    made = [_order(number, company_id, customers, goods) for number in range(first, first + count)]
    insert_orders = sa.insert(Order).returning(Order.id, sort_by_parameter_order=True)
    ids = session.scalars(insert_orders, [order for order, _lines in made], execution_options=_OPTIONS).all()
    rows = ({**line, "order_id": key} for key, (_order_, lines) in zip(ids, made, strict=True) for line in lines)
    for chunk in _chunks(rows):
        session.execute(sa.insert(OrderLine), chunk, execution_options=_OPTIONS)
    audit.note("demo.bulk", reason="demo", orders=count, first=first)
    return len(ids)


def _chunks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while chunk := list(islice(rows, BATCH)):
        yield chunk


def _order(number: int, company_id: int, customers: Sequence[int], goods: Sequence[Any]) -> tuple[Row, list[Row]]:
    random = Random(number)  # noqa: S311  the same order for the same number
    received = clock.now() - timedelta(days=30 + number % DAYS, minutes=random.randrange(480))
    lines = [_line(position, random.choice(goods), random) for position in range(1, random.randint(2, 5))]
    totals = {f"{part}_total": sum((line[part] for line in lines), Decimal(0)) for part in ("net", "tax", "gross")}
    header = {
        "number": f"SH-{number:07}",
        "company_id": company_id,
        "customer_id": random.choice(customers),
        "state": OrderState.COMPLETED,
        "origin": Origin.IMPORT,
        "channel": random.choice((Channel.CHAT, Channel.PHONE, Channel.MAIL)),
        "received_at": received,
        "currency": "CNY",
        "price_basis": PriceBasis.INCLUDED,
        "billing_policy": BillingPolicy.DELIVERED,
        "verified_at": received + timedelta(hours=2),
        "confirmed_at": received + timedelta(hours=5),
        "confirmed_how": ConfirmedHow.PHONE,
        "confirmed_by": "采购经理",
        "closed_at": received + timedelta(days=25),
        "external_source": SOURCE,
        "external_key": str(number),
        **totals,
    }
    return header, lines


def _line(position: int, good: Any, random: Random) -> Row:
    quantity = Decimal(random.randint(1, 40) * 5)
    amounts = line_amounts(quantity, good.unit_price, good.tax_percent, "included", "CNY")
    done = dict.fromkeys(("ordered", "picked", "packed", "shipped", "delivered", "invoiced"), quantity)
    return {
        "position": position,
        "product_id": good.id,
        "description": good.name,
        "unit_id": good.base_unit_id,
        "entered_quantity": quantity,
        "unit_price": good.unit_price,
        "list_price": good.unit_price,
        "tax_percent": good.tax_percent,
        "net": amounts.net,
        "tax": amounts.tax,
        "gross": amounts.gross,
        **done,
    }
