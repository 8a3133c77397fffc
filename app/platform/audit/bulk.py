"""The log of many new rows at once: one entry per row, proved like any other, written together.

What the recorder does per change is done per column here, once for each different value. The text of an entry is put
together from these pieces; it is the same, byte for byte, and is proved by the same function.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.platform.audit import canonical, recorder
from app.platform.audit.models import AuditEntry, AuditPersonal
from app.platform.audit.recorder import Moment, Plan, plan_of
from app.platform.db import bulk
from app.platform.db.bulk import Inserted, Remembered

_NAMES = (*canonical.MOMENT, "xid", *canonical.ROW, "mac")
_PERSONAL = ("entry_uid", "table_name", "row_id", "salt", "changes")


def install() -> None:
    """Listen to every change and to every batch of new rows; calling it again changes nothing."""
    recorder.install()
    if record_inserted not in bulk.recorders:
        bulk.recorders.append(record_inserted)


def record_inserted(session: Session, inserted: Inserted) -> None:
    """One entry per row, and apart from it what is personal."""
    if not inserted.model.__audited__:
        return
    recorder.write_waiting()
    moment, plan = Moment(session), plan_of(inserted.model)
    given = {name: values for name, values in inserted.given.items() if name not in plan.skipped_on_insert}
    personal = {name: values for name, values in given.items() if name in plan.personal - plan.secret}
    hidden = {**dict.fromkeys(personal, "personal"), **dict.fromkeys(plan.secret, "secret")}
    told = _objects(given, hidden)
    records = inserted.given[plan.record_column] if plan.record_column else inserted.ids
    kept: list[tuple[Any, ...]] = []
    digests: Iterable[str | None] = repeat(None)
    if personal:
        digests = _keep_apart(moment, plan.table, inserted.ids, _objects(personal, {}), kept)
    _write(session, moment, plan, zip(inserted.ids, records, told, digests, strict=False))
    if kept:
        bulk.write_rows(AuditPersonal.__tablename__, _PERSONAL, kept)


def _objects(given: Mapping[str, Sequence[Any]], hidden: Mapping[str, str]) -> list[str]:
    """The text of ``changes`` of every row."""
    pieces = [_pieces(name, given[name], hidden.get(name)) for name in sorted(given)]
    return ["{" + ",".join(filter(None, row)) + "}" for row in zip(*pieces, strict=True)]


def _pieces(name: str, values: Sequence[Any], hidden: str | None) -> Iterable[str]:
    """``"name":{"new":...}`` for every value; nothing for None."""

    def piece(value: Any) -> str:
        if value is None:
            return ""
        if hidden:
            return f'"{name}":{{"type":"{hidden}"}}'
        kind, told = canonical.written(value)
        text = canonical.quoted(told) if isinstance(told, str) else canonical.dump(told)
        return f'"{name}":{{"new":{text},"type":"{kind}"}}' if kind else f'"{name}":{{"new":{text}}}'

    if any(isinstance(value, (dict, list)) for value in values[:1]):
        return map(piece, values)
    return map(Remembered(piece).__getitem__, values)


def _keep_apart(
    moment: Moment, table: str, ids: Sequence[int], texts: Sequence[str], kept: list[tuple[Any, ...]]
) -> Iterator[str | None]:
    """What is personal goes to ``kept``; its digest to the entry."""
    for number, (row_id, text) in enumerate(zip(ids, texts, strict=True)):
        if text == "{}":
            yield None
        else:
            salt = moment.salt()
            kept.append((moment.uid_of(number), table, row_id, salt, text))
            yield canonical.personal_digest(salt, text)


def _write(
    session: Session, moment: Moment, plan: Plan, entries: Iterable[tuple[int, int | None, str, str | None]]
) -> None:
    """entries: (row, record it belongs to, changes, digest of what is personal)."""
    connection = session.connection()
    xid: Any = 0
    if connection.dialect.name == "postgresql":
        xid = connection.scalar(sa.text("SELECT CAST(pg_current_xact_id() AS text)"))
    table = AuditEntry.__table__
    shared = tuple(bulk.as_stored(table.c[name].type, [moment.values[name]])[0] for name in canonical.MOMENT)
    own, record = canonical.quoted(plan.table), canonical.quoted(plan.record_table)

    def rows() -> Iterator[tuple[Any, ...]]:
        for number, (row_id, record_id, changes, digest) in enumerate(entries):
            uid = moment.uid_of(number)
            shown = record if record_id else own
            personal = "null" if digest is None else f'"{digest}"'
            # the same text as canonical.dump of these values in the order of canonical.ROW
            text = f'["{uid}","insert",{own},{row_id},{shown},{record_id or row_id},{canonical.quoted(changes)},{personal}]'
            mac = canonical.row_mac(moment.key, moment.text, text)
            of = plan.record_table if record_id else plan.table
            yield (*shared, xid, uid, "insert", plan.table, row_id, of, record_id or row_id, changes, digest, mac)

    bulk.write_rows(AuditEntry.__tablename__, _NAMES, rows())
