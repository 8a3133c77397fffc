"""``flask worker`` in a process that also knows the jobs of the tests: what a test starts, stops and kills."""

from __future__ import annotations

import sys

from flask.cli import ScriptInfo

from app import create_app
from tests.platform.jobs import errands

if __name__ == "__main__":
    assert errands.mark
    house = create_app({"TESTING": True})
    house.cli.main(["worker", *sys.argv[1:]], obj=ScriptInfo(create_app=lambda: house))
