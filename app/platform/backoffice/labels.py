"""Names of fields that many tables share, so that each is translated once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from app.kernel.text import N_

COMMON: dict[str, str] = {
    "name": N_("Name"), "name_en": N_("Name, English"), "name_zh": N_("Name, Chinese"), "code": N_("Code"),
    "number": N_("Number"), "state": N_("State"), "status": N_("Status"), "kind": N_("Kind"), "note": N_("Note"),
    "description": N_("Description"), "reason": N_("Reason"), "quantity": N_("Quantity"), "unit": N_("Unit"),
    "unit_price": N_("Unit price"), "price": N_("Price"), "amount": N_("Amount"), "net_amount": N_("Net amount"),
    "tax_amount": N_("Tax"), "gross_amount": N_("Total"), "currency": N_("Currency"), "rate": N_("Rate"),
    "position": N_("Position"), "is_active": N_("Active"), "created_at": N_("Made"), "updated_at": N_("Changed"),
    "received_at": N_("Received"), "due_at": N_("Due"), "due_date": N_("Due date"), "channel": N_("Channel"),
    "email": N_("E-mail"), "phone": N_("Phone"), "address": N_("Address"), "city": N_("City"), "country": N_("Country"),
    "language": N_("Language"), "timezone": N_("Time zone"), "login": N_("Login"), "department": N_("Department"),
    "customer": N_("Customer"), "customer_id": N_("Customer"), "customer.name": N_("Customer"),
    "supplier": N_("Supplier"), "supplier_id": N_("Supplier"), "supplier.name": N_("Supplier"),
    "product": N_("Product"), "product_id": N_("Product"), "product.name": N_("Product"), "product.code": N_("Product"),
    "order": N_("Order"), "order_id": N_("Order"), "order.number": N_("Order"), "carrier": N_("Carrier"),
    "carrier_id": N_("Carrier"), "carrier.name": N_("Carrier"), "location": N_("Location"),
    "location_id": N_("Location"),
    "location.code": N_("Location"), "company_id": N_("Company"), "owner": N_("Owner"), "owner_id": N_("Owner"),
    "version": N_("Version"), "valid_from": N_("Valid from"), "valid_until": N_("Valid until"),
    "weight_kg": N_("Weight (kg)"),
}  # fmt: skip


def label_of(name: str, own: Mapping[str, Any]) -> Any:
    """The view's own label, else the shared one, else the name itself with blanks."""
    if name in own:
        return own[name]
    pretty = name.rsplit(".", 1)[0] if name.endswith((".name", ".code", ".number")) else name
    pretty = pretty.removesuffix("_id").replace(".", " ").replace("_", " ")
    return lazy_gettext(COMMON.get(name) or pretty[:1].upper() + pretty[1:])
