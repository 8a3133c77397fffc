"""What purchasing's screens ask: shape only, meaning is the use cases' business."""

from __future__ import annotations

from flask_babel import lazy_gettext
from wtforms.validators import Length, Optional

from app.platform.backoffice import DayField, Form, NumberField, ParagraphField, PickerField, Required, TextField

QUANTITY_PLACES = 3


class SupplierForm(Form):
    """From whom."""

    supplier_id = PickerField(lazy_gettext("Supplier"), [Required()], picker="suppliers")


class RequisitionForm(Form):
    """What is needed, and when."""

    product_id = PickerField(lazy_gettext("Product"), [Required()], picker="products")
    quantity = NumberField(lazy_gettext("Quantity in stock units"), [Required()], places=QUANTITY_PLACES)
    needed_by = DayField(lazy_gettext("Needed by"), [Required()])
    note = TextField(lazy_gettext("Note"), [Optional(), Length(max=300)])


class PromiseForm(Form):
    """When short lines can leave."""

    promised_date = DayField(lazy_gettext("All short lines can leave on"), [Required()])
    note = TextField(lazy_gettext("Note for sales"), [Optional(), Length(max=200)])


class AnswerForm(Form):
    """What the supplier said."""

    person = TextField(lazy_gettext("Who at the supplier said so"), [Required(), Length(max=100)])
    arrives_on = DayField(lazy_gettext("Everything arrives on"), [Required()])
    words = ParagraphField(lazy_gettext("In their words"), [Optional(), Length(max=1000)])


class RefusalForm(Form):
    """Why not."""

    person = TextField(lazy_gettext("Who at the supplier said so"), [Required(), Length(max=100)])
    words = ParagraphField(lazy_gettext("Why they cannot deliver"), [Required(), Length(max=200)])


class ReasonForm(Form):
    """Why."""

    reason = ParagraphField(lazy_gettext("Reason"), [Required(), Length(max=200)])
