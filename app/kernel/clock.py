"""The only source of "now", so that a test can hold it still."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """This instant, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def is_frozen() -> bool:
    """Whether a test holds the clock."""
    return _frozen.get() is not None


def today(zone: str) -> date:
    """The calendar date it is now in an IANA zone."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def freeze(instant: datetime) -> Iterator[None]:
    """Hold the clock of this context at an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("freeze needs an aware datetime")
    token = _frozen.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)
