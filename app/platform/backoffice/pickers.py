"""Choosing a record: a search on the server with the reader's own rows, at most fifty answers, never a whole table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.access import Permission, can
from app.platform.backoffice import identifiers
from app.platform.backoffice.searching import matches
from app.platform.db import Base, session

LIMIT = 50
SHOWN = 20
_KEY = "handoff_pickers"


@dataclass(frozen=True, slots=True)
class Picker:
    """How one kind of record is searched and named.

    name: by convention the table's name; foreign keys to that table in forms then use it by themselves.
    permission: one of these rights lets a person search.  search: columns matched by their beginning, the code first,
    unless the model brings a search index.  least: characters before a search starts (0 shows the first rows at once).
    criteria: narrows further, e.g. to active records.
    """

    name: str
    model: type[Base]
    permission: tuple[Permission, ...]
    text: Callable[[Any], str]
    search: tuple[str, ...] = ()
    note: Callable[[Any], str] | None = None
    criteria: Callable[[Actor], sa.ColumnElement[bool]] | None = None
    order_by: str | None = None
    least: int = 1
    options: tuple[ORMOption, ...] = field(default=())

    def is_open_to(self, actor: Actor) -> bool:
        """Whether the actor may search at all."""
        return any(can(actor, one) for one in self.permission)

    def _statement(self, actor: Actor) -> sa.Select[Any]:
        statement = sa.select(self.model).options(*self.options)
        return statement.where(self.criteria(actor)) if self.criteria else statement

    def find(self, actor: Actor, text: str, limit: int = SHOWN) -> list[Any]:
        """Rows that match, at most ``limit`` and never more than 50."""
        wanted = text.strip()
        if len(wanted) < self.least:
            return []
        statement = self._statement(actor)
        if wanted:
            statement = statement.where(matches(self.model, wanted, self.search))
        key = getattr(self.model, self.order_by or (self.search[0] if self.search else "id"))
        return list(session.scalars(statement.order_by(key).limit(max(1, min(limit, LIMIT)))).unique())

    def get(self, actor: Actor, raw: object, *, chosen: bool = False) -> Any | None:
        """The row of an id, if this actor may choose it.

        chosen: it was chosen before, so the criteria of new choices (only active ones) do not matter; the rows that
        the actor may see still do.
        """
        key = identifiers.parse(raw)
        if key is None:
            return None
        row_id: Any = self.model.id  # type: ignore[attr-defined]
        statement = sa.select(self.model).options(*self.options) if chosen else self._statement(actor)
        return session.scalars(statement.where(row_id == key)).unique().one_or_none()

    def match(self, actor: Actor, text: str) -> Any | None:
        """The one row somebody can have meant by typing ``text``; None when there are several or none."""
        found = self.find(actor, text, 2) if text.strip() else []
        if len(found) == 1:
            return found[0]
        same = [row for row in found if self.text(row).casefold() == text.strip().casefold()]
        return same[0] if len(same) == 1 else None


def add_picker(app: Flask, picker: Picker) -> None:
    """Register at start-up; the lookup address is /lookup/<name>."""
    known: dict[str, Picker] = app.extensions.setdefault(_KEY, {})
    if known.get(picker.name, picker) is not picker:
        raise ValueError(f"picker {picker.name!r} is registered twice")
    if not picker.permission:
        raise ValueError(f"picker {picker.name!r} names no permission")
    known[picker.name] = picker


def has_picker(app: Flask, name: str) -> bool:
    """Whether a picker of that name is registered."""
    return name in app.extensions.get(_KEY, {})


def picker_named(name: str) -> Picker:
    """Raises: NotFound."""
    known: dict[str, Picker] = current_app.extensions.get(_KEY, {})
    if name not in known:
        raise NotFound
    return known[name]
