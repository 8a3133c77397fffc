"""Rows that change together are updated together, and rows that are locked are not read again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from app.platform.access.models import Department
from app.platform.db import locks, run, session
from app.records.stock.models import Warehouse
from tests.support.hand_offs import SYSTEM, statements


def _houses(make, *codes):
    company = make.company()
    return [make.row(Warehouse, code=code, name=code, company_id=company.id) for code in codes]


def _of(sent, verb, table):
    return [one for one in sent if one.startswith(verb) and table in one]


def test_rows_changed_in_the_same_columns_are_one_statement_and_each_a_version_older(make):
    made = _houses(make, "A", "B", "C")

    def rename(actor):
        for number, house in enumerate(locks.lock_all(Warehouse, [one.id for one in made])):
            house.name = f"house {number}"

    with statements() as sent:
        run(rename, SYSTEM)
    assert len(_of(sent, "UPDATE", "warehouses")) == 1
    assert [(one.name, one.version) for one in make.all(Warehouse, Warehouse.code.in_(["A", "B", "C"]))] == [
        ("house 0", 2), ("house 1", 2), ("house 2", 2),
    ]  # fmt: skip


def test_a_row_that_somebody_else_changed_refuses_all_of_them(make):
    made = _houses(make, "A", "B")
    tries = []

    def rename(actor):
        tries.append(1)
        houses = locks.lock_all(Warehouse, [one.id for one in made])
        session.connection().execute(sa.text("UPDATE warehouses SET version = 9 WHERE code = 'B'"))
        for house in houses:
            house.name = "mine"

    with pytest.raises(Exception, match="changed"):
        run(rename, SYSTEM)
    assert len(tries) > 1
    assert [one.name for one in make.all(Warehouse, Warehouse.code.in_(["A", "B"]))] == ["A", "B"]


def test_a_lock_is_taken_once_and_what_this_unit_made_needs_none(make):
    (house,) = _houses(make, "A")

    def look(actor):
        first = locks.lock(Warehouse, house.id)
        first.name = "changed"
        assert locks.lock(Warehouse, house.id) is first
        assert first.name == "changed"
        made = Department(code="new", name_en="N", name_zh="新", mark_en="N", mark_zh="新")
        session.add(made)
        session.flush()
        assert locks.lock(Department, made.id) is made
        assert (locks.is_new("departments", made.id), locks.is_new("warehouses", house.id)) == (True, False)

    with statements() as sent:
        run(look, SYSTEM)
    assert [len(_of(sent, "SELECT", table)) for table in ("FROM warehouses", "FROM departments")] == [1, 0]


def test_a_lock_that_a_savepoint_took_back_is_taken_again(make):
    (house,) = _houses(make, "A")

    def look(actor):
        savepoint = session.begin_nested()
        locks.lock(Warehouse, house.id)
        savepoint.rollback()
        assert not locks.is_held(Warehouse, house.id)
        locks.lock(Warehouse, house.id)

    with statements() as sent:
        run(look, SYSTEM)
    assert len(_of(sent, "SELECT", "FROM warehouses")) == 2
