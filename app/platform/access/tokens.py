"""Random ids for cookies and links, and what a row keeps of them."""

from __future__ import annotations

import hashlib
import secrets

SESSION_BYTES = 32
LINK_BYTES = 18


def random_id(size: int) -> str:
    """``size`` random bytes as text for an address or a cookie."""
    return secrets.token_urlsafe(size)


def digest(token: str) -> str:
    """What a row keeps: whoever reads the table cannot use it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
