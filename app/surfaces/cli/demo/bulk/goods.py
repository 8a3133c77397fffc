"""What is ordered and by whom: lines worked out once for every product and quantity, more customers, and their stock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.money import line_amounts, round_to
from app.platform.access.models import User
from app.platform.db import session
from app.platform.db.changes import AUDITED
from app.platform.db.types import money_type, quantity_type
from app.records.catalog.models import PriceList, PriceListItem, Product, ProductState, Unit
from app.records.parties.models import Party, PartyAddress, PaymentTerm
from app.records.stock import ledger
from app.records.stock.models import Location, LocationKind, MoveKind, ProductCost, StockLevel, StockMove, Warehouse

OPTIONS = {AUDITED: True}
#: one more customer for so many orders
ORDERS_EACH = 500
QUANTITIES = tuple(Decimal(n * 5) for n in (1, 2, 4, 5, 8, 10, 16, 20, 30, 40))
SELLERS = ("linxiaowen", "zhoulei", "shenjiayi")
_PLACES = (
    "苏州",
    "昆山",
    "太仓",
    "无锡",
    "常州",
    "嘉兴",
    "湖州",
    "南通",
    "常熟",
    "张家港",
    "江阴",
    "泰州",
    "宁波",
    "杭州",
)
_NAMES = (
    "恒瑞",
    "联达",
    "博远",
    "明泰",
    "信科",
    "精工",
    "华盛",
    "德昌",
    "锐捷",
    "启辰",
    "宏图",
    "天成",
    "金鼎",
    "安禾",
    "利源",
    "中亿",
    "卓越",
    "新诚",
    "同力",
    "海川",
)
_TRADES = ["机械", "自动化", "电气", "五金", "汽配", "包装", "环保设备", "机电", "精密零件", "阀门", "电子", "轴承"]
ADDRESS_FIELDS = ("recipient", "phone", "line1", "line2", "city", "region", "postcode", "country")
ZERO = Decimal(0)
Row = dict[str, Any]


def blueprints(company_id: int) -> list[Row]:
    """One row for each product and quantity, with its amounts, its place in the warehouse and its cost."""
    products = session.execute(
        sa.select(Product.id, Product.name, Product.tax_percent, Unit.id.label("unit_id"), Unit.code)
        .add_columns(sa.func.min(PriceListItem.unit_price).label("unit_price"), ProductCost.average_cost)
        .join(Unit, Unit.id == Product.base_unit_id)
        .join(PriceListItem, PriceListItem.product_id == Product.id)
        .join(PriceList, PriceList.id == PriceListItem.price_list_id)
        .join(ProductCost, sa.and_(ProductCost.product_id == Product.id, ProductCost.company_id == company_id))
        .where(
            PriceList.currency == "CNY",
            PriceList.is_default,
            Product.is_lot_tracked.is_(False),
            Product.is_sold,
            Product.state == ProductState.ACTIVE,
            ProductCost.average_cost > ZERO,
        )
        .group_by(Product.id, Product.name, Product.tax_percent, Unit.id, Unit.code, ProductCost.average_cost)
        .order_by(Product.id)
    ).all()
    shelves = session.scalars(
        sa.select(Location.id)
        .join(Warehouse, Warehouse.id == Location.warehouse_id)
        .where(Warehouse.is_default, Location.kind == LocationKind.STORAGE)
        .order_by(Location.walk_order)
    ).all()
    places = {product.id: shelves[index % len(shelves)] for index, product in enumerate(products)}
    levels = ledger.lock_places((product_id, location_id, None) for product_id, location_id in places.items())
    level_of = {place[0]: level.id for place, level in levels.items()}
    made: list[Row] = []
    for product in products:
        for quantity in QUANTITIES:
            amounts = line_amounts(quantity, product.unit_price, product.tax_percent, "included", "CNY")
            made.append({
                "id": len(made), "product_id": product.id, "level_id": level_of[product.id],
                "location_id": places[product.id], "unit_id": product.unit_id, "unit_label": product.code,
                "description": product.name, "quantity": quantity, "quantity_out": -quantity,
                "unit_price": product.unit_price, "unit_cost": product.average_cost, "tax_percent": product.tax_percent,
                "net": amounts.net, "tax": amounts.tax, "gross": amounts.gross,
                "value_out": -round_to(quantity * product.average_cost, 4),
            })  # fmt: skip
    return made


# ------------------------------------------------------------------------------------------------- customers
def add_customers(first: int, count: int, source: str) -> list[int]:
    """Companies of the region with an address each; their ids."""
    term_id = session.scalar(sa.select(PaymentTerm.id).where(PaymentTerm.code == "NET30"))
    sellers = session.scalars(sa.select(User.id).where(User.login.in_(SELLERS)).order_by(User.id)).all()
    parties, addresses = [], []
    for number in range(first, first + count):
        random = Random(number)  # noqa: S311  the same customer for the same number
        city, name, trade = random.choice(_PLACES), random.choice(_NAMES), random.choice(_TRADES)
        parties.append({
            "code": f"K{number:06}", "name": f"{city}{name}{trade}有限公司（{number}）", "short_name": f"{name}{trade}",
            "is_customer": True, "currency": "CNY", "payment_term_id": term_id, "billing_confirmed": True,
            "tax_number": f"9132{number:014}", "salesperson_id": random.choice(sellers) if sellers else None,
            "external_source": source, "external_key": f"party-{number}",
        })  # fmt: skip
        addresses.append({
            "line1": f"{name}路{random.randint(1, 900)}号", "city": city, "recipient": f"{name}收货处",
            "phone": f"0512-{random.randint(10_000_000, 99_999_999)}", "is_default": True,
        })  # fmt: skip
    if not parties:
        return []
    insert = sa.insert(Party).returning(Party.id, sort_by_parameter_order=True)
    ids = list(session.scalars(insert, parties, execution_options=OPTIONS))
    placed = [{**address, "party_id": key} for key, address in zip(ids, addresses, strict=True)]
    session.execute(sa.insert(PartyAddress), placed, execution_options=OPTIONS)
    return ids


def customers(source: str, most: int) -> list[Row]:
    """Who orders in a batch: the company's own customers and the newest of the added ones."""
    rank = sa.case((Party.external_source == source, 1), else_=0)
    found = session.execute(
        sa.select(Party, PartyAddress)
        .join(PartyAddress, sa.and_(PartyAddress.party_id == Party.id, PartyAddress.is_default))
        .where(Party.is_customer, Party.is_active, Party.currency == "CNY")
        .order_by(rank.desc(), Party.id.desc())
        .limit(most)
    ).all()
    return [
        {
            "id": party.id, "address_id": address.id, "owner_id": party.salesperson_id,
            "title": party.billing_title or party.name, "tax_number": party.tax_number,
            "address": {name: getattr(address, name) for name in ADDRESS_FIELDS},
        }
        for party, address in found
    ]  # fmt: skip


# ----------------------------------------------------------------------------------------------------- stock
def stock_up(company_id: int, used: Iterable[tuple[Row, int, int]], *, reason: str, by: str, occurred_on: date) -> None:
    """Bring in what a batch takes out or holds, so that ledger, levels and cost agree and the average cost stays.

    used: (blueprint, how many lines of it have left, how many hold it).
    """
    came, held, worth, kept = (defaultdict[int, Decimal](Decimal) for _ in range(4))
    goods: dict[int, Row] = {}
    for good, gone, holding in used:
        key = good["product_id"]
        goods[key] = good
        came[key] += good["quantity"] * (gone + holding)
        held[key] += good["quantity"] * holding
        worth[key] -= good["value_out"] * (gone + holding)
        kept[key] -= good["value_out"] * holding
    now = clock.now()
    moves = [
        {
            "company_id": company_id, "product_id": key, "location_id": good["location_id"], "kind": MoveKind.RECEIPT,
            "quantity": came[key], "unit_cost": good["unit_cost"], "value": worth[key], "reason": reason,
            "occurred_on": occurred_on, "booked_at": now, "booked_by": by,
        }
        for key, good in sorted(goods.items())
        if came[key]
    ]  # fmt: skip
    if not moves:
        return
    session.execute(sa.insert(StockMove), moves, execution_options=OPTIONS)
    for name in ("on_hand", "allocated"):
        _raise(StockLevel, name, {good["level_id"]: held[key] for key, good in goods.items()})
    costs = session.execute(
        sa.select(ProductCost.id, ProductCost.product_id)
        .where(ProductCost.company_id == company_id, ProductCost.product_id.in_(goods))
        .order_by(ProductCost.id)
        .with_for_update()
    ).all()
    _raise(ProductCost, "on_hand", {row.id: held[row.product_id] for row in costs})
    _raise(ProductCost, "value", {row.id: kept[row.product_id] for row in costs})


def _raise(model: Any, name: str, by: dict[int, Decimal]) -> None:
    table = model.__table__
    kind = money_type() if name == "value" else quantity_type()
    statement = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("row"))
        .values({name: table.c[name] + sa.bindparam("more", type_=kind), "version": table.c.version + 1})
    )
    changed: Sequence[Row] = [{"row": key, "more": more} for key, more in sorted(by.items()) if more]
    if changed:
        session.connection().execute(statement, changed, execution_options=OPTIONS)
