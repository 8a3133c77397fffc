"""Many new rows at once: the same log as row by row."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.platform.audit import AuditEntry, verify
from app.platform.audit.models import AuditPersonal
from app.platform.db import bulk, dml, run, session
from app.platform.search.finding import search
from app.records.parties.models import BillingPolicy, CurrencyRate, Party, PriceBasis

PARTIES = [
    {
        "code": f"C{number}", "name": name, "is_customer": True, "credit_limit": limit, "email": email,
        "price_basis": PriceBasis.EXCLUDED,
        "billing_policy": BillingPolicy.ORDERED, "currency": "CNY", "language": "en", "external_key": f"k{number}",
    }
    for number, (name, limit, email) in enumerate(
        [('昆山 "A"\n', Decimal("10.50"), "a@example.com"), ("Höft", None, "b@example.com"), ("x", Decimal(0), None)]
    )
]  # fmt: skip


def by_column(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


def _both(actor, *, rows):
    ids = bulk.insert_columns(Party, by_column(rows))
    again = [{**row, "code": row["code"] + "-again", "external_key": None} for row in rows]
    singly = [dml.insert_rows(Party, [{n: v for n, v in row.items() if v is not None}])[0] for row in again]
    rates = bulk.insert_columns(
        CurrencyRate,
        {"valid_on": [date(2026, 3, 31)], "from_currency": ["USD"], "to_currency": ["CNY"], "rate": [Decimal("7.1")]},
    )
    return ids, singly, rates


def test_rows_written_together_are_logged_found_and_proved_as_if_written_one_by_one(live_make):
    ids, singly, rates = run(_both, live_make.actor(), rows=PARTIES)
    mine = AuditEntry.row_id.in_(ids + singly)
    logged = session.scalars(sa.select(AuditEntry).where(AuditEntry.table_name == "parties", mine))
    entries = {entry.row_id: entry for entry in logged}
    for many, one in zip(ids, singly, strict=True):
        first, second = entries[many], entries[one]
        assert (first.action, first.record_table, first.record_id) == ("insert", "parties", many)
        key = first.changes.index('"external_key"')
        end = first.changes.index("}", key) + 2
        assert first.changes[:key] + first.changes[end:] == second.changes.replace("-again", "")
        assert (first.personal is None) == (second.personal is None)
    kept = {row.row_id: row.changes for row in session.scalars(sa.select(AuditPersonal))}
    assert [kept.get(row_id) for row_id in ids] == [kept.get(row_id) for row_id in singly]
    assert kept[ids[0]] == '{"email":{"new":"a@example.com"}}'
    assert session.scalars(sa.select(Party.id).where(search(Party, "昆山"))).all() == [ids[0], singly[0]]
    found = session.get_one(Party, ids[0])
    assert (found.credit_limit, found.version, found.created_at.tzinfo is not None) == (Decimal("10.5"), 1, True)
    assert session.get_one(CurrencyRate, rates[0]).rate == Decimal("7.1")
    assert verify().findings == []
