"""What can be imported into: registered by the rooms that own the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.kernel.registry import Registry
from app.platform.db import Base

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of record an import may write.

    natural: column that holds the key where the table has no external key.
    complete: fills what follows from the mapped values, just before the row is written.
    write: books rows another way than by INSERT (stock moves); gets (source, rows with ``external_key``), gives how many.
    extra: fields the mapping may give beside the table's own columns, with the column kind that reads them.
    """

    name: str
    model: type[Base]
    natural: str | None = None
    complete: Callable[[Row], Row] | None = None
    write: Callable[[str, Sequence[Row]], int] | None = None
    extra: Mapping[str, sa.types.TypeEngine[Any]] = field(default_factory=dict)

    @property
    def key_column(self) -> str:
        """The column the key is kept in."""
        return self.natural or "external_key"

    def types(self) -> dict[str, sa.types.TypeEngine[Any]]:
        """Fields a mapping may set, with what reads them."""
        closed = {"id", "version", "created_at", "updated_at", "external_source", "external_key"}
        columns = {column.key: column.type for column in self.model.__table__.columns if column.key not in closed}
        return {**columns, **self.extra}


targets: Registry[Target] = Registry("import target")


def target(name: str, model: type[Base], **options: Any) -> Target:
    """Register a target at start-up."""
    return targets.add(name, Target(name, model, **options))


def key_of(target: Target, table: Any, source: str, key: Any) -> sa.ColumnElement[bool]:
    """Rows of a target's table (or an alias of it) with this key of the other system."""
    own: sa.ColumnElement[bool] = table.c[target.key_column] == key
    has_source = not target.natural and "external_source" in table.c
    return sa.and_(table.c.external_source == source, own) if has_source else own
