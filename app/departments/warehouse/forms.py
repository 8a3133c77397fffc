"""What the warehouse's screens ask: shape only, meaning is the use cases' business."""

from __future__ import annotations

from typing import ClassVar

from flask_babel import lazy_gettext
from wtforms.validators import Length, Optional

from app.platform.backoffice import (
    CountedField,
    DayField,
    Form,
    NumberField,
    ParagraphField,
    PickerField,
    Required,
    TextField,
)

QUANTITY_PLACES = 3


class ReasonForm(Form):
    """Why."""

    reason = TextField(lazy_gettext("Reason"), [Required(), Length(max=200)])


class PlanForm(Form):
    """When it shall leave."""

    planned_on = DayField(lazy_gettext("Leaves on"), [Optional()])


class HandOverForm(Form):
    """When and where logistics finds it."""

    planned_on = DayField(lazy_gettext("Leaves on"), [Optional()])
    dock = TextField(lazy_gettext("Dock"), [Required(), Length(max=40)])


class AdjustForm(Form):
    """More or less than the books say."""

    change = NumberField(
        lazy_gettext("More (+) or less (-)"), [Required()], places=QUANTITY_PLACES,
        description=lazy_gettext("In the product's stock unit, for example -3."),
    )  # fmt: skip
    reason = TextField(lazy_gettext("Reason"), [Required(), Length(max=200)])
    occurred_on = DayField(lazy_gettext("Happened on"), [Optional()])


class CountForm(Form):
    """What lies there."""

    counted = NumberField(
        lazy_gettext("Counted"), [Required()], places=QUANTITY_PLACES,
        description=lazy_gettext("What lies at the place now, without what is picked already."),
    )  # fmt: skip
    reason = TextField(lazy_gettext("Reason"), [Optional(), Length(max=200)])


class TransferForm(Form):
    """To another place."""

    target_id = PickerField(lazy_gettext("To place"), [Required()], picker="locations")
    quantity = NumberField(lazy_gettext("Quantity"), [Required()], places=QUANTITY_PLACES)
    reason = TextField(lazy_gettext("Reason"), [Optional(), Length(max=200)])


class ArrivedForm(Form):
    """What came of one line."""

    widths: ClassVar[dict[str, str]] = {
        "received": "c3", "rejected": "c3", "reject_reason": "c6", "lot": "c6", "expires_on": "c6",
    }  # fmt: skip
    received = CountedField(lazy_gettext("Arrived"), [Optional()])
    rejected = CountedField(lazy_gettext("Of it rejected"), [Optional()])
    reject_reason = TextField(lazy_gettext("Why rejected"), [Optional(), Length(max=200)])
    lot = TextField(lazy_gettext("Lot"), [Optional(), Length(max=60)])
    expires_on = DayField(lazy_gettext("Expires on"), [Optional()])


class DeliveryNoteForm(Form):
    """The paper that came with the goods."""

    delivery_note = TextField(lazy_gettext("Delivery note number"), [Optional(), Length(max=80)])
    occurred_on = DayField(lazy_gettext("Date on the delivery note"), [Optional()])


class PutAwayForm(Form):
    """Where one receipt line goes."""

    widths: ClassVar[dict[str, str]] = {"location_id": "c8", "quantity": "c4"}
    location_id = PickerField(lazy_gettext("To place"), [Optional()], picker="locations")
    quantity = CountedField(lazy_gettext("Quantity"), [Optional()])


class PackageForm(Form):
    """One package, beside its contents."""

    widths: ClassVar[dict[str, str]] = dict.fromkeys(("kind", "weight_kg"), "c6") | dict.fromkeys(
        ("length_cm", "width_cm", "height_cm"), "c4"
    )
    kind = TextField(lazy_gettext("Kind of package"), [Optional(), Length(max=40)])
    weight_kg = NumberField(lazy_gettext("Weight in kg"), [Optional()], places=QUANTITY_PLACES)
    length_cm = NumberField(lazy_gettext("Length in cm"), [Optional()], places=1)
    width_cm = NumberField(lazy_gettext("Width in cm"), [Optional()], places=1)
    height_cm = NumberField(lazy_gettext("Height in cm"), [Optional()], places=1)


class FoundForm(Form):
    """What lies there instead of what should."""

    found = NumberField(lazy_gettext("Found"), [Required()], places=QUANTITY_PLACES)
    reason = TextField(lazy_gettext("Note"), [Optional(), Length(max=200)])


class NoteForm(Form):
    """A few words."""

    note = ParagraphField(lazy_gettext("Note"), [Optional(), Length(max=300)])
