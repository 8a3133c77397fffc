"""What finance's screens ask: shape only, meaning is the use cases' business."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext
from wtforms import BooleanField
from wtforms.validators import Length, Optional

from app.platform.backoffice import (
    ChoiceField,
    DayField,
    Form,
    NumberField,
    OptionField,
    ParagraphField,
    PickerField,
    Required,
    TextField,
)
from app.platform.db import session
from app.records.billing.models import PaymentMethod
from app.records.parties.models import Currency

AMOUNT_PLACES = 4


def currencies() -> list[tuple[str, str]]:
    """Every currency the house trades in."""
    return [(code, code) for code in session.scalars(sa.select(Currency.code).order_by(Currency.code))]


class BillingForm(Form):
    """What invoices of the order will say."""

    billing_title = TextField(lazy_gettext("Name on the invoice"), [Required(), Length(max=200)])
    billing_tax_number = TextField(lazy_gettext("Tax number"), [Optional(), Length(max=40)])
    payment_term_id = PickerField(lazy_gettext("Payment terms"), [Required()], picker="payment_terms")
    deposit_percent = NumberField(lazy_gettext("Deposit in percent"), [Required()], places=AMOUNT_PLACES)
    remember = BooleanField(lazy_gettext("Remember for this customer's next orders"))


class ReasonForm(Form):
    """Why."""

    reason = ParagraphField(lazy_gettext("Reason"), [Required(), Length(max=300)])


class PaymentForm(Form):
    """Money that came in."""

    party_id = PickerField(lazy_gettext("Paid by"), [Required()], picker="customers")
    amount = NumberField(lazy_gettext("Amount"), [Required()], places=AMOUNT_PLACES)
    currency = OptionField(lazy_gettext("Currency"), [Required()], options=currencies)
    occurred_on = DayField(lazy_gettext("Paid on"), [Required()])
    method = ChoiceField(lazy_gettext("Paid by means of"), [Required()], kind=PaymentMethod)
    reference = TextField(lazy_gettext("Reference on the slip"), [Optional(), Length(max=200)])
    oldest_first = BooleanField(lazy_gettext("Settle what is due longest"), default=True)


class BillForm(Form):
    """The supplier's bill for a receipt."""

    supplier_number = TextField(lazy_gettext("Number on the bill"), [Required(), Length(max=80)])
    billed_on = DayField(lazy_gettext("Dated"), [Required()])
    net_total = NumberField(lazy_gettext("Net amount"), [Required()], places=AMOUNT_PLACES)
    tax_total = NumberField(lazy_gettext("Tax"), [Required()], places=AMOUNT_PLACES)
