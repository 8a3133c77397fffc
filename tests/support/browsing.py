"""Browsers of people who are signed in, without the sign-in itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.platform.access import read_as
from tests.support.factories import Make


def browsing(app: Flask, house: Flask, make: Make, patch: pytest.MonkeyPatch) -> Iterator[Callable[..., FlaskClient]]:
    """A function role -> browser; the newest browser's person is the one who acts, nobody for None."""
    patch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    who = {"as": None}

    def identify():
        read_as(who["as"])

    def browse(role: str | None, **context: str) -> FlaskClient:
        who["as"] = replace(make.acting_user(role), timezone="Asia/Shanghai", **context) if role else None
        return app.test_client()

    house.before_request_funcs.setdefault(None, []).append(identify)
    yield browse
    house.before_request_funcs[None].remove(identify)
