"""Forms of sales: shape only; what it means is checked by the use cases."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms.validators import InputRequired, Length, Optional

from app.platform.backoffice import (
    ChoiceField,
    DayField,
    Form,
    MomentField,
    NumberField,
    ParagraphField,
    PickerField,
    TextField,
    WholeField,
)
from app.records.orders.models import Channel

_REQUIRED = InputRequired(lazy_gettext("Please fill this in."))


class HeaderForm(Form):
    """The head of an order."""

    widths: ClassVar = {
        "customer_id": "c6", "customer_order_number": "c3", "channel": "c3", "received_at": "c3",
        "requested_date": "c3", "payment_term_id": "c3", "deposit_percent": "c3", "price_list_id": "c3", "customer_note": "c6",
        "internal_note": "c6",
    }  # fmt: skip
    customer_id = PickerField(lazy_gettext("Customer"), [_REQUIRED], picker="customers")
    customer_order_number = TextField(lazy_gettext("Their order number"), [Length(max=80)])
    channel = ChoiceField(lazy_gettext("Came by"), kind=Channel)
    received_at = MomentField(lazy_gettext("Received"), [Optional()])
    requested_date = DayField(lazy_gettext("Wanted on"), [Optional()])
    payment_term_id = PickerField(lazy_gettext("Payment terms"), [Optional()], picker="payment_terms")
    deposit_percent = NumberField(lazy_gettext("Deposit in percent"), [Optional()])
    price_list_id = WholeField(lazy_gettext("Price list"), [Optional()])
    customer_note = ParagraphField(lazy_gettext("Note for the customer"), [Length(max=4000)])
    internal_note = ParagraphField(lazy_gettext("Note for the house"), [Length(max=4000)])


class ReasonForm(Form):
    """Why."""

    reason = TextField(lazy_gettext("Reason"), [_REQUIRED, Length(max=200)])


class HoldForm(ReasonForm):
    """Why, and until when."""

    expected_until = DayField(lazy_gettext("Expected until"), [Optional()])


class PhoneForm(Form):
    """Who said yes, and when."""

    person = TextField(lazy_gettext("Who at the customer"), [_REQUIRED, Length(max=100)])
    said_at = MomentField(lazy_gettext("When"), [Optional()])


class ScanForm(PhoneForm):
    """The stamped paper."""

    scan = FileField(lazy_gettext("Stamped confirmation"), [InputRequired(lazy_gettext("Choose the file."))])


class ChangeForm(PhoneForm):
    """What should be different."""

    words = ParagraphField(lazy_gettext("What should be different"), [_REQUIRED, Length(max=2000)])
