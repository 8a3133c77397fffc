"""Departments' calendars as values for the working-time functions."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta

import sqlalchemy as sa

from app.platform.db import session
from app.platform.process.models import Calendar, CalendarDay, CalendarShift, DepartmentCalendar
from app.platform.process.working_time import NoWorkingTime, Pause, Shift, WorkCalendar, due_at

#: for a department before anybody gave the house a calendar: every hour counts
ROUND_THE_CLOCK = WorkCalendar("UTC", ((Shift(time(0), time(0)),),) * 7)
KEPT = 256

_made: dict[str, WorkCalendar] = {}


def calendars_of(department_ids: Iterable[int]) -> Mapping[int, WorkCalendar]:
    """The calendar each department keeps: its own, else the house's. One query, once the hours are known."""
    statement = sa.select(
        Calendar.id, Calendar.fingerprint, Calendar.is_default, DepartmentCalendar.department_id
    ).outerjoin(DepartmentCalendar, DepartmentCalendar.calendar_id == Calendar.id)
    default = ROUND_THE_CLOCK
    own: dict[int, WorkCalendar] = {}
    wanted = set(department_ids)
    for calendar_id, fingerprint, is_default, department_id in session.execute(statement).all():
        if is_default:
            default = _calendar(calendar_id, fingerprint)
        if department_id in wanted:
            own[department_id] = _calendar(calendar_id, fingerprint)
    return {department_id: own.get(department_id, default) for department_id in wanted}


def calendar_of(department_id: int) -> WorkCalendar:
    """The calendar a department keeps."""
    return calendars_of([department_id])[department_id]


def values_of(calendar_id: int) -> WorkCalendar:
    """A calendar's rows as they are now in this session."""
    head = session.execute(sa.select(Calendar.zone, Calendar.holiday_country).where(Calendar.id == calendar_id)).one()
    week: list[list[Shift]] = [[] for _ in range(7)]
    shifts = sa.select(CalendarShift.weekday, CalendarShift.starts, CalendarShift.ends)
    for weekday, starts, ends in session.execute(shifts.where(CalendarShift.calendar_id == calendar_id)):
        week[weekday].append(Shift(starts, ends))
    days: dict[date, list[Shift]] = defaultdict(list)
    single = sa.select(CalendarDay.day, CalendarDay.starts, CalendarDay.ends)
    for day, begins, finishes in session.execute(single.where(CalendarDay.calendar_id == calendar_id)):
        found = days[day]
        if begins is not None and finishes is not None:
            found.append(Shift(begins, finishes))
    return WorkCalendar(
        head.zone,
        tuple(tuple(sorted(hours)) for hours in week),
        head.holiday_country,
        tuple((day, tuple(sorted(hours))) for day, hours in sorted(days.items())),
    )


def fingerprint_of(values: WorkCalendar) -> str:
    """Equal for equal hours, so that what is computed under it can never be out of date."""
    plain = [
        values.zone,
        values.holiday_country,
        [[[str(hours) for hours in shift] for shift in day] for day in values.week],
        [[str(day), [[str(hours) for hours in shift] for shift in shifts]] for day, shifts in values.days],
    ]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def due_by(calendar: WorkCalendar, start: datetime, minutes: int, pauses: Iterable[Pause] = ()) -> datetime | None:
    """Due time by working hours; by the wall clock where a calendar has none, so that it can never stop an order."""
    try:
        return due_at(calendar, start, minutes, pauses)
    except NoWorkingTime:
        return start + timedelta(minutes=minutes)


def _calendar(calendar_id: int, fingerprint: str) -> WorkCalendar:
    if fingerprint not in _made:
        while len(_made) >= KEPT:
            _made.pop(next(iter(_made)), None)
        _made[fingerprint] = values_of(calendar_id)
    return _made[fingerprint]
