"""What the warehouse's screens of returns ask: shape only."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext
from wtforms.validators import Length, Optional

from app.departments.warehouse.forms import QUANTITY_PLACES
from app.departments.warehouse.returns.taking_in import SENT_WITH_LIMIT
from app.platform.backoffice import DayField, Form, NumberField, OptionField, PickerField, TextField
from app.records.returns.models import Outcome, Remedy


class SentForm(Form):
    """Who takes it."""

    sent_with = TextField(lazy_gettext("Carrier and number"), [Optional(), Length(max=SENT_WITH_LIMIT)])


class DayForm(Form):
    """When it came."""

    occurred_on = DayField(lazy_gettext("Arrived on"), [Optional()])


class CameForm(Form):
    """What came of one line."""

    widths: ClassVar[dict[str, str]] = {"boxes": "c4", "pieces": "c4"}
    boxes = NumberField(lazy_gettext("Whole units"), [Optional()], places=QUANTITY_PLACES)
    pieces = NumberField(lazy_gettext("Pieces"), [Optional()], places=QUANTITY_PLACES)


#: what a person chooses, and what it means for the goods and for their customer
CHOICES: dict[str, tuple[Outcome, Remedy]] = {
    "restock_refund": (Outcome.RESTOCK, Remedy.REFUND),
    "restock_replace": (Outcome.RESTOCK, Remedy.REPLACE),
    "scrap_refund": (Outcome.SCRAP, Remedy.REFUND),
    "scrap_replace": (Outcome.SCRAP, Remedy.REPLACE),
    "repair": (Outcome.REPAIR, Remedy.NONE),
    "reject": (Outcome.REJECT, Remedy.NONE),
}


def outcomes() -> list[tuple[str, object]]:
    """The choices in words."""
    return [
        ("restock_refund", lazy_gettext("Good: on the shelf, money back")),
        ("restock_replace", lazy_gettext("Good: on the shelf, deliver others")),
        ("scrap_refund", lazy_gettext("Useless: write off, money back")),
        ("scrap_replace", lazy_gettext("Useless: write off, deliver others")),
        ("repair", lazy_gettext("Repair, then send it back")),
        ("reject", lazy_gettext("Claim is not right: send it back")),
    ]


class FoundForm(Form):
    """What becomes of so many pieces of a line."""

    widths: ClassVar[dict[str, str]] = {"quantity": "c3", "outcome": "c4", "location_id": "c4", "reason": "c12"}
    quantity = NumberField(lazy_gettext("Quantity"), [Optional()], places=QUANTITY_PLACES)
    outcome = OptionField(lazy_gettext("What becomes of it"), [Optional()], options=outcomes)
    location_id = PickerField(lazy_gettext("To shelf"), [Optional()], picker="locations")
    reason = TextField(lazy_gettext("Note"), [Optional(), Length(max=200)])
