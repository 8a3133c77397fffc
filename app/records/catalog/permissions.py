"""Who may see and keep products and prices."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, follows, guard_field, open_to_all, permission
from app.records.catalog.models import (
    CustomerPart,
    PriceList,
    PriceListItem,
    Product,
    ProductCategory,
    ProductUnit,
    SupplierProduct,
    Unit,
)


class Permissions(PermissionSet, package="catalog"):
    """Rights on products and prices."""

    PRODUCT_READ = permission("product.read", N_("See products"), reads=Product)
    PRODUCT_EDIT = permission("product.edit", N_("Create and change products"))
    PRODUCT_EXPORT = permission("product.export", N_("Export products"))
    PRICE_READ = permission("price.read", N_("See price lists"), reads=(PriceList, CustomerPart))
    PRICE_EDIT = permission("price.edit", N_("Change price lists"))
    SUPPLIER_PRICE_READ = permission("supplier_price.read", N_("See what suppliers ask"), reads=SupplierProduct)
    SUPPLIER_PRICE_EDIT = permission("supplier_price.edit", N_("Change what suppliers ask"))


P = Permissions
DEFAULT_GRANTS = {
    "admin": {
        P.PRODUCT_READ: "all",
        P.PRODUCT_EDIT: "all",
        P.PRODUCT_EXPORT: "all",
        P.PRICE_READ: "all",
        P.PRICE_EDIT: "all",
        P.SUPPLIER_PRICE_READ: "all",
    },
    "director": {P.PRODUCT_READ: "all", P.PRICE_READ: "all", P.SUPPLIER_PRICE_READ: "all"},
    "sales": {P.PRODUCT_READ: "all", P.PRICE_READ: "all"},
    "sales_manager": {P.PRODUCT_READ: "all", P.PRICE_READ: "all", P.PRICE_EDIT: "all", P.PRODUCT_EXPORT: "all"},
    "purchasing": {
        P.PRODUCT_READ: "all",
        P.PRODUCT_EDIT: "all",
        P.SUPPLIER_PRICE_READ: "all",
        P.SUPPLIER_PRICE_EDIT: "all",
    },
    "warehouse": {P.PRODUCT_READ: "all"},
    "logistics": {P.PRODUCT_READ: "all"},
    "finance": {P.PRODUCT_READ: "all", P.PRICE_READ: "all"},
}
DEFAULT_FIELDS = {
    "products.standard_cost": {
        "admin": (True, True),
        "director": (True, False),
        "purchasing": (True, True),
        "finance": (True, True),
        "sales_manager": (True, False),
    },
    "price_list_items.floor_price": {"admin": (True, True), "director": (True, False), "sales_manager": (True, True)},
}

guard_field(Product, "standard_cost", N_("Standard cost of a product"))
guard_field(PriceListItem, "floor_price", N_("Floor price of a price list"))
open_to_all(Unit, ProductCategory)
follows(ProductUnit, "product_id", Product)
follows(PriceListItem, "price_list_id", PriceList)
