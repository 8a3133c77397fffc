"""Working hours changed by people; the due times of open hand-offs follow, their pauses kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import holidays
import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.access.models import Department
from app.platform.db import locks, session
from app.platform.process import clock_hands
from app.platform.process.calendars import calendars_of, fingerprint_of, values_of
from app.platform.process.models import Calendar, CalendarDay, CalendarShift, DepartmentCalendar, HandOff
from app.platform.process.permissions import Permissions
from app.platform.process.working_time import Shift

MOST_SHIFTS = 8
CHUNK = 500


def create_calendar(
    actor: Actor,
    *,
    code: str,
    name_en: str,
    name_zh: str,
    zone: str,
    week: Mapping[int, Sequence[Shift]],
    holiday_country: str | None = None,
) -> Calendar:
    """Add working hours that departments can keep.  week: shifts by weekday, 0 is Monday.

    Raises: NotPermitted, InvalidInput.
    """
    require(actor, Permissions.CALENDAR_CHANGE)
    return made_calendar(
        code=code, name_en=name_en, name_zh=name_zh, zone=zone, week=week, holiday_country=holiday_country
    )


def change_calendar(
    actor: Actor,
    *,
    calendar_id: int,
    version: int,
    name_en: str,
    name_zh: str,
    zone: str,
    week: Mapping[int, Sequence[Shift]],
    holiday_country: str | None = None,
) -> int:
    """Set a calendar's names, zone, holidays and weekly hours; how many due times moved.

    Raises: NotPermitted, NotFound, Conflict, InvalidInput.
    """
    require(actor, Permissions.CALENDAR_CHANGE)
    _check(name_en=name_en, name_zh=name_zh, zone=zone, holiday_country=holiday_country, week=week)
    calendar = _locked(calendar_id, version)
    calendar.name_en, calendar.name_zh = clean(name_en, 100), clean(name_zh, 100)
    calendar.zone, calendar.holiday_country = zone, holiday_country
    wanted = {(weekday, *hours) for weekday, shifts in week.items() for hours in shifts}
    kept = set()
    for shift in list(calendar.shifts):
        key = (shift.weekday, shift.starts, shift.ends)
        if key in wanted:
            kept.add(key)
        else:
            calendar.shifts.remove(shift)
            session.delete(shift)
    session.flush()
    calendar.shifts += [_shift(*key) for key in sorted(wanted - kept)]
    return _sealed(calendar)


def set_calendar_day(
    actor: Actor, *, calendar_id: int, version: int, day: date, hours: Sequence[Shift], note: str = ""
) -> int:
    """Say how one date differs: its hours, or none where it is free; how many due times moved.

    Raises: NotPermitted, NotFound, Conflict, InvalidInput.
    """
    require(actor, Permissions.CALENDAR_CHANGE)
    if problems := _problems_of_day(hours):
        raise InvalidInput(problems)
    calendar = _locked(calendar_id, version)
    _clear(calendar, day)
    noted = clean(note, 200)
    calendar.days += [CalendarDay(day=day, starts=shift.starts, ends=shift.ends, note=noted) for shift in hours] or [
        CalendarDay(day=day, note=noted)
    ]
    return _sealed(calendar)


def clear_calendar_day(actor: Actor, *, calendar_id: int, version: int, day: date) -> int:
    """Let a date follow week and holidays again; how many due times moved.

    Raises: NotPermitted, NotFound, Conflict.
    """
    require(actor, Permissions.CALENDAR_CHANGE)
    calendar = _locked(calendar_id, version)
    _clear(calendar, day)
    return _sealed(calendar)


def keep_calendar(actor: Actor, *, department_id: int, calendar_id: int | None) -> int:
    """Let a department keep a calendar, or the house's with None; how many due times moved.

    Raises: NotPermitted, NotFound.
    """
    require(actor, Permissions.CALENDAR_CHANGE)
    department = locks.lock(Department, department_id)
    kept = session.scalar(sa.select(DepartmentCalendar).where(DepartmentCalendar.department_id == department.id))
    if calendar_id is None:
        if kept is not None:
            session.delete(kept)
    elif kept is not None:
        kept.calendar_id = locks.get(Calendar, calendar_id).id
    else:
        found = locks.get(Calendar, calendar_id)
        session.add(DepartmentCalendar(department_id=department.id, calendar_id=found.id))
    session.flush()
    return move_due_times([department.id])


def made_calendar(
    *,
    code: str,
    name_en: str,
    name_zh: str,
    zone: str,
    week: Mapping[int, Sequence[Shift]],
    holiday_country: str | None,
    is_default: bool = False,
) -> Calendar:
    """A new calendar in this session.  Raises: InvalidInput."""
    _check(name_en=name_en, name_zh=name_zh, zone=zone, holiday_country=holiday_country, week=week, code=code)
    calendar = Calendar(
        code=clean(code, 40),
        name_en=clean(name_en, 100),
        name_zh=clean(name_zh, 100),
        zone=zone,
        holiday_country=holiday_country,
        is_default=is_default,
        shifts=[_shift(weekday, *hours) for weekday, shifts in sorted(week.items()) for hours in shifts],
    )
    session.add(calendar)
    session.flush()
    calendar.fingerprint = fingerprint_of(values_of(calendar.id))
    session.flush()
    return calendar


def move_due_times(department_ids: Iterable[int]) -> int:
    """Work out the due time of every running hand-off of these departments again; how many moved."""
    calendars = calendars_of(department_ids)
    running = sa.select(HandOff.id).where(
        HandOff.to_department_id.in_(sorted(calendars)), HandOff.ended_at.is_(None), HandOff.due_at.is_not(None)
    )
    ids = list(session.scalars(running.order_by(HandOff.id)))
    moved = 0
    for start in range(0, len(ids), CHUNK):
        chunk = (
            sa.select(HandOff)
            .where(HandOff.id.in_(ids[start : start + CHUNK]), HandOff.ended_at.is_(None))
            .order_by(HandOff.id)
            .with_for_update(of=HandOff)
            .options(selectinload(HandOff.pauses))
            .execution_options(populate_existing=True)
        )
        for hand_off in session.scalars(chunk):
            before = hand_off.due_at
            clock_hands.set_due(hand_off, calendars[hand_off.to_department_id])
            moved += hand_off.due_at != before
        session.flush()
    return moved


def _locked(calendar_id: int, version: int) -> Calendar:
    calendar = locks.lock(Calendar, calendar_id)
    if calendar.version != version:
        raise Conflict({"version": (calendar.version, version)})
    return calendar


def _sealed(calendar: Calendar) -> int:
    session.flush()
    calendar.fingerprint = fingerprint_of(values_of(calendar.id))
    session.flush()
    own = sa.select(DepartmentCalendar.department_id)
    keepers = set(session.scalars(own.where(DepartmentCalendar.calendar_id == calendar.id)))
    if calendar.is_default:
        keepers |= set(session.scalars(sa.select(Department.id).where(Department.id.not_in(own))))
    return move_due_times(keepers)


def _clear(calendar: Calendar, day: date) -> None:
    for row in [row for row in calendar.days if row.day == day]:
        calendar.days.remove(row)
        session.delete(row)
    session.flush()


def _shift(weekday: int, starts: time, ends: time) -> CalendarShift:
    return CalendarShift(weekday=weekday, starts=starts, ends=ends)


def _check(
    *,
    name_en: str,
    name_zh: str,
    zone: str,
    holiday_country: str | None,
    week: Mapping[int, Sequence[Shift]],
    code: str | None = None,
) -> None:
    problems: dict[str, Message | str] = {}
    for name, text in (("name_en", name_en), ("name_zh", name_zh), ("code", "x" if code is None else code)):
        if not clean(text, 100):
            problems[name] = Message(N_("Please fill this in."))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        problems["zone"] = Message(N_("This is not a time zone such as Asia/Shanghai."))
    if holiday_country is not None and not knows_holidays(holiday_country):
        problems["holiday_country"] = Message(N_("No holidays are known for this country or region."))
    if not any(week.values()):
        problems["week"] = Message(N_("A calendar needs working hours on one weekday at least."))
    for weekday, hours in week.items():
        if weekday not in range(7):
            problems["week"] = Message(N_("A week has seven days."))
        problems |= _problems_of_day(hours, f"week.{weekday}")
    if problems:
        raise InvalidInput(problems)


def _problems_of_day(hours: Sequence[Shift], name: str = "hours") -> dict[str, Message | str]:
    if len(hours) > MOST_SHIFTS:
        return {name: Message(N_("At most %(most)s shifts a day."), most=MOST_SHIFTS)}
    if len({shift.starts for shift in hours}) < len(hours):
        return {name: Message(N_("Two shifts begin at the same time."))}
    return {}


def knows_holidays(country: str | None) -> bool:
    """Whether the holidays of a country ("CN") or region ("DE-BY") are known."""
    code, _, subdivision = (country or "").partition("-")
    known = holidays.list_supported_countries()
    return code in known and (not subdivision or subdivision in known[code])
