"""Working hours changed by people, and the due times that follow."""

from datetime import date, time

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted
from app.platform.db import run, session
from app.platform.db.constraints import ConstraintBroken
from app.platform.process import calendar_service as calendars
from app.platform.process import service
from app.platform.process.calendars import ROUND_THE_CLOCK, calendar_of, calendars_of
from app.platform.process.models import Calendar, CalendarDay, CalendarShift, DepartmentCalendar
from app.platform.process.permissions import Permissions
from app.platform.process.working_time import Shift
from tests.support.hand_offs import SYSTEM, at, fact, happen, the

EARLY = (Shift(time(6), time(14)),)
WEEK = dict.fromkeys(range(6), EARLY)
HOURS = {"name_en": "Early", "name_zh": "早班", "zone": "Asia/Shanghai", "week": WEEK, "holiday_country": "CN"}


@pytest.fixture
def shop(house_of_five):
    """An order for warehouse (four hours), purchasing (two) and finance (four), offered on Monday at nine."""
    happen(fact("orders.order.confirmed"), fact("stock.order.allocated"))
    return house_of_five


def default():
    return session.execute(sa.select(Calendar.id, Calendar.version).where(Calendar.is_default)).one()


def dues():
    return [the(code).due_at for code in ("H2", "H3", "H4")]


def test_the_house_starts_with_office_hours_and_chinas_holidays(shop):
    hours = calendar_of(shop.departments["sales"])
    assert (hours.zone, hours.holiday_country) == ("Asia/Shanghai", "CN")
    assert hours.week == (((Shift(time(9), time(12)), Shift(time(13), time(18))),) * 5) + ((), ())
    assert dues() == [at(23, 14), at(23, 11), at(23, 14)]


def test_new_hours_move_the_due_times_of_what_runs(shop):
    head = default()
    moved = run(calendars.change_calendar, SYSTEM, calendar_id=head.id, version=head.version, **HOURS)
    assert moved == 2
    assert dues() == [at(23, 13), at(23, 11), at(23, 13)]  # no lunch between six and two
    assert the("H2").version == 2
    shifts = session.scalars(sa.select(CalendarShift.weekday).order_by(CalendarShift.weekday)).all()
    assert shifts == [0, 1, 2, 3, 4, 5]


def test_pauses_survive_new_hours(shop):
    actor = shop.actor("warehouse")
    run(service.accept_hand_off, actor, hand_off_id=the("H2").id)
    with clock.freeze(at(23, 10)):
        run(service.pause_hand_off, actor, hand_off_id=the("H2").id, reason="dock closed")
    happen(fact("orders.order.held"))
    head = default()
    assert run(calendars.change_calendar, SYSTEM, calendar_id=head.id, version=head.version, **HOURS) == 0
    assert dues() == [None, None, None]
    with clock.freeze(at(23, 12)):
        run(service.resume_hand_off, actor, hand_off_id=the("H2").id)
    assert the("H2").due_at == at(24, 7)  # one hour before the pause, two after it, one more on Tuesday from six


def test_a_free_day_and_back_again(shop):
    head = default()
    with clock.freeze(at(23, 9, 1)):
        moved = run(
            calendars.set_calendar_day, SYSTEM, calendar_id=head.id, version=head.version,
            day=date(2026, 11, 23), hours=(), note="stocktaking",
        )  # fmt: skip
    assert moved == 3
    assert dues() == [at(24, 14), at(24, 11), at(24, 14)]
    head = default()
    hours = (Shift(time(15), time(16)), Shift(time(17), time(23)))
    run(
        calendars.set_calendar_day, SYSTEM, calendar_id=head.id, version=head.version,
        day=date(2026, 11, 23), hours=hours,
    )  # fmt: skip
    assert dues() == [at(23, 20), at(23, 18), at(23, 20)]
    assert session.scalar(sa.select(sa.func.count()).select_from(CalendarDay)) == 2
    head = default()
    run(calendars.clear_calendar_day, SYSTEM, calendar_id=head.id, version=head.version, day=date(2026, 11, 23))
    assert dues() == [at(23, 14), at(23, 11), at(23, 14)]
    assert session.scalar(sa.select(sa.func.count()).select_from(CalendarDay)) == 0


def test_a_department_keeps_a_calendar_of_its_own_and_the_house_s_again(shop):
    early = run(calendars.create_calendar, SYSTEM, code="early", **HOURS).id
    warehouse = shop.departments["warehouse"]
    assert run(calendars.keep_calendar, SYSTEM, department_id=warehouse, calendar_id=early) == 1
    assert dues() == [at(23, 13), at(23, 11), at(23, 14)]
    other = run(calendars.create_calendar, SYSTEM, code="late", **(HOURS | {"zone": "Asia/Tokyo"})).id
    run(calendars.keep_calendar, SYSTEM, department_id=warehouse, calendar_id=other)
    assert calendar_of(warehouse).zone == "Asia/Tokyo"
    head = default()
    run(calendars.change_calendar, SYSTEM, calendar_id=head.id, version=head.version, **HOURS)
    assert calendar_of(warehouse).zone == "Asia/Tokyo"
    run(calendars.keep_calendar, SYSTEM, department_id=warehouse, calendar_id=None)
    assert session.scalar(sa.select(sa.func.count()).select_from(DepartmentCalendar)) == 0
    assert calendar_of(warehouse).week[5] == EARLY


def test_a_house_without_calendar_counts_every_hour(app):
    assert calendars_of([1, 2]) == {1: ROUND_THE_CLOCK, 2: ROUND_THE_CLOCK}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Asia/Nowhere"}, "zone"),
        ({"zone": "../../etc/passwd"}, "zone"),
        ({"zone": ""}, "zone"),
        ({"holiday_country": "XX"}, "holiday_country"),
        ({"holiday_country": "DE-XX"}, "holiday_country"),
        ({"week": {}}, "week"),
        ({"week": {0: ()}}, "week"),
        ({"week": {7: EARLY}}, "week"),
        ({"week": {0: EARLY * 2}}, "week.0"),
        ({"week": {0: [Shift(time(n), time(n, 30)) for n in range(9)]}}, "week.0"),
        ({"name_en": " "}, "name_en"),
    ],
)
def test_hours_that_cannot_be_are_refused_at_their_field(shop, change, field):
    head, before = default(), dues()
    with pytest.raises(InvalidInput) as caught:
        run(calendars.change_calendar, SYSTEM, calendar_id=head.id, version=head.version, **(HOURS | change))
    assert list(caught.value.fields) == [field]
    assert (default(), dues()) == (head, before)


def test_a_code_is_taken_once(shop):
    run(calendars.create_calendar, SYSTEM, code="early", **HOURS)
    with pytest.raises(ConstraintBroken, match="already a calendar with this code"):
        run(calendars.create_calendar, SYSTEM, code="early", **HOURS)


def test_an_old_picture_of_a_calendar_is_a_conflict(shop):
    head = default()
    with pytest.raises(Conflict):
        run(calendars.change_calendar, SYSTEM, calendar_id=head.id, version=head.version - 1, **HOURS)
    assert default() == head


@pytest.mark.parametrize(
    ("use_case", "values"),
    [
        (calendars.create_calendar, {"code": "x", **HOURS}),
        (calendars.change_calendar, {"calendar_id": 1, "version": 1, **HOURS}),
        (calendars.set_calendar_day, {"calendar_id": 1, "version": 1, "day": date(2026, 11, 23), "hours": ()}),
        (calendars.clear_calendar_day, {"calendar_id": 1, "version": 1, "day": date(2026, 11, 23)}),
        (calendars.keep_calendar, {"department_id": 1, "calendar_id": 1}),
    ],
)
def test_hours_are_for_those_who_may_set_them(shop, use_case, values):
    before, head = dues(), default()
    with pytest.raises(NotPermitted):
        run(use_case, shop.actor("warehouse-head"), **values)
    assert (dues(), default()) == (before, head)
    allowed = shop.actor("warehouse-head", Permissions.CALENDAR_CHANGE, scope="all")
    if missing := {name: 10**12 for name in ("calendar_id", "department_id") if name in values}:
        with pytest.raises(NotFound):
            run(use_case, allowed, **(values | missing))
