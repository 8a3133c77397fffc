"""Working time against a count of every minute, and the laws every clock must keep."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

pytest.importorskip("hypothesis", reason="the laws are tried on drawn values, see requirements-dev.txt")

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.platform.process.working_time import (
    Shift,
    WorkCalendar,
    due_at,
    elapsed,
    shifts_on,
    working_minutes,
    working_time,
)

OFFICE = (Shift(time(9), time(12)), Shift(time(13), time(18)))
FREE = ((), ())
NIGHT = (Shift(time(22), time(6)),)
CALENDARS = {
    "office in China": WorkCalendar("Asia/Shanghai", (OFFICE,) * 5 + FREE, "CN"),
    "nights in Berlin": WorkCalendar("Europe/Berlin", (NIGHT,) * 6 + ((),)),
    "round the clock": WorkCalendar("America/New_York", ((Shift(time(0), time(0)),),) * 7),
    "overlapping shifts": WorkCalendar(
        "Europe/Berlin", ((Shift(time(6), time(14)), Shift(time(13, 30), time(2, 30))),) * 7, "DE-BY"
    ),
    "half-hour clock change": WorkCalendar("Australia/Lord_Howe", ((Shift(time(1, 45), time(2, 15)),),) * 7),
}

FIRST = datetime.fromisoformat("2024-06-01")
LAST = datetime.fromisoformat("2027-06-01")
calendars = st.sampled_from(list(CALENDARS.values()))
instants = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
pauses = st.lists(
    st.tuples(instants, st.one_of(st.none(), instants)).filter(lambda pair: pair[1] is None or pair[0] <= pair[1]),
    max_size=4,
)
lawful = settings(deadline=None, max_examples=150)


@lawful
@given(calendars, instants, instants, instants)
def test_parts_add_up_to_the_whole(calendar: WorkCalendar, a: datetime, b: datetime, c: datetime) -> None:
    assert working_time(calendar, a, b) + working_time(calendar, b, c) == working_time(calendar, a, c)


@lawful
@given(calendars, instants, instants, instants)
def test_more_time_is_never_less_work(calendar: WorkCalendar, a: datetime, b: datetime, c: datetime) -> None:
    first, second = sorted((b, c))
    assume(a <= first)
    assert timedelta() <= working_time(calendar, a, first) <= working_time(calendar, a, second) <= second - a


@lawful
@given(calendars, instants, st.integers(1, 20_000), pauses)
def test_due_time_is_the_inverse_of_elapsed(
    calendar: WorkCalendar, start: datetime, minutes: int, taken: list[tuple[datetime, datetime | None]]
) -> None:
    target = timedelta(minutes=minutes)
    due = due_at(calendar, start, minutes, taken)
    if due is None:
        far = datetime(2090, 1, 1, tzinfo=UTC)
        assert any(until is None for _, until in taken)
        assert elapsed(calendar, start, far, taken) < target
    else:
        assert elapsed(calendar, start, due, taken) == target
        assert elapsed(calendar, start, due - timedelta(microseconds=1), taken) < target


@lawful
@given(calendars, instants, instants, pauses)
def test_a_pause_is_never_counted_twice(
    calendar: WorkCalendar, a: datetime, b: datetime, taken: list[tuple[datetime, datetime | None]]
) -> None:
    start, end = sorted((a, b))
    once = elapsed(calendar, start, end, taken)
    assert elapsed(calendar, start, end, taken + taken[::-1]) == once
    assert timedelta() <= once <= working_time(calendar, start, end)
    covered = [(start, end), *taken]
    assert elapsed(calendar, start, end, covered) == timedelta()


@lawful
@given(calendars, instants, instants, instants, pauses)
def test_elapsed_adds_up_over_any_cut(
    calendar: WorkCalendar,
    a: datetime,
    b: datetime,
    c: datetime,
    taken: list[tuple[datetime, datetime | None]],
) -> None:
    start, middle, end = sorted((a, b, c))
    parts = elapsed(calendar, start, middle, taken) + elapsed(calendar, middle, end, taken)
    assert parts == elapsed(calendar, start, end, taken)


@settings(deadline=None, max_examples=60)
@given(calendars, instants, st.integers(0, 3 * 24 * 60))
def test_it_agrees_with_counting_every_minute(calendar: WorkCalendar, start: datetime, minutes: int) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)
    zone = ZoneInfo(calendar.zone)
    counted = sum(_on_the_wall(calendar, start + timedelta(minutes=n), zone) for n in range(minutes))
    assert working_minutes(calendar, start, end) == counted


def _on_the_wall(calendar: WorkCalendar, instant: datetime, zone: ZoneInfo) -> bool:
    """Whether a minute lies in a shift, told by comparing instants one by one."""
    local_day = instant.astimezone(zone).date()
    for day in (local_day - timedelta(days=1), local_day):
        for shift in shifts_on(calendar, day):
            end_day = day if shift.ends > shift.starts else day + timedelta(days=1)
            since = datetime.combine(day, shift.starts, zone).astimezone(UTC)
            until = datetime.combine(end_day, shift.ends, zone).astimezone(UTC)
            if since <= instant < until:
                return True
    return False
