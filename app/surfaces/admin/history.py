"""The history of a record: who may open the record may open its history, and sees of it the fields it sees of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from flask import Flask, render_template, request
from flask_babel import gettext
from markupsafe import Markup

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.text import N_
from app.platform.access import can, may_read_field, scope
from app.platform.audit.permissions import Permissions
from app.platform.audit.reading import FieldChange, audited_models, history
from app.platform.backoffice import columns, format, identifiers, labels, page  # noqa: A004  the room's own word
from app.platform.backoffice import html as draw
from app.platform.db import Base, session

PAGE = 50
#: how a record calls itself, the first that it has
NAMES = ("number", "name", "code", "login", "name_en", "title_en", "plate")
#: what happened, in words
ACTIONS = {
    "insert": N_("Made"),
    "update": N_("Changed"),
    "delete": N_("Deleted"),
    "sign_in": N_("Signed in"),
    "sign_in.refused": N_("Sign-in refused"),
    "sign_in.password": N_("Password right, waits for the code"),
    "second_factor.set_up": N_("Second factor set up"),
    "second_factor.given_up": N_("Second factor given up"),
    "second_factor.removed": N_("Second factor removed for a lost phone"),
    "second_factor.codes_renewed": N_("New recovery codes"),
    "second_factor.recovery_code_used": N_("Recovery code used"),
    "sign_out": N_("Signed out"),
    "refusal": N_("Refused"),
    "export": N_("Exported"),
    "session.ended": N_("Session ended"),
    "password.changed": N_("Password changed"),
    "password.link_sent": N_("Link for a new password sent"),
    "user.invited": N_("Invited"),
    "job.retried": N_("Job tried again"),
    "job.cancelled": N_("Job cancelled"),
    "file.removed": N_("File removed"),
    "audit.personal.erased": N_("Personal data erased"),
}
#: kinds of records, in words
TABLES = {
    "orders": N_("Orders"),
    "order_lines": N_("Order lines"),
    "order_holds": N_("Holds"),
    "order_answers": N_("Answers of the customer"),
    "amendments": N_("Changes after confirmation"),
    "parties": N_("Customers and suppliers"),
    "party_addresses": N_("Addresses"),
    "party_contacts": N_("Contacts"),
    "products": N_("Products"),
    "price_lists": N_("Price lists"),
    "price_list_items": N_("Prices"),
    "stock_levels": N_("Stock"),
    "stock_moves": N_("Stock moves"),
    "allocations": N_("Allocations"),
    "requisitions": N_("Requisitions"),
    "purchase_orders": N_("Purchase orders"),
    "purchase_order_lines": N_("Purchase order lines"),
    "receipts": N_("Receipts"),
    "receipt_lines": N_("Receipt lines"),
    "supplier_bills": N_("Supplier bills"),
    "shipments": N_("Shipments"),
    "shipment_lines": N_("Shipment lines"),
    "packages": N_("Packages"),
    "tracking_events": N_("Tracking"),
    "invoices": N_("Invoices"),
    "invoice_lines": N_("Invoice lines"),
    "payments": N_("Payments"),
    "settlements": N_("Settlements"),
    "hand_offs": N_("Hand-offs"),
    "users": N_("People"),
    "roles": N_("Roles"),
    "role_grants": N_("Rights of a role"),
    "role_fields": N_("Field rights of a role"),
    "user_roles": N_("Roles of a person"),
    "departments": N_("Departments"),
    "calendar_days": N_("Days of a calendar"),
    "calendar_shifts": N_("Shifts"),
    "calendars": N_("Calendars"),
    "carriers": N_("Carriers"),
    "companies": N_("Companies"),
    "currencies": N_("Currencies"),
    "currency_rates": N_("Exchange rates"),
    "customer_parts": N_("Customers' part numbers"),
    "department_calendars": N_("Calendars of departments"),
    "feedback_answers": N_("Ratings"),
    "feedback_cases": N_("Cases"),
    "feedback_requests": N_("Requests for feedback"),
    "flow_steps": N_("Steps of the process"),
    "flow_triggers": N_("Triggers of the process"),
    "flow_versions": N_("Versions of the process"),
    "hand_off_pauses": N_("Pauses"),
    "import_runs": N_("Imports"),
    "line_overrides": N_("Problems let pass"),
    "locations": N_("Places"),
    "lots": N_("Lots"),
    "package_lines": N_("Contents of packages"),
    "payment_terms": N_("Payment terms"),
    "pick_tasks": N_("Picks"),
    "product_categories": N_("Product categories"),
    "product_costs": N_("Costs"),
    "product_units": N_("Units of a product"),
    "requisition_origins": N_("Origins of requisitions"),
    "settings": N_("Settings"),
    "signed_links": N_("Signed links"),
    "stored_files": N_("Files"),
    "supplier_answers": N_("Answers of the supplier"),
    "supplier_certificates": N_("Certificates"),
    "supplier_products": N_("What suppliers offer"),
    "units": N_("Units"),
    "user_departments": N_("Departments of a person"),
    "vehicles": N_("Vehicles"),
    "warehouses": N_("Warehouses"),
    "customer_return_findings": N_("Findings on returns"),
    "customer_return_lines": N_("Lines of customer returns"),
    "customer_return_refunds": N_("Refunds of returns"),
    "customer_returns": N_("Customer returns"),
    "debit_note_lines": N_("Lines of debit notes"),
    "debit_notes": N_("Debit notes"),
    "recovery_codes": N_("Recovery codes"),
    "second_factors": N_("Second factors"),
    "supplier_return_lines": N_("Lines of supplier returns"),
    "supplier_returns": N_("Supplier returns"),
}
LONGEST = 400


def action_word(action: str) -> str:
    """What happened, in the reader's language."""
    return gettext(ACTIONS[action]) if action in ACTIONS else action.replace(".", " ").replace("_", " ")


def table_word(table: str | None) -> str:
    """What kind of record, in the reader's language."""
    if table in TABLES:
        return gettext(TABLES[table])
    return (table or "").replace("_", " ").capitalize()


def shown(model: type[Base] | None, field: str, value: Any) -> Markup:
    """A typed value as people read it everywhere else; times in full."""
    if value is None or value == "":
        return draw.dash()
    column = model.__table__.c.get(field) if model is not None else None
    kind: type[StrEnum] | None = getattr(column.type, "enum_class", None) if column is not None else None
    if kind is not None and value in {member.value for member in kind}:
        return draw.value_word(kind(value))
    if isinstance(value, bool):
        return Markup("{}").format(gettext("yes") if value else gettext("no"))
    if isinstance(value, datetime):
        return draw.time_tag(value, format.exact(value))
    if isinstance(value, date):
        return draw.day_tag(value)
    if isinstance(value, int) and column is not None and column.foreign_keys:
        return Markup("#{}").format(value)
    if isinstance(value, str) and len(value) > LONGEST:
        return Markup("{}…").format(value[:LONGEST])
    return columns.show(value)


def change_text(table: str | None, change: FieldChange) -> Markup:
    """``Label: old → new``."""
    model = audited_models().get(table or "")
    label = labels.label_of(change.field, {})
    if change.is_secret:
        return Markup("<b>{}</b> {}").format(label, gettext("changed; it is never written down"))
    if change.is_erased:
        return Markup("<b>{}</b> {}").format(label, gettext("erased"))
    old, new = (shown(model, change.field, value) for value in (change.old, change.new))
    if change.has_old and change.has_new:
        return Markup("<b>{}</b> <del>{}</del> → <ins>{}</ins>").format(label, old, new)
    return Markup("<b>{}</b> {}").format(label, old if change.has_old else new)


def _record(actor: Actor, table: str, raw: str) -> tuple[type[Base], Any]:
    """The model and the row.  Raises: NotFound for what is not there, or not for this person."""
    model, key = audited_models().get(table), identifiers.parse(raw)
    if model is None or key is None:
        raise NotFound
    row = session.scalars(sa.select(model).where(model.id == key, scope(actor, model))).one_or_none()  # type: ignore[attr-defined]
    if row is None and can(actor, Permissions.ENTRY_READ):
        row = _gone(model, key)
    if row is None:
        raise NotFound
    return model, row


def _gone(model: type[Base], key: int) -> Base | None:
    """Whoever reads the whole log also reads the history of a record that was deleted."""
    exists = session().connection().scalar(sa.select(model.__table__.c.id).where(model.__table__.c.id == key))
    return None if exists or model.__record__ else model(id=key)


def name_of(actor: Actor, row: Any) -> str:
    """What the record is called."""
    for name in NAMES:
        value = getattr(row, name, None)
        if value and may_read_field(actor, type(row), name):
            return str(value)
    return f"#{row.id}"


def register(app: Flask) -> None:
    """The page."""
    app.jinja_env.globals["audit_words"] = {"action": action_word, "table": table_word, "change": change_text}

    @page(app, "/history/<table>/<row_id>/", permission=None, endpoint="record_history")
    def record_history(actor: Actor, table: str, row_id: str) -> str:
        model, row = _record(actor, table, row_id)
        before = identifiers.parse(request.args.get("before"))
        told, earlier = history(actor, model, row, before=before, limit=PAGE)
        return render_template(
            "admin/audit/history.html",
            name=name_of(actor, row),
            table=table,
            row_id=row_id,
            entries=told,
            earlier=earlier,
            is_first=before is None,
        )
