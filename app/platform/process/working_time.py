"""Working time: how long somebody had to act, and until when they have to.

Pure functions over plain values. A calendar is the weekly shifts of one department in its own zone, the
public holidays and shifted workdays of a country, and what an admin said about single days. The first
question about a calendar builds a table of its working periods; each further one is two binary searches.

All instants are aware, results are UTC. Amounts are exact timedeltas: parts always add up to the whole.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

import holidays

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Pause: TypeAlias = "tuple[datetime, datetime | None]"  #: from, until; None while it lasts

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST_YEAR, LAST_YEAR = 1990, 2199  #: a table grows by years, so they are bounded
HORIZON_YEARS = 20  #: a calendar without an hour in so many years never works


class NoWorkingTime(ValueError):
    """The calendar has no working hour within the horizon, so nothing can ever be due by it."""


class Shift(NamedTuple):
    """Working hours on the wall clock; an end at or before the start lies on the next day."""

    starts: time
    ends: time


@dataclass(frozen=True)
class WorkCalendar:
    """When one department works.

    week: shifts of Monday to Sunday.  holiday_country: "CN", or "DE-BY" with a subdivision; None for a
    department that works on holidays.  days: single dates that differ, with their shifts, () where the day
    is free; they win over holiday and week.
    """

    zone: str
    week: tuple[tuple[Shift, ...], ...]
    holiday_country: str | None = None
    days: tuple[tuple[date, tuple[Shift, ...]], ...] = ()
    tables: list[_Table] = field(default_factory=list, init=False, repr=False, compare=False)  #: a memo

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            msg = f"a week has seven days, not {len(self.week)}"
            raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class _Table:
    """Working periods of some years in microseconds since 1970, in order and apart from each other."""

    first_year: int
    last_year: int
    starts: Sequence[int]
    ends: Sequence[int]
    before: Sequence[int]  #: worked in all periods before this one
    after: Sequence[int]  #: worked up to the end of this one

    def worked_until(self, at: int) -> int:
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return 0
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def reached_at(self, worked: int) -> int | None:
        """The first instant by which so much has been worked since the table's begin; None beyond its end."""
        index = bisect_left(self.after, worked)
        if index == len(self.after):
            return None
        return self.starts[index] + worked - self.before[index]


def working_time(calendar: WorkCalendar, start: datetime, end: datetime) -> timedelta:
    """Working time between two instants; negative when `end` comes first."""
    table = _table(calendar, min(start, end), max(start, end))
    return (table.worked_until(_micros(end)) - table.worked_until(_micros(start))) * MICROSECOND


def working_minutes(calendar: WorkCalendar, start: datetime, end: datetime) -> int:
    """Whole working minutes between two instants, rounded towards zero."""
    worked = working_time(calendar, start, end)
    minutes = abs(worked) // timedelta(minutes=1)
    return minutes if worked >= timedelta() else -minutes


def elapsed(calendar: WorkCalendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()) -> timedelta:
    """Working time from start to end outside the pauses; pauses may overlap, stick out or still last."""
    table = _table(calendar, min(start, end), max(start, end))
    worked = table.worked_until(_micros(end)) - table.worked_until(_micros(start))
    for since, until in _merged(pauses, start, end):
        worked -= table.worked_until(_micros(until)) - table.worked_until(_micros(since))
    return worked * MICROSECOND


def due_at(
    calendar: WorkCalendar, start: datetime, minutes: int | timedelta, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """The first instant at which so much working time has passed since `start`, the pauses left out.

    None while a pause lasts that began before the target was reached: the clock stands still, nothing is due.
    Raises: NoWorkingTime.
    """
    amount = minutes if isinstance(minutes, timedelta) else timedelta(minutes=minutes)
    if amount < timedelta():
        msg = "a target cannot be negative"
        raise ValueError(msg)
    left = amount // MICROSECOND
    since = start
    horizon = _year_end(LAST_YEAR)
    for pause_start, pause_end in _merged(pauses, start, horizon):
        worked = working_time(calendar, since, pause_start) // MICROSECOND
        if worked >= left:
            break
        if pause_end == horizon:
            return None
        left -= worked
        since = pause_end
    return _moment_after(calendar, since, left)


def remaining(
    calendar: WorkCalendar, start: datetime, minutes: int, at: datetime, pauses: Iterable[Pause] = ()
) -> timedelta:
    """Working time left of the target at an instant; negative once it is late."""
    return timedelta(minutes=minutes) - elapsed(calendar, start, at, pauses)


def shifts_on(calendar: WorkCalendar, day: date) -> tuple[Shift, ...]:
    """The shifts that begin on a date of the calendar's zone, after holidays and single days are applied."""
    return next(iter(_days(calendar, day, day)))[1]


def is_working_at(calendar: WorkCalendar, instant: datetime) -> bool:
    """True from a shift's first moment to just before its end."""
    table = _table(calendar, instant, instant)
    index = bisect_right(table.starts, _micros(instant)) - 1
    return index >= 0 and _micros(instant) < table.ends[index]


def _micros(instant: datetime) -> int:
    return (instant - EPOCH) // MICROSECOND


def _year_end(year: int) -> datetime:
    return datetime(year + 1, 1, 1, tzinfo=UTC)


def _merged(pauses: Iterable[Pause], start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Pauses cut to start..end, in order, overlapping and touching ones made one."""
    cut = sorted((max(since, start), end if until is None else min(until, end)) for since, until in pauses)
    current: tuple[datetime, datetime] | None = None
    for since, until in cut:
        if until <= since:
            continue
        if current is not None and since <= current[1]:
            current = (current[0], max(current[1], until))
            continue
        if current is not None:
            yield current
        current = (since, until)
    if current is not None:
        yield current


def _moment_after(calendar: WorkCalendar, start: datetime, amount: int) -> datetime:
    if amount == 0:
        return start.astimezone(UTC)
    horizon = min(start.year + HORIZON_YEARS, LAST_YEAR)
    years_ahead = 1
    while True:
        last = _year_end(min(start.year + years_ahead, horizon)) - MICROSECOND
        table = _table(calendar, start, last)
        reached = table.reached_at(table.worked_until(_micros(start)) + amount)
        if reached is not None:
            return EPOCH + reached * MICROSECOND
        if start.year + years_ahead >= horizon:
            msg = f"no working time within {HORIZON_YEARS} years"
            raise NoWorkingTime(msg)
        years_ahead *= 2


def _table(calendar: WorkCalendar, first: datetime, last: datetime) -> _Table:
    """The calendar's table, made or widened to cover both instants with a year to spare."""
    first_year, last_year = first.astimezone(UTC).year, last.astimezone(UTC).year
    known = calendar.tables[-1] if calendar.tables else None
    if known is not None and known.first_year <= first_year and last_year <= known.last_year:
        return known
    if first_year < FIRST_YEAR or last_year > LAST_YEAR:
        msg = f"working time is known from {FIRST_YEAR} to {LAST_YEAR}"
        raise ValueError(msg)
    first_year, last_year = max(first_year - 1, FIRST_YEAR), min(last_year + 1, LAST_YEAR)
    if known is not None:
        first_year, last_year = min(first_year, known.first_year), max(last_year, known.last_year)
    table = _built(calendar, first_year, last_year)
    calendar.tables[:] = [table]  # one assignment, so that a second thread sees the old table or the new one
    return table


def _built(calendar: WorkCalendar, first_year: int, last_year: int) -> _Table:
    starts: list[int] = []
    ends: list[int] = []
    # Two days more on each side: a shift may reach over midnight, a zone's year begins up to 14 hours away.
    first, last = date(first_year, 1, 1) - timedelta(days=2), date(last_year, 12, 31) + timedelta(days=2)
    for since, until in sorted(_periods(calendar, first, last)):
        if starts and since <= ends[-1]:
            ends[-1] = max(ends[-1], until)
        else:
            starts.append(since)
            ends.append(until)
    before, after, total = [], [], 0
    for since, until in zip(starts, ends, strict=True):
        before.append(total)
        total += until - since
        after.append(total)
    return _Table(first_year, last_year, starts, ends, before, after)


def _periods(calendar: WorkCalendar, first: date, last: date) -> Iterator[tuple[int, int]]:
    zone = ZoneInfo(calendar.zone)
    for day, shifts in _days(calendar, first, last):
        for shift in shifts:
            end_day = day if shift.ends > shift.starts else day + timedelta(days=1)
            since = _instant(datetime.combine(day, shift.starts), zone)
            until = _instant(datetime.combine(end_day, shift.ends), zone)
            if since < until:
                yield since, until


def _days(calendar: WorkCalendar, first: date, last: date) -> Iterator[tuple[date, tuple[Shift, ...]]]:
    """Each date with its shifts.

    A weekend day worked in exchange has its weekday's own shifts, else those of the first working weekday.
    """
    single_days = dict(calendar.days)
    free, worked = _public_days(calendar.holiday_country, first.year, last.year)
    usual = next((shifts for shifts in calendar.week if shifts), ())
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if day in single_days:
            yield day, single_days[day]
        elif day in worked:
            yield day, calendar.week[day.weekday()] or usual
        elif day in free:
            yield day, ()
        else:
            yield day, calendar.week[day.weekday()]


@lru_cache(maxsize=64)
def _public_days(country: str | None, first_year: int, last_year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Public holidays and the weekend days worked in exchange for some of them."""
    if country is None:
        return frozenset(), frozenset()
    code, _, subdivision = country.partition("-")
    # The year after, because an exchange for New Year can fall into December.
    known = holidays.country_holidays(code, subdiv=subdivision or None, years=range(first_year, last_year + 2))
    return frozenset(known), frozenset(known.weekend_workdays)


def _instant(wall: datetime, zone: ZoneInfo) -> int:
    """When a wall clock shows this time: the first of two, or the jump where clocks skip it."""
    local = wall.replace(tzinfo=zone)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return _micros(instant)
    low, high = _micros(local.replace(fold=1)), _micros(instant)
    offset_after = (EPOCH + high * MICROSECOND).astimezone(zone).utcoffset()
    while low < high:  # the jump lies between the two readings of a time that does not exist
        middle = (low + high) // 2
        if (EPOCH + middle * MICROSECOND).astimezone(zone).utcoffset() == offset_after:
            high = middle
        else:
            low = middle + 1
    return low
