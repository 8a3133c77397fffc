"""Whom we trade with: companies of the house, customers, suppliers, carriers, and the terms agreed with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import (
    currency_column,
    degree_type,
    enum_column,
    money_type,
    name_column,
    percent_column,
    rate_column,
)


class PriceBasis(StrEnum):
    """What an entered price means."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class BillingPolicy(StrEnum):
    """What may be invoiced."""

    ORDERED = "ordered"
    DELIVERED = "delivered"  #: shipped quantity
    PERIOD = "period"  #: on the period's statement


class AddressKind(StrEnum):
    """What an address is for."""

    BILLING = "billing"
    SHIPPING = "shipping"
    BOTH = "both"


class Company(Keyed, Versioned, Timestamped, Base):
    """A legal entity of the house; one row by default."""

    __tablename__ = "companies"
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[name_column]
    name_en: Mapped[str] = mapped_column(sa.String(200), default="")
    tax_number: Mapped[str] = mapped_column(sa.String(40), default="")
    address: Mapped[str] = mapped_column(sa.Text(), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    bank_name: Mapped[str] = mapped_column(sa.String(200), default="")
    bank_account: Mapped[str] = mapped_column(sa.String(60), default="")
    currency: Mapped[currency_column]
    timezone: Mapped[str] = mapped_column(sa.String(60), default="Asia/Shanghai")
    is_default: Mapped[bool] = mapped_column(default=False)


class Currency(Keyed, Base):
    """A currency the house trades in (ISO 4217)."""

    __tablename__ = "currencies"
    code: Mapped[str] = mapped_column(sa.String(3), unique=True)
    name: Mapped[str] = mapped_column(sa.String(100))


class CurrencyRate(Keyed, Base):
    """How many units of ``to_currency`` one unit of ``from_currency`` is worth on a day."""

    __tablename__ = "currency_rates"
    __table_args__ = (
        sa.UniqueConstraint("from_currency", "to_currency", "valid_on"),
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("rate > 0", name="rate_positive"),
    )
    valid_on: Mapped[date] = mapped_column(sa.Date())
    from_currency: Mapped[currency_column]
    to_currency: Mapped[currency_column]
    rate: Mapped[rate_column]
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))


class PaymentTerm(Keyed, Versioned, Base):
    """When an invoice is due: days after the invoice, or after the end of its month."""

    __tablename__ = "payment_terms"
    __table_args__ = (
        sa.CheckConstraint("days >= 0", name="days_not_negative"),
        sa.CheckConstraint("deposit_percent between 0 and 1000000", name="deposit_percent_range"),
    )
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(100))
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    days: Mapped[int] = mapped_column(sa.Integer(), default=0)
    from_end_of_month: Mapped[bool] = mapped_column(default=False)
    deposit_percent: Mapped[percent_column] = mapped_column(default=Decimal(0))
    is_active: Mapped[bool] = mapped_column(default=True)


class Party(Keyed, Versioned, Timestamped, Base):
    """A customer, supplier or carrier; one party can be all three."""

    __tablename__ = "parties"
    __personal__ = frozenset({"email", "phone"})
    __table_args__ = (
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("credit_limit >= 0", name="credit_limit_not_negative"),
        sa.Index("ix_parties_name_id", "name", "id"),
        sa.Index("ix_parties_customer", "is_customer", "id"),
        sa.Index("ix_parties_supplier", "is_supplier", "id"),
    )
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[name_column]
    short_name: Mapped[str] = mapped_column(sa.String(80), default="")
    is_person: Mapped[bool] = mapped_column(default=False)
    is_customer: Mapped[bool] = mapped_column(default=False)
    is_supplier: Mapped[bool] = mapped_column(default=False)
    is_carrier: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    tax_number: Mapped[str] = mapped_column(sa.String(40), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    language: Mapped[str] = mapped_column(sa.String(12), default="zh_Hans_CN")  #: of documents and links
    currency: Mapped[currency_column]
    price_basis: Mapped[PriceBasis] = enum_column(PriceBasis, default=PriceBasis.INCLUDED)
    payment_term_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("payment_terms.id", ondelete="RESTRICT"), index=True
    )
    #: agreed with the customer, beside the default list of the currency
    price_list_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_lists.id", ondelete="RESTRICT"), index=True)
    billing_policy: Mapped[BillingPolicy] = enum_column(BillingPolicy, default=BillingPolicy.DELIVERED)
    billing_title: Mapped[str] = mapped_column(sa.String(200), default="")  #: name on the tax invoice, if another
    credit_limit: Mapped[Decimal | None] = mapped_column(money_type())  #: company currency; none: no limit
    billing_confirmed: Mapped[bool] = mapped_column(default=False)  #: finance knows title, terms, deposit, credit
    salesperson_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    buyer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"), index=True)
    lead_days: Mapped[int | None] = mapped_column(sa.Integer())  #: supplier: calendar days, agreed
    supplier_rank: Mapped[int] = mapped_column(sa.Integer(), default=100)
    is_qualified: Mapped[bool] = mapped_column(default=False)  #: supplier: certificates checked and valid
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    addresses: Mapped[list[PartyAddress]] = relationship(back_populates="party", passive_deletes="all")
    contacts: Mapped[list[PartyContact]] = relationship(back_populates="party", passive_deletes="all")
    payment_term: Mapped[PaymentTerm | None] = relationship()


class PartyAddress(Keyed, Versioned, Base):
    """Where a party gets its goods or its paper."""

    __tablename__ = "party_addresses"
    __record__ = ("parties", "party_id")
    __personal__ = frozenset({"recipient", "phone", "line1", "line2"})
    __table_args__ = (sa.UniqueConstraint("external_source", "external_key"),)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[AddressKind] = enum_column(AddressKind, default=AddressKind.BOTH)
    label: Mapped[str] = mapped_column(sa.String(80), default="")
    recipient: Mapped[str] = mapped_column(sa.String(200), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    line1: Mapped[str] = mapped_column(sa.String(200))
    line2: Mapped[str] = mapped_column(sa.String(200), default="")
    city: Mapped[str] = mapped_column(sa.String(100), default="")
    region: Mapped[str] = mapped_column(sa.String(100), default="")
    postcode: Mapped[str] = mapped_column(sa.String(20), default="")
    country: Mapped[str] = mapped_column(sa.String(2), default="CN")  #: ISO 3166 alpha-2
    latitude: Mapped[Decimal | None] = mapped_column(degree_type())
    longitude: Mapped[Decimal | None] = mapped_column(degree_type())
    is_default: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    party: Mapped[Party] = relationship(back_populates="addresses")


class PartyContact(Keyed, Versioned, Base):
    """A person at a party."""

    __tablename__ = "party_contacts"
    __record__ = ("parties", "party_id")
    __personal__ = frozenset({"name", "email", "phone"})
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    role: Mapped[str] = mapped_column(sa.String(100), default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    is_default: Mapped[bool] = mapped_column(default=False)

    party: Mapped[Party] = relationship(back_populates="contacts")


class SupplierCertificate(Keyed, Versioned, Base):
    """What makes a supplier qualified, until when."""

    __tablename__ = "supplier_certificates"
    __record__ = ("parties", "party_id")
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(80))
    number: Mapped[str] = mapped_column(sa.String(80), default="")
    valid_until: Mapped[date | None] = mapped_column(sa.Date(), index=True)


constraint_sentence("uq_parties_code", N_("There is already a party with this code."))
constraint_sentence("ck_parties_credit_limit_not_negative", N_("A credit limit cannot be negative."))
