"""A test client whose requests begin with no application context, as in the real server."""

from __future__ import annotations

from contextvars import copy_context
from typing import Any

from flask.globals import _cv_app
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.platform.db import session


class OutsideClient(FlaskClient):
    """Each request gets its own application context, and so its own session, while the test holds another one."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request. What the test has read before is forgotten, so that the next read sees its effect."""
        if _cv_app.get(None) is not None:
            session.rollback()
            session.expunge_all()
        context = copy_context()
        context.run(_cv_app.set, None)
        return context.run(super().open, *args, **kwargs)
