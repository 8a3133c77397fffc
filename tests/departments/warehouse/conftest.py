"""A browser in which somebody of a role is signed in."""

from __future__ import annotations

import pytest

from tests.support.browsing import browsing


@pytest.fixture
def browse(app, house, make, monkeypatch):
    """``browse("warehouse")`` gives a browser of a new person with this role."""
    yield from browsing(app, house, make, monkeypatch)
