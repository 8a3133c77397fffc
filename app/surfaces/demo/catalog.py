"""Products with their prices, suppliers' terms and opening stock; customers and suppliers."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.money import round_to
from app.platform.access import User
from app.platform.db import session
from app.records.catalog.models import PriceList, Product, ProductCategory, ProductUnit, Unit
from app.records.catalog.service import add_price, add_product, add_supplier_product
from app.records.parties.models import Party, PartyAddress, PartyContact, PaymentTerm, PriceBasis
from app.records.parties.service import add_party
from app.records.stock import ledger
from app.records.stock.models import Location, LocationKind, Lot, MoveKind, Warehouse
from app.surfaces.demo.goods import DOLLARS, GOODS, LOT_TRACKED
from app.surfaces.demo.partners import CUSTOMERS, SUPPLIERS

TAX = Decimal("1.13")
COST_SHARE = Decimal("0.72")  #: of the price without tax
FLOOR_SHARE = Decimal("0.85")
EXPIRES_SOON = "AD-TL-243"


def _ids(model: Any, key: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(sa.select(key, model.id))}


def cost_of(price: str) -> Decimal:
    """What a base unit costs us, without tax."""
    return round_to(Decimal(price) / TAX * COST_SHARE, 6)


def enter_products(actor: Actor) -> None:
    """All products with their packs."""
    units, categories = _ids(Unit, Unit.code), _ids(ProductCategory, ProductCategory.code)
    for good in GOODS:
        product = add_product(
            actor,
            code=good.code,
            name=good.name,
            base_unit_id=units[good.unit],
            category_id=categories[good.category],
            weight_kg=Decimal(good.kg),
            standard_cost=cost_of(good.price),
            is_lot_tracked=good.code in LOT_TRACKED,
        )
        session.add_all(
            ProductUnit(product_id=product.id, unit_id=units[code], factor=Decimal(factor))
            for code, factor in good.packs
        )
    session.flush()


def enter_prices(actor: Actor) -> None:
    """The price list in renminbi with its floors, and the one in dollars."""
    products, lists = _ids(Product, Product.code), _ids(PriceList, PriceList.code)
    for good in GOODS:
        price = Decimal(good.price)
        add_price(
            actor, price_list_id=lists["CN"], product_id=products[good.code], unit_price=price,
            floor_price=round_to(price * FLOOR_SHARE, 4),
        )  # fmt: skip
    for code, dollars in DOLLARS.items():
        add_price(actor, price_list_id=lists["USD"], product_id=products[code], unit_price=Decimal(dollars))


def enter_customers(actor: Actor) -> None:
    """Customers with the address they want their goods at."""
    terms, people = _ids(PaymentTerm, PaymentTerm.code), _ids(User, User.login)
    for one in CUSTOMERS:
        party = add_party(
            actor,
            code=one.code,
            name=one.name,
            currency=one.currency,
            is_customer=True,
            price_basis=PriceBasis.INCLUDED if one.currency == "CNY" else PriceBasis.EXCLUDED,
            payment_term_id=terms[one.term],
            salesperson_id=people[one.seller],
            credit_limit=None if one.credit is None else Decimal(one.credit),
            phone=one.phone,
            email=f"buying@{one.code.lower()}.example",
        )
        _add_place(party, one.city, one.street, one.contact, one.phone, "CN" if one.currency == "CNY" else "NZ")


def enter_suppliers(actor: Actor) -> None:
    """Suppliers and what they ask for what they offer."""
    terms, people = _ids(PaymentTerm, PaymentTerm.code), _ids(User, User.login)
    products, units = _ids(Product, Product.code), _ids(Unit, Unit.code)
    for one in SUPPLIERS:
        party = add_party(
            actor,
            code=one.code,
            name=one.name,
            currency="CNY",
            is_supplier=True,
            price_basis=PriceBasis.EXCLUDED,
            payment_term_id=terms[one.term],
            buyer_id=people[one.buyer],
            lead_days=one.lead_days,
            supplier_rank=one.rank,
            is_qualified=True,
            email=f"sales@{one.code.lower()}.example",
        )
        _add_place(party, one.city, "工业园区", one.contact, "", "CN")
        offers = dict(one.offers)
        for good in GOODS:
            if good.category in offers:
                add_supplier_product(
                    actor,
                    party_id=party.id,
                    product_id=products[good.code],
                    unit_id=units[good.unit],
                    unit_price=round_to(cost_of(good.price) * offers[good.category] / 100, 4),
                    currency="CNY",
                    minimum_quantity=Decimal(one.minimum),
                    lead_days=one.lead_days,
                    rank=one.rank,
                )


def _add_place(party: Party, city: str, street: str, contact: str, phone: str, country: str) -> None:
    session.add(
        PartyAddress(
            party_id=party.id, line1=street, city=city, recipient=contact, phone=phone, country=country, is_default=True
        )
    )
    session.add(PartyContact(party_id=party.id, name=contact, phone=phone, is_default=True))
    session.flush()


def open_stock(actor: Actor, *, today: date) -> None:
    """What lies on the shelves at the start, with its cost; lots of adhesives, one of which expires soon."""
    products = _ids(Product, Product.code)
    shelves = session.scalars(
        sa.select(Location.id)
        .join(Warehouse, Warehouse.id == Location.warehouse_id)
        .where(Warehouse.is_default, Location.kind == LocationKind.STORAGE)
        .order_by(Location.walk_order)
    ).all()
    moves = []
    for place, good in enumerate(GOODS):
        if not good.stock:
            continue
        lot_id = None
        if good.code in LOT_TRACKED:
            lot = Lot(
                product_id=products[good.code],
                code=f"L{place:03d}-01",
                expires_on=today + timedelta(days=20 if good.code == EXPIRES_SOON else 300),
            )
            session.add(lot)
            session.flush()
            lot_id = lot.id
        moves.append(
            ledger.NewMove(
                product_id=products[good.code], location_id=shelves[place % len(shelves)], lot_id=lot_id,
                quantity=Decimal(good.stock), kind=MoveKind.OPENING, occurred_on=today - timedelta(days=90),
                unit_cost=cost_of(good.price), reason="期初库存",
            )
        )  # fmt: skip
    ledger.book(moves)
