"""Names that rows carry in both languages."""

from __future__ import annotations

from typing import Protocol

from flask_babel import get_locale, gettext


class Named(Protocol):
    """A department or a role."""

    name_en: str
    name_zh: str


def name_of(row: Named) -> str:
    """The name in the reader's language."""
    return row.name_zh if str(get_locale()).startswith("zh") else row.name_en


def scope_word(scope: str) -> str:
    """A row scope as one short word."""
    words = {
        "all": gettext("all"),
        "department": gettext("department"),
        "involved": gettext("department, to or from"),
        "headed": gettext("as head"),
        "own": gettext("own"),
    }
    return words.get(scope, scope)
