"""``flask check`` finds what was planted behind the back of rules and constraints, and nothing else."""

import pytest
import sqlalchemy as sa

from app.platform.checks import checks, run_checks
from app.platform.db import run, session
from app.platform.process import service
from app.platform.process.models import HandOff, HandOffPause
from tests.support.hand_offs import fact, happen, the

NAMES = ("process.open_once", "process.paused_while_a_pause_runs", "process.pauses_within", "process.states_fit_times")


def broken():
    outcomes = run_checks(one for one in checks() if one.name.startswith("process."))
    return {one.check.name: [dict(row) for row in one.rows] for one in outcomes if not one.is_good}


def spoil(statement, **values):
    """Write past every rule of the house and the database, inside the test's transaction."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    else:
        for model in (HandOff, HandOffPause):
            for constraint in model.__table__.constraints:
                if isinstance(constraint, sa.CheckConstraint):
                    name = connection.dialect.identifier_preparer.format_constraint(constraint)
                    connection.exec_driver_sql(f"ALTER TABLE {model.__tablename__} DROP CONSTRAINT IF EXISTS {name}")
    connection.exec_driver_sql("DROP INDEX uq_hand_offs_open")
    connection.execute(sa.text(statement), values)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def work(house_of_five):
    """A paused, a resumed and a completed hand-off."""
    happen(fact("orders.order.confirmed"), fact("stock.order.allocated"), fact("billing.order.set_up"))
    for who, code in (("warehouse", "H2"), ("purchasing", "H3")):
        actor = house_of_five.actor(who)
        run(service.accept_hand_off, actor, hand_off_id=the(code).id)
        run(service.pause_hand_off, actor, hand_off_id=the(code).id, reason="waiting")
    run(service.resume_hand_off, house_of_five.actor("purchasing"), hand_off_id=the("H3").id)


def test_all_of_it_is_asked_and_good_work_passes(work):
    assert tuple(one.name for one in checks() if one.name.startswith("process.")) == NAMES
    assert broken() == {}


@pytest.mark.parametrize(
    ("code", "statement", "name"),
    [
        ("H2", "UPDATE hand_offs SET due_at = offered_at WHERE id = :id", "process.states_fit_times"),
        ("H3", "UPDATE hand_offs SET accepted_at = NULL WHERE id = :id", "process.states_fit_times"),
        ("H4", "UPDATE hand_offs SET completed_at = NULL WHERE id = :id", "process.states_fit_times"),
        ("H4", "UPDATE hand_offs SET ended_at = '2020-01-01 00:00:00' WHERE id = :id", "process.states_fit_times"),
        ("H2", "UPDATE hand_off_pauses SET until = since WHERE hand_off_id = :id", "process.paused_while_a_pause_runs"),
        ("H3", "UPDATE hand_off_pauses SET until = NULL WHERE hand_off_id = :id", "process.paused_while_a_pause_runs"),
        (
            "H3",
            "UPDATE hand_off_pauses SET since = '2020-01-01 00:00:00' WHERE hand_off_id = :id",
            "process.pauses_within",
        ),
    ],
)
def test_a_planted_violation_is_found(work, code, statement, name):
    planted = the(code).id
    spoil(statement, id=planted)
    found = broken()
    assert list(found) == [name]
    assert [row["id"] for row in found[name]] == [planted]


def test_a_step_open_twice_is_found(work):
    columns = ", ".join(column.name for column in HandOff.__table__.columns if column.name != "id")
    spoil(f"INSERT INTO hand_offs ({columns}) SELECT {columns} FROM hand_offs WHERE id = :id", id=the("H3").id)
    [row] = broken()["process.open_once"]
    assert (row["subject_id"], row["open"]) == (4711, 2)
