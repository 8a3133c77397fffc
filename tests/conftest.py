"""Fixtures of every test.

Data-touching tests run on both databases. ``app`` undoes everything after each test; ``live_app`` commits for real into
a database of its own, for tests of threads, processes, locks and sealing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.client import OutsideClient
from tests.support.databases import Databases, PostgresqlDatabases, SqliteDatabases
from tests.support.network import close_the_network
from tests.support.server import ServerProcess

BOTH = ("sqlite", "postgresql")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_configure() -> None:
    """A developer's own settings never reach a test."""
    for name in ("DATABASE_URL", "SECRET_KEY", "AUDIT_KEY", "PUBLIC_URL", "HANDOFF_ENV", "PORT", "FILES_FOLDER"):
        os.environ.pop(name, None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """``sqlite`` and ``postgresql`` marks leave the other database out; soak tests run only when asked for."""
    kept, left = [], []
    for item in items:
        kind = getattr(item, "callspec", None) and item.callspec.params.get("databases")
        wrong = kind and any(item.get_closest_marker(name) for name in BOTH if name != kind)
        if wrong or (item.get_closest_marker("soak") and "soak" not in config.getoption("markexpr")):
            left.append(item)
            continue
        kept.append(item)
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def pytest_collection_finish() -> None:
    """As a server does when it has loaded the house."""
    from app.kernel.garbage import settle

    settle()


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        close_the_network(patch)
        yield


@pytest.fixture(scope="session", params=BOTH)
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Copies of the migrated schema; a test that asks for this, or for what stands on it, runs on both databases."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if hasattr(request.config, "workerinput") else own
    made = PostgresqlDatabases(shared) if request.param == "postgresql" else SqliteDatabases(shared, own)
    yield made
    made.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser; one for all tests of a module."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is in requirements-dev.txt")
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


def build_app(url: str, folder: Path) -> Flask:
    """The whole application on a database of the tests."""
    from app import create_app

    made = create_app(
        {
            "TESTING": True,
            "DATABASE_URL": url,
            "SECRET_KEY": "only for tests " * 3,
            "AUDIT_KEY": "the log of the tests " * 2,
            "FILES_FOLDER": str(folder / "files"),
        }
    )
    made.test_client_class = OutsideClient
    return made


def dispose(app: Flask) -> None:
    """Give all connections back."""
    from app.platform.db import db

    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture(scope="session")
def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on this worker's database, made once; tests ask for ``app``."""
    url = databases.copy()
    made = build_app(url, tmp_path_factory.mktemp("house"))
    yield made
    dispose(made)
    databases.drop(url)


@pytest.fixture
def app(house: Flask) -> Iterator[Flask]:
    """The application inside an outer transaction that is rolled back; an application context is open."""
    from app.platform.access import house_reading
    from app.platform.db import db, session
    from app.platform.db.testing import bind_to

    with house.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        try:
            with bind_to(connection), house_reading():
                yield house
                session.rollback()
        finally:
            session.remove()
            outer.rollback()
            connection.close()


@pytest.fixture
def live_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database of its own with real commits; a thread opens its own application context."""
    from app.platform.access import house_reading
    from app.platform.db import session

    url = databases.copy()
    made = build_app(url, tmp_path)
    with made.app_context():
        with house_reading():
            yield made
        session.remove()
    dispose(made)
    databases.drop(url)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser on ``app``."""
    return app.test_client()


@pytest.fixture
def live_client(live_app: Flask) -> FlaskClient:
    """A browser on ``live_app``."""
    return live_app.test_client()


@pytest.fixture
def make(app: Flask) -> Any:
    """Rows and people on ``app`` (see tests/support/factories.py)."""
    from tests.support.factories import Make

    return Make()


@pytest.fixture
def live_make(live_app: Flask) -> Any:
    """Rows and people on ``live_app``, committed."""
    from tests.support.factories import Make

    return Make()


@pytest.fixture
def server(databases: Databases, tmp_path: Path) -> Iterator[ServerProcess]:
    """The real server, started, on a database of its own; kill it, start it again."""
    url = databases.copy()
    made = ServerProcess(url, tmp_path)
    try:
        yield made.start()
    finally:
        made.kill()
        databases.drop(url)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, object]) -> dict[str, object]:
    """The system's Chromium; as root it runs only without its sandbox."""
    arguments = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}
