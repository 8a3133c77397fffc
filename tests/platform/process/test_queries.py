"""Desks, orders and departments read in few queries, by index, through the reader's rights."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.platform.access import house_reading, read_as
from app.platform.db import db, run, session
from app.platform.process import queries, service
from app.platform.process.clocks import ClockFace
from app.platform.process.models import HandOff
from tests.support.hand_offs import ORDER, SYSTEM, at, fact, happen, statements, the

WAREHOUSE = "warehouse"


@pytest.fixture
def shop(house_of_five):
    """Four orders for the warehouse, offered at eight different hours."""
    for number, hour in enumerate((9, 10, 11, 12), start=1):
        with clock.freeze(at(23, hour)):
            happen(fact("stock.order.allocated", ("orders", number)))
    return house_of_five


def h2(number):
    return the("H2", root=("orders", number)).id


def desk(shop, name=WAREHOUSE, *, now=None, **options):
    with clock.freeze(now or at(23, 14, 30)):
        return queries.desk_of(shop.people[name], [shop.departments[name.split("-")[0]]], at=clock.now(), **options)


def test_my_desk_holds_what_i_took_and_what_nobody_took(shop):
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=h2(3))
    run(service.accept_hand_off, shop.actor("warehouse-2"), hand_off_id=h2(1))
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=h2(4))
    run(service.pause_hand_off, shop.actor("warehouse"), hand_off_id=h2(4), reason="dock closed")
    assert [view.id for view in desk(shop)] == [h2(2), h2(3), h2(4)]
    assert [view.id for view in desk(shop, "warehouse-2")] == [h2(1), h2(2)]
    assert [view.id for view in desk(shop, whole_team=True)] == [h2(1), h2(2), h2(3), h2(4)]
    assert desk(shop, "finance") == []


def test_a_row_says_what_it_is_until_when_and_how_urgent(shop):
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=h2(2))
    first, second, third, fourth = desk(shop)
    assert [view.clock.face for view in (first, second, third, fourth)] == [
        ClockFace.LATE,  # due 14:00
        ClockFace.SOON,  # due 15:00
        ClockFace.OK,  # due 16:00
        ClockFace.OK,  # offered at noon, due 17:00
    ]
    assert [view.clock.due_at for view in (first, fourth)] == [at(23, 14), at(23, 17)]
    assert (first.title("en"), first.title("zh_Hans_CN")) == ("Pick and pack", "拣货装箱")
    assert (first.assignee, second.assignee, second.assignee_id) == (None, "warehouse", shop.people["warehouse"])
    assert first.clock.worked == timedelta(hours=4, minutes=30)
    assert (first.clock.left, first.clock.percent) == (timedelta(minutes=-30), 100)
    assert (third.clock.worked, third.clock.percent) == (timedelta(hours=2, minutes=30), 62)
    assert (first.subject, first.can_be_completed_by_hand) == (("orders", 1), False)


def test_wait_touch_and_pause_are_told_apart(shop):
    with clock.freeze(at(23, 10)):
        run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=h2(1))
    with clock.freeze(at(23, 11)):
        run(service.pause_hand_off, shop.actor("warehouse"), hand_off_id=h2(1), reason="dock closed")
    with clock.freeze(at(23, 13, 30)):
        run(service.resume_hand_off, shop.actor("warehouse"), hand_off_id=h2(1))
    with clock.freeze(at(23, 16)):
        happen(fact("shipping.order.dispatch_ready", ("orders", 1)))
    [view] = queries.all_hand_offs_of(("orders", 1), at=at(27, 9))
    shown = view.clock
    hours = [part / timedelta(hours=1) for part in (shown.wait, shown.touch, shown.paused, shown.worked)]
    assert hours == [1, 3.5, 1.5, 4.5]
    assert shown.face is ClockFace.DONE
    assert [(note.reason, note.by) for note in view.pauses] == [("dock closed", "warehouse")]


def test_counts_of_a_desk(shop):
    run(service.accept_hand_off, shop.actor("warehouse-2"), hand_off_id=h2(1))
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=h2(4))
    run(service.pause_hand_off, shop.actor("warehouse"), hand_off_id=h2(4), reason="dock closed")
    person, department = shop.people["warehouse"], shop.departments["warehouse"]
    with statements() as sent:
        counts = queries.desk_counts(person, [department], at=at(23, 15, 30))
    assert counts == queries.DeskCounts(mine=3, team=4, late=1, paused=1)
    assert len(sent) == 1
    assert queries.desk_counts(None, [], at=at(23, 15)) == queries.DeskCounts(0, 0, 0, 0)


def test_a_desk_costs_the_same_for_many_rows(shop):
    with statements() as few:
        assert len(desk(shop)) == 4
    for number in range(10, 40):
        happen(fact("stock.order.allocated", ("orders", number)))
    run(service.accept_hand_off, shop.actor("warehouse"), hand_off_id=h2(10))
    with statements() as many:
        assert len(desk(shop)) == 34
    assert (len(few), len(many)) == (5, 5)


def test_a_desk_ends_at_its_limit_with_the_earliest_first(shop):
    assert [view.id for view in desk(shop, limit=2)] == [h2(1), h2(2)]


def test_who_holds_this_order(shop):
    happen(fact("orders.order.confirmed", ("orders", 1)), fact("billing.order.set_up", ("orders", 1)))
    run(service.accept_hand_off, shop.actor("purchasing"), hand_off_id=the("H3", root=("orders", 1)).id)
    with statements() as sent:
        found = queries.open_hand_offs_of(("orders", 1), at=at(23, 10))
    assert [(view.code, view.assignee) for view in found] == [("H3", "purchasing"), ("H2", None)]
    assert found[0].needed("en") == "every short line has a promised date"
    assert len(sent) == 4
    assert queries.open_hand_offs_of(("orders", 77), at=at(23, 10)) == []


def test_late_ones_by_department(shop):
    happen(fact("orders.order.confirmed", ORDER))
    late = queries.late_counts(at(23, 15, 30))
    assert late == {
        shop.departments["warehouse"]: 2,
        shop.departments["purchasing"]: 1,
        shop.departments["finance"]: 1,
    }
    late_there = queries.late_hand_offs_of(shop.departments["warehouse"], at=at(23, 15, 30))
    assert [view.id for view in late_there] == [h2(1), h2(2)]


@pytest.mark.promise("AZ10")
def test_the_reader_sees_only_what_is_theirs_to_see(shop):
    outsider = shop.actor("finance")
    nobody = type(outsider)(name="x", kind=outsider.kind, user_id=shop.people["warehouse"])
    read_as(nobody)
    assert desk(shop) == []
    read_as(outsider)
    assert len(queries.open_hand_offs_of(("orders", 1), at=at(23, 10))) == 1


def plan_of(statement):
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    if db.engine.dialect.name == "sqlite":
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}").all()
        return "\n".join(row[3] for row in rows)
    for habit in ("seqscan", "bitmapscan", "sort"):  # what a planner prefers on a table of five rows
        session.connection().exec_driver_sql(f"SET LOCAL enable_{habit} = off")
    text = str(compiled).replace("%", "%%")
    return "\n".join(row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {text}").all())


@pytest.mark.parametrize(
    ("part", "index"),
    [
        (HandOff.to_department_id == 1, "ix_hand_offs_department_due"),
        (HandOff.assignee_id == 1, "ix_hand_offs_assignee_due"),
    ],
)
def test_a_desk_is_read_from_its_index_in_order(shop, part, index):
    with house_reading():
        running = sa.and_(HandOff.ended_at.is_(None), HandOff.due_at.is_not(None))
        statement = sa.select(HandOff.id, HandOff.due_at).where(part, running)
        plan = plan_of(statement.order_by(HandOff.due_at, HandOff.id).limit(100))
    assert index in plan
    assert "SORT" not in plan.upper()
    assert "TEMP B-TREE" not in plan


def test_an_order_s_hand_offs_are_found_by_index(shop):
    statement = sa.select(HandOff.id).where(HandOff.root_table == "orders", HandOff.root_id == 1)
    assert "ix_hand_offs_root" in plan_of(statement)


def test_who_is_no_person_has_no_desk(shop):
    assert queries.desk_of(SYSTEM.user_id, [], at=at(23, 10)) == []
