"""``flask demo``: a company that holds together, at every step of an order's way."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.platform.access import Department, User
from app.platform.db import session
from app.platform.process.models import HandOff
from app.practices.feedback.models import CaseState, FeedbackCase
from app.records.billing.models import Invoice
from app.records.orders.models import Order
from app.surfaces.demo import people

pytestmark = pytest.mark.slow


@pytest.fixture
def flask(live_app):
    return live_app.test_cli_runner()


def orders_by_state():
    return dict(session.execute(sa.select(Order.state, sa.func.count()).group_by(Order.state)).all())


def open_work():
    """Department of each open hand-off, and whether it is overdue."""
    now = clock.now()
    waiting = sa.select(Department.code, HandOff.due_at).join(HandOff, HandOff.to_department_id == Department.id)
    return [
        (code, due is not None and due < now)
        for code, due in session.execute(waiting.where(HandOff.ended_at.is_(None)))
    ]


@pytest.mark.promise("CO8")
def test_the_demo_shows_every_step_and_holds_together(flask):
    loaded = flask.invoke(args=["demo", "load"])
    assert loaded.exit_code == 0, loaded.output
    assert "The demo company is loaded, with 56 orders." in loaded.output
    assert all(person.login in loaded.output for person in people.PEOPLE)
    states = orders_by_state()
    assert sum(states.values()) == 56
    assert {"draft", "verified", "confirmed", "in_fulfilment", "fulfilled", "completed"} <= set(states)
    assert session.scalar(sa.select(sa.func.count()).select_from(Invoice).where(Invoice.number.is_not(None))) >= 12
    assert session.scalar(sa.select(sa.func.count()).select_from(HandOff)) > 100
    assert session.scalar(sa.select(User.name).where(User.login == "hezhe")) == "何喆"
    with_work = {code for code, late in open_work() if late}
    assert with_work == {"sales", "purchasing", "warehouse", "logistics", "finance"}
    assert session.scalars(sa.select(FeedbackCase.state)).all() == [CaseState.OPEN, CaseState.OPEN]
    disputed = session.scalars(sa.select(Invoice).where(Invoice.is_disputed)).one()
    assert (disputed.gross_total, disputed.settled) == (Decimal(44640), Decimal(0))
    checked = flask.invoke(args=["check"])
    assert checked.exit_code == 0, checked.output

    session.rollback()
    for _ in range(2):
        grown = flask.invoke(args=["demo", "bulk", "--orders", "600"])
        assert grown.exit_code == 0, grown.output
        session.rollback()
    assert orders_by_state() == {**states, "completed": states["completed"] + 1200}
    checked = flask.invoke(args=["check"])
    assert checked.exit_code == 0, checked.output
    states = orders_by_state()

    session.rollback()
    again = flask.invoke(args=["demo", "load"])
    assert again.exit_code == 0
    assert again.output.startswith("The demo company is loaded.\n")
    assert orders_by_state() == states


@pytest.mark.sqlite
def test_a_house_with_people_is_left_alone(flask, live_make):
    live_make.user("sales")
    refused = flask.invoke(args=["demo", "load"])
    assert refused.exit_code == 0
    assert "the demo is not loaded" in refused.output
    assert orders_by_state() == {}


@pytest.mark.sqlite
def test_many_orders_need_the_demo_company(flask):
    refused = flask.invoke(args=["demo", "bulk", "--orders", "5"])
    assert (refused.exit_code, refused.output) == (1, "Error: load the demo company first: flask demo load\n")


@pytest.mark.promise("AU4")
@pytest.mark.sqlite
def test_production_never_gets_the_demo(flask, live_app, monkeypatch):
    monkeypatch.setitem(live_app.config, "HANDOFF_ENV", "production")
    refused = flask.invoke(args=["demo", "load"])
    assert refused.exit_code == 1
    assert "never loaded in production" in refused.output
