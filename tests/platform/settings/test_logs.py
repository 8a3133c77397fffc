"""What stands in the log."""

from __future__ import annotations

import io
import json
import logging

import pytest
import structlog
from flask import Flask

from app.platform.settings import logs

SECRET = "hunter2"


@pytest.fixture
def said(monkeypatch):
    """``said(env, level)`` installs logging; gives what was written."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    written = io.StringIO()

    def install(env, least="INFO"):
        monkeypatch.setattr("sys.stderr", written)
        app = Flask("logs")
        app.config.update(HANDOFF_ENV=env, LOG_LEVEL=least)
        logs.init_app(app)
        return written

    yield install
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def fail_with(secret):
    raise ValueError("wrong")


@pytest.mark.promise("LG1", "SD1")
@pytest.mark.parametrize("env", ["production", "development"])
def test_no_variable_of_a_failure_is_written_down(said, env):
    written = said(env)
    try:
        fail_with(SECRET)
    except ValueError:
        structlog.get_logger("house").exception("failed")
        logging.getLogger("library").exception("failed too")
    assert written.getvalue().count("ValueError: wrong") == 2
    assert SECRET not in written.getvalue()


@pytest.mark.promise("LG1")
def test_production_writes_one_json_object_a_line(said):
    written = said("production")
    structlog.get_logger("house").info("job.done", job=7, note="第一\n第二")
    logging.getLogger("library").warning("careful %s", "now")
    first, second = (json.loads(line) for line in written.getvalue().splitlines())
    assert (first["event"], first["job"], first["note"], first["level"], first["logger"]) == (
        "job.done", 7, "第一\n第二", "info", "house",
    )  # fmt: skip
    assert (second["event"], second["level"]) == ("careful now", "warning")
    assert first["timestamp"].endswith("Z")


def test_lines_below_the_level_are_not_written(said):
    written = said("production", "WARNING")
    structlog.get_logger("house").info("quiet")
    structlog.get_logger("house").warning("loud")
    assert [json.loads(line)["event"] for line in written.getvalue().splitlines()] == ["loud"]


def test_installing_twice_writes_once(said):
    said("production")
    written = said("production")
    structlog.get_logger("house").info("once")
    assert len(written.getvalue().splitlines()) == 1
