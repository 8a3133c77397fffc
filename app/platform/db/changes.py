"""What changed, row by row, on every path that writes.

The flush listener sees the ORM, ``dml`` reports what it did with Core, and everything else on an audited table raises.
Recorders (the audit log, the search tables, the live feed) get the same list in the same transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapper, Session, UOWTransaction, class_mapper

from app.platform.db.base import Base
from app.platform.db.together import write_together


@dataclass(frozen=True, slots=True)
class Change:
    """One row: its old values (update, delete) and new values (insert, update), changed columns only for an update."""

    action: str  #: insert, update, delete
    model: type[Base]
    row_id: int
    old: Mapping[str, Any]
    new: Mapping[str, Any]
    #: values of the whole row that recorders may need (foreign keys of its record, search text)
    row: Mapping[str, Any]


class UnauditedWrite(RuntimeError):
    """A statement that would change a record behind the log's back."""


Recorder = Callable[[Session, Sequence[Change]], None]
recorders: list[Recorder] = []
_state = threading.local()

AUDITED = "handoff_audited"


def record(session: Session, changes: Sequence[Change]) -> None:
    """Hand changes to every recorder."""
    kept = [change for change in changes if change.model.__audited__]
    if kept:
        for recorder in recorders:
            recorder(session, kept)


def install() -> None:
    """Hang the listeners on all sessions and engines of the process; calling it again changes nothing."""
    if event.contains(Session, "before_flush", _before_flush):
        return
    event.listen(Session, "before_flush", _before_flush)
    event.listen(Session, "after_flush", _after_flush)
    event.listen(Session, "after_soft_rollback", _after_rollback)
    event.listen(Session, "loaded_as_persistent", _keep)
    event.listen(Session, "pending_to_persistent", _keep)
    event.listen(Mapper, "mapper_configured", _keep_old_values)
    for mapper in Base.registry.mappers:
        if mapper.configured:
            _keep_old_values(mapper, mapper.class_)
    event.listen(sa.Engine, "before_execute", _refuse_unaudited)


def _keep_old_values(mapper: Mapper[Any], _cls: type) -> None:
    for prop in mapper.column_attrs:
        prop.active_history = True
        getattr(mapper.class_, prop.key).impl.active_history = True


def _before_flush(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    if session.new or session.dirty or session.deleted:
        unit = session.info.get("unit")
        if unit is None:
            raise UnauditedWrite("a flush outside run(...)")
        _state.flushing = True
        updates = list(_updates(session))
        session.info["pending_changes"] = [*(change for _, change in updates), *_deletes(session)]
        session.info["pending_new"] = [obj for obj in session.new if isinstance(obj, Base)]
        write_together(session, [(row, tuple(change.new)) for row, change in updates])


def _after_flush(session: Session, _context: UOWTransaction) -> None:
    _state.flushing = False
    changes = session.info.pop("pending_changes", [])
    created = [_insert(obj) for obj in session.info.pop("pending_new", [])]
    if created:
        session.info["unit"].created.update((change.model.__tablename__, change.row_id) for change in created)
    if created or changes:
        record(session, [*created, *changes])


def _keep(session: Session, row: Any) -> None:
    unit = session.info.get("unit")
    if unit is not None:
        unit.keep(row)


def _after_rollback(session: Session, _previous: Any) -> None:
    _state.flushing = False
    unit = session.info.get("unit")
    if unit is not None:
        unit.forget()
    session.info.pop("pending_changes", None)
    session.info.pop("pending_new", None)


@cache
def _columns(model: type[Base]) -> frozenset[str]:
    return frozenset(attr.key for attr in class_mapper(model).column_attrs)


def _row(obj: Base) -> dict[str, Any]:
    loaded = obj.__dict__
    return {name: loaded.get(name) for name in _columns(type(obj))}


def _insert(obj: Base) -> Change:
    row = _row(obj)
    return Change("insert", type(obj), row.get("id") or 0, {}, {k: v for k, v in row.items() if v is not None}, row)


def _updates(session: Session) -> Iterable[tuple[Base, Change]]:
    for obj in session.dirty:
        if not isinstance(obj, Base):
            continue
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        state = sa.inspect(obj)
        for name in sorted(_columns(type(obj)).intersection(state.committed_state)):
            history = state.attrs[name].history
            if history.has_changes():
                before = history.deleted[0] if history.deleted else None
                after = history.added[0] if history.added else None
                if before != after:
                    old[name], new[name] = before, after
        if new:
            yield obj, Change("update", type(obj), obj.__dict__.get("id") or 0, old, new, _row(obj))


def _deletes(session: Session) -> Iterable[Change]:
    for obj in session.deleted:
        if isinstance(obj, Base):
            row = _row(obj)
            yield Change(
                "delete", type(obj), row.get("id") or 0, {k: v for k, v in row.items() if v is not None}, {}, row
            )


_audited_tables: dict[str, bool] = {}


def is_audited(table_name: str) -> bool:
    """Whether rows of this table are records of the house."""
    if not _audited_tables:
        _audited_tables.update({m.local_table.name: m.class_.__audited__ for m in Base.registry.mappers})  # type: ignore[attr-defined]
    return _audited_tables.get(table_name, False)


def _refuse_unaudited(
    connection: sa.Connection, clause: Any, _multi: Any, _params: Any, execution_options: Mapping[str, Any]
) -> None:
    if not isinstance(clause, (sa.Insert, sa.Update, sa.Delete)) or getattr(_state, "flushing", False):
        return
    options = {**connection.get_execution_options(), **clause.get_execution_options(), **execution_options}
    table = getattr(clause.table, "name", "")
    if not options.get(AUDITED) and is_audited(table):
        raise UnauditedWrite(f"{type(clause).__name__} on {table} without the log: use app.platform.db.dml")
