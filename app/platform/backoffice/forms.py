"""Forms: native inputs, values in the reader's language and zone, and a plain dict for the use case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms import Form as WtForm
from wtforms.fields.choices import Choice  # type: ignore[attr-defined]  # the stubs know an older release
from wtforms.fields.core import UnboundField
from wtforms.validators import Length, NumberRange, Optional, StopValidation, ValidationError
from wtforms.widgets import DateTimeLocalInput, TextInput

from app.kernel.counting import Counting
from app.kernel.errors import InvalidInput
from app.kernel.quantity import LIMIT as QUANTITY_LIMIT
from app.kernel.quantity import PLACES as QUANTITY_PLACES
from app.kernel.quantity import plain, round_quantity
from app.platform.access import reader
from app.platform.backoffice import format, html, pickers  # noqa: A004  the room's own word for it
from app.platform.backoffice.wording import sentence
from app.platform.db import Base
from app.platform.db.types import Scaled, UtcDateTime

INT_LIMIT = 2**31 - 1
LONGEST_TEXT = 20_000
#: names a field may not have: it would shadow a member of the form itself
RESERVED = (
    frozenset(dir(WtForm)) | frozenset(dir(FlaskForm)) | {"meta", "version_seen", "csrf_token", "values", "general"}
)


class UnknownType(TypeError):
    """A model column without a form field: found at start-up, never silently left out."""


class Form(FlaskForm):
    """Base of every form. CSRF is checked once for all writes by the app, not per form.

    widths: field -> ``c3`` .. ``c12`` of a twelve column grid.  addons: field -> words behind the input (a unit).
    """

    class Meta:
        csrf = False

    widths: ClassVar[Mapping[str, str]] = {}
    #: fields left to the database's own default when nothing was entered
    left_to_default: ClassVar[frozenset[str]] = frozenset()
    addons: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.general: list[str] = []

    @property
    def has_files(self) -> bool:
        """Whether the page must send it as multipart."""
        return any(field.type in {"FileField", "MultipleFileField"} for field in self)

    def plain_values(self) -> dict[str, Any]:
        """What was entered, by field name, as plain values."""
        values = {name: field.data for name, field in self._fields.items()}
        return {n: value for n, value in values.items() if value is not None or n not in self.left_to_default}

    def refuse(self, error: InvalidInput) -> None:
        """Put each sentence at its field; what belongs to no field goes on top."""
        for path, message in error.fields.items():
            text = sentence(message)
            field = self._fields.get(path) or self._fields.get(path.partition(".")[0])
            if field is None:
                self.general.append(text)
            else:
                field.errors = [*field.errors, text]
        if not error.fields:
            self.general.append(sentence(error))

    def without(self, names: Iterable[str]) -> None:
        """Take fields away: a posted value for them is not read."""
        for name in names:
            if name in self._fields:
                del self[name]


class Required:
    """Something must be entered; blanks are nothing. A number zero is something."""

    def __init__(self, message: Any = None) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Field) -> None:
        """Raises: StopValidation with the sentence, in place of what else the field could complain about."""
        if field.errors or (field.data is not None and field.data != ""):
            return
        raise StopValidation(self.message or gettext("Please fill this in."))


def _clean(text: str | None) -> str:
    kept = "".join(sign for sign in (text or "") if sign >= " " or sign in "\n\t")
    return kept.replace("\ufeff", "").strip()


class TextField(StringField):
    """One line; control characters and outer blanks are dropped. Empty is None where the column allows it."""

    def __init__(self, *args: Any, empty: str | None = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty = empty

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = " ".join(_clean(str(valuelist[0])).split()) or self.empty


class ParagraphField(TextAreaField):
    """Several lines."""

    def __init__(self, *args: Any, empty: str | None = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty = empty

    def process_formdata(self, valuelist: list[Any]) -> None:
        if valuelist:
            self.data = _clean(str(valuelist[0]).replace("\r\n", "\n")) or self.empty


class NumberField(Field):
    """An exact decimal. Thousands separators and full-width digits are understood; too many decimals are named."""

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, *, places: int = 4, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.places = places
        self.data: Decimal | None = None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else plain(Decimal(self.data))

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = _clean(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            return
        text = text.replace(",", "").replace("，", "").replace(" ", "").replace("\u00a0", "")
        try:
            number = Decimal(text)
        except InvalidOperation:
            raise ValueError(gettext("Not a number. Write it like 1234.5")) from None
        if not number.is_finite() or abs(number) >= Decimal(10) ** (18 - self.places):
            raise ValueError(gettext("This number is too large."))
        if -int(number.normalize().as_tuple().exponent) > self.places:
            raise ValueError(gettext("At most %(places)d decimals.", places=self.places))
        self.data = number


class CountedField(Field):
    """A quantity as people count it: ``3``, ``3+5`` or ``3 boxes 5 pcs``; the value is in base units.

    ``count_in`` says the units before the form is validated; until then it is a plain number.
    """

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.counting = Counting("")
        self.data: Decimal | None = None

    def count_in(self, counting: Counting) -> None:
        """Read and show it in these units."""
        self.counting = counting

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.counting.write(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """What was written is read when the units are known."""
        self.data = None

    def pre_validate(self, form: Any) -> None:
        """Raises: StopValidation with what is wrong with the text."""
        text = _clean(str(self.raw_data[0])) if self.raw_data else ""
        if not text:
            return
        found = self.counting.read(text)
        if found is None:
            example = f"3, 3+5, 3 {self.counting.unit or self.counting.base}"
            raise StopValidation(gettext("This cannot be counted. Write it like %(example)s.", example=example))
        if found > QUANTITY_LIMIT:
            raise StopValidation(gettext("This number is too large."))
        if round_quantity(found) != found:
            raise StopValidation(gettext("At most %(places)d decimals.", places=QUANTITY_PLACES))
        self.data = found


class WholeField(IntegerField):
    """A whole number that fits the database."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = _clean(str(valuelist[0])).replace(",", "") if valuelist else ""
        self.data = None
        if not text:
            return
        if len(text) > 12 or not text.lstrip("-").isascii() or not text.lstrip("-").isdigit():
            raise ValueError(gettext("Not a whole number."))
        self.data = int(text)
        if abs(self.data) > INT_LIMIT:
            raise ValueError(gettext("This number is too large."))


class DayField(DateField):
    """A calendar date, never shifted by a zone."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = _clean(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = date.fromisoformat(text[:10]) if len(text) == 10 else None
        except ValueError:
            self.data = None
        if self.data is None or not 1900 <= self.data.year <= 2200:
            raise ValueError(gettext("Not a date. Write it like 2026-11-30"))


class MomentField(Field):
    """Date and time in the reader's zone; the value is UTC."""

    widget = DateTimeLocalInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return self.data.astimezone(format.zone()).strftime("%Y-%m-%dT%H:%M")

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = _clean(str(valuelist[0])) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            local = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(gettext("Not a date and time. Write it like 2026-11-30 14:00")) from None
        if not 1900 <= local.year <= 2200:
            raise ValueError(gettext("Not a date and time. Write it like 2026-11-30 14:00"))
        self.data = (local if local.tzinfo else local.replace(tzinfo=format.zone())).astimezone(UTC)


class ChoiceField(SelectField):
    """One of a StrEnum's values, or none where that is allowed."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, kind: type[StrEnum], blank: bool = False, **kwargs: Any
    ) -> None:
        self.kind, self.blank = kind, blank
        super().__init__(label, validators, coerce=self._coerce, validate_choice=True, **kwargs)

    def _coerce(self, value: Any) -> StrEnum | None:
        if value is None or value == "":
            return None
        return value if isinstance(value, self.kind) else self.kind(str(value))

    def iter_choices(self) -> Any:
        """(value, label, selected, attributes) for the widget, in today's language."""
        if self.blank:
            yield Choice(value="", label="", selected=self.data is None, render_kw={})
        for item in self.kind:
            yield Choice(value=item.value, label=html.word(item), selected=item == self.data, render_kw={})

    def pre_validate(self, form: Any) -> None:
        """Raises: ValidationError for a value outside the enumeration (coercion already refused it)."""
        if self.data is None and not self.blank and self.raw_data:
            raise ValidationError(gettext("Choose one from the list."))


class OptionField(SelectField):
    """One of a short list of texts.  options: (value, words) pairs, or a function that gives them for this reader."""

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        options: Sequence[tuple[str, Any]] | Callable[[], Sequence[tuple[str, Any]]],
        blank: bool = False,
        **kwargs: Any,
    ) -> None:
        self.options, self.blank = options, blank
        super().__init__(label, validators, coerce=self._coerce, validate_choice=True, **kwargs)

    def _coerce(self, value: Any) -> str | None:
        return None if value is None or value == "" else str(value)

    def pairs(self) -> Sequence[tuple[str, Any]]:
        """The options as they are now."""
        return self.options() if callable(self.options) else self.options

    def iter_choices(self) -> Any:
        """For the widget."""
        if self.blank:
            yield Choice(value="", label="", selected=self.data is None, render_kw={})
        for value, words in self.pairs():
            yield Choice(value=value, label=str(words), selected=value == self.data, render_kw={})

    def pre_validate(self, form: Any) -> None:
        """Raises: ValidationError for what is not in the list."""
        if self.data is None and self.blank:
            return
        if self.data not in {value for value, _ in self.pairs()}:
            raise ValidationError(gettext("Choose one from the list."))


class PickerField(Field):
    """A record chosen by searching. What is no row of this person's is refused, never dropped."""

    widget = TextInput()

    def __init__(self, label: Any = None, validators: Any = None, *, picker: str, **kwargs: Any) -> None:
        super().__init__(label, validators, **kwargs)
        self.picker_name = picker
        self.shown = ""
        self.data: int | None = None
        self._unresolved = False

    @property
    def picker(self) -> pickers.Picker:
        """The registered picker."""
        return pickers.picker_named(self.picker_name)

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        """Also read the words beside the id, for browsers without script."""
        self.shown = _clean(formdata.get(f"{self.name}-text")) if formdata else ""
        super().process(formdata, *args, **kwargs)
        actor = reader()
        if not formdata and self.data is not None and actor is not None:
            row = self.picker.get(actor, self.data, chosen=True)
            self.shown = self.picker.text(row) if row is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        raw = str(valuelist[0]).strip() if valuelist else ""
        actor = reader()
        self.data, self._unresolved = None, False
        if actor is None or not (raw or self.shown):
            return
        kept = raw != "" and raw == str(self.object_data)
        row = self.picker.get(actor, raw, chosen=kept) if raw else self.picker.match(actor, self.shown)
        self._unresolved = row is None
        self.raw_data = [raw or self.shown]
        if row is not None:
            self.data, self.shown = int(row.id), self.picker.text(row)

    def pre_validate(self, form: Any) -> None:
        """Raises: ValidationError when something was posted that is no row of this person's."""
        if self._unresolved:
            raise ValidationError(gettext("Choose one from the list."))


FieldMaker = Callable[..., Any]


def field_for(model: type[Base], name: str, label: Any, *, has_picker: Callable[[str], bool]) -> UnboundField[Any]:
    """The form field of a mapped column.  Raises: UnknownType for a kind of column without one."""
    column = sa.inspect(model).columns.get(name)
    if column is None:
        raise UnknownType(f"{model.__name__} has no column {name!r}; declare the field yourself: (name, Field(...))")
    if name in RESERVED:
        raise UnknownType(f"{model.__name__}.{name}: this name belongs to the form; declare another")
    first = first_value(column)
    if isinstance(column.type, sa.Boolean):
        return UnboundField(BooleanField, label, default=bool(first))
    blank = isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum) and first == ""
    required = not column.nullable and not blank and not has_own_default(column)
    validators: list[Any] = [Required()] if required else [Optional()]
    if column.foreign_keys:
        table = next(iter(column.foreign_keys)).column.table.name
        if not has_picker(table):
            raise UnknownType(f"{model.__name__}.{name}: no picker {table!r} is registered")
        return UnboundField(PickerField, label, validators, picker=table)
    made = _by_type(model, name, column, label, validators)
    made.kwargs["default"] = first
    return made


def first_value(column: sa.Column[Any]) -> Any:
    """The plain value a new row begins with, shown in the empty form; None where there is none."""
    return getattr(column.default, "arg", None) if column.default is not None and column.default.is_scalar else None


def has_own_default(column: sa.Column[Any]) -> bool:
    """Whether the row gets a value by itself that cannot be shown beforehand (the time of saving)."""
    own = column.default is not None and not column.default.is_scalar
    return bool(own or column.server_default is not None)


def _by_type(
    model: type[Base], name: str, column: sa.Column[Any], label: Any, validators: list[Any]
) -> UnboundField[Any]:
    kind = column.type
    empty = None if column.nullable else ""
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return UnboundField(ChoiceField, label, validators, kind=kind.enum_class, blank=bool(column.nullable))
    if isinstance(kind, Scaled):
        return UnboundField(NumberField, label, validators, places=kind.places)
    if isinstance(kind, UtcDateTime):
        return UnboundField(MomentField, label, validators)
    if isinstance(kind, sa.Date):
        return UnboundField(DayField, label, validators)
    if isinstance(kind, sa.Integer):
        return UnboundField(WholeField, label, [*validators, NumberRange(-INT_LIMIT, INT_LIMIT)])
    if isinstance(kind, sa.Text):
        return UnboundField(ParagraphField, label, [*validators, Length(max=LONGEST_TEXT)], empty=empty)
    if isinstance(kind, sa.String):
        return UnboundField(TextField, label, [*validators, Length(max=kind.length or LONGEST_TEXT)], empty=empty)
    raise UnknownType(f"{model.__name__}.{name}: no form field for {kind!r}; declare one: (name, Field(...))")
