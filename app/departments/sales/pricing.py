"""What the price list says: prices of one base unit, in the list's own basis."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.departments.sales.rules import in_basis, price_step
from app.kernel.money import round_to
from app.platform.db import current_unit, session
from app.records.catalog.models import PriceList, PriceListItem
from app.records.orders.models import LineKind, Order, OrderLine
from app.records.orders.states import OrderState
from app.records.parties.models import Company, Party

ZERO = Decimal(0)
Step = tuple[Decimal, date, "date | None", Decimal, "Decimal | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the header decides about its lines."""

    customer_id: int
    currency: str
    basis: str
    day: date  #: for which prices hold
    requested_date: date | None = None
    price_list_id: int | None = None


def terms_of(order: Order) -> Terms:
    """What the header of an order says to its lines."""
    zone = ZoneInfo(session.get_one(Company, order.company_id).timezone)
    return Terms(
        customer_id=order.customer_id,
        currency=order.currency,
        basis=order.price_basis.value,
        day=order.received_at.astimezone(zone).date(),
        requested_date=order.requested_date,
        price_list_id=order.price_list_id,
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """A list price of one entered unit in the order's basis, and what its list says."""

    price: Decimal
    floor: Decimal | None
    tolerance_percent: Decimal = ZERO
    price_list: str = ""  #: its name


@dataclass(frozen=True, slots=True)
class _List:
    """The steps of one list for some products."""

    name: str
    basis: str
    tolerance_percent: Decimal
    steps: Mapping[int, list[Step]]


@dataclass(frozen=True, slots=True)
class Prices:
    """The lists that price an order, the chosen one first; a product takes the first list that has it."""

    lists: tuple[_List, ...] = ()

    def of(
        self, product_id: int, base_quantity: Decimal, day: date, *, factor: Decimal, tax_percent: Decimal, basis: str
    ) -> Listed | None:
        """The price of one entered unit (``factor`` base units), or None where no list has one."""
        for one in self.lists:
            found = price_step(one.steps.get(product_id, []), base_quantity, day)
            if found is not None:
                price, floor = (
                    None
                    if listed is None
                    else round_to(in_basis(listed, tax_percent, listed=one.basis, wanted=basis) * factor, 6)
                    for listed in found
                )
                return None if price is None else Listed(price, floor, one.tolerance_percent, one.name)
        return None


def prices_of(product_ids: Collection[int], currency: str, price_list_id: int | None = None) -> Prices:
    """Steps of the named list and of the default list of the currency; one query however many products, and once."""
    if not product_ids:
        return Prices()
    key = ("prices", frozenset(product_ids), currency, price_list_id)
    unit = current_unit()
    if unit is not None and key in unit.memo:
        known: Prices = unit.memo[key]
        return known
    made = _read_prices(product_ids, currency, price_list_id)
    if unit is not None:
        unit.memo[key] = made
    return made


_USABLE = (
    sa.select(PriceList)
    .select_from(PriceList)
    .where(
        PriceList.currency == sa.bindparam("currency"),
        PriceList.is_active.is_(True),
        PriceList.is_default.is_(True) | (PriceList.id == sa.bindparam("price_list_id")),
    )
    .order_by(PriceList.id)
)
_PRICES = _USABLE.add_columns(
    PriceListItem.product_id,
    PriceListItem.minimum_quantity,
    PriceListItem.valid_from,
    PriceListItem.valid_until,
    PriceListItem.unit_price,
    PriceListItem.floor_price,
).outerjoin(
    PriceListItem,
    sa.and_(
        PriceListItem.price_list_id == PriceList.id,
        PriceListItem.product_id.in_(sa.bindparam("products", expanding=True)),
    ),
)


def _read_prices(product_ids: Collection[int], currency: str, price_list_id: int | None) -> Prices:
    lists: dict[int, PriceList] = {}
    steps: dict[int, dict[int, list[Step]]] = defaultdict(lambda: defaultdict(list))
    wanted = {"currency": currency, "price_list_id": price_list_id or 0, "products": sorted(product_ids)}
    for one, product_id, least, since, until, price, floor in session.execute(_PRICES, wanted):
        lists[one.id] = one
        if product_id is not None:
            steps[one.id][product_id].append((least, since, until, price, floor))
    return Prices(
        tuple(
            _List(one.name, one.price_basis.value, one.tolerance_percent, dict(steps[one.id]))
            for one in _in_turn(list(lists.values()), price_list_id)
        )
    )


def _in_turn(found: Sequence[PriceList], price_list_id: int | None) -> list[PriceList]:
    """The chosen list, then the default list of the currency."""
    chosen = [one for one in found if one.id == price_list_id]
    return [*chosen, *[one for one in found if one.is_default and one.id != price_list_id][:1]]


def lists_of(customer: Party, currency: str) -> list[PriceList]:
    """Lists a customer may be priced by: the one agreed with them, then the default list of the currency."""
    wanted = {"currency": currency, "price_list_id": customer.price_list_id or 0}
    found = session.scalars(_USABLE, wanted).all()
    return _in_turn(found, customer.price_list_id)


@dataclass(frozen=True, slots=True)
class LastPrice:
    """What the customer paid the last time."""

    unit_price: Decimal  #: of one entered unit, in that order's currency and basis
    factor: Decimal  #: base units in the entered unit
    currency: str
    basis: str
    order_id: int
    number: str


def last_prices(customer_id: int, product_ids: Collection[int]) -> Mapping[int, LastPrice]:
    """product -> the newest line of the customer's orders with it that still holds and had a price."""
    found: dict[int, LastPrice] = {}
    for product_id in sorted(product_ids):
        row = session.execute(
            sa.select(
                OrderLine.unit_price, OrderLine.unit_factor, Order.currency, Order.price_basis, Order.id, Order.number
            )
            .join(Order, Order.id == OrderLine.order_id)
            .where(
                OrderLine.product_id == product_id,
                OrderLine.kind == LineKind.PRODUCT,
                Order.customer_id == customer_id,
                Order.state.not_in([OrderState.DRAFT, OrderState.CANCELLED]),
            )
            .order_by(OrderLine.id.desc())
            .limit(1)
        ).first()
        if row is not None:
            price, factor, currency, basis, order_id, number = row
            found[product_id] = LastPrice(price, factor, currency, basis.value, order_id, number or "")
    return found
