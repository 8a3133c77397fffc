"""For whoever watches over the house: is the process alive, and can it do its work."""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from flask import Flask, Response, make_response
from flask.typing import ResponseReturnValue

from app.platform.backoffice import public_page
from app.platform.db import db, migrations

log = structlog.get_logger(__name__)


def alive() -> ResponseReturnValue:
    """The process answers; nothing else is asked."""
    return _said({"status": "ok"}, 200)


def ready() -> ResponseReturnValue:
    """Whether requests can be answered: the database is there and has the schema this code expects.

    The cause goes to the log; a stranger reads only which part is not ready.
    """
    try:
        revision = migrations.current(db.engine)
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as problem:
        log.warning("not_ready", error=str(problem))
        return _said({"status": "unavailable", "database": "does not answer"}, 503)
    if revision != migrations.head():
        return _said({"status": "unavailable", "database": "has another schema: run flask db upgrade"}, 503)
    return _said({"status": "ok", "database": "ok"}, 200)


def _said(words: dict[str, str], status: int) -> Response:
    return make_response(words, status)


def register(app: Flask) -> None:
    """The addresses."""
    why = "says whether the house can work, and nothing about it"
    public_page(app, "/healthz", why=why, endpoint="healthz")(alive)
    public_page(app, "/readyz", why=why, endpoint="readyz")(ready)
