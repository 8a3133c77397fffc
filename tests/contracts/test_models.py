"""What holds for every table."""

import importlib
import pkgutil

import pytest
import sqlalchemy as sa

import app
from app.platform.db import Base


@pytest.fixture(scope="module", autouse=True)
def _all_models():
    for module in pkgutil.walk_packages(app.__path__, "app.", onerror=importlib.import_module):
        if module.name.endswith(".models") or ".models." in module.name:
            importlib.import_module(module.name)


def tables():
    return Base.metadata.sorted_tables


def test_there_is_something_to_check():
    assert {"users", "departments", "events"} <= {table.name for table in tables()}


def test_no_row_disappears_with_another():
    """A cascade of the database is invisible to the audit, and a table rebuild on SQLite would fire it."""
    found = [
        f"{table.name}.{key.parent.name}: {key.ondelete} {key.onupdate}"
        for table in tables()
        for key in table.foreign_keys
        if (key.ondelete, key.onupdate) != ("RESTRICT", None)
    ]
    assert found == []


def test_no_object_deletes_another():
    found = [
        f"{mapper.class_.__name__}.{relation.key}"
        for mapper in Base.registry.mappers
        for relation in mapper.relationships
        if relation.cascade.delete or relation.cascade.delete_orphan
    ]
    assert found == []


def test_every_foreign_key_has_an_index():
    def leading(table):
        columns = [list(index.columns) for index in table.indexes]
        unique = [
            list(c.columns) for c in table.constraints if isinstance(c, sa.UniqueConstraint | sa.PrimaryKeyConstraint)
        ]
        return {found[0].name for found in columns + unique if found}

    missing = [
        f"{table.name}.{key.parent.name}"
        for table in tables()
        for key in table.foreign_keys
        if key.parent.name not in leading(table)
    ]
    assert missing == []


def test_every_constraint_has_a_stable_name():
    nameless = [
        f"{table.name}: {type(constraint).__name__}"
        for table in tables()
        for constraint in table.constraints
        if constraint.name is None and list(getattr(constraint, "columns", [1]))
    ]
    assert nameless == []


def test_no_name_is_too_long_for_postgresql():
    names = [
        str(item.name)
        for table in tables()
        for item in (table, *table.columns, *table.indexes, *table.constraints)
        if item.name is not None
    ]
    assert [name for name in names if len(name.encode()) > 63] == []


def test_no_float_and_no_naive_time_is_stored():
    def is_wrong(kind):
        return isinstance(kind, sa.Float | sa.REAL) or (isinstance(kind, sa.DateTime) and not kind.timezone)

    assert [f"{t.name}.{c.name}" for t in tables() for c in t.columns if is_wrong(c.type)] == []


def test_an_enum_is_stored_by_its_value():
    wrong = [
        f"{table.name}.{column.name}"
        for table in tables()
        for column in table.columns
        if isinstance(column.type, sa.Enum)
        and column.type.enum_class is not None
        and list(column.type.enums) != [item.value for item in column.type.enum_class]
    ]
    assert wrong == []
