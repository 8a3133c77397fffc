"""Numbers of documents that need not be gapless: made from the row's id, so that no counter is waited for."""

from __future__ import annotations

from app.kernel import clock


def document_number(prefix: str, row_id: int) -> str:
    """``SO-26-10482``: prefix, year of making, id with at least five digits."""
    return f"{prefix}-{clock.now():%y}-{row_id:05d}"
