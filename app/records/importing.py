"""What an import may write into the shared records, and what follows from the values of a file."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.kernel.money import ZERO
from app.kernel.quantity import to_base
from app.platform.db import session
from app.platform.db.types import money_type, price_type, quantity_type
from app.platform.imports.targets import Row, target
from app.records.catalog.models import (
    PriceList,
    PriceListItem,
    Product,
    ProductCategory,
    SupplierProduct,
    Unit,
)
from app.records.orders.models import LineKind, Order, OrderLine, Origin
from app.records.orders.states import OrderState
from app.records.parties.models import Company, Currency, CurrencyRate, Party, PartyAddress, PaymentTerm
from app.records.shipping.models import Carrier
from app.records.stock.ledger import NewMove, book
from app.records.stock.models import Location, MoveKind, StockMove, Warehouse
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine

DELIVERED = frozenset({OrderState.FULFILLED.value, OrderState.COMPLETED.value})


def complete_order(row: Row) -> Row:
    """Totals from net, tax and freight of the source; history starts no clock."""
    net = (row.get("net_total") or ZERO) + (row.pop("freight", None) or ZERO)
    tax = row.get("tax_total") or ZERO
    return {**row, "origin": Origin.IMPORT, "net_total": net, "tax_total": tax, "gross_total": net + tax}


def complete_order_line(row: Row) -> Row:
    """Quantities of a line that was ordered, delivered and billed long ago."""
    row = {"kind": LineKind.PRODUCT, "unit_factor": Decimal(1), **{k: v for k, v in row.items() if v is not None}}
    base = to_base(row["entered_quantity"], row["unit_factor"])
    is_done = row.pop("is_delivered", True)
    moved = ("shipped", "delivered", "invoiced", "picked", "packed") if is_done else ()
    net, tax = row.get("net") or ZERO, row.get("tax") or ZERO
    filled = {
        "tax_percent": ZERO,
        "description": "",
        **row,
        "ordered": base,
        "net": net,
        "tax": tax,
        "gross": net + tax,
    }
    return {**filled, **dict.fromkeys(moved, base)}


def complete_purchase_order(row: Row) -> Row:
    """Totals from net, tax and freight of the source."""
    net = (row.get("net_total") or ZERO) + (row.pop("freight", None) or ZERO)
    tax = row.get("tax_total") or ZERO
    return {**row, "is_history": True, "net_total": net, "tax_total": tax, "gross_total": net + tax}


def complete_purchase_line(row: Row) -> Row:
    """Base quantities and amounts of a purchase line."""
    row = {"unit_factor": Decimal(1), **{k: v for k, v in row.items() if v is not None}}
    net, tax = row.get("net") or ZERO, row.get("tax") or ZERO
    base = to_base(row["entered_quantity"], row["unit_factor"])
    return {"tax_percent": ZERO, **row, "ordered": base, "net": net, "tax": tax, "gross": net + tax}


def book_opening_stock(source: str, rows: Sequence[Row]) -> int:
    """Opening moves through the ledger; a key that is booked already is left alone."""
    keys = {row["external_key"] for row in rows}
    known = set(
        session.scalars(
            sa.select(StockMove.external_key).where(
                StockMove.external_source == source, StockMove.external_key.in_(keys)
            )
        )
    )
    moves = [
        NewMove(
            product_id=row["product_id"],
            location_id=row["location_id"],
            quantity=row["quantity"],
            unit_cost=row.get("unit_cost") or ZERO,
            kind=MoveKind.OPENING,
            occurred_on=row["occurred_on"],
            reason=row.get("reason") or "",
            external=(source, row["external_key"]),
        )
        for row in rows
        if row["external_key"] not in known and row["quantity"]
    ]
    return len(book(moves))


target("companies", Company, natural="code")
target("currencies", Currency, natural="code")
target("currency_rates", CurrencyRate)
target("payment_terms", PaymentTerm, natural="code")
target("parties", Party)
target("party_addresses", PartyAddress)
target("units", Unit, natural="code")
target("product_categories", ProductCategory, natural="code")
target("products", Product)
target("price_lists", PriceList, natural="code")
target("warehouses", Warehouse, natural="code")
target("locations", Location)
target("carriers", Carrier)
target("orders", Order, complete=complete_order, extra={"freight": money_type()})
target("order_lines", OrderLine, complete=complete_order_line, extra={"is_delivered": sa.Boolean()})
target("purchase_orders", PurchaseOrder, complete=complete_purchase_order, extra={"freight": money_type()})
target("purchase_order_lines", PurchaseOrderLine, complete=complete_purchase_line)
target(
    "opening_stock", StockMove, write=book_opening_stock, extra={"quantity": quantity_type(), "unit_cost": price_type()}
)
target("price_list_items", PriceListItem)
target("supplier_products", SupplierProduct)
