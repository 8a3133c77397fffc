"""Names of fields and words for values that many tables share, so that each is translated once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from app.kernel.text import N_
from app.platform.backoffice.field_names import FIELD_NAMES

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


#: words for stored values that several tables share; a package gives its own for an enumeration with ``tone_states``
VALUES: dict[str, str] = {
    "accepted": N_("Accepted"), "acceptance": N_("Bank acceptance"), "acknowledged": N_("Acknowledged"),
    "active": N_("Active"), "adjustment": N_("Adjustment"), "alipay": N_("Alipay"),
    "api": N_("Programme interface"), "applied": N_("Applied"), "approved": N_("Approved"),
    "arrived": N_("Arrived"), "bank": N_("Bank transfer"), "billing": N_("Billing"), "blocked": N_("Blocked"),
    "both": N_("Both"), "buy_to_order": N_("Bought for the order"), "cancelled": N_("Cancelled"),
    "card": N_("Card"), "cash": N_("Cash"), "change_asked": N_("Change asked for"), "chat": N_("Chat"),
    "closed": N_("Closed"), "closed_short": N_("Closed short"), "completed": N_("Completed"),
    "confirmed": N_("Confirmed"), "count": N_("Count"), "credit_note": N_("Credit note"),
    "customer_return": N_("Customer return"), "dead": N_("Given up"), "delivered": N_("Delivered"),
    "departed": N_("Departed"), "deposit": N_("Deposit"), "discontinued": N_("Discontinued"),
    "dispatch": N_("Dispatch"), "done": N_("Done"), "draft": N_("Draft"),
    "drop_ship": N_("Shipped by the supplier"), "entered": N_("Entered"), "exception": N_("Exception"),
    "excluded": N_("Tax on top"), "failed": N_("Failed"), "failed_delivery": N_("Failed delivery"),
    "file": N_("File"), "form": N_("Form"), "freight": N_("Freight"), "fulfilled": N_("Fulfilled"),
    "full": N_("Full"), "handed_over": N_("Handed over"), "import": N_("Import"),
    "in_fulfilment": N_("In fulfilment"), "in_transit": N_("In transit"), "inactive": N_("Inactive"),
    "included": N_("Tax included"), "invoice": N_("Invoice"), "late": N_("Late"), "link": N_("By link"),
    "mail": N_("Mail"), "matched": N_("Matched"), "none": N_("None"), "note": N_("Note"), "offered": N_("Offered"),
    "on_hold": N_("On hold"), "open": N_("Open"), "opening": N_("Opening stock"), "ordered": N_("Ordered"),
    "other": N_("Other"), "out_for_delivery": N_("Out for delivery"), "overdue": N_("Overdue"),
    "packed": N_("Packed"), "paid": N_("Paid"), "partial": N_("Partial"), "partly_received": N_("Partly received"),
    "paused": N_("Paused"), "period": N_("Period statement"), "phone": N_("Phone"), "picked": N_("Picked"),
    "picking": N_("Picking"), "portal": N_("Public page"), "posted": N_("Posted"), "product": N_("Product"),
    "proposed": N_("Proposed"), "put_away": N_("Put away"), "queued": N_("Waiting"), "quoted": N_("Quoted"),
    "ready": N_("Ready"), "receipt": N_("Receipt"), "received": N_("Received"), "receiving": N_("Receiving"),
    "rejected": N_("Rejected"), "replanned": N_("Planned again"), "retired": N_("Retired"),
    "returned": N_("Returned"), "revaluation": N_("Revaluation"), "running": N_("Running"), "sample": N_("Sample"),
    "scan": N_("Stamped scan"), "sent": N_("Sent"), "service": N_("Service"), "shipment": N_("Shipment"),
    "shipped": N_("Shipped"), "shipping": N_("Shipping"), "solved": N_("Solved"), "soon": N_("Soon"),
    "sourced": N_("Sourced"), "stock": N_("From stock"), "stocked": N_("Stocked"), "storage": N_("Storage"),
    "supplier_return": N_("Return to supplier"), "system": N_("System"), "text": N_("Text"),
    "transfer": N_("Transfer"), "user": N_("Person"), "verified": N_("Verified"), "visit": N_("Visit"),
    "wechat": N_("WeChat Pay"),
}  # fmt: skip


def label_of(name: str, own: Mapping[str, Any]) -> Any:
    """The view's own label, else the shared one, else the name itself with blanks (a test finds those of the log)."""
    if name in own:
        return own[name]
    known = COMMON.get(name) or FIELD_NAMES.get(name)
    if known:
        return lazy_gettext(known)
    pretty = name.rsplit(".", 1)[0] if name.endswith((".name", ".code", ".number")) else name
    pretty = pretty.removesuffix("_id").replace(".", " ").replace("_", " ")
    return lazy_gettext(pretty[:1].upper() + pretty[1:])
