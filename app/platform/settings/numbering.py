"""Numbers without a gap: a counter row, locked last and given back by a rollback.

Whoever posts waits for the one before; nobody fails. A pattern says how a number is written; with the year in it, the
numbers start anew each year.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.kernel import clock
from app.kernel.errors import Message
from app.kernel.text import N_
from app.platform.db import Base, before_commit, is_sqlite, session
from app.platform.settings.models import Counter
from app.platform.settings.registry import Setting, registry, setting

LONGEST = 40
_PLACES = {"yy", "yyyy", "mm", "n"}


def pattern_problem(pattern: str) -> Message | None:
    """Why this is no pattern, or None."""
    try:
        places = [(name, spec) for _, name, spec, _ in string.Formatter().parse(pattern) if name is not None]
        names = {name for name, _ in places}
        fits = "n" in names and names <= _PLACES and len(_written(pattern, 9_999_999, date(2026, 1, 1))) <= LONGEST
    except (ValueError, KeyError, IndexError):
        fits = False
    return (
        None if fits else Message(N_("A pattern has {n} or {n:05} for the number, and may have {yy}, {yyyy} and {mm}."))
    )


def numbered(name: str, pattern: str, sentence: str) -> Setting[str]:
    """Declare a series of numbers with its default pattern, such as ``INV-{yy}-{n:05}``."""
    return setting(f"numbering.{name}", str, pattern, sentence, check=pattern_problem)


INVOICE = numbered("invoice", "INV-{yy}-{n:05}", N_("Numbers of invoices"))
CREDIT_NOTE = numbered("credit_note", "CN-{yy}-{n:05}", N_("Numbers of credit notes"))


def _written(pattern: str, number: int, on: date) -> str:
    return pattern.format(n=number, yy=f"{on.year % 100:02}", yyyy=f"{on.year:04}", mm=f"{on.month:02}")


@dataclass(frozen=True, slots=True)
class Shape:
    """Where the running number stands in a written one: everything around it has a fixed width.

    like: an SQL pattern (escape ``\\``) that every number of the series fits.
    """

    before: int
    after: int
    digits: int  #: of the running number at least, filled up with zeros
    like: str
    is_yearly: bool


def shape_of(name: str) -> Shape:
    """The shape of a series' numbers as its pattern is now.  Raises: KeyError (unknown series)."""
    pattern = str(registry.get(f"numbering.{name}").value())
    sides = ["", ""]
    at, digits = 0, 1
    for literal, place, spec, _ in string.Formatter().parse(pattern):
        sides[at] += re.sub(r"([\\%_])", r"\\\1", literal)
        if place == "n":
            at, digits = 1, len(format(0, spec or ""))
        elif place is not None:
            sides[at] += "_" * len(place)
    before, after = sides
    return Shape(_width(before), _width(after), digits, f"{before}%{after}", "{yy" in pattern)


def _width(like: str) -> int:
    return len(re.sub(r"\\(.)", r"\1", like))


def next_number(name: str, *, company_id: int = 0, on: date | None = None) -> str:
    """The next number of a series, such as ``INV-26-00042``. The last lock a use case takes.

    name: of a ``numbered`` series.  on: the paper's date in the company's zone, default today in UTC.
    Raises: KeyError (unknown series).
    """
    pattern = str(registry.get(f"numbering.{name}").value())
    day = on or clock.now().date()
    year = day.year if "{yy" in pattern else 0
    insert: Any = sqlite.insert(Counter) if is_sqlite() else postgresql.insert(Counter)
    statement = (
        insert.values(name=name, company_id=company_id, year=year, value=1)
        .on_conflict_do_update(
            index_elements=["name", "company_id", "year"], set_={"value": Counter.__table__.c.value + 1}
        )
        .returning(sa.column("value"))
    )
    return _written(pattern, int(session.execute(statement).scalar_one()), day)


def number_at_the_end(
    record: Base, name: str, *, column: str = "number", company_id: int = 0, on: date | None = None
) -> None:
    """Number the record when everything else of the unit of work is done, so that the counter is held for moments."""
    before_commit(lambda: setattr(record, column, next_number(name, company_id=company_id, on=on)))
