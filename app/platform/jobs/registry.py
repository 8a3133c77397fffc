"""Which functions are jobs.

``@job`` marks a use case: it runs in one unit of work together with the row's own end, so its changes happen exactly
once. ``@job(..., outside=True)`` marks work that must not hold a transaction (mail, web, rendering): it gets a `Running`
and opens units of work through it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from croniter import croniter

from app.kernel.registry import Registry

F = TypeVar("F", bound=Callable[..., Any])

MAX_ATTEMPTS = 8
_NAME = re.compile(r"[a-z_]+(\.[a-z_]+){2}")


@dataclass(frozen=True, slots=True)
class JobKind:
    """A registered job.  cron: five fields, read in the house's time zone."""

    name: str
    function: Callable[..., Any]
    outside: bool = False
    max_attempts: int = MAX_ATTEMPTS
    cron: str | None = None


kinds: Registry[JobKind] = Registry("job")


def job(
    name: str, *, outside: bool = False, max_attempts: int = MAX_ATTEMPTS, cron: str | None = None
) -> Callable[[F], F]:
    """Register a function as the job ``<package>.<resource>.<action>``.

    Plain: ``def f(actor, *, ...)``, a use case.  outside: ``def f(running, *, ...)``.  What it returns (a dict of JSON
    values, or None) is kept as the job's result.  max_attempts: before it is dead; the waits between are 2, 4, 8 ... s.
    cron: also start it by the clock, without arguments.  Raises: ValueError on a bad name or cron line.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"a job is called <package>.<resource>.<action>, not {name!r}")
    if cron is not None and not (len(cron.split()) == 5 and croniter.is_valid(cron)):
        raise ValueError(f"{name}: {cron!r} is not a cron line")

    def register(function: F) -> F:
        known = kinds.find(name)
        if known is None or known.function.__qualname__ != function.__qualname__:
            kinds.add(name, JobKind(name, function, outside, max_attempts, cron))
        return function

    return register
