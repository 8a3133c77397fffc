"""``flask db``: what an operator types, and what it answers."""

import pytest

from app.platform.db import migrations
from tests.conftest import build_app, dispose


@pytest.fixture
def flask(databases, tmp_path):
    url = databases.empty()
    made = build_app(url, tmp_path)
    yield made.test_cli_runner()
    dispose(made)
    databases.drop(url)


def test_up_and_down_say_where_the_database_is(flask):
    newest = migrations.head()
    assert flask.invoke(args=["db", "current"]).output == f"The database is empty; the newest is {newest}.\n"
    assert flask.invoke(args=["db", "upgrade"]).output == f"The database is at {newest} (newest).\n"
    assert flask.invoke(args=["db", "check"]).exit_code == 0
    down = flask.invoke(args=["db", "downgrade", "base"])
    assert (down.exit_code, down.output) == (0, f"The database is empty; the newest is {newest}.\n")


def test_upgrade_twice_is_the_same_as_once(flask):
    first, second = (flask.invoke(args=["db", "upgrade"]) for _ in range(2))
    assert (first.exit_code, first.output) == (second.exit_code, second.output)


def test_an_unknown_revision_is_refused_with_a_sentence(flask):
    refused = flask.invoke(args=["db", "upgrade", "nonsense"])
    assert refused.exit_code == 1
    assert refused.output == "Error: Can't locate revision identified by 'nonsense'\n"


def test_check_fails_while_the_schema_is_missing(flask):
    assert flask.invoke(args=["db", "check"]).exit_code == 1
