"""Settings: typed, checked, audited, and seen by every process at its next request."""

from __future__ import annotations

from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.kernel.errors import InvalidInput, Message, NotPermitted
from app.platform.access import read_as
from app.platform.db import changes, db, run, session
from app.platform.settings import Permissions, registry, setting, update_setting, update_settings
from app.platform.settings.models import StoredSetting
from app.platform.settings.service import store
from tests.support.people import house, make_actor


@pytest.fixture
def declare(monkeypatch):
    """Declare settings for one test."""
    monkeypatch.setattr(registry, "_items", dict(registry._items))
    return setting


def test_the_default_holds_until_somebody_changes_it_and_again_after_he_takes_it_back(app, declare):
    days = declare("test.days", int, 7, "Days")
    assert days.value() == 7
    run(update_setting, house(), name="test.days", value="12")
    assert days.value() == 12
    run(update_setting, house(), name="test.days", value=7)
    assert days.value() == 7
    assert session.scalars(sa.select(StoredSetting)).all() == []


@pytest.mark.parametrize(
    ("kind", "default", "given", "value"),
    [
        (str, "", "  澄远 \n Ltd ", "澄远 Ltd"),
        (bool, False, "on", True),
        (bool, True, "", False),
        (int, 1, "-3", -3),
        (Decimal, Decimal(0), "12.50", Decimal("12.50")),
    ],
)
def test_values_come_back_in_their_kind(app, declare, kind, default, given, value):
    made = declare("test.value", kind, default, "Value")
    run(update_setting, house(), name="test.value", value=given)
    session.rollback()
    session.info.clear()
    read_as(house())
    assert made.value() == value
    assert type(made.value()) is kind


@pytest.mark.parametrize(
    ("kind", "default", "given"),
    [
        (int, 1, "1.5"), (int, 1, "١٢"), (int, 1, True), (int, 1, "9" * 30), (bool, False, "perhaps"),
        (Decimal, Decimal(1), "NaN"), (Decimal, Decimal(1), "1e400"), (Decimal, Decimal(1), "一"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_name(app, declare, kind, default, given):
    made = declare("test.value", kind, default, "Value")
    with pytest.raises(InvalidInput) as refused:
        run(update_setting, house(), name="test.value", value=given)
    assert list(refused.value.fields) == ["test.value"]
    assert made.value() == default


def test_all_problems_at_once_and_nothing_half_done(app, declare):
    good = declare("test.good", int, 1, "Good")
    declare("test.list", str, "a", "List", choices=["a", "b"])
    declare("test.even", int, 2, "Even", check=lambda n: Message("Even, please.") if n % 2 else None)
    declare("test.hidden", bool, False, "Hidden", internal=True)
    with pytest.raises(InvalidInput) as refused:
        run(
            update_settings,
            house(),
            values={"test.good": 5, "test.list": "c", "test.even": 3, "test.hidden": True, "test.none": 1},
        )
    assert sorted(refused.value.fields) == ["test.even", "test.hidden", "test.list", "test.none"]
    assert good.value() == 1


def test_only_with_the_right_and_written_to_the_log(app, declare, monkeypatch):
    days = declare("test.days", int, 7, "Days")
    with pytest.raises(NotPermitted):
        run(update_setting, make_actor([Permissions.READ]), name="test.days", value=8)
    assert days.value() == 7
    seen = []
    monkeypatch.setattr(changes, "recorders", [lambda _, rows: seen.extend(rows)])
    run(update_setting, make_actor([Permissions.UPDATE]), name="test.days", value=8)
    assert [(c.action, c.new["value"]) for c in seen if c.model is StoredSetting] == [("insert", 8)]


def test_the_house_sets_internal_settings_itself(app, declare):
    hidden = declare("test.hidden", bool, False, "Hidden", internal=True)
    run(lambda actor: store({"test.hidden": True}, internal=True), house())
    assert hidden.value() is True


def test_reading_many_settings_asks_the_database_once_per_request(app, declare):
    made = [declare(f"test.s{number}", int, number, "S") for number in range(5)]
    run(update_setting, house(), name="test.s1", value=99)
    made[1].value()
    statements = []

    def count(_connection, _cursor, statement, *_):
        if statement.startswith("SELECT"):
            statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", count)
    try:
        values = [one.value() for one in made]
        assert (values, statements) == ([0, 99, 2, 3, 4], [])
        run(lambda actor: [one.value() for one in made], house())
        assert len(statements) == 1
        assert "config_stamps" in statements[0]
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", count)
