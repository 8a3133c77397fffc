"""Finding records by words: as a criterion for lists, and over everything a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from app.kernel.actor import Actor
from app.kernel.text import query_tokens
from app.platform.access.policy import scope
from app.platform.db import Base, is_sqlite, session
from app.platform.search.models import SearchEntry
from app.platform.search.registry import kind_of, registered

_entries = SearchEntry.__table__
#: the FTS5 table that SQLite keeps beside (see migrations)
_fts = sa.table("search_fts", sa.column("rowid"), sa.column("search_fts"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that matches."""

    table_name: str
    row_id: int
    label: str


class NotSearchable(LookupError):
    """Nobody declared how this model is searched."""


def search(model: type[Base], text: str) -> sa.ColumnElement[bool]:
    """Rows of ``model`` that hold every word of ``text``, as a criterion on its id; none for a text without words.

    Raises: NotSearchable.
    """
    if kind_of(model) is None:
        raise NotSearchable(model.__tablename__)
    matching = _matching(text)
    if matching is None:
        return sa.false()
    found = sa.select(_entries.c.row_id).where(_entries.c.table_name == model.__tablename__, matching)
    return sa.type_coerce(model.id, sa.BigInteger()).in_(found)  # type: ignore[attr-defined]


def find_anything(actor: Actor, text: str, limit: int = 20) -> list[Hit]:
    """Newest matches of every kind the actor may see; at most ``limit``, the kinds by weight."""
    matching = _matching(text)
    hits: list[Hit] = []
    if matching is None:
        return hits
    for kind in registered():
        if len(hits) >= limit:
            break
        model = kind.model
        allowed = scope(actor, model)
        if isinstance(allowed, sa.sql.elements.False_):
            continue
        criteria = [_entries.c.table_name == model.__tablename__, matching]
        if not isinstance(allowed, sa.sql.elements.True_):
            criteria.append(_entries.c.row_id.in_(sa.select(model.id).where(allowed)))  # type: ignore[attr-defined]
        query = (
            sa.select(_entries.c.table_name, _entries.c.row_id, _entries.c.label)
            .where(*criteria)
            .order_by(_entries.c.id.desc())
            .limit(limit - len(hits))
        )
        hits += [Hit(*row) for row in session().connection().execute(query)]
    return hits


def _matching(text: str) -> sa.ColumnElement[bool] | None:
    """Every word, read through the index of the database: GIN on PostgreSQL, FTS5 on SQLite."""
    words = query_tokens(text)
    if not words:
        return None
    if is_sqlite():
        wanted = " AND ".join(f'"{word}"{"*" if prefix else ""}' for word, prefix in words)
        return _entries.c.id.in_(sa.select(_fts.c.rowid).where(_fts.c.search_fts.op("MATCH")(wanted)))
    query = " & ".join(f"'{word}'{':*' if prefix else ''}" for word, prefix in words)
    as_query: Any = sa.cast(sa.literal(query, sa.Text()), TSQUERY())
    return _entries.c.tokens.op("@@", is_comparison=True)(as_query)
