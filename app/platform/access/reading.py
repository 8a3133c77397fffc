"""Scoped reading: outside a unit of work, every ORM SELECT carries the row criteria of the actor who reads.

A screen cannot forget its filter, because there is no unfiltered reading: a SELECT without an actor raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from app.kernel.actor import Actor
from app.platform.access.policy import scope
from app.platform.db import Base, session

#: the house itself reads (sign-in, links, checks): no person's rights apply
HOUSE = object()
_READER = "reader"


class UnscopedRead(RuntimeError):
    """A SELECT outside ``run`` by nobody."""


def install() -> None:
    """Hang the criterion on all sessions of the process."""
    if not event.contains(Session, "do_orm_execute", _restrict):
        event.listen(Session, "do_orm_execute", _restrict)


def read_as(actor: Actor | None, own: Session | None = None) -> None:
    """From now on this session reads with the actor's eyes; None forgets the reader.

    own: another session than the request's, for what is still read while it is sent (a long file).
    """
    info = session.info if own is None else own.info
    info[_READER] = (actor, {}) if actor is not None else None


@contextmanager
def house_reading() -> Iterator[None]:
    """Read without a person's limits: for sign-in, links, checks and commands, never to show rows to somebody."""
    before = session.info.get(_READER)
    session.info[_READER] = (HOUSE, {})
    try:
        yield
    finally:
        session.info[_READER] = before


def reader() -> Actor | None:
    """Who reads in this session."""
    found = session.info.get(_READER)
    return found[0] if found and isinstance(found[0], Actor) else None


def _restrict(state: ORMExecuteState) -> None:
    if not state.is_select or state.session.info.get("unit") is not None:
        return
    found = state.session.info.get(_READER)
    if found is None:
        raise UnscopedRead("no one reads: call read_as(actor) or house_reading() first")
    actor, cache = found
    if actor is HOUSE or state.is_column_load:
        return
    options = []
    for mapper in state.all_mappers:
        criterion = _criterion(actor, mapper.class_, cache)
        if criterion is not None:
            options.append(with_loader_criteria(mapper.class_, criterion, include_aliases=True))
    if options:
        state.statement = state.statement.options(*options)


def _criterion(actor: Actor, model: type[Base], cache: dict[type[Base], Any]) -> Any:
    """The criterion, or None where the actor sees all rows; computed once per session and model."""
    if model not in cache:
        found = scope(actor, model)
        cache[model] = None if isinstance(found, sa.sql.elements.True_) else found
    return cache[model]
