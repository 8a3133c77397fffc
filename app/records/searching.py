"""By which words the shared records are found. Who may see a record finds it; what a hit shows is its label."""

from __future__ import annotations

from app.platform.search import searchable
from app.records.billing.models import Invoice, Payment
from app.records.catalog.models import Product
from app.records.orders.models import Order
from app.records.parties.models import Party
from app.records.returns.models import CustomerReturn, DebitNote, SupplierReturn
from app.records.shipping.models import Shipment
from app.records.supply.models import PurchaseOrder, Receipt, Requisition, SupplierBill

NAMES = ("code", "name", "short_name")


def register() -> None:
    """Declare all of them."""
    searchable(
        Order,
        *("number", "customer_order_number", "external_key"),
        label=("number", "customer_order_number"),
        through=[("customer_id", Party, NAMES)],
        weight=10,
    )
    searchable(Party, *NAMES, "tax_number", "phone", "email", "external_key", label=("code", "name"), weight=20)
    searchable(Product, "code", "name", "specification", "barcode", "external_key", label=("code", "name"), weight=30)
    searchable(
        Invoice, "number", "customer_order_number", "billing_title", label=("number", "billing_title"), weight=40
    )
    searchable(
        Shipment,
        *("number", "tracking_number"),
        label=("number", "tracking_number"),
        through=[("order_id", Order, ["number", "customer_order_number"])],
        weight=50,
    )
    searchable(
        PurchaseOrder,
        *("number", "supplier_reference", "external_key"),
        label=("number", "supplier_reference"),
        through=[("supplier_id", Party, NAMES)],
        weight=60,
    )
    searchable(
        SupplierBill, "supplier_number", label="supplier_number", through=[("supplier_id", Party, NAMES)], weight=70
    )
    searchable(Receipt, "number", "delivery_note", label=("number", "delivery_note"), weight=80)
    searchable(
        Payment,
        *("number", "reference"),
        label=("number", "reference"),
        through=[("party_id", Party, NAMES)],
        weight=90,
    )
    searchable(Requisition, "number", label="number", weight=100)
    searchable(
        CustomerReturn,
        "number",
        label="number",
        through=[("order_id", Order, ["number", "customer_order_number"])],
        weight=110,
    )
    searchable(SupplierReturn, "number", label="number", weight=120)
    searchable(DebitNote, "number", label="number", through=[("supplier_id", Party, NAMES)], weight=130)
