"""Errors of the house as sentences in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import gettext

from app.kernel.errors import HandoffError, Message
from app.kernel.quantity import plain
from app.platform.backoffice import html


def _spoken(value: Any) -> Any:
    if isinstance(value, Message):
        return sentence(value)
    if isinstance(value, StrEnum):
        return html.word(value)
    return plain(value) if isinstance(value, Decimal) else value


def sentence(error: HandoffError | Message) -> str:
    """The translated sentence with its values; the untranslated one if a catalog's places do not fit."""
    text = error.message if isinstance(error, HandoffError) else error.text
    data = {name: _spoken(value) for name, value in error.data.items()}
    if not data:
        return gettext(text)
    try:
        return gettext(text) % data
    except (KeyError, TypeError, ValueError):
        return str(error)
