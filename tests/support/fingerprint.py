"""What is stored, as one number per table, to prove that a request changed nothing."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from app.platform.db import Base, session

#: what looking at a page may write: the log of refusals and exports, and when somebody was last seen
LOGS = ("audit_", "login_sessions", "failed_logins")


def stored() -> dict[str, str]:
    """Table -> digest of all its rows, without the logs."""
    session.rollback()
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        if table.name.startswith(LOGS) or "toy" in table.name:
            continue
        digest = hashlib.sha256()
        count = 0
        for row in session.connection().execute(sa.select(table).order_by(*table.primary_key.columns)):
            digest.update(repr(tuple(row)).encode())
            count += 1
        found[table.name] = f"{count} rows, {digest.hexdigest()[:16]}"
    session.rollback()
    return found


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Tables that differ."""
    return [name for name in after if before.get(name) != after[name]]
