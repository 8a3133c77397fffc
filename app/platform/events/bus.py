"""Publish and subscribe inside the unit of work.

A handler runs at once, in the publisher's transaction: it keeps data consistent. Whatever leaves the house (mail, web
hooks, documents) is a job the handler enqueues in the same transaction.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeVar

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.db import acting, current_unit, session
from app.platform.events.models import StoredEvent


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """A fact: ``subject`` is the record it is about, ``root`` the one whose timeline shows it (default: the subject).

    occurred_at: when it happened, if earlier than now (an order received at nine and keyed at three).
    """

    name: ClassVar[str] = ""

    occurred_at: datetime | None = None

    @property
    def subject(self) -> tuple[str, int]:
        """(table, id) of the record it is about."""
        raise NotImplementedError

    @property
    def root(self) -> tuple[str, int]:
        """(table, id) of the record whose timeline shows it."""
        return self.subject


E = TypeVar("E", bound=Event)
Handler = Callable[[Actor, Any], None]

_classes: dict[str, type[Event]] = {}
_handlers: dict[str, list[Handler]] = defaultdict(list)
_for_all: list[Handler] = []
_INSERT = sa.insert(StoredEvent.__table__)  # type: ignore[arg-type]
_NAME = "events"


def named(name: str) -> Callable[[type[E]], type[E]]:
    """Give an event class its stable name ``<package>.<resource>.<past tense>``."""

    def name_it(cls: type[E]) -> type[E]:
        if _classes.get(name, cls).__qualname__ != cls.__qualname__:
            raise ValueError(f"event {name!r} is declared twice")
        cls.name = name
        _classes[name] = cls
        return cls

    return name_it


def event_classes() -> dict[str, type[Event]]:
    """All declared events by name."""
    return dict(sorted(_classes.items()))


def subscribe(event_class: type[E], handler: Callable[[Actor, E], None]) -> None:
    """Call ``handler(actor, event)`` in the publisher's transaction; registering it again changes nothing."""
    if handler not in _handlers[event_class.name]:
        _handlers[event_class.name].append(handler)


def subscribe_all(handler: Handler) -> None:
    """Call ``handler`` for every event (the process engine listens so)."""
    if handler not in _for_all:
        _for_all.append(handler)


def publish(event: Event) -> None:
    """Store the event and call its handlers.

    Those of all events come first: a clock that the event opens runs before a handler publishes the event that stops it.
    Raises: what a handler raises.
    """
    actor = acting()
    _keep(event, actor)
    for handler in (*_for_all, *_handlers[event.name]):
        handler(actor, event)


def _keep(event: Event, actor: Actor) -> None:
    """Store the event: all of a unit of work in one statement at its close, in the order they were published."""
    subject, root = event.subject, event.root
    row = {
        "name": event.name,
        "occurred_at": event.occurred_at or clock.now(),
        "subject_table": subject[0],
        "subject_id": subject[1],
        "root_table": root[0],
        "root_id": root[1],
        "actor_name": actor.name,
        "actor_user_id": actor.user_id,
        "payload": payload_of(event),
    }
    unit = current_unit()
    if unit is None or unit.is_closing():
        session.execute(_INSERT, [row])
        return
    unit.waiting.setdefault(_NAME, []).append(row)
    unit.closing[_NAME] = write_waiting


def write_waiting() -> None:
    """Store what was published and waits for the close."""
    unit = current_unit()
    rows = unit.waiting.pop(_NAME, None) if unit else None
    if rows:
        session.execute(_INSERT, rows)


def payload_of(event: Event) -> dict[str, Any]:
    """The event's own fields as JSON values."""
    return {f.name: _plain(getattr(event, f.name)) for f in dataclasses.fields(event) if f.name != "occurred_at"}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
