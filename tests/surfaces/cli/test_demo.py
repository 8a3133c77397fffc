"""``flask demo``: a company that holds together, at every step of an order's way."""

import json
from collections import Counter
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.platform.access import Department, User
from app.platform.audit.models import AuditEntry
from app.platform.backoffice import views
from app.platform.db import session
from app.platform.process.models import HandOff
from app.practices.feedback.models import CaseState, FeedbackCase
from app.records.billing.models import Invoice
from app.records.orders.models import Order
from app.records.shipping.models import Shipment
from app.surfaces.cli.demo.bulk import SOURCE
from app.surfaces.demo import people
from tests.support.visitor import Visitor

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


def every_screen_opens(app, source):
    """All lists, and of each stage an order with its shipment and invoice, for somebody who may see everything."""
    visitor = Visitor(app).sign_in("chenli", people.PASSWORD)
    boss = Visitor(app).sign_in("hezhe", people.PASSWORD)
    for view in views(app):
        shown = boss if boss.client.get(f"{view.url}/").status_code == 200 else visitor
        shown.get(f"{view.url}/")
    last = sa.select(sa.func.max(Order.id)).where(Order.external_source == source)
    for order_id in session.scalars(last.group_by(Order.state, Order.channel)):
        visitor.get(f"/sales/orders/{order_id}/")
    for model, path in ((Shipment, "/logistics/shipments"), (Invoice, "/finance/invoices")):
        found = sa.select(sa.func.max(model.id)).join(Order, Order.id == model.order_id)
        for row_id in session.scalars(found.where(Order.external_source == source).group_by(model.state)):
            visitor.get(f"{path}/{row_id}/")
    assert "SH-0000137" in visitor.get("/sales/orders/?q=0000137")


@pytest.mark.promise("CO8")
def test_the_demo_shows_every_step_and_holds_together(flask, live_app):
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
    for wanted in (150, 200):  # the second goes on where the first ended
        grown = flask.invoke(args=["demo", "bulk", "--orders", str(wanted)])
        assert grown.exit_code == 0, grown.output
        session.rollback()
    more = Counter(orders_by_state()) - Counter(states)
    assert more == {
        "draft": 1, "verified": 1, "confirmed": 2, "in_fulfilment": 2, "fulfilled": 12, "cancelled": 4, "completed": 178,
    }  # fmt: skip
    of_batches = session.scalars(sa.select(AuditEntry.changes).where(AuditEntry.action == "demo.bulk"))
    assert [json.loads(text)["orders"]["new"] for text in of_batches] == [150, 50]
    checked = flask.invoke(args=["check"])
    assert checked.exit_code == 0, checked.output
    every_screen_opens(live_app, SOURCE)
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
