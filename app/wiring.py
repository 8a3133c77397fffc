"""Installs every package, floor by floor. Adding a department is a folder and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from app.departments import finance, logistics, purchasing, sales, warehouse
from app.platform import audit, backoffice, files, jobs, process, search
from app.platform.access import reading
from app.platform.access import web as access_web
from app.platform.db import engine as database
from app.platform.documents import shelf
from app.platform.settings import logs
from app.practices import feedback
from app.records import (
    billing,
    catalog,
    checking,
    importing,
    orders,
    parties,
    returns,
    searching,
    shipping,
    stock,
    supply,
)
from app.surfaces import admin, cli, home, portal
from config import load

RECORDS = (
    parties,
    catalog,
    orders,
    stock,
    supply,
    shipping,
    billing,
    returns,
    checking,
    importing,
)
DEPARTMENTS = (
    sales,
    purchasing,
    warehouse,
    logistics,
    finance,
)
PRACTICES = (feedback,)
SURFACES = (home, admin, portal, cli)


def install(app: Flask, overrides: Mapping[str, Any]) -> None:
    """Fill the app: configuration, platform, records, departments, practices, surfaces."""
    app.config.from_mapping({**overrides, **load(overrides).for_flask()})
    install_platform(app)
    searching.register()
    for room in (*DEPARTMENTS, *PRACTICES, *SURFACES):
        room.register(app)
    backoffice.seal(app)


def install_platform(app: Flask) -> None:
    """The engines, in the order they need each other."""
    logs.init_app(app)
    database.init_app(app)
    reading.install()
    audit.install()
    search.install()
    access_web.init_app(app)
    backoffice.init_app(app)
    files.init_app(app)
    shelf.init_app(app)
    process.install()


def start_beside(app: Flask) -> Callable[[], None]:
    """Start what works beside the requests, for a web process after its fork; gives the way to end it."""
    sealer = audit.Sealer(app)
    sealer.start()
    if app.config["RUN_JOBS"]:
        jobs.start_embedded(app)

    def stop() -> None:
        jobs.stop_embedded(app)
        sealer.stop()

    return stop
