"""Products, sales prices and what suppliers ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_babel import get_locale, lazy_gettext
from markupsafe import Markup
from sqlalchemy.orm import joinedload, selectinload

from app.kernel.text import N_
from app.platform.access import may_read_field
from app.platform.backoffice import (
    Column,
    DepartmentView,
    OptionField,
    Picker,
    PickerField,
    Required,
    add_picker,
    add_view,
    current_actor,
    tone_states,
)
from app.platform.backoffice import html as draw
from app.platform.db import session
from app.records.catalog import service
from app.records.catalog.models import (
    PriceList,
    PriceListItem,
    Product,
    ProductCategory,
    ProductKind,
    ProductState,
    ProductUnit,
    SupplierProduct,
    Unit,
)
from app.records.catalog.permissions import Permissions
from app.surfaces.admin.parties import currencies


def unit_name(unit: Unit | None) -> str:
    """The unit in the reader's language."""
    if unit is None:
        return ""
    return unit.name_zh if str(get_locale()).startswith("zh") else unit.name_en


def product_text(product: Product) -> str:
    """How a product is called where it is chosen."""
    return f"{product.code} · {product.name}"


def _base_unit(product: Product) -> str:
    return unit_name(product.base_unit)


def _unit(row: SupplierProduct) -> str:
    return unit_name(row.unit)


def _per(row: PriceListItem) -> Markup:
    return draw.quantity(row.minimum_quantity, unit_name(row.product.base_unit))


class Products(DepartmentView, model=Product):
    """Everything we sell, buy or keep."""

    department = "master"
    slug = "products"
    title = lazy_gettext("Products")
    new_label = lazy_gettext("New product")
    empty_hint = lazy_gettext("Enter the first product, or import a file of them.")
    menu_icon = "box"
    menu_position = 5
    list_permission = Permissions.PRODUCT_READ
    create_permission, create_use_case = Permissions.PRODUCT_EDIT, service.add_product
    edit_permission, edit_use_case = Permissions.PRODUCT_EDIT, service.change_product
    export_permission = Permissions.PRODUCT_EXPORT
    labels = {
        "specification": lazy_gettext("Specification"),
        "category_id": lazy_gettext("Category"),
        "category.name": lazy_gettext("Category"),
        "base_unit_id": lazy_gettext("Counted in"),
        "is_sold": lazy_gettext("Sold"),
        "is_purchased": lazy_gettext("Purchased"),
        "is_lot_tracked": lazy_gettext("Kept by lot"),
        "tax_percent": lazy_gettext("Tax %"),
        "minimum_quantity": lazy_gettext("Smallest order"),
        "multiple_quantity": lazy_gettext("In multiples of"),
        "volume_m3": lazy_gettext("Volume (m³)"),
        "standard_cost": lazy_gettext("Standard cost"),
        "reorder_point": lazy_gettext("Reorder point"),
        "safety_stock": lazy_gettext("Safety stock"),
        "lead_days": lazy_gettext("Lead time in days"),
        "buyer_id": lazy_gettext("Buyer"),
        "barcode": lazy_gettext("Barcode"),
    }
    columns = (
        "code",
        "name",
        "state",
        Column("category.name", width="w-ref", hide="wide"),
        Column("base_unit_id", render=_base_unit, needs=("base_unit.name_en", "base_unit.name_zh"), width="w-date"),
        Column("tax_percent", width="w-n"),
        Column("reorder_point", width="w-num"),
        Column("standard_cost", width="w-num"),
        Column("updated_at", hide="wide"),
    )
    details = (
        "code", "name", "specification", "kind", "state", "category.name", Column("base_unit_id", render=_base_unit),
        "tax_percent", "minimum_quantity", "multiple_quantity", "weight_kg", "volume_m3", "standard_cost",
        "reorder_point", "safety_stock", "lead_days", "barcode", "is_sold", "is_purchased", "is_lot_tracked", "note",
    )  # fmt: skip
    sortable = ("code", "name")
    default_sort = "code"
    filters = ("state", "kind", "category_id", "is_sold", "is_purchased")
    search_columns = ("code", "name")
    form_fields = (
        "code", "name", "specification", "kind", "state", "category_id", "base_unit_id", "tax_percent",
        "minimum_quantity", "multiple_quantity", "weight_kg", "volume_m3", "standard_cost", "reorder_point",
        "safety_stock", "lead_days", "barcode", "is_sold", "is_purchased", "is_lot_tracked", "note",
    )  # fmt: skip
    edit_fields = tuple(name for name in form_fields if name != "base_unit_id")
    form_widths = {"code": "c4", "name": "c8", "tax_percent": "c3"}
    details_template = "admin/catalog/product.html"
    details_options = (
        joinedload(Product.base_unit),
        joinedload(Product.category),
        selectinload(Product.units).joinedload(ProductUnit.unit),
    )

    def details_context(self, row: Product) -> dict[str, Any]:
        """Its prices and suppliers, as far as the reader may see them."""
        actor = current_actor()
        prices = session.scalars(
            sa.select(PriceListItem)
            .where(PriceListItem.product_id == row.id)
            .options(joinedload(PriceListItem.price_list))
            .order_by(PriceListItem.price_list_id, PriceListItem.minimum_quantity, PriceListItem.valid_from.desc())
            .limit(50)
        ).all()
        suppliers = session.scalars(
            sa.select(SupplierProduct)
            .where(SupplierProduct.product_id == row.id)
            .options(joinedload(SupplierProduct.party), joinedload(SupplierProduct.unit))
            .order_by(SupplierProduct.rank, SupplierProduct.id)
            .limit(50)
        ).all()
        return {
            "prices": prices,
            "shows_floor": may_read_field(actor, PriceListItem, "floor_price"),
            "suppliers": [(one, unit_name(one.unit)) for one in suppliers],
            "unit": unit_name(row.base_unit),
            "units": [(unit_name(one.unit), one.factor) for one in row.units],
        }


class Prices(DepartmentView, model=PriceListItem):
    """Sales prices: from a quantity on, for a time."""

    department = "master"
    slug = "prices"
    title = lazy_gettext("Price lists")
    new_label = lazy_gettext("New price")
    empty_hint = lazy_gettext("Enter the first price: without one, an order's price cannot be checked.")
    menu_icon = "list"
    menu_position = 7
    list_permission = Permissions.PRICE_READ
    create_permission, create_use_case = Permissions.PRICE_EDIT, service.add_price
    edit_permission, edit_use_case = Permissions.PRICE_EDIT, service.change_price
    labels = {
        "product.name": lazy_gettext("Name"),
        "price_list_id": lazy_gettext("Price list"),
        "price_list.name": lazy_gettext("Price list"),
        "minimum_quantity": lazy_gettext("From quantity"),
        "floor_price": lazy_gettext("Never below"),
    }
    columns = (
        Column("product.code", width="w-ref"),
        "product.name",
        Column("price_list.name", width="w-ref"),
        Column("minimum_quantity", render=_per, needs=("product.base_unit.name_en", "product.base_unit.name_zh"),
               width="w-num", is_numeric=True),
        Column("unit_price", currency="price_list.currency"),
        Column("floor_price", currency="price_list.currency"),
        "valid_from",
        "valid_until",
    )  # fmt: skip
    details = columns
    filters = ("price_list_id", "product_id", "valid_from", "valid_until")
    sortable = ("product_id",)
    form_fields = (
        "price_list_id", "product_id", "minimum_quantity", "unit_price", "floor_price", "valid_from", "valid_until",
    )  # fmt: skip
    details_options = (
        joinedload(PriceListItem.product).joinedload(Product.base_unit),
        joinedload(PriceListItem.price_list),
    )


class SupplierProducts(DepartmentView, model=SupplierProduct):
    """Who supplies what, and at which terms."""

    department = "purchasing"
    slug = "supplier_products"
    title = lazy_gettext("Supplier prices")
    new_label = lazy_gettext("New supplier price")
    empty_hint = lazy_gettext("Enter who supplies a product: purchasing orders from the first in rank.")
    menu_position = 80
    list_permission = Permissions.SUPPLIER_PRICE_READ
    create_permission, create_use_case = Permissions.SUPPLIER_PRICE_EDIT, service.add_supplier_product
    edit_permission, edit_use_case = Permissions.SUPPLIER_PRICE_EDIT, service.change_supplier_product
    labels = {
        "product.name": lazy_gettext("Name"),
        "party.name": lazy_gettext("Supplier"),
        "party_id": lazy_gettext("Supplier"),
        "unit_id": lazy_gettext("Unit"),
        "unit_factor": lazy_gettext("Base units in one"),
        "their_number": lazy_gettext("Their number"),
        "price_basis": lazy_gettext("Prices are"),
        "minimum_quantity": lazy_gettext("Smallest order"),
        "maximum_quantity": lazy_gettext("Largest order"),
        "multiple_quantity": lazy_gettext("In multiples of"),
        "lead_days": lazy_gettext("Lead time in days"),
        "rank": lazy_gettext("Rank"),
        "last_cost": lazy_gettext("Last cost"),
    }
    columns = (
        Column("product.code", width="w-ref"),
        "product.name",
        "party.name",
        Column("rank", width="w-n"),
        Column("unit_id", render=_unit, needs=("unit.name_en", "unit.name_zh"), width="w-date"),
        Column("unit_price", currency="currency"),
        Column("lead_days", width="w-num"),
        "is_active",
    )
    details = (
        "product.code", "product.name", "party.name", "their_number", "rank", Column("unit_id", render=_unit),
        "unit_factor", Column("unit_price", currency="currency"), "price_basis", "minimum_quantity",
        "maximum_quantity", "multiple_quantity", "lead_days", Column("last_cost", currency="currency"), "is_active",
    )  # fmt: skip
    filters = ("party_id", "product_id", "is_active")
    sortable = ("product_id", "party_id")
    form_fields = (
        "product_id",
        ("party_id", PickerField(lazy_gettext("Supplier"), [Required()], picker="suppliers")),
        "their_number",
        "unit_id",
        "unit_factor",
        "unit_price",
        ("currency", OptionField(lazy_gettext("Currency"), [Required()], options=currencies)),
        "price_basis",
        "minimum_quantity",
        "maximum_quantity",
        "multiple_quantity",
        "lead_days",
        "rank",
        "is_active",
    )
    form_widths = {"unit_id": "c4", "currency": "c3", "price_basis": "c3"}
    details_options = (
        joinedload(SupplierProduct.product),
        joinedload(SupplierProduct.party),
        joinedload(SupplierProduct.unit),
    )


def _pickers() -> list[Picker]:
    readers = (Permissions.PRODUCT_READ,)
    by_words: Mapping[str, Any] = {"search": ("code", "name")}
    return [
        Picker(
            "products", Product, readers, product_text, **by_words, note=_base_unit,
            criteria=lambda _actor: Product.state == ProductState.ACTIVE, options=(joinedload(Product.base_unit),),
        ),
        Picker("units", Unit, readers, unit_name, search=("code", "name_en", "name_zh"), least=0),
        Picker("product_categories", ProductCategory, readers, lambda row: row.name, **by_words, least=0),
        Picker(
            "price_lists", PriceList, (Permissions.PRICE_READ,), lambda row: f"{row.name} ({row.currency})", **by_words,
            criteria=lambda _actor: PriceList.is_active.is_(True), least=0,
        ),
    ]  # fmt: skip


def register(app: Flask) -> None:
    """Views and pickers of the catalog."""
    tone_states(
        {ProductState.ACTIVE: "ok", ProductState.DISCONTINUED: "waiting"},
        {ProductKind.STOCKED: N_("Kept in stock"), ProductKind.SERVICE: N_("Service")},
    )
    for picker in _pickers():
        add_picker(app, picker)
    for view in (Products, Prices, SupplierProducts):
        add_view(app, view)
