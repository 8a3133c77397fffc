"""Numbers without a gap: a counter row, locked last and given back by a rollback.

Whoever posts waits for the one before; nobody fails.
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.platform.db import dml, is_sqlite, session
from app.platform.db.changes import AUDITED
from app.platform.settings.models import Counter

PREFIXES = {"invoice": "INV", "credit_note": "CN"}


def next_number(name: str, *, company_id: int, on: date) -> str:
    """``INV-26-00042``: the next number of the company's year.  name: a key of ``PREFIXES``."""
    _make_counter(name, company_id, on.year)
    found = dml.update_where(
        Counter,
        Counter.name == name,
        Counter.company_id == company_id,
        Counter.year == on.year,
        values={"value": Counter.value + 1},
    )
    return f"{PREFIXES[name]}-{on:%y}-{found[0].value:05d}"


def _make_counter(name: str, company_id: int, year: int) -> None:
    insert = sqlite.insert(Counter) if is_sqlite() else postgresql.insert(Counter)
    row = {"name": name, "company_id": company_id, "year": year, "value": 0}
    statement = insert.values(row).on_conflict_do_nothing(index_elements=["name", "company_id", "year"])
    known = sa.select(Counter.id).filter_by(name=name, company_id=company_id, year=year)
    if session.execute(known).first() is None:
        session.execute(statement, execution_options={AUDITED: True})
