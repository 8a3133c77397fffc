"""Texts of a file as typed values; what cannot be read is told in a sentence, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from app.kernel.errors import Message
from app.kernel.text import N_
from app.platform.db.types import Json, Scaled, UtcDateTime
from app.platform.imports.mapping import Column

_number = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
_day = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?)?", re.ASCII)
TRUE, FALSE = {"1", "true", "yes", "y"}, {"0", "false", "no", "n", ""}
LARGEST = Decimal(10) ** 12
#: a choice that leaves the text as it is
KEEP = "="


class Unreadable(Exception):
    """A text that is no value of its column; carries the sentence."""

    def __init__(self, text: str, **data: Any) -> None:
        self.sentence = Message(text, **data)
        super().__init__(str(self.sentence))


def folded(text: str) -> str:
    """Blanks and line ends folded to one blank, signs that are no text left out."""
    return " ".join(text.replace("\0", "").split())


def chosen(column: Column, text: str) -> str:
    """The text of a field before it is typed.  Raises: Unreadable when it is none of the choices."""
    if column.choices is not None:
        choice = column.choices.get(text, column.choices.get("*"))
        if choice is None:
            raise Unreadable(N_("“%(value)s” is none of: %(known)s."), value=text, known=", ".join(column.choices))
        text = text if choice == KEEP else choice
    return column.constant if not text and column.constant is not None else text


def number_of(text: str) -> Decimal:
    """Raises: Unreadable."""
    if not _number.fullmatch(text):
        raise Unreadable(N_("“%(value)s” is no number."), value=text[:40])
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise Unreadable(N_("“%(value)s” is no number."), value=text[:40]) from None
    if abs(number) >= LARGEST:
        raise Unreadable(N_("%(value)s is too large."), value=text[:40])
    return number


def day_of(text: str) -> date:
    """Raises: Unreadable."""
    found = _day.fullmatch(text)
    try:
        return date.fromisoformat(found.group(1)) if found else date.fromisoformat("")
    except ValueError:
        raise Unreadable(N_("“%(value)s” is no date like 2026-03-31."), value=text[:40]) from None


def instant_of(text: str) -> datetime:
    """A date is its midnight in UTC.  Raises: Unreadable."""
    found = _day.fullmatch(text)
    day = day_of(text)
    clock = found.group(2) if found and found.group(2) else "00:00:00"
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=UTC)


def typed(text: str, kind: sa.types.TypeEngine[Any]) -> Any:
    """The value a column of ``kind`` holds; an empty text is None.  Raises: Unreadable."""
    if isinstance(kind, sa.Enum):
        if text and text not in kind.enums:
            raise Unreadable(N_("“%(value)s” is none of: %(known)s."), value=text, known=", ".join(kind.enums))
        return kind.enum_class(text) if text and kind.enum_class else (text or None)
    if isinstance(kind, sa.Boolean):
        if text.lower() not in TRUE | FALSE:
            raise Unreadable(N_("“%(value)s” is neither 0 nor 1."), value=text[:40])
        return text.lower() in TRUE
    if isinstance(kind, sa.String):
        if kind.length and len(text) > kind.length:
            raise Unreadable(N_("Longer than %(most)s characters."), most=kind.length)
        return text
    if not text:
        return None
    return _typed_number_or_time(text, kind)


def _typed_number_or_time(text: str, kind: sa.types.TypeEngine[Any]) -> Any:
    if isinstance(kind, Scaled):
        number = number_of(text)
        if number != round(number, kind.places):
            raise Unreadable(N_("%(value)s has more than %(places)s decimals."), value=text, places=kind.places)
        return number
    if isinstance(kind, sa.Integer):
        number = number_of(text)
        if number != int(number):
            raise Unreadable(N_("“%(value)s” is no whole number."), value=text)
        return int(number)
    if isinstance(kind, UtcDateTime):
        return instant_of(text)
    if isinstance(kind, sa.Date):
        return day_of(text)
    if isinstance(kind, Json):
        return text
    raise TypeError(f"no reader for {kind!r}")


def as_text(value: Any) -> str | None:
    """How a typed value is staged."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (date, datetime)):
        return value.isoformat(" ")[:19] if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def value_of(column: Column, kind: sa.types.TypeEngine[Any] | None, text: str, divisor: str = "") -> str:
    """The text that is staged for a field: it can be typed, or is a key.  kind: None for a key.  Raises: Unreadable."""
    text = chosen(column, text)
    if column.required and not text:
        raise Unreadable(N_("This value is needed."))
    if kind is None:
        return text
    return as_text(typed(_calculated(column, text, kind, divisor), kind)) or ""


def _calculated(column: Column, text: str, kind: sa.types.TypeEngine[Any], divisor: str) -> str:
    if not text or not (column.factor or column.divide_by):
        return text
    number = number_of(text) * (number_of(column.factor) if column.factor else 1)
    if column.divide_by:
        by = number_of(divisor)
        number = number / by if by else Decimal(0)
    return format(round(number, kind.places if isinstance(kind, Scaled) else 10), "f")


def is_before(text: str, other: str) -> bool:
    """Whether the date of a staged text comes before that of a file's text; no if the latter is none."""
    return bool(text) and bool(_day.fullmatch(other)) and text[:10] < other[:10]
