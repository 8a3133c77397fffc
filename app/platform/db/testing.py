"""Bind every session to one outer connection, so that a test can roll everything back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from app.platform.db.extension import _bound


@contextmanager
def bind_to(connection: sa.Connection) -> Iterator[None]:
    """All sessions use savepoints on ``connection`` until the end of the block."""
    _bound["connection"] = connection
    try:
        yield
    finally:
        _bound["connection"] = None


def is_bound() -> bool:
    """Whether a test holds the outer transaction."""
    return _bound["connection"] is not None
