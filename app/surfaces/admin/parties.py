"""Customers, suppliers and carriers: three views of one table. Read this one first when you write a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask
from flask_babel import get_locale, lazy_gettext
from markupsafe import Markup
from sqlalchemy.orm import selectinload
from wtforms.validators import Optional, Regexp

from app.kernel.actor import Actor
from app.kernel.text import N_
from app.platform.backoffice import (
    Column,
    DepartmentView,
    OptionField,
    Picker,
    Required,
    TextField,
    add_picker,
    add_view,
    tone_states,
)
from app.platform.backoffice import html as draw
from app.platform.backoffice.i18n import LANGUAGES
from app.platform.db import session
from app.records.parties import service
from app.records.parties.models import BillingPolicy, Currency, Party, PaymentTerm, PriceBasis
from app.records.parties.permissions import Permissions


def term_name(term: PaymentTerm) -> str:
    """The payment term in the reader's language."""
    return term.name_zh if str(get_locale()).startswith("zh") else term.name_en


def _terms(party: Party) -> Markup:
    return draw.plain_text(term_name(party.payment_term) if party.payment_term else None)


def _language(party: Party) -> str:
    return LANGUAGES.get(party.language, (party.language, ""))[0]


def currencies() -> list[tuple[str, str]]:
    """For a choice field: every currency the house trades in."""
    return [(code, code) for code in session.scalars(sa.select(Currency.code).order_by(Currency.code))]


class _Parties(DepartmentView, model=Party):
    """What the three have in common."""

    list_permission = Permissions.PARTY_READ
    create_permission, create_use_case = Permissions.PARTY_EDIT, service.add_party
    edit_permission, edit_use_case = Permissions.PARTY_EDIT, service.change_party
    export_permission = Permissions.PARTY_EXPORT
    department = "master"
    menu_icon = "users"
    labels = {
        "short_name": lazy_gettext("Short name"),
        "tax_number": lazy_gettext("Tax number"),
        "price_basis": lazy_gettext("Prices are"),
        "payment_term_id": lazy_gettext("Payment terms"),
        "price_list_id": lazy_gettext("Price list agreed"),
        "billing_policy": lazy_gettext("Invoice by"),
        "billing_title": lazy_gettext("Name on the tax invoice"),
        "credit_limit": lazy_gettext("Credit limit"),
        "lead_days": lazy_gettext("Lead time in days"),
        "supplier_rank": lazy_gettext("Rank among suppliers"),
        "is_qualified": lazy_gettext("Qualified"),
        "is_customer": lazy_gettext("Customer"),
        "is_supplier": lazy_gettext("Supplier"),
        "is_carrier": lazy_gettext("Carrier"),
    }
    columns: ClassVar[Sequence[str | Column]] = (
        "code",
        "name",
        Column("payment_term_id", render=_terms, needs=("payment_term.name_en", "payment_term.name_zh"), width="w-ref"),
        Column("currency", width="w-date"),
        Column("is_active", phone="ph-hide"),
        Column("updated_at", hide="wide"),
    )
    details: ClassVar[Sequence[str | Column]] = (
        "code", "name", "short_name", "tax_number", "email", "phone", Column("language", render=_language),
        "currency", "price_basis", Column("payment_term_id", render=_terms), "billing_policy", "billing_title",
        Column("credit_limit", is_numeric=False), "is_customer", "is_supplier", "is_carrier", "is_active", "note",
        "created_at", "updated_at",
    )  # fmt: skip
    sortable = ("code", "name")
    default_sort = "name"
    filters = ("currency", "payment_term_id", "is_active", "price_basis")
    search_columns = ("code", "name", "short_name")
    details_template = "admin/parties/details.html"
    details_options = (selectinload(Party.addresses), selectinload(Party.contacts), selectinload(Party.payment_term))
    common = (
        "code",
        "name",
        "short_name",
        "tax_number",
        (
            "email",
            TextField(
                lazy_gettext("E-mail"),
                [Optional(), Regexp(r"[^@\s]+@[^@\s]+\.[^@\s.]+$", message=lazy_gettext("Not an e-mail address."))],
            ),
        ),
        "phone",
        ("language", OptionField(lazy_gettext("Language"), options=[(c, name) for c, (name, _) in LANGUAGES.items()])),
        ("currency", OptionField(lazy_gettext("Currency"), [Required()], options=currencies)),
        "payment_term_id",
    )
    roles = ("is_customer", "is_supplier", "is_carrier", "is_active", "note")
    form_widths = {"name": "c8", "code": "c4", "language": "c4", "currency": "c4"}
    new_values: ClassVar[Mapping[str, Any]] = {}

    def make_form(self, what: str, actor: Actor, row: Any = None) -> Any:
        """A new party already has the role of the list it is made from."""
        form = super().make_form(what, actor, row)
        if what == "create" and not form.is_submitted():
            for name, value in self.new_values.items():
                form[name].data = value
        return form


class Customers(_Parties, model=Party):
    """Whom we sell to."""

    slug = "customers"
    title = lazy_gettext("Customers")
    new_label = lazy_gettext("New customer")
    empty_hint = lazy_gettext("Enter the first customer, or import a file of them.")
    menu_position = 10
    columns = (*_Parties.columns[:3], Column("credit_limit", currency="currency"), *_Parties.columns[3:])
    form_fields = (
        *_Parties.common,
        "price_basis",
        "price_list_id",
        "billing_policy",
        "billing_title",
        "credit_limit",
        *_Parties.roles,
    )
    new_values = {"is_customer": True, "is_active": True}

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Customers only."""
        return (Party.is_customer.is_(True),)


class Suppliers(_Parties, model=Party):
    """Whom we buy from."""

    slug = "suppliers"
    title = lazy_gettext("Suppliers")
    new_label = lazy_gettext("New supplier")
    empty_hint = lazy_gettext("Enter the first supplier, or import a file of them.")
    menu_position = 20
    menu_icon = "box"
    columns = (*_Parties.columns[:3], "lead_days", "is_qualified", *_Parties.columns[3:])
    form_fields = (*_Parties.common, "lead_days", "supplier_rank", "is_qualified", *_Parties.roles)
    new_values = {"is_supplier": True, "is_active": True}

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Suppliers only."""
        return (Party.is_supplier.is_(True),)


class Carriers(_Parties, model=Party):
    """Who drives for us."""

    slug = "carriers"
    title = lazy_gettext("Carriers")
    new_label = lazy_gettext("New carrier")
    empty_hint = lazy_gettext("Enter the first carrier.")
    menu_position = 30
    menu_icon = "truck"
    form_fields = (*_Parties.common, *_Parties.roles)
    new_values = {"is_carrier": True, "is_active": True}

    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Carriers only."""
        return (Party.is_carrier.is_(True),)


def _party_text(party: Party) -> str:
    return f"{party.code} · {party.name}"


def _picker(name: str, *criteria: sa.ColumnElement[bool]) -> Picker:
    return Picker(
        name=name,
        model=Party,
        permission=(Permissions.PARTY_READ,),
        text=_party_text,
        search=("code", "name"),
        order_by="name",
        criteria=lambda _actor: sa.and_(Party.is_active.is_(True), *criteria),
    )


def register(app: Flask) -> None:
    """Views and pickers of the parties."""
    tone_states(
        {PriceBasis.INCLUDED: "", PriceBasis.EXCLUDED: ""},
        {
            PriceBasis.INCLUDED: N_("tax included"),
            PriceBasis.EXCLUDED: N_("tax on top"),
            BillingPolicy.ORDERED: N_("what was ordered"),
            BillingPolicy.DELIVERED: N_("what was shipped"),
            BillingPolicy.PERIOD: N_("the period's statement"),
        },
    )
    add_picker(app, _picker("parties"))
    add_picker(app, _picker("customers", Party.is_customer.is_(True)))
    add_picker(app, _picker("suppliers", Party.is_supplier.is_(True)))
    add_picker(app, _picker("carriers", Party.is_carrier.is_(True)))
    add_picker(
        app,
        Picker(
            "payment_terms", PaymentTerm, (Permissions.PARTY_READ,), term_name, ("code", "name_en", "name_zh"), least=0
        ),
    )
    for view in (Customers, Suppliers, Carriers):
        add_view(app, view)
