"""Working time on dates whose answer is known."""

from datetime import UTC, date, datetime, time, timedelta
from time import process_time
from zoneinfo import ZoneInfo

import pytest

from app.platform.process.working_time import (
    NoWorkingTime,
    Shift,
    WorkCalendar,
    due_at,
    elapsed,
    is_working_at,
    remaining,
    shifts_on,
    working_minutes,
    working_time,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
DAY = (Shift(time(9), time(18)),)
NIGHT = (Shift(time(22), time(6)),)
FREE = ((), ())
CHINA = WorkCalendar("Asia/Shanghai", (DAY,) * 5 + FREE, "CN")


def china(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


# Known dates


def test_a_shifted_sunday_counts_as_a_working_day() -> None:
    assert working_time(CHINA, china(2025, 9, 26, 16), china(2025, 9, 29, 10)) == timedelta(hours=12)
    assert due_at(CHINA, china(2025, 9, 26, 16), 12 * 60) == china(2025, 9, 29, 10)


def test_spring_festival_2026_is_free_between_its_two_worked_saturdays() -> None:
    worked = [day.day for day in (date(2026, 2, 13) + timedelta(days=n) for n in range(17)) if shifts_on(CHINA, day)]
    assert worked == [13, 14, 24, 25, 26, 27, 28]
    assert due_at(CHINA, china(2026, 2, 13, 17), 8 * 60) == china(2026, 2, 14, 16)
    assert due_at(CHINA, china(2026, 2, 13, 17), 12 * 60) == china(2026, 2, 24, 11)
    assert working_minutes(CHINA, china(2026, 2, 14, 18), china(2026, 2, 24, 9)) == 0


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 10, 8), False),
        (date(2025, 10, 11), True),
        (date(2026, 1, 4), True),
        (date(2026, 2, 16), False),
        (date(2026, 9, 20), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 17), False),
        (date(2026, 11, 23), True),
    ],
)
def test_china_knows_its_exchanged_weekends(day: date, works: bool) -> None:
    assert shifts_on(CHINA, day) == (DAY if works else ())


def test_a_shifted_workday_keeps_the_department_s_own_weekend_hours() -> None:
    short = (Shift(time(8), time(12)),)
    warehouse = WorkCalendar("Asia/Shanghai", (DAY,) * 5 + (short, ()), "CN")
    assert shifts_on(warehouse, date(2026, 2, 14)) == short  # a Saturday
    assert shifts_on(warehouse, date(2026, 1, 4)) == DAY  # a Sunday, without hours of its own


def test_a_single_day_wins_over_holiday_and_week() -> None:
    short = (Shift(time(10), time(12)),)
    calendar = WorkCalendar(
        "Asia/Shanghai", (DAY,) * 5 + FREE, "CN", ((date(2026, 10, 1), short), (date(2026, 11, 23), ()))
    )
    assert working_minutes(calendar, china(2026, 10, 1), china(2026, 10, 2)) == 120
    assert working_minutes(calendar, china(2026, 11, 23), china(2026, 11, 24)) == 0


def test_a_department_without_a_country_works_on_holidays() -> None:
    calendar = WorkCalendar("Asia/Shanghai", (DAY,) * 7)
    assert working_minutes(calendar, china(2026, 10, 1), china(2026, 10, 2)) == 540


def test_a_subdivision_has_its_own_holidays() -> None:
    bavaria = WorkCalendar("Europe/Berlin", (DAY,) * 7, "DE-BY")
    berlin = WorkCalendar("Europe/Berlin", (DAY,) * 7, "DE-BE")
    assert shifts_on(bavaria, date(2026, 1, 6)) == ()
    assert shifts_on(berlin, date(2026, 1, 6)) == DAY


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=BERLIN), 7),  # clocks go forward in this night
        (datetime(2026, 10, 24, 12, tzinfo=BERLIN), 9),  # and back in this one
        (datetime(2026, 6, 6, 12, tzinfo=BERLIN), 8),
    ],
)
def test_a_night_shift_is_as_long_as_the_night_really_was(start: datetime, hours: int) -> None:
    calendar = WorkCalendar("Europe/Berlin", (NIGHT,) * 7)
    assert working_time(calendar, start, start + timedelta(days=1)) == timedelta(hours=hours)


def test_a_shift_that_begins_in_the_skipped_hour_begins_at_the_jump() -> None:
    calendar = WorkCalendar("Europe/Berlin", ((Shift(time(2, 15), time(6)),),) * 7)
    day = datetime(2026, 3, 29, tzinfo=BERLIN)
    assert working_time(calendar, day, day + timedelta(days=1)) == timedelta(hours=3)


def test_departments_in_two_zones_read_the_same_instant_by_their_own_wall_clock() -> None:
    shanghai = WorkCalendar("Asia/Shanghai", (DAY,) * 7)
    berlin = WorkCalendar("Europe/Berlin", (DAY,) * 7)
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert (is_working_at(shanghai, noon), is_working_at(berlin, noon)) == (False, True)
    assert due_at(shanghai, noon, 60) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert due_at(berlin, noon, 60) == datetime(2026, 11, 23, 13, tzinfo=UTC)


def test_a_target_that_ends_with_the_shift_is_due_that_evening() -> None:
    assert due_at(CHINA, china(2026, 11, 23, 9), 540) == china(2026, 11, 23, 18)
    assert due_at(CHINA, china(2026, 11, 23, 9), 541) == china(2026, 11, 24, 9, 1)


def test_an_offer_at_night_starts_to_count_in_the_morning() -> None:
    assert due_at(CHINA, china(2026, 11, 23, 2), 60) == china(2026, 11, 23, 10)
    assert due_at(CHINA, china(2026, 11, 23, 2), 0) == china(2026, 11, 23, 2)


def test_late_is_negative_working_time_left() -> None:
    assert remaining(CHINA, china(2026, 11, 23, 9), 60, china(2026, 11, 24, 9, 30)) == timedelta(hours=-8, minutes=-30)


# Pauses


def test_a_pause_over_night_takes_only_its_working_hours() -> None:
    start, end = china(2026, 11, 23, 9), china(2026, 11, 24, 18)
    pause = (china(2026, 11, 23, 17), china(2026, 11, 24, 10))
    assert elapsed(CHINA, start, end, [pause]) == timedelta(hours=16)
    assert due_at(CHINA, start, 9 * 60, [pause]) == china(2026, 11, 24, 11)


def test_overlapping_pauses_are_taken_once() -> None:
    start, end = china(2026, 11, 23, 9), china(2026, 11, 23, 18)
    twice = [
        (china(2026, 11, 23, 10), china(2026, 11, 23, 12)),
        (china(2026, 11, 23, 11), china(2026, 11, 23, 13)),
    ]
    assert elapsed(CHINA, start, end, twice) == timedelta(hours=6)


def test_nothing_is_due_while_a_pause_lasts_unless_it_was_reached_before() -> None:
    start = china(2026, 11, 23, 9)
    assert due_at(CHINA, start, 120, [(china(2026, 11, 23, 10), None)]) is None
    assert due_at(CHINA, start, 60, [(china(2026, 11, 23, 10), None)]) == china(2026, 11, 23, 10)


# Refusals


def test_a_calendar_that_never_works_says_so() -> None:
    with pytest.raises(NoWorkingTime):
        due_at(WorkCalendar("Asia/Shanghai", ((),) * 7, "CN"), china(2026, 11, 23, 9), 1)


@pytest.mark.parametrize("year", [1955, 2300])
def test_a_year_nobody_means_is_refused_instead_of_tabled(year: int) -> None:
    with pytest.raises(ValueError, match="1990 to 2199"):
        working_time(CHINA, china(2026, 1, 1), china(year, 1, 1))


def test_a_target_below_zero_and_a_week_of_six_days_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        due_at(CHINA, china(2026, 1, 1), -1)
    with pytest.raises(ValueError, match="seven days"):
        WorkCalendar("Asia/Shanghai", (DAY,) * 6)


# Speed


def test_twenty_thousand_evaluations_fit_into_a_second() -> None:
    start = china(2026, 1, 5, 9)
    pause = [(china(2026, 1, 6, 9), china(2026, 1, 6, 12))]
    due_at(CHINA, start, 480, pause)  # builds the table
    best = min(_seconds(start + timedelta(days=batch), pause) for batch in range(5))
    assert best < 0.1, f"2,000 evaluations took {best:.3f} s"


def _seconds(start: datetime, pause: list[tuple[datetime, datetime | None]]) -> float:
    began = process_time()
    for minute in range(1000):
        due_at(CHINA, start + timedelta(minutes=minute), 480, pause)
        elapsed(CHINA, start, start + timedelta(minutes=minute), pause)
    return process_time() - began
