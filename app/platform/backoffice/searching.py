"""Which rows match a text: the model's own search index where it has one, else the beginning of named columns."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.db import Base

LONGEST = 80


def escaped(text: str) -> str:
    """For LIKE with ``\\`` as the escape: a user's % and _ are only signs."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def is_searchable(model: type[Base], columns: tuple[str, ...]) -> bool:
    """Whether ``matches`` can find anything."""
    return bool(columns) or hasattr(model, "search_criterion")


def matches(model: type[Base], text: str, columns: tuple[str, ...]) -> sa.ColumnElement[bool]:
    """Criterion for rows of ``model`` that match ``text``; no rows for a text that cannot match.

    A model with a search index offers ``search_criterion(text)``; the others are matched on a few own columns, which is
    meant for small tables of reference data only.
    """
    wanted = "".join(sign for sign in text if sign >= " ").strip()[:LONGEST]
    index = getattr(model, "search_criterion", None)
    if index is not None:
        found: sa.ColumnElement[bool] = index(wanted)
        return found
    if not columns or not wanted:
        return sa.false()
    pattern = f"{escaped(wanted.lower())}%"
    parts: list[Any] = [sa.func.lower(getattr(model, name)).like(pattern, escape="\\") for name in columns]
    return sa.or_(*parts)
