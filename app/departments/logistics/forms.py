"""What the screens of logistics ask: shape only."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField
from wtforms.validators import Length, Optional

from app.departments.logistics.tracking import REPORTABLE
from app.platform.backoffice import (
    DayField,
    Form,
    MomentField,
    NumberField,
    OptionField,
    ParagraphField,
    PickerField,
    Required,
    TextField,
)
from app.platform.backoffice import html as draw
from app.records.shipping.models import TrackingKind


class AssignForm(Form):
    """Who carries it: a carrier, or an own vehicle with its driver."""

    widths: ClassVar[dict[str, str]] = {"vehicle_id": "c6", "driver_id": "c6", "expected_cost": "c6"}
    carrier_id = PickerField(lazy_gettext("Carrier"), [Optional()], picker="shipping_carriers")
    tracking_number = TextField(lazy_gettext("Tracking number"), [Optional(), Length(max=80)])
    vehicle_id = PickerField(lazy_gettext("Own vehicle"), [Optional()], picker="vehicles")
    driver_id = PickerField(lazy_gettext("Driver"), [Optional()], picker="drivers")
    expected_cost = NumberField(
        lazy_gettext("Expected cost"), [Optional()], places=2,
        description=lazy_gettext("Left empty, the carrier's tariff says it."),
    )  # fmt: skip


class FailForm(Form):
    """Why the customer did not get it."""

    reason = TextField(lazy_gettext("Reason"), [Required(), Length(max=200)])
    occurred_at = MomentField(lazy_gettext("When"), [Optional()])


class ReplanForm(Form):
    """When it goes again."""

    planned_on = DayField(lazy_gettext("Leaves on"), [Optional()])
    note = TextField(lazy_gettext("Note"), [Optional(), Length(max=200)])


class CameBackForm(Form):
    """Where it lies now."""

    location_id = PickerField(
        lazy_gettext("Place"), [Required()], picker="locations",
        description=lazy_gettext("A shelf serves the order again; a blocked place is for goods to be looked at."),
    )  # fmt: skip
    note = TextField(lazy_gettext("Note"), [Optional(), Length(max=200)])


def _kinds() -> list[tuple[str, Any]]:
    return [(kind.value, draw.word(kind)) for kind in REPORTABLE]


class KindField(OptionField):
    """What happened, as the enumeration's member."""

    def pre_validate(self, form: Any) -> None:
        """Raises: ValidationError for what is not in the list."""
        super().pre_validate(form)
        self.data = TrackingKind(str(self.data))


class TrackingForm(Form):
    """A fact about the way."""

    kind = KindField(lazy_gettext("What happened"), [Required()], options=_kinds)
    occurred_at = MomentField(lazy_gettext("When"), [Optional()])
    place = TextField(lazy_gettext("Place"), [Optional(), Length(max=200)])
    note = ParagraphField(lazy_gettext("Note"), [Optional(), Length(max=300)])
    is_public = BooleanField(lazy_gettext("The customer may see it"), default=True)


class DeliverForm(Form):
    """Who took the goods, when, and the proof."""

    widths: ClassVar[dict[str, str]] = {"received_by": "c6", "delivered_at": "c6", "proof": "c12", "note": "c12"}
    received_by = TextField(lazy_gettext("Taken by"), [Required(), Length(max=100)])
    delivered_at = MomentField(lazy_gettext("When"), [Optional()], description=lazy_gettext("Left empty: now."))
    proof = FileField(lazy_gettext("Photo or scan of the signed paper"), [Optional()])
    note = TextField(lazy_gettext("Note"), [Optional(), Length(max=200)])
