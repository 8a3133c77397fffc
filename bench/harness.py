"""What every bench is made of: timing beside a raw partner, statement counts, tables, the page they are written to.

A bench is a module with ``SECTIONS``: a list of functions ``(Bench) -> Section``. Absolute times drift on a shared
machine, so ours and the raw partner take turns within one run, and medians are compared.
"""

from __future__ import annotations

import gc
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
KEY = "bench key, never of a house that lives: 0123456789"
#: what raw partners and sections mean by an action: one operation, its result is not used
Action = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over all rounds of one operation."""

    wall_ms: float
    cpu_ms: float  #: of this process
    statements: float  #: without BEGIN, COMMIT, SAVEPOINT
    rounds: int
    server_ms: float = 0.0  #: CPU of the PostgreSQL processes that served it, where the system tells (Linux, same host)

    @property
    def work_ms(self) -> float:
        """CPU of both sides: what the operation takes on a machine that has nothing else to do and need not read."""
        return self.cpu_ms + self.server_ms

    def per(self, raw: Figures) -> float:
        """How many times the work of the raw partner."""
        return self.work_ms / raw.work_ms if raw.work_ms else float("inf")


class Statements:
    """Counts what is sent to the database; ``texts`` keeps it when asked to."""

    def __init__(self, engine: sa.Engine, *, keep: bool = False) -> None:
        self.engine = engine
        self.count = 0
        self.texts: list[str] | None = [] if keep else None

    def _seen(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            return
        self.count += 1
        if self.texts is not None:
            self.texts.append(statement)

    def __enter__(self) -> Self:
        sa.event.listen(self.engine, "before_cursor_execute", self._seen)
        return self

    def __exit__(self, *_problem: object) -> None:
        sa.event.remove(self.engine, "before_cursor_execute", self._seen)


class ServerClock:
    """CPU time of the server's processes that serve this engine."""

    def __init__(self, engine: sa.Engine) -> None:
        self._paths: list[Path] = []
        if engine.dialect.name == "postgresql":
            ask = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
            with engine.connect() as connection:
                self._paths = [Path(f"/proc/{pid}/schedstat") for pid in connection.exec_driver_sql(ask).scalars()]

    def read(self) -> float:
        """Milliseconds so far."""
        return sum(int((_read(str(path)) or "0").split()[0]) for path in self._paths) / 1e6


def _once(action: Action, server: ServerClock) -> tuple[float, float, float]:
    there, wall, cpu = server.read(), time.perf_counter(), time.process_time()
    action()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return wall * 1000, cpu * 1000, server.read() - there


def measured(action: Action, engine: sa.Engine, *, rounds: int = 15, warm: int = 2) -> Figures:
    """One operation on its own."""
    return side_by_side([action], engine, rounds=rounds, warm=warm)[0]


def side_by_side(actions: Sequence[Action], engine: sa.Engine, *, rounds: int = 15, warm: int = 2) -> list[Figures]:
    """Operations that take turns, so that whatever slows the machine down slows all of them down."""
    counts = []
    for action in actions:
        for _ in range(max(warm, 1)):
            with Statements(engine) as seen:
                action()
        counts.append(seen.count)
    server = ServerClock(engine)
    times: list[list[tuple[float, float, float]]] = [[] for _ in actions]
    gc.collect()
    for _ in range(rounds):
        for place, action in zip(times, actions, strict=True):
            place.append(_once(action, server))
    return [
        Figures(wall, cpu, count, rounds, there)
        for (wall, cpu, there), count in zip(
            ([statistics.median(column) for column in zip(*place, strict=True)] for place in times), counts, strict=True
        )
    ]


# ---------------------------------------------------------------------------------------------------- results
@dataclass(slots=True)
class Section:
    """One part of docs/performance.md: a heading, what it says, and tables."""

    name: str  #: of the marker in the page
    title: str
    lines: list[str] = field(default_factory=list)

    def say(self, *sentences: str) -> None:
        """A paragraph."""
        self.lines += [" ".join(sentences), ""]

    def table(self, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table; numbers right."""
        self.lines += [*as_table(head, rows), ""]


def shown(value: Any) -> str:
    """A number in as many digits as mean something."""
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) < 10 else f"{value:,.1f}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def as_table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[str]:
    """Lines of a Markdown table that also reads well on a terminal."""
    cells = [[*head], *([shown(value) for value in row] for row in rows)]
    right = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(head))]
    widths = [max(3, *(len(row[i]) for row in cells)) for i in range(len(head))]

    def line(row: Sequence[str]) -> str:
        pairs = zip(row, widths, right, strict=True)
        return "| " + " | ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in pairs) + " |"

    rule = "| " + " | ".join("-" * (w - 1) + (":" if r else "-") for w, r in zip(widths, right, strict=True)) + " |"
    return [line(cells[0]), rule, *(line(row) for row in cells[1:])]


def machine() -> str:
    """Where the numbers come from, without names."""
    model = next(
        (
            text.split(":", 1)[1].strip()
            for text in _read("/proc/cpuinfo").splitlines()
            if text.startswith("model name")
        ),
        platform.machine(),
    )
    memory = re.search(r"MemTotal:\s+(\d+)", _read("/proc/meminfo"))
    gigabytes = f", {int(memory[1]) / 1024 / 1024:.0f} GB" if memory else ""
    return f"{os.cpu_count()} x {model}{gigabytes}, {platform.system()}, Python {platform.python_version()}"


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError:
        return ""


def write(section: Section, *, command: str) -> None:
    """Put a section into the page, in the place of what stood between its markers, or at the end."""
    stamp = f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {machine()}; again with `{command}`."
    begin, end = f"<!-- bench:{section.name} -->", f"<!-- /bench:{section.name} -->"
    body = "\n".join([begin, f"## {section.title}", "", stamp, "", *section.lines]).rstrip() + f"\n{end}"
    page = PAGE.read_text(encoding="utf-8")
    found = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    page = found.sub(lambda _match: body, page) if found.search(page) else f"{page.rstrip()}\n\n{body}\n"
    PAGE.write_text(page, encoding="utf-8")


# ---------------------------------------------------------------------------------------------------- the run
@dataclass(frozen=True, slots=True)
class Bench:
    """What a section works with."""

    kind: str  #: sqlite or postgresql
    orders: int  #: rows of the large database
    small: int  #: rows of the small one, to see what grows
    rounds: int
    database: Callable[[int], str]  #: address of a prepared database with so many orders; read it only
    copy: Callable[[int], AbstractContextManager[str]]  #: the same to write in, thrown away after

    @property
    def label(self) -> str:
        """Name of the database as people write it."""
        return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[self.kind]


def budget(figure: float, must: float, aim: float) -> str:
    """What a smaller-is-better figure meets: the aim, the must, or nothing."""
    return "aim" if figure <= aim else "must" if figure <= must else "**missed**"


@contextmanager
def house(url: str, **config: Any) -> Iterator[Flask]:
    """The app on a database, within its context, closed after."""
    from app import create_app
    from app.kernel.garbage import settle
    from app.platform.db import db
    from tests.support.client import OutsideClient

    app = create_app(
        {
            "DATABASE_URL": url,
            "SECRET_KEY": KEY,
            "HANDOFF_ENV": "development",
            "RUN_JOBS": "no",
            "LOG_LEVEL": "ERROR",
            "PUBLIC_URL": "http://localhost",
            **config,
        }
    )
    app.test_client_class = OutsideClient
    settle()  # as wsgi.py does
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def browser(app: Flask, login: str) -> FlaskClient:
    """A browser in which this person of the demo is signed in; use it within ``house``."""
    from app.platform.access import door, house_reading
    from app.platform.access.models import User
    from app.platform.db import session

    with house_reading():
        user_id = session.scalars(sa.select(User.id).where(User.login == login)).one()
    token = door.sign_in_without_password(
        user_id, visit=door.Visit(address="127.0.0.1", agent="bench", request_id="bench")
    )
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["sid"] = token
    return client
