"""``flask user install-roles``: a house begins with departments, roles, working hours and a flow."""

import sqlalchemy as sa

from app.platform.access.models import Department, Role, RoleGrant
from app.platform.db import session
from app.platform.process.models import Calendar, FlowState, FlowStep, FlowVersion


def counted():
    session.rollback()
    return [session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (Department, FlowStep, Calendar)]


def install(app):
    return app.test_cli_runner().invoke(args=["user", "install-roles"])


def test_a_house_begins_with_a_flow_and_working_hours(live_app):
    first = install(live_app)
    assert (first.exit_code, first.exception) == (0, None)
    assert counted() == [5, 19, 1]
    hours = session.execute(sa.select(Calendar.zone, Calendar.holiday_country, Calendar.is_default)).one()
    assert hours == ("Asia/Shanghai", "CN", True)
    assert session.scalars(sa.select(FlowVersion.state)).all() == [FlowState.ACTIVE]
    assert install(live_app).output == "Everything was there already.\n"
    assert counted() == [5, 19, 1]


def test_another_zone_brings_its_country_s_holidays(live_app, monkeypatch):
    monkeypatch.setitem(live_app.config, "DEFAULT_TIMEZONE", "Europe/Berlin")
    install(live_app)
    session.rollback()
    assert session.execute(sa.select(Calendar.zone, Calendar.holiday_country)).one() == ("Europe/Berlin", "DE")


def test_members_act_in_their_department_and_heads_assign(live_app):
    install(live_app)
    session.rollback()
    granted = sa.select(RoleGrant.permission, RoleGrant.row_scope).join(Role).where(Role.code == "warehouse")
    rights = dict(session.execute(granted.where(RoleGrant.permission.startswith("process."))).all())
    assert rights == {
        "process.handoff.read": "all",
        "process.handoff.accept": "department",
        "process.handoff.complete": "department",
        "process.handoff.return": "department",
        "process.handoff.pause": "department",
        "process.handoff.resume": "department",
        "process.handoff.assign": "headed",
        "process.handoff.cancel": "headed",
    }
