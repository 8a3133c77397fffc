"""Use cases on products, sales prices and what suppliers ask."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_
from app.platform.access import require
from app.platform.access.models import User
from app.platform.db import locks
from app.records.catalog.models import (
    PriceList,
    PriceListItem,
    Product,
    ProductCategory,
    SupplierProduct,
    Unit,
)
from app.records.catalog.permissions import Permissions
from app.records.entering import Problems, change, differences, enter
from app.records.parties.models import Currency, Party

PRODUCT_FIELDS = frozenset({
    "code", "name", "specification", "kind", "state", "category_id", "base_unit_id", "is_sold", "is_purchased",
    "is_lot_tracked", "tax_percent", "minimum_quantity", "multiple_quantity", "weight_kg", "volume_m3",
    "standard_cost", "reorder_point", "safety_stock", "lead_days", "buyer_id", "barcode", "note",
})  # fmt: skip
PRICE_FIELDS = frozenset({
    "price_list_id", "product_id", "minimum_quantity", "unit_price", "floor_price", "valid_from", "valid_until",
})  # fmt: skip
SUPPLIER_FIELDS = frozenset({
    "party_id", "product_id", "unit_id", "unit_factor", "their_number", "unit_price", "currency", "price_basis",
    "minimum_quantity", "maximum_quantity", "multiple_quantity", "lead_days", "rank", "is_active",
})  # fmt: skip


def add_product(actor: Actor, *, code: str, name: str, base_unit_id: int, **values: Any) -> Product:
    """Enter a product.  values: any of PRODUCT_FIELDS.  Raises: NotPermitted, InvalidInput, RuleBroken (code taken)."""
    require(actor, Permissions.PRODUCT_EDIT)
    given = {"code": code, "name": name, "base_unit_id": base_unit_id, **values}
    _check_product(given)
    return enter(actor, Product, given, PRODUCT_FIELDS)


def change_product(actor: Actor, *, product_id: int, version: int, **values: Any) -> Product:
    """Change a product; its base unit stays, because every quantity is counted in it.

    Raises: NotPermitted, NotFound, Conflict, InvalidInput, RuleBroken (code taken).
    """
    product = locks.lock(Product, product_id)
    require(actor, Permissions.PRODUCT_EDIT, product)
    changed = differences(product, version, values)
    if "base_unit_id" in changed:
        raise InvalidInput({"base_unit_id": Message(N_("The base unit stays: every quantity is counted in it."))})
    _check_product(changed)
    return change(actor, product, changed, PRODUCT_FIELDS)


def _check_product(values: Mapping[str, Any]) -> None:
    problems = Problems()
    problems.need(values, "code", "name", "base_unit_id")
    problems.not_negative(
        values, "tax_percent", "minimum_quantity", "multiple_quantity", "weight_kg", "volume_m3", "standard_cost",
        "reorder_point", "safety_stock", "lead_days",
    )  # fmt: skip
    problems.known(values, "base_unit_id", Unit.id)
    problems.known(values, "category_id", ProductCategory.id)
    problems.known(values, "buyer_id", User.id)
    if values.get("tax_percent") is not None and values["tax_percent"] > 100:
        problems.add("tax_percent", N_("At most 100."))
    problems.tell()


def add_price(
    actor: Actor, *, price_list_id: int, product_id: int, unit_price: Decimal, **values: Any
) -> PriceListItem:
    """Enter a price from a quantity on.  values: any of PRICE_FIELDS.

    Raises: NotPermitted, InvalidInput, RuleBroken (the same step of the same day exists).
    """
    require(actor, Permissions.PRICE_EDIT)
    given = {"price_list_id": price_list_id, "product_id": product_id, "unit_price": unit_price, **values}
    given = {name: value for name, value in given.items() if name != "valid_from" or value is not None}
    _check_price(given, given.get("valid_from"))
    return enter(actor, PriceListItem, given, PRICE_FIELDS)


def change_price(actor: Actor, *, price_list_item_id: int, version: int, **values: Any) -> PriceListItem:
    """Change a price that documents have not copied yet: they keep what they were made with.

    Raises: NotPermitted, NotFound, Conflict, InvalidInput, RuleBroken.
    """
    item = locks.lock(PriceListItem, price_list_item_id)
    require(actor, Permissions.PRICE_EDIT, item)
    changed = differences(item, version, {n: v for n, v in values.items() if n != "valid_from" or v is not None})
    _check_price(changed, changed.get("valid_from", item.valid_from))
    return change(actor, item, changed, PRICE_FIELDS)


def _check_price(values: Mapping[str, Any], valid_from: date | None) -> None:
    problems = Problems()
    problems.need(values, "price_list_id", "product_id", "unit_price")
    problems.not_negative(values, "unit_price", "floor_price", "minimum_quantity")
    problems.known(values, "price_list_id", PriceList.id)
    problems.known(values, "product_id", Product.id)
    until = values.get("valid_until")
    if until is not None and valid_from is not None and until < valid_from:
        problems.add("valid_until", N_("Not before the first day."))
    problems.tell()


def add_supplier_product(
    actor: Actor, *, party_id: int, product_id: int, unit_id: int, unit_price: Decimal, currency: str, **values: Any
) -> SupplierProduct:
    """Enter who supplies a product, and at which terms.  values: any of SUPPLIER_FIELDS.

    Raises: NotPermitted, InvalidInput, RuleBroken (this supplier has the product in this unit already).
    """
    require(actor, Permissions.SUPPLIER_PRICE_EDIT)
    given = {
        "party_id": party_id, "product_id": product_id, "unit_id": unit_id, "unit_price": unit_price,
        "currency": currency, **values,
    }  # fmt: skip
    _check_supplier_product(given)
    return enter(actor, SupplierProduct, given, SUPPLIER_FIELDS)


def change_supplier_product(actor: Actor, *, supplier_product_id: int, version: int, **values: Any) -> SupplierProduct:
    """Change a supplier's terms for a product.  Raises: NotPermitted, NotFound, Conflict, InvalidInput, RuleBroken."""
    row = locks.lock(SupplierProduct, supplier_product_id)
    require(actor, Permissions.SUPPLIER_PRICE_EDIT, row)
    changed = differences(row, version, values)
    _check_supplier_product(changed)
    return change(actor, row, changed, SUPPLIER_FIELDS)


def _check_supplier_product(values: Mapping[str, Any]) -> None:
    problems = Problems()
    problems.need(values, "party_id", "product_id", "unit_id", "unit_price", "currency")
    problems.not_negative(
        values, "unit_price", "minimum_quantity", "maximum_quantity", "multiple_quantity", "lead_days", "rank"
    )
    problems.known(values, "product_id", Product.id)
    problems.known(values, "unit_id", Unit.id)
    problems.known(values, "currency", Currency.code)
    problems.known(values, "party_id", Party.id)
    if values.get("unit_factor") is not None and values["unit_factor"] <= 0:
        problems.add("unit_factor", N_("More than 0."))
    problems.tell()
