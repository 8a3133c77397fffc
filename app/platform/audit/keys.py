"""The key that proves the log. It never enters the database."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from flask import current_app


class NoAuditKey(RuntimeError):
    """The house may not write without being able to prove it."""


def audit_key() -> bytes:
    """Raises: NoAuditKey."""
    text = current_app.config.get("AUDIT_KEY")
    if not text:
        raise NoAuditKey("AUDIT_KEY is not set")
    return _hashed(text)


@lru_cache(maxsize=8)
def _hashed(text: str) -> bytes:
    return hashlib.sha256(b"handoff audit\x00" + text.encode()).digest()
