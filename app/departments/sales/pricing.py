"""What the price list says: prices of one base unit, in the list's own basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.sales.rules import in_basis, price_step
from app.kernel.money import round_to
from app.platform.db import session
from app.records.catalog.models import PriceList, PriceListItem
from app.records.orders.models import Order

Step = tuple[Decimal, date, "date | None", Decimal, "Decimal | None"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A list price of one entered unit in the order's basis."""

    price: Decimal
    floor: Decimal | None


@dataclass(frozen=True, slots=True)
class Prices:
    """The steps of one list for some products."""

    basis: str = "included"
    tolerance_percent: Decimal = Decimal(0)
    steps: Mapping[int, list[Step]] = field(default_factory=dict)

    def of(
        self, product_id: int, base_quantity: Decimal, day: date, *, factor: Decimal, tax_percent: Decimal, basis: str
    ) -> Listed | None:
        """The price of one entered unit (``factor`` base units), or None where the list has none."""
        found = price_step(self.steps.get(product_id, []), base_quantity, day)
        if found is None:
            return None
        price, floor = (None if one is None else self._entered(one, factor, tax_percent, basis) for one in found)
        return None if price is None else Listed(price, floor)

    def _entered(self, price: Decimal, factor: Decimal, tax_percent: Decimal, basis: str) -> Decimal:
        return round_to(in_basis(price, tax_percent, listed=self.basis, wanted=basis) * factor, 6)


def prices_of(product_ids: Collection[int], currency: str, price_list_id: int | None = None) -> Prices:
    """Steps of the named list, else of the default list of the currency; two queries however many products."""
    wanted = sa.select(PriceList).where(PriceList.currency == currency, PriceList.is_active.is_(True))
    if price_list_id is not None:
        wanted = wanted.where(PriceList.id == price_list_id)
    else:
        wanted = wanted.where(PriceList.is_default.is_(True))
    found = session.scalars(wanted.order_by(PriceList.id).limit(1)).first()
    if found is None or not product_ids:
        return Prices()
    steps: dict[int, list[Step]] = defaultdict(list)
    columns = (
        PriceListItem.product_id,
        PriceListItem.minimum_quantity,
        PriceListItem.valid_from,
        PriceListItem.valid_until,
        PriceListItem.unit_price,
        PriceListItem.floor_price,
    )
    rows = session.execute(
        sa.select(*columns).where(PriceListItem.price_list_id == found.id, PriceListItem.product_id.in_(product_ids))
    )
    for product_id, least, since, until, price, floor in rows:
        steps[product_id].append((least, since, until, price, floor))
    return Prices(found.price_basis.value, found.tolerance_percent, dict(steps))


def last_prices(customer_id: int, product_ids: Collection[int]) -> Mapping[int, tuple[Decimal, Decimal, str]]:
    """product -> (unit price, unit factor, order number) of the customer's newest order with it."""
    from app.records.orders.models import OrderLine

    found: dict[int, tuple[Decimal, Decimal, str]] = {}
    for product_id in sorted(product_ids):
        row = session.execute(
            sa.select(OrderLine.unit_price, OrderLine.unit_factor, Order.number)
            .join(Order, Order.id == OrderLine.order_id)
            .where(OrderLine.product_id == product_id, Order.customer_id == customer_id)
            .order_by(OrderLine.id.desc())
            .limit(1)
        ).first()
        if row is not None:
            found[product_id] = (row.unit_price, row.unit_factor, row.number or "")
    return found
