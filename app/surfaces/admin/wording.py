"""Names that rows carry in both languages."""

from __future__ import annotations

from typing import Protocol

from flask_babel import get_locale, gettext


class Named(Protocol):
    """A department or a role."""

    name_en: str
    name_zh: str


class Described(Protocol):
    """A role."""

    description: str


def name_of(row: Named) -> str:
    """The name in the reader's language."""
    return row.name_zh if str(get_locale()).startswith("zh") else row.name_en


def description_of(role: Described) -> str:
    """What a role is for; the sentences of the standard roles are in the catalogs, an admin's own stay as written."""
    return gettext(role.description) if role.description else ""


def scope_word(scope: str) -> str:
    """A row scope as one short word."""
    words = {
        "all": gettext("all"),
        "department": gettext("department"),
        "involved": gettext("department, to or from"),
        "headed": gettext("as head"),
        "own": gettext("own"),
    }
    return words.get(scope, scope)


def package_name(package: str) -> str:
    """The first part of a permission or setting, in words."""
    words = {
        "access": gettext("People and rights"),
        "audit": gettext("Audit log"),
        "billing": gettext("Invoices and payments"),
        "catalog": gettext("Products and prices"),
        "demo": gettext("Demo"),
        "feedback": gettext("Feedback"),
        "finance": gettext("Finance"),
        "jobs": gettext("Background work"),
        "logistics": gettext("Logistics"),
        "numbering": gettext("Numbers of papers"),
        "orders": gettext("Orders"),
        "parties": gettext("Customers, suppliers, carriers"),
        "process": gettext("Hand-offs and process"),
        "purchasing": gettext("Purchasing"),
        "sales": gettext("Sales"),
        "settings": gettext("Settings"),
        "shipping": gettext("Shipments"),
        "stock": gettext("Stock"),
        "supply": gettext("Purchase orders"),
        "warehouse": gettext("Warehouse"),
    }
    return words.get(package, package.replace("_", " ").capitalize())
