"""The list as a file: the same rows and the same fields, streamed, so that memory does not grow with the table."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.kernel.actor import Actor
from app.kernel.quantity import plain
from app.kernel.sheets import guarded
from app.platform.access import read_as
from app.platform.backoffice.columns import Resolved
from app.platform.db import Base, session
from app.platform.db.notes import note

BATCH = 2000


def record_export(actor: Actor, *, table: str, columns: Sequence[str], narrowed_by: str) -> None:
    """Use case: what leaves the house is written down before the first row leaves."""
    note("export", table=table, columns=list(columns), narrowed_by=narrowed_by)


def converter(zone: ZoneInfo) -> Callable[[Any], str]:
    """A function that writes any value of ours for a sheet; instants in the reader's zone."""

    def convert(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, str):
            return guarded(value.value if isinstance(value, Enum) else value)
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, Decimal):
            return plain(value)
        if isinstance(value, datetime):
            return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
        if isinstance(value, (date, int)):
            return str(value)
        return guarded(str(value))

    return convert


def exported(columns: Sequence[Resolved]) -> list[tuple[str, str]]:
    """(path, label) of what a file can hold: values, not drawings; an amount brings its currency along."""
    found: dict[str, str] = {}
    for column in columns:
        if not column.path or not column.spec.export:
            continue
        found[column.name] = str(column.label)
        for beside in (column.spec.currency, column.spec.unit):
            if beside:
                found.setdefault(beside, beside.rsplit(".", 1)[-1].replace("_", " ").capitalize())
    return list(found.items())


def selection(
    model: type[Base], paths: Sequence[str], criteria: Sequence[sa.ColumnElement[bool]], order: Sequence[Any]
) -> sa.Select[Any]:
    """Plain columns with one outer join per relation; the session adds the reader's row criteria."""
    joins: dict[str, Any] = {}
    selected: list[Any] = []
    for path in paths:
        *relations, last = path.split(".")
        owner: Any = model
        walked = ""
        for name in relations:
            walked = f"{walked}.{name}" if walked else name
            if walked not in joins:
                attribute: InstrumentedAttribute[Any] = getattr(owner, name)
                joins[walked] = (attribute, aliased(attribute.property.mapper.class_))
            owner = joins[walked][1]
        selected.append(getattr(owner, last))
    query = sa.select(*selected).select_from(model)
    for attribute, target in joins.values():
        query = query.outerjoin(target, attribute.of_type(target))
    return query.where(*criteria).order_by(*order)


def stream(actor: Actor, query: sa.Select[Any], labels: Sequence[str], zone: ZoneInfo) -> Iterator[str]:
    """CSV text in pieces, with a byte order mark so that a sheet reads Chinese right.

    The pieces are made while they are sent, when the request and its session are gone: a session of its own reads with
    the same eyes, over a server-side cursor.
    """
    bind = session().get_bind()

    def pieces() -> Iterator[str]:
        with Session(bind, join_transaction_mode="create_savepoint") as own:
            read_as(actor, own)
            yield from _pieces(own, query, labels, zone)

    return pieces()


def _pieces(own: Session, query: sa.Select[Any], labels: Sequence[str], zone: ZoneInfo) -> Iterator[str]:
    convert = converter(zone)
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write("\ufeff")
    writer.writerow([guarded(label) for label in labels])
    result = own.execute(query.execution_options(yield_per=BATCH))
    for batch in result.partitions():
        writer.writerows([convert(value) for value in row] for row in batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    rest = buffer.getvalue()
    if rest:
        yield rest
