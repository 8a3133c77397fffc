"""Writes the log: one entry per changed row, in the transaction that changes it, and notes of what happened besides.

A unit of work writes its entries once, at its close: a row that was flushed several times is one entry, with what it
was before and what it is now. On the hot path: one INSERT, and one more if personal data changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.audit import canonical
from app.platform.audit.epochs import epoch_of
from app.platform.audit.keys import audit_key
from app.platform.audit.models import AuditEntry, AuditPersonal
from app.platform.db import Base, acting, run, session
from app.platform.db.changes import Change, recorders
from app.platform.db.notes import Note, listeners
from app.platform.db.types import UtcDateTime
from app.platform.db.unit_of_work import UnitOfWork

#: columns that change with every row and tell nobody anything
NOISE = frozenset({"created_at", "updated_at", "version"})
CHUNK = 1_000
#: so many changes are not kept back
MANY = 500
_NAME = "audit"


class Plan(NamedTuple):
    """What the recorder needs to know about a model, looked up once."""

    table: str
    record_table: str
    record_column: str | None
    skipped_on_insert: frozenset[str]
    secret: frozenset[str]
    personal: frozenset[str]


@cache
def plan_of(model: type[Base]) -> Plan:
    record_table, record_column = model.__record__ or (model.__tablename__, None)
    return Plan(model.__tablename__, record_table, record_column, NOISE | {"id"}, model.__secret__, model.__personal__)


def install() -> None:
    """Listen to every change of the process; calling it again changes nothing."""
    if record_changes not in recorders:
        recorders.append(record_changes)
    if record_note not in listeners:
        listeners.append(record_note)


def record_note(_session: Session, happened: Note) -> None:
    """What an engine below the log told."""
    write_waiting()
    _write_note(_Batch(session()), happened.action, happened.subject, happened.subject, happened.facts)


def record_changes(session: Session, changes: Sequence[Change]) -> None:
    """One entry per row that says something; in order, many at a time at once and few at the close."""
    unit: UnitOfWork = session.info["unit"]
    if unit.is_closing():
        _write(session, changes)
        return
    if len(changes) >= MANY:
        write_waiting()
        _write(session, changes)
        return
    waiting: _Waiting = unit.waiting.setdefault(_NAME, _Waiting())
    for change in changes:
        waiting.add(change)
    unit.closing[_NAME] = write_waiting
    if len(waiting) >= MANY:
        write_waiting()


def write_waiting() -> None:
    """Write what is waiting for the close: something that must come after it in the log is about to be written."""
    current = session()
    unit: UnitOfWork | None = current.info.get("unit")
    waiting: _Waiting | None = unit.waiting.pop(_NAME, None) if unit else None
    if waiting is not None:
        _write(current, waiting.changes())


def _write(session: Session, changes: Iterable[Change]) -> None:
    batch = _Batch(session)
    for change in changes:
        batch.change(change)
    batch.write()


class _Waiting:
    """Changes of a unit of work until its close, one for each row."""

    def __init__(self) -> None:
        self._changes: list[Change] = []
        self._place: dict[tuple[type[Base], int], int] = {}

    def __len__(self) -> int:
        return len(self._changes)

    def add(self, change: Change) -> None:
        """An update becomes part of what is known of its row; whatever else happens to it stands for itself."""
        key = (change.model, change.row_id)
        place = self._place.get(key)
        if place is None or change.action != "update":
            self._place[key] = len(self._changes)
            self._changes.append(change)
            return
        before = self._changes[place]
        new = {**before.new, **change.new}
        old: dict[str, Any] = {}
        if before.action == "update":
            old = {**change.old, **before.old}
        self._changes[place] = Change(before.action, change.model, change.row_id, old, new, change.row)

    def changes(self) -> Iterator[Change]:
        """In the order in which the rows were first touched, without what came back to what it was."""
        for change in self._changes:
            if change.action != "update":
                yield change
                continue
            moved = [name for name, value in change.new.items() if change.old[name] != value]
            if moved:
                yield replace(change, old={n: change.old[n] for n in moved}, new={n: change.new[n] for n in moved})


def note(
    action: str,
    *,
    about: tuple[str, int] | None = None,
    record: tuple[str, int] | None = None,
    reason: str | None = None,
    actor: Actor | None = None,
    **facts: Any,
) -> None:
    """Write down that something happened (login, export, job) in the open unit of work.

    about: the row as (table, id).  record: whose history shows it, default the row itself.
    actor: if not who acts in the unit of work.  facts: plain values, never secrets.
    """
    write_waiting()
    _write_note(_Batch(session(), actor or acting(), reason), action, about, record or about, facts)


def _write_note(
    batch: _Batch,
    action: str,
    about: tuple[str, int] | None,
    record: tuple[str, int] | None,
    facts: Mapping[str, Any],
) -> None:
    table, row_id = about or (None, None)
    written = {name: canonical.change_of(None, value, "insert") for name, value in facts.items()}
    batch.entry(action, table, row_id, record or (None, None), written, {})
    batch.write()


def note_apart(action: str, actor: Actor, **details: Any) -> None:
    """Write a note in a unit of work of its own: for what must be known although everything else was rolled back."""
    run(_note, actor, action=action, details=details)


def _note(actor: Actor, *, action: str, details: Mapping[str, Any]) -> None:
    note(action, **details)


class Moment:
    """Who acts, when and why: the same for all entries of a flush, and the first part of each one's proof."""

    def __init__(self, session: Session, actor: Actor | None = None, reason: str | None = None) -> None:
        actor = actor or session.info["unit"].actor
        self.connection = session.connection()
        self.key = audit_key()
        self._uid = os.urandom(9).hex()
        self.values: dict[str, Any] = {
            "epoch": epoch_of(self.connection),
            "at": clock.now(),
            "actor_name": actor.name[:200],
            "actor_kind": actor.kind.value,
            "user_id": actor.user_id,
            "on_behalf": actor.on_behalf[:200] if actor.on_behalf else None,
            "surface": actor.surface[:40],
            "request_id": actor.request_id[:64] if actor.request_id else None,
            "address": actor.address[:64] if actor.address else None,
            "reason": reason or actor.reason,
        }
        self.text = canonical.moment_text(self.values)

    def uid_of(self, number: int) -> str:
        """Names the entry for good."""
        return f"{self._uid}-{number}"

    @staticmethod
    def salt() -> bytes:
        """For personal values."""
        return os.urandom(16)


class _Batch:
    """Entries of one flush."""

    def __init__(self, session: Session, actor: Actor | None = None, reason: str | None = None) -> None:
        self._moment = Moment(session, actor, reason)
        self._entries: list[dict[str, Any]] = []
        self._personal: list[dict[str, Any]] = []

    def change(self, change: Change) -> None:
        """One changed row; nothing when only noise changed."""
        plan = plan_of(change.model)
        action = change.action
        if action == "insert":
            pairs = [(n, None, v) for n, v in change.new.items() if v is not None and n not in plan.skipped_on_insert]
        elif action == "delete":
            pairs = [(n, v, None) for n, v in change.old.items() if v is not None and n not in plan.skipped_on_insert]
        else:
            pairs = [(n, change.old[n], v) for n, v in change.new.items() if n not in NOISE]
            if not pairs:
                return
        written: dict[str, Any] = {}
        private: dict[str, Any] = {}
        for name, old, new in pairs:
            if name in plan.secret:
                written[name] = {"type": "secret"}
            elif name in plan.personal:
                written[name] = {"type": "personal"}
                private[name] = canonical.change_of(old, new, action)
            else:
                written[name] = canonical.change_of(old, new, action)
        record_id = change.row.get(plan.record_column) if plan.record_column else change.row_id
        shown = (plan.record_table, record_id) if record_id is not None else (plan.table, change.row_id)
        self.entry(action, plan.table, change.row_id, shown, written, private)

    def entry(
        self,
        action: str,
        table: str | None,
        row_id: int | None,
        shown: tuple[str | None, int | None],
        written: Mapping[str, Any],
        private: Mapping[str, Any],
    ) -> None:
        """One entry, proved."""
        values = {
            **self._moment.values,
            "uid": self._moment.uid_of(len(self._entries)),
            "action": action,
            "table_name": table,
            "row_id": row_id,
            "record_table": shown[0],
            "record_id": shown[1],
            "changes": canonical.dump(written),
            "personal": self._keep_apart(table, row_id, private) if private else None,
        }
        values["mac"] = canonical.entry_mac(self._moment.key, self._moment.text, values)
        self._entries.append(values)

    def _keep_apart(self, table: str | None, row_id: int | None, private: Mapping[str, Any]) -> str:
        salt, changes = self._moment.salt(), canonical.dump(private)
        self._personal.append(
            {
                "entry_uid": self._moment.uid_of(len(self._entries)),
                "table_name": table,
                "row_id": row_id,
                "salt": salt,
                "changes": changes,
            }
        )
        return canonical.personal_digest(salt, changes)

    def write(self) -> None:
        """Into the open transaction."""
        connection = self._moment.connection
        write = _write_rows if connection.dialect.name == "sqlite" else _write_json
        if self._personal and write is _write_json and max(len(self._entries), len(self._personal)) <= CHUNK:
            _write_json(connection, self._moment.values, self._entries, self._personal)
            return
        for start in range(0, len(self._entries), CHUNK):
            write(connection, self._moment.values, self._entries[start : start + CHUNK])
        for start in range(0, len(self._personal), CHUNK):
            connection.execute(_INSERT_PERSONAL, self._personal[start : start + CHUNK])


_INSERT = sa.insert(AuditEntry).values(xid=sa.literal_column("0"))


def _write_rows(connection: sa.Connection, _moment: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> None:
    connection.execute(_INSERT, entries)


_ROW = ", ".join(canonical.ROW)
_MOMENT = ", ".join(canonical.MOMENT)
_KINDS = ", ".join(f"{name} {'bigint' if name in {'row_id', 'record_id'} else 'text'}" for name in canonical.ROW)
_PLACES: tuple[sa.BindParameter[Any], ...] = (
    sa.bindparam("at", type_=UtcDateTime()),
    *(sa.bindparam(name, type_=sa.BigInteger()) for name in ("epoch", "user_id")),
    *(sa.bindparam(n, type_=sa.Text()) for n in canonical.MOMENT if n not in {"at", "epoch", "user_id"}),
    sa.bindparam("rows", type_=sa.Text()),
)
_INSERT_JSON = sa.text(
    f"INSERT INTO audit_entries (xid, {_MOMENT}, {_ROW}, mac) "  # noqa: S608  names of columns
    f"SELECT pg_current_xact_id(), {', '.join(f':{name}' for name in canonical.MOMENT)}, {_ROW}, decode(mac, 'hex') "
    f"FROM json_to_recordset(CAST(:rows AS json)) AS told({_KINDS}, mac text)"
).bindparams(*_PLACES)


_INSERT_PERSONAL = sa.insert(AuditPersonal)
_INSERT_BOTH = sa.text(
    "WITH apart AS (INSERT INTO audit_personal (entry_uid, table_name, row_id, salt, changes) "  # noqa: S608  as above
    "SELECT entry_uid, table_name, row_id, decode(salt, 'hex'), changes FROM json_to_recordset(CAST(:apart AS json)) "
    f"AS kept(entry_uid text, table_name text, row_id bigint, salt text, changes text)) {_INSERT_JSON.text}"
).bindparams(sa.bindparam("apart", type_=sa.Text()), *_PLACES)


def _write_json(
    connection: sa.Connection,
    moment: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    personal: Sequence[Mapping[str, Any]] = (),
) -> None:
    """All entries as one parameter: a third of the work of one execution per row; personal values beside them."""
    rows = [{**{name: entry[name] for name in canonical.ROW}, "mac": entry["mac"].hex()} for entry in entries]
    values = {**moment, "rows": canonical.dump(rows)}
    if personal:
        apart = canonical.dump([{**row, "salt": row["salt"].hex()} for row in personal])
        connection.execute(_INSERT_BOTH, {**values, "apart": apart})
    else:
        connection.execute(_INSERT_JSON, values)
