"""Fixtures of the tests on people."""

from __future__ import annotations

import pytest

from app.platform.db import acting, notes


@pytest.fixture
def told(monkeypatch):
    """What engines note for the audit log: (action, actor's name, subject, facts)."""
    heard = []
    monkeypatch.setattr(
        notes, "listeners", [lambda _, note: heard.append((note.action, acting().name, note.subject, dict(note.facts)))]
    )
    return heard
