"""Reading: how long it takes to start, and what is proved over all orders."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import time

from bench.harness import KEY, ROOT, Bench, Section, budget, house

START = """
import time
begun = time.perf_counter()
from app import create_app
app = create_app({"HANDOFF_ENV": "development", "RUN_JOBS": "no", "LOG_LEVEL": "ERROR"})
client = app.test_client()
assert client.get("/sign-in").status_code == 200
print("seconds", time.perf_counter() - begun)
print(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")))
"""


def start(bench: Bench) -> Section:
    """A process from nothing to its first page."""
    section = Section(f"start-{bench.kind}", f"Start, {bench.label}")
    env = dict(os.environ, DATABASE_URL=bench.database(bench.orders), SECRET_KEY=KEY)
    seconds, megabytes = [], []
    for _ in range(5):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", START], cwd=ROOT, env=env, check=True, capture_output=True, text=True
        )
        seconds.append(time.perf_counter() - begun)
        found = re.search(r"VmRSS:\s+(\d+)", done.stdout)
        megabytes.append(int(found[1]) / 1024 if found else 0.0)
    wall, memory = statistics.median(seconds), statistics.median(megabytes)
    section.table(
        ["what", "median", "unit", "budget", "met"],
        [
            ["start of Python to the first page", wall, "s", "2, aim 1.5", budget(wall, 2, 1.5)],
            ["memory after it", memory, "MB", "150, aim 120", budget(memory, 150, 120)],
        ],
    )
    return section


def check(bench: Bench) -> Section:
    """``flask check`` over everything."""
    from app.platform.checks import checks, run_checks

    section = Section(f"check-{bench.kind}", f"flask check, {bench.label}, {bench.orders:,} orders")
    with house(bench.database(bench.orders)):
        begun = time.perf_counter()
        outcomes = list(run_checks(checks()))
        whole = time.perf_counter() - begun
    rows = [[one.check.name, one.seconds, one.count] for one in sorted(outcomes, key=lambda one: -one.seconds)]
    section.table(["check", "seconds", "broken rows"], [["all", whole, sum(one.count for one in outcomes)], *rows[:8]])
    section.say(f"The budget is 30 s for a million orders, aim 10 s: {budget(whole, 30, 10)}.")
    return section


SECTIONS = (start, check)
