"""What is traded: products, units, prices, and the numbers others give our products."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import (
    currency_column,
    enum_column,
    percent_column,
    price_column,
    price_type,
    quantity_column,
    quantity_type,
    rate_column,
)
from app.records.parties.models import Party, PriceBasis


class ProductKind(StrEnum):
    """Whether stock is kept."""

    STOCKED = "stocked"
    SERVICE = "service"


class ProductState(StrEnum):
    """Whether it may be ordered."""

    ACTIVE = "active"
    DISCONTINUED = "discontinued"


class Unit(Keyed, Base):
    """A unit of measure."""

    __tablename__ = "units"
    __table_args__ = (sa.CheckConstraint("decimals between 0 and 3", name="decimals_range"),)
    code: Mapped[str] = mapped_column(sa.String(20), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(40))
    name_zh: Mapped[str] = mapped_column(sa.String(40))
    decimals: Mapped[int] = mapped_column(sa.Integer(), default=0)  #: digits people may enter after the point


class ProductCategory(Keyed, Versioned, Base):
    """A group of products, with the buyer who answers for it."""

    __tablename__ = "product_categories"
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    parent_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("product_categories.id", ondelete="RESTRICT"), index=True
    )
    buyer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)


class Product(Keyed, Versioned, Timestamped, Base):
    """A thing or service we sell or buy. Quantities are in its base unit."""

    __tablename__ = "products"
    __table_args__ = (
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("minimum_quantity >= 0", name="minimum_not_negative"),
        sa.CheckConstraint("multiple_quantity >= 0", name="multiple_not_negative"),
        sa.CheckConstraint("tax_percent >= 0", name="tax_not_negative"),
        sa.Index("ix_products_name_id", "name", "id"),
    )
    code: Mapped[str] = mapped_column(sa.String(60), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    specification: Mapped[str] = mapped_column(sa.Text(), default="")
    kind: Mapped[ProductKind] = enum_column(ProductKind, default=ProductKind.STOCKED)
    state: Mapped[ProductState] = enum_column(ProductState, default=ProductState.ACTIVE)
    category_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("product_categories.id", ondelete="RESTRICT"), index=True
    )
    base_unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    is_sold: Mapped[bool] = mapped_column(default=True)
    is_purchased: Mapped[bool] = mapped_column(default=True)
    is_lot_tracked: Mapped[bool] = mapped_column(default=False)
    tax_percent: Mapped[percent_column] = mapped_column(default=Decimal(13))
    minimum_quantity: Mapped[quantity_column] = mapped_column(
        default=Decimal(0)
    )  #: smallest order, base units; 0: none
    multiple_quantity: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: orders come in multiples; 0: any
    weight_kg: Mapped[Decimal | None] = mapped_column(price_type())  #: of one base unit
    volume_m3: Mapped[Decimal | None] = mapped_column(price_type())  #: of one base unit
    standard_cost: Mapped[Decimal | None] = mapped_column(price_type())  #: company currency per base unit
    reorder_point: Mapped[Decimal | None] = mapped_column(quantity_type())
    safety_stock: Mapped[Decimal | None] = mapped_column(quantity_type())
    lead_days: Mapped[int | None] = mapped_column(sa.Integer())
    buyer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    barcode: Mapped[str | None] = mapped_column(sa.String(60), index=True)
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    base_unit: Mapped[Unit] = relationship()
    category: Mapped[ProductCategory | None] = relationship()
    units: Mapped[list[ProductUnit]] = relationship(back_populates="product", passive_deletes="all")


class ProductUnit(Keyed, Base):
    """Another unit of a product: one ``unit`` is ``factor`` base units."""

    __tablename__ = "product_units"
    __record__ = ("products", "product_id")
    __table_args__ = (
        sa.UniqueConstraint("product_id", "unit_id"),
        sa.CheckConstraint("factor > 0", name="factor_positive"),
    )
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    factor: Mapped[rate_column]
    barcode: Mapped[str | None] = mapped_column(sa.String(60), index=True)

    product: Mapped[Product] = relationship(back_populates="units")
    unit: Mapped[Unit] = relationship()


class PriceList(Keyed, Versioned, Base):
    """Prices in one currency and one basis."""

    __tablename__ = "price_lists"
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    currency: Mapped[currency_column]
    price_basis: Mapped[PriceBasis] = enum_column(PriceBasis, default=PriceBasis.INCLUDED)
    #: an entered price may differ by so many percent without a question
    tolerance_percent: Mapped[percent_column] = mapped_column(default=Decimal(0))
    is_default: Mapped[bool] = mapped_column(default=False)  #: for its currency
    is_active: Mapped[bool] = mapped_column(default=True)


class PriceListItem(Keyed, Versioned, Base):
    """The price of one base unit from a quantity on, for a time."""

    __tablename__ = "price_list_items"
    __record__ = ("price_lists", "price_list_id")
    __table_args__ = (
        sa.UniqueConstraint(
            "price_list_id", "product_id", "minimum_quantity", "valid_from", name="uq_price_list_items_step"
        ),
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("unit_price >= 0", name="price_not_negative"),
    )
    price_list_id: Mapped[int] = mapped_column(sa.ForeignKey("price_lists.id", ondelete="RESTRICT"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    minimum_quantity: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    unit_price: Mapped[price_column]
    floor_price: Mapped[Decimal | None] = mapped_column(price_type())  #: never below without a right
    valid_from: Mapped[date] = mapped_column(sa.Date(), default=date(2000, 1, 1))
    valid_until: Mapped[date | None] = mapped_column(sa.Date())
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    product: Mapped[Product] = relationship()
    price_list: Mapped[PriceList] = relationship()


class CustomerPart(Keyed, Versioned, Base):
    """The number a customer uses for our product."""

    __tablename__ = "customer_parts"
    __record__ = ("parties", "party_id")
    __table_args__ = (sa.UniqueConstraint("party_id", "their_number"),)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    their_number: Mapped[str] = mapped_column(sa.String(80))
    their_name: Mapped[str] = mapped_column(sa.String(200), default="")

    party: Mapped[Party] = relationship()
    product: Mapped[Product] = relationship()


class SupplierProduct(Keyed, Versioned, Base):
    """Who supplies a product, in which unit, at which price and lead time."""

    __tablename__ = "supplier_products"
    __record__ = ("products", "product_id")
    __table_args__ = (
        sa.UniqueConstraint("party_id", "product_id", "unit_id"),
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("unit_factor > 0", name="factor_positive"),
        sa.CheckConstraint("unit_price >= 0", name="price_not_negative"),
    )
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    unit_factor: Mapped[rate_column] = mapped_column(default=Decimal(1))  #: base units in one purchase unit
    their_number: Mapped[str] = mapped_column(sa.String(80), default="")
    unit_price: Mapped[price_column]  #: of one purchase unit
    currency: Mapped[currency_column]
    price_basis: Mapped[PriceBasis] = enum_column(PriceBasis, default=PriceBasis.EXCLUDED)
    minimum_quantity: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: purchase units
    maximum_quantity: Mapped[Decimal | None] = mapped_column(quantity_type())
    multiple_quantity: Mapped[quantity_column] = mapped_column(default=Decimal(0))  #: purchase units
    lead_days: Mapped[int] = mapped_column(sa.Integer(), default=0)  #: calendar days, agreed
    rank: Mapped[int] = mapped_column(sa.Integer(), default=100)  #: smaller is asked first
    is_active: Mapped[bool] = mapped_column(default=True)
    last_cost: Mapped[Decimal | None] = mapped_column(price_type())  #: of the last receipt, per purchase unit
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    party: Mapped[Party] = relationship()
    product: Mapped[Product] = relationship()
    unit: Mapped[Unit] = relationship()


constraint_sentence("uq_products_code", N_("There is already a product with this code."))
constraint_sentence("uq_product_units_product_id_unit_id", N_("The product has this unit already."))
