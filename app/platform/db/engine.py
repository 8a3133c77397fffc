"""Engines for the two databases, and the start of the extension."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask

from app.platform.db import changes, sqlite
from app.platform.db.extension import db

STATEMENT_TIMEOUT_MS = 30_000
LOCK_TIMEOUT_MS = 10_000


def normalized(url: str) -> str:
    """``postgres://`` and ``postgresql://`` mean psycopg 3 here."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def engine_options(url: str) -> dict[str, Any]:
    """Pool and time-outs for the database behind ``url``."""
    if url.startswith("sqlite"):
        return {"hide_parameters": True}
    timeouts = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC"
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "pool_size": 8,
        "max_overflow": 8,
        "connect_args": {"options": timeouts},
    }


def init_app(app: Flask) -> None:
    """Bind the extension to ``app.config["DATABASE_URL"]``."""
    url = normalized(app.config["DATABASE_URL"])
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(url)
    changes.install()
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sqlite.configure(db.engine)


def dialect() -> sa.Dialect:
    """Dialect of the bound database."""
    return db.engine.dialect
