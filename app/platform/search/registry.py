"""Which records can be searched, and by which of their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.platform.access.policy import guarded_fields
from app.platform.db import Base


@dataclass(frozen=True, slots=True)
class Through:
    """Words of another record a row refers to: an order is found by its customer's name."""

    column: str  #: foreign key of the row
    model: type[Base]
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Searchable:
    """How a model is searched."""

    model: type[Base]
    fields: tuple[str, ...]
    label: tuple[str, ...]  #: fields that name the record; the first ones that are not empty, joined
    through: tuple[Through, ...] = ()
    weight: int = 100  #: place among the kinds of hits, low first
    #: every field whose change makes new words
    watched: frozenset[str] = field(default=frozenset())


#: what list screens ask a model for
CRITERION = "search_criterion"
_registered: dict[type[Base], Searchable] = {}
#: parent -> (child, through)
_followers: dict[type[Base], list[tuple[Searchable, Through]]] = {}


def searchable(
    model: type[Base],
    *fields: str,
    label: str | Sequence[str],
    through: Sequence[tuple[str, type[Base], Sequence[str]]] = (),
    weight: int = 100,
) -> None:
    """Make rows of ``model`` found by the words of ``fields`` and, over a foreign key, of another record.

    Who may see a row finds it. A field that needs a right of its own cannot be searched: that would tell what it holds.
    """
    if model in _registered:
        return
    names = (label,) if isinstance(label, str) else tuple(label)
    ways = tuple(Through(column, other, tuple(theirs)) for column, other, theirs in through)
    made = Searchable(model, fields, names, ways, weight, frozenset((*fields, *names, *(way.column for way in ways))))
    _registered[model] = made
    for way in ways:
        _followers.setdefault(way.model, []).append((made, way))
    setattr(model, CRITERION, classmethod(_criterion))


def _criterion(model: type[Base], text: str) -> sa.ColumnElement[bool]:
    from app.platform.search.finding import search

    return search(model, text)


def registered() -> list[Searchable]:
    """All kinds, in the order in which hits are shown."""
    return sorted(_registered.values(), key=lambda kind: (kind.weight, kind.model.__tablename__))


def kind_of(model: type[Base]) -> Searchable | None:
    """How the model is searched, or None."""
    return _registered.get(model)


def followers_of(model: type[Base]) -> list[tuple[Searchable, Through]]:
    """Kinds whose words come partly from this model."""
    return _followers.get(model, [])


def telling_fields() -> list[str]:
    """Guarded fields that a search would give away; must be none (a contract test asks)."""
    guarded: dict[str, Any] = guarded_fields()
    used = [(kind.model, name) for kind in registered() for name in (*kind.fields, *kind.label)]
    used += [(way.model, name) for kind in registered() for way in kind.through for name in way.fields]
    return sorted({f"{model.__tablename__}.{name}" for model, name in used} & guarded.keys())
