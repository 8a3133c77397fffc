"""The back office: the shell, the base of all table screens, forms, pickers, errors, headers and languages.

The wiring calls ``init_app(app)`` before the packages register their screens and ``seal(app)`` after the last one.
"""

from app.platform.backoffice.actions import ButtonAction
from app.platform.backoffice.columns import Column
from app.platform.backoffice.errors import on_refusal
from app.platform.backoffice.filters import Choice
from app.platform.backoffice.forms import (
    ChoiceField,
    CountedField,
    DayField,
    Form,
    MomentField,
    NumberField,
    OptionField,
    ParagraphField,
    PickerField,
    Required,
    TextField,
    WholeField,
)
from app.platform.backoffice.html import tone_states
from app.platform.backoffice.install import add_view, init_app, seal
from app.platform.backoffice.menu import Group, Item, add_group, add_item
from app.platform.backoffice.pages import Policy, current_actor, declare, page, policies, public_page
from app.platform.backoffice.pickers import Picker, add_picker
from app.platform.backoffice.view import BadView, DepartmentView, views
from app.platform.backoffice.wording import sentence

__all__ = [
    "BadView",
    "ButtonAction",
    "Choice",
    "ChoiceField",
    "Column",
    "CountedField",
    "DayField",
    "DepartmentView",
    "Form",
    "Group",
    "Item",
    "MomentField",
    "NumberField",
    "OptionField",
    "ParagraphField",
    "Picker",
    "PickerField",
    "Policy",
    "Required",
    "TextField",
    "WholeField",
    "add_group",
    "add_item",
    "add_picker",
    "add_view",
    "current_actor",
    "declare",
    "init_app",
    "on_refusal",
    "page",
    "policies",
    "public_page",
    "seal",
    "sentence",
    "tone_states",
    "views",
]
