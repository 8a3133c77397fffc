"""The shared order book: orders, lines, holds, confirmations, amendments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.quantity import split_units, to_base
from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import (
    Json,
    UtcDateTime,
    currency_column,
    enum_column,
    money_column,
    percent_column,
    price_column,
    price_type,
    quantity_column,
    rate_column,
)
from app.records.catalog.models import Product, Unit
from app.records.orders.states import OrderState
from app.records.parties.models import BillingPolicy, Company, Party, PartyAddress, PaymentTerm, PriceBasis


class Origin(StrEnum):
    """How the order came into the house."""

    ENTERED = "entered"
    FILE = "file"
    API = "api"
    PORTAL = "portal"
    IMPORT = "import"  #: history: starts no clock, no mail, no allocation


class Channel(StrEnum):
    """How the customer told us."""

    CHAT = "chat"
    PHONE = "phone"
    MAIL = "mail"
    FILE = "file"
    FORM = "form"
    API = "api"
    VISIT = "visit"


class LineKind(StrEnum):
    """What a line is."""

    PRODUCT = "product"
    SERVICE = "service"
    FREIGHT = "freight"
    SAMPLE = "sample"
    TEXT = "text"


class LineSource(StrEnum):
    """Where the goods come from."""

    STOCK = "stock"
    BUY_TO_ORDER = "buy_to_order"
    DROP_SHIP = "drop_ship"


class ConfirmedHow(StrEnum):
    """How the customer's yes reached us."""

    LINK = "link"
    SCAN = "scan"
    PHONE = "phone"


class Order(Keyed, Versioned, Timestamped, Base):
    """One customer's commitment, and ours."""

    __tablename__ = "orders"
    __table_args__ = (
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("external_source", "external_key"),
        sa.UniqueConstraint("intake_key"),
        sa.CheckConstraint("rate > 0", name="rate_positive"),
        sa.CheckConstraint("net_total + tax_total = gross_total", name="totals_add_up"),
        sa.CheckConstraint("deposit_percent between 0 and 1000000", name="deposit_percent_range"),
        sa.CheckConstraint("(confirmed_at is null) = (confirmed_how is null)", name="confirmed_how_known"),
        sa.Index("ix_orders_state_id", "state", "id"),
        sa.Index("ix_orders_customer_id_id", "customer_id", "id"),
        sa.Index("ix_orders_owner_id_id", "owner_id", "id"),
        sa.Index("ix_orders_received_at_id", "received_at", "id"),
        sa.Index("ix_orders_promised_date_id", "promised_date", "id"),
        sa.Index("ix_orders_gross_total_id", "gross_total", "id"),
        sa.Index("ix_orders_customer_reference", "customer_id", "customer_order_number"),
    )
    number: Mapped[str | None] = mapped_column(sa.String(40))
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("companies.id", ondelete="RESTRICT"), index=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("parties.id", ondelete="RESTRICT"))
    state: Mapped[OrderState] = enum_column(OrderState, default=OrderState.DRAFT)
    origin: Mapped[Origin] = enum_column(Origin, default=Origin.ENTERED)
    channel: Mapped[Channel] = enum_column(Channel, default=Channel.FORM)
    received_at: Mapped[datetime] = mapped_column(
        UtcDateTime()
    )  #: when the customer's message came in; clocks start here
    customer_order_number: Mapped[str] = mapped_column(sa.String(80), default="")
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="RESTRICT"))  #: salesperson
    intake_key: Mapped[str | None] = mapped_column(sa.String(80))  #: same key twice is the same order
    intake_digest: Mapped[str | None] = mapped_column(sa.String(64))  #: SHA-256 of what came with the key

    currency: Mapped[currency_column]
    rate: Mapped[rate_column] = mapped_column(default=Decimal(1))  #: company currency for one unit of ``currency``
    price_basis: Mapped[PriceBasis] = enum_column(PriceBasis)
    #: by which it is priced and verified; none: the default list of the currency
    price_list_id: Mapped[int | None] = mapped_column(sa.ForeignKey("price_lists.id", ondelete="RESTRICT"), index=True)
    net_total: Mapped[money_column] = mapped_column(default=Decimal(0))
    tax_total: Mapped[money_column] = mapped_column(default=Decimal(0))
    gross_total: Mapped[money_column] = mapped_column(default=Decimal(0))

    payment_term_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("payment_terms.id", ondelete="RESTRICT"), index=True
    )
    deposit_percent: Mapped[percent_column] = mapped_column(default=Decimal(0))
    billing_policy: Mapped[BillingPolicy] = enum_column(BillingPolicy)
    billing_title: Mapped[str] = mapped_column(sa.String(200), default="")
    billing_tax_number: Mapped[str] = mapped_column(sa.String(40), default="")
    billing_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  #: H4 closed
    billing_address_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("party_addresses.id", ondelete="RESTRICT"), index=True
    )
    shipping_address_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("party_addresses.id", ondelete="RESTRICT"), index=True
    )
    warehouse_id: Mapped[int | None] = mapped_column(sa.ForeignKey("warehouses.id", ondelete="RESTRICT"), index=True)

    requested_date: Mapped[date | None] = mapped_column(sa.Date())
    first_promised_date: Mapped[date | None] = mapped_column(
        sa.Date()
    )  #: latest first promise of its lines; kept forever
    promised_date: Mapped[date | None] = mapped_column(sa.Date())  #: latest current promise of its lines
    allows_part_shipment: Mapped[bool] = mapped_column(default=True)
    customer_note: Mapped[str] = mapped_column(sa.Text(), default="")  #: the customer's own words, printed
    internal_note: Mapped[str] = mapped_column(sa.Text(), default="")  #: never leaves the house

    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    confirmed_how: Mapped[ConfirmedHow | None] = enum_column(ConfirmedHow)
    confirmed_by: Mapped[str] = mapped_column(sa.String(100), default="")  #: name of the customer's person
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    close_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    company: Mapped[Company] = relationship()
    customer: Mapped[Party] = relationship()
    payment_term: Mapped[PaymentTerm | None] = relationship()
    billing_address: Mapped[PartyAddress | None] = relationship(foreign_keys=[billing_address_id])
    shipping_address: Mapped[PartyAddress | None] = relationship(foreign_keys=[shipping_address_id])
    lines: Mapped[list[OrderLine]] = relationship(
        back_populates="order", order_by="OrderLine.position", passive_deletes="all"
    )


#: cumulative quantities of a line, base units; ``allocated`` is what is held now
QUANTITIES = (
    "ordered", "cancelled", "allocated", "picked", "packed", "shipped",
    "delivered", "failed", "returned", "invoiced", "credited",
)  # fmt: skip


class OrderLine(Keyed, Versioned, Base):
    """One product, service or freight at one price on one order."""

    __tablename__ = "order_lines"
    __record__ = ("orders", "order_id")
    __table_args__ = (
        sa.UniqueConstraint("order_id", "position"),
        sa.UniqueConstraint("external_source", "external_key"),
        sa.CheckConstraint("unit_factor > 0", name="factor_positive"),
        sa.CheckConstraint("entered_quantity >= 0", name="entered_not_negative"),
        sa.CheckConstraint("discount_percent between 0 and 1000000", name="discount_range"),
        sa.CheckConstraint("net + tax = gross", name="amounts_add_up"),
        sa.CheckConstraint("kind not in ('product', 'sample') or product_id is not null", name="product_named"),
        *(sa.CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative") for name in QUANTITIES),
        sa.CheckConstraint("cancelled <= ordered", name="cancelled_within_ordered"),
        sa.CheckConstraint("allocated + shipped - failed <= ordered - cancelled", name="never_oversold"),
        sa.CheckConstraint("failed <= shipped", name="failed_within_shipped"),
        sa.CheckConstraint("delivered <= shipped - failed", name="delivered_within_shipped"),
        sa.CheckConstraint("returned <= delivered", name="returned_within_delivered"),
        sa.CheckConstraint("credited <= invoiced", name="credited_within_invoiced"),
        sa.Index("ix_order_lines_product_id_id", "product_id", "id"),
        sa.Index("ix_order_lines_promised_date", "promised_date"),
        sa.Index(
            "ix_order_lines_holding", "order_id",
            postgresql_where=sa.text("allocated > 0"), sqlite_where=sa.text("allocated > 0"),
        ),
    )  # fmt: skip
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    position: Mapped[int] = mapped_column(sa.Integer())  #: 1-based place on the order
    kind: Mapped[LineKind] = enum_column(LineKind, default=LineKind.PRODUCT)
    source: Mapped[LineSource] = enum_column(LineSource, default=LineSource.STOCK)
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("products.id", ondelete="RESTRICT"))
    description: Mapped[str] = mapped_column(sa.String(300), default="")  #: as agreed; copied from the product
    specification: Mapped[str] = mapped_column(
        sa.Text(), default=""
    )  #: what the customer asked for (drawing, revision)
    customer_part_number: Mapped[str] = mapped_column(sa.String(80), default="")
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id", ondelete="RESTRICT"), index=True)
    unit_factor: Mapped[rate_column] = mapped_column(default=Decimal(1))  #: base units in one entered unit
    entered_quantity: Mapped[quantity_column]  #: in the entered unit; rounded where pieces stand beside boxes

    ordered: Mapped[quantity_column]
    cancelled: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    allocated: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    picked: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    packed: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    shipped: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    delivered: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    failed: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    returned: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    invoiced: Mapped[quantity_column] = mapped_column(default=Decimal(0))
    credited: Mapped[quantity_column] = mapped_column(default=Decimal(0))

    unit_price: Mapped[price_column]  #: of one entered unit, in the order's currency and price basis; copied at entry
    list_price: Mapped[Decimal | None] = mapped_column(price_type())  #: what the price list said then, same unit
    discount_percent: Mapped[percent_column] = mapped_column(default=Decimal(0))
    discount_amount: Mapped[money_column] = mapped_column(default=Decimal(0))  #: of the whole line, after the percent
    discount_reason: Mapped[str] = mapped_column(sa.String(200), default="")
    tax_percent: Mapped[percent_column]
    net: Mapped[money_column]
    tax: Mapped[money_column]
    gross: Mapped[money_column]

    requested_date: Mapped[date | None] = mapped_column(sa.Date())
    first_promised_date: Mapped[date | None] = mapped_column(sa.Date())  #: kept forever
    promised_date: Mapped[date | None] = mapped_column(sa.Date())
    promise_note: Mapped[str] = mapped_column(sa.String(200), default="")
    external_source: Mapped[str | None] = mapped_column(sa.String(40))
    external_key: Mapped[str | None] = mapped_column(sa.String(80))

    order: Mapped[Order] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()
    unit: Mapped[Unit | None] = relationship()

    @property
    def written(self) -> tuple[Decimal, Decimal]:
        """(in the line's unit, base units beside) as people wrote it: 3 boxes, or 3 boxes and 5 pieces."""
        if to_base(self.entered_quantity, self.unit_factor) == self.ordered:
            return self.entered_quantity, Decimal(0)
        return split_units(self.ordered, self.unit_factor)

    @property
    def in_units(self) -> Decimal:
        """In the line's unit, exact: what its price is multiplied with."""
        whole, loose = self.written
        return self.ordered / self.unit_factor if loose else whole

    @property
    def wanted(self) -> Decimal:
        """What the customer still expects in all: ordered less cancelled."""
        return self.ordered - self.cancelled

    @property
    def to_ship(self) -> Decimal:
        """Still to leave the house; what came back undelivered is owed again."""
        return self.wanted - (self.shipped - self.failed)

    @property
    def shortage(self) -> Decimal:
        """Still to leave and not allocated; 0 for lines without stock."""
        return self.to_ship - self.allocated if self.needs_stock else Decimal(0)

    @property
    def needs_stock(self) -> bool:
        """Whether goods of our own stock leave for it."""
        return self.kind in {LineKind.PRODUCT, LineKind.SAMPLE} and self.source is not LineSource.DROP_SHIP


class OrderHold(Keyed, Base):
    """A stop beside the state: who, why, since when, until when."""

    __tablename__ = "order_holds"
    __record__ = ("orders", "order_id")
    __table_args__ = (
        sa.CheckConstraint("released_at is null or released_at >= held_at", name="released_after_held"),
        sa.Index(
            "uq_order_holds_open", "order_id", unique=True,
            postgresql_where=sa.text("released_at is null"), sqlite_where=sa.text("released_at is null"),
        ),
    )  # fmt: skip
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    held_at: Mapped[datetime] = mapped_column(UtcDateTime())
    held_by: Mapped[str] = mapped_column(sa.String(100))
    expected_until: Mapped[date | None] = mapped_column(sa.Date())
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    released_by: Mapped[str] = mapped_column(sa.String(100), default="")


class Answer(StrEnum):
    """What the customer said to the order we sent."""

    ACCEPTED = "accepted"
    CHANGE_ASKED = "change_asked"


class OrderAnswer(Keyed, Base):
    """The customer's answer to the order as it was shown: by link, stamped scan or phone."""

    __tablename__ = "order_answers"
    __record__ = ("orders", "order_id")
    __personal__ = frozenset({"person"})
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    how: Mapped[ConfirmedHow] = enum_column(ConfirmedHow)
    answer: Mapped[Answer] = enum_column(Answer)
    person: Mapped[str] = mapped_column(sa.String(100))  #: who at the customer
    said_at: Mapped[datetime] = mapped_column(UtcDateTime())
    words: Mapped[str] = mapped_column(sa.Text(), default="")  #: the change asked for, in their words
    order_version: Mapped[int] = mapped_column(sa.Integer())  #: version they saw
    shown: Mapped[dict[str, Any] | None] = mapped_column(Json())  #: what they saw: lines, prices, dates
    file_id: Mapped[int | None] = mapped_column(sa.BigInteger())  #: the stamped scan
    recorded_by: Mapped[str] = mapped_column(sa.String(100))


class LineOverride(Keyed, Base):
    """A verification problem a person with the right let pass, and why."""

    __tablename__ = "line_overrides"
    __record__ = ("orders", "order_id")
    __table_args__ = (sa.UniqueConstraint("order_id", "line_id", "problem"),)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    line_id: Mapped[int | None] = mapped_column(sa.ForeignKey("order_lines.id", ondelete="RESTRICT"), index=True)
    problem: Mapped[str] = mapped_column(sa.String(60))  #: code of the problem
    reason: Mapped[str] = mapped_column(sa.String(300))
    allowed_by: Mapped[str] = mapped_column(sa.String(100))
    allowed_at: Mapped[datetime] = mapped_column(UtcDateTime())


class AmendmentState(StrEnum):
    """The way of a change after confirmation."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    APPLIED = "applied"
    REJECTED = "rejected"


class Amendment(Keyed, Versioned, Timestamped, Base):
    """A change after confirmation: what, why, what it touches, who agreed."""

    __tablename__ = "amendments"
    __record__ = ("orders", "order_id")
    __table_args__ = (sa.UniqueConstraint("order_id", "number"),)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    number: Mapped[int] = mapped_column(sa.Integer())  #: 1-based on the order
    state: Mapped[AmendmentState] = enum_column(AmendmentState, default=AmendmentState.PROPOSED)
    reason: Mapped[str] = mapped_column(sa.String(300))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(Json())  #: line or order field, old, new; plain values
    impact: Mapped[list[dict[str, Any]]] = mapped_column(Json())  #: what it touched when it was proposed
    order_version: Mapped[int] = mapped_column(sa.Integer())
    proposed_by: Mapped[str] = mapped_column(sa.String(100))
    decided_by: Mapped[str] = mapped_column(sa.String(100), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    order: Mapped[Order] = relationship()


constraint_sentence("uq_orders_intake_key", N_("This order has been taken already."))
constraint_sentence("uq_order_holds_open", N_("The order is on hold already."))
constraint_sentence("ck_order_lines_never_oversold", N_("More would leave than was ordered."))
constraint_sentence("ck_order_lines_delivered_within_shipped", N_("More would be delivered than has left."))
constraint_sentence("ck_order_lines_returned_within_delivered", N_("More would come back than was delivered."))
constraint_sentence("ck_order_lines_credited_within_invoiced", N_("More would be credited than was invoiced."))
