"""Narrowing a list: only declared columns, only for readers of the column, each value checked before it meets SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext
from sqlalchemy.orm import InstrumentedAttribute
from werkzeug.datastructures import MultiDict

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_
from app.platform.backoffice import format, html, identifiers  # noqa: A004  the room's own word for it
from app.platform.backoffice.searching import escaped
from app.platform.db import Base
from app.platform.db.types import Scaled, UtcDateTime

Text = Any
PREFIX = "f."


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that no column gives: named choices with their criteria.

    name: in the address (``f.<name>``).  choices: value -> (label, criterion for the actor).
    """

    name: str
    label: Text
    choices: Mapping[str, tuple[Text, Callable[[Actor], sa.ColumnElement[bool]]]]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter ready for use. kind: choice, yes_no, day, moment, number, whole, picker or text."""

    name: str
    label: Text
    kind: str
    attribute: InstrumentedAttribute[Any] | None = None
    options: tuple[tuple[str, Text], ...] = ()
    own: Choice | None = None
    picker: str = ""

    @property
    def is_range(self) -> bool:
        """Whether it takes from and to."""
        return self.kind in {"day", "moment", "number", "whole"}

    def choices(self) -> list[tuple[str, str]]:
        """(value, words) to choose from, in today's language."""
        if self.kind == "yes_no":
            return [("1", gettext("yes")), ("0", gettext("no"))]
        if self.own is not None:
            return [(value, str(label)) for value, (label, _) in self.own.choices.items()]
        return [(value, html.word(member)) for value, member in self.options]


@dataclass(frozen=True, slots=True)
class Active:
    """A filter with the values somebody set."""

    filter: Filter
    values: tuple[str, ...]
    start: str
    end: str
    words: str


def build(model: type[Base], wanted: Iterable[str | Choice], labels: Callable[[str], Text]) -> tuple[Filter, ...]:
    """Resolve the declared filters at start-up.  Raises: TypeError on a name that is no column."""
    return tuple(_of(model, item, labels) for item in wanted)


def _of(model: type[Base], item: str | Choice, labels: Callable[[str], Text]) -> Filter:
    if isinstance(item, Choice):
        return Filter(item.name, item.label, "choice", own=item)
    column = sa.inspect(model).columns.get(item)
    if column is None:
        raise TypeError(f"{model.__name__} has no column {item!r} to filter by")
    attribute, label = getattr(model, item), labels(item)
    kind = column.type
    if column.foreign_keys:
        table = next(iter(column.foreign_keys)).column.table.name
        return Filter(item, label, "picker", attribute, picker=table)
    if isinstance(kind, sa.Enum) and kind.enum_class is not None:
        return Filter(item, label, "choice", attribute, options=tuple((e.value, e) for e in kind.enum_class))
    for known, name in (
        (sa.Boolean, "yes_no"), (UtcDateTime, "moment"), (sa.Date, "day"), (Scaled, "number"), (sa.Integer, "whole"),
    ):  # fmt: skip
        if isinstance(kind, known):
            return Filter(item, label, name, attribute)
    return Filter(item, label, "text", attribute)


def active(filters: Sequence[Filter], args: MultiDict[str, str]) -> list[Active]:
    """The filters that the address sets; names that are not declared are not looked at."""
    found = []
    for one in filters:
        key = PREFIX + one.name
        values = tuple(value for value in args.getlist(key) if value != "")
        start, end = args.get(f"{key}.from", "").strip(), args.get(f"{key}.to", "").strip()
        if one.is_range and (start or end):
            found.append(Active(one, (), start, end, " – ".join(filter(None, (start, end)))))
        elif values and not one.is_range:
            spoken = dict(one.choices())
            found.append(Active(one, values, "", "", ", ".join(spoken.get(value, value) for value in values)))
    return found


def criterion(found: Active, actor: Actor) -> sa.ColumnElement[bool]:
    """The filter as SQL.  Raises: InvalidInput naming the filter when a value cannot be read."""
    one = found.filter
    try:
        if one.own is not None:
            return sa.or_(*(one.own.choices[value][1](actor) for value in found.values))
        return _range(one, found) if one.is_range else _values(one, found.values)
    except (KeyError, ValueError, InvalidOperation, OverflowError):
        sentence = Message(N_("This filter cannot be read: %(value)s"), value=found.words[:80])
        raise InvalidInput({PREFIX + one.name: sentence}) from None


def _column(one: Filter) -> Any:
    if one.attribute is None:
        raise KeyError(one.name)
    return one.attribute


def _values(one: Filter, values: Sequence[str]) -> sa.ColumnElement[bool]:
    attribute = _column(one)
    if one.kind == "choice":
        known = dict(one.options)
        return attribute.in_([known[value] for value in values])
    if one.kind == "yes_no":
        return attribute.in_([{"1": True, "0": False}[value] for value in values])
    if one.kind == "picker":
        ids = [identifiers.parse(value) for value in values]
        if None in ids:
            raise ValueError(values)
        return attribute.in_(ids)
    wanted = "".join(sign for sign in values[0] if sign >= " ")[:80]
    return sa.func.lower(attribute).like(f"{escaped(wanted.lower())}%", escape="\\")


def _range(one: Filter, found: Active) -> sa.ColumnElement[bool]:
    attribute = _column(one)
    parts: list[sa.ColumnElement[bool]] = []
    if one.kind == "moment":
        if found.start:
            parts.append(attribute >= _midnight(date.fromisoformat(found.start)))
        if found.end:
            parts.append(attribute < _midnight(date.fromisoformat(found.end) + timedelta(days=1)))
        return sa.and_(*parts)
    read: Callable[[str], Any] = {
        "day": date.fromisoformat,
        "whole": _whole,
        "number": lambda text: _scaled(text, attribute),
    }[one.kind]
    if found.start:
        parts.append(attribute >= read(found.start))
    if found.end:
        parts.append(attribute <= read(found.end))
    return sa.and_(*parts)


def _midnight(day: date) -> datetime:
    if not 1900 <= day.year <= 2200:
        raise ValueError(day)
    return datetime.combine(day, time(), tzinfo=format.zone()).astimezone(UTC)


def _whole(text: str) -> int:
    value = int(text)
    if abs(value) > 2**31 - 1:
        raise ValueError(text)
    return value


def _scaled(text: str, attribute: InstrumentedAttribute[Any]) -> Decimal:
    value = Decimal(text.replace(",", ""))
    places = attribute.type.places if isinstance(attribute.type, Scaled) else 0
    if not value.is_finite() or abs(value) >= Decimal(10) ** (18 - places):
        raise ValueError(text)
    return value.quantize(Decimal(1).scaleb(-places))
