"""The Flask-SQLAlchemy extension with our session: nobody commits but ``run``."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession

from app.platform.db.base import Base

#: tests bind every session to one outer connection (see testing.py)
_bound: dict[str, sa.Connection | None] = {"connection": None}


class StrayCommit(RuntimeError):
    """A commit outside ``run``."""


class Session(FlaskSession):
    """A session that only ``run`` may commit."""

    def get_bind(self, *args: Any, **kwargs: Any) -> sa.Engine | sa.Connection:
        """The engine, or the one connection of a test."""
        return _bound["connection"] or super().get_bind(*args, **kwargs)

    def commit(self) -> None:
        """Raises: StrayCommit when nobody opened a unit of work."""
        unit = self.info.get("unit")
        if unit is None or not unit.committing:
            raise StrayCommit("only run(...) commits")
        super().commit()


db = SQLAlchemy(
    model_class=Base,
    disable_autonaming=True,
    session_options={
        "class_": Session,
        "expire_on_commit": False,
        "join_transaction_mode": "create_savepoint",
    },
)
session = db.session
