"""Row locks in one order everywhere: order, document, stock levels by key, counters last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import sqlalchemy as sa

from app.kernel.errors import NotFound
from app.platform.db.base import Base
from app.platform.db.extension import session
from app.platform.db.unit_of_work import current_unit

M = TypeVar("M", bound=Base)

#: largest id a BIGINT holds
MAX_ID = 2**63 - 1


def lock(model: type[M], row_id: int) -> M:
    """The row, locked until the end of the unit of work (SQLite: the writer is alone anyway).  Raises: NotFound."""
    found = lock_all(model, [row_id])
    if not found:
        raise NotFound(record=model.__tablename__, id=row_id)
    return found[0]


def lock_all(model: type[M], row_ids: Iterable[int]) -> list[M]:
    """Rows in id order, each locked; ids that do not exist are left out.

    The lock lets others insert rows that point to these (FOR NO KEY UPDATE): ids never change, and a lock that stopped
    them too would meet an order's own lines, which hold their product, from the other side.
    """
    wanted = sorted({row_id for row_id in row_ids if 0 < row_id <= MAX_ID})
    found = _held(model, wanted)
    missing = [row_id for row_id in wanted if row_id not in found]
    if missing:
        statement = (
            sa.select(model)
            .where(model.id.in_(missing))  # type: ignore[attr-defined]
            .order_by(model.id)  # type: ignore[attr-defined]
            .with_for_update(of=model, key_share=True)
            .execution_options(populate_existing=True)
        )
        with undisturbed(model):
            fresh = {row.id: row for row in session.scalars(statement)}  # type: ignore[attr-defined]
        hold(model, fresh)
        found.update(fresh)
    return [found[row_id] for row_id in wanted if row_id in found]


@contextmanager
def undisturbed(*models: type[Base]) -> Iterator[None]:
    """Read these tables only: what waits for the flush in other tables goes on waiting, for one statement later."""
    if any(isinstance(row, models) for row in (*session.new, *session.dirty, *session.deleted)):
        yield
        return
    with session.no_autoflush:
        yield


def hold(model: type[Base], row_ids: Iterable[int]) -> None:
    """Remember that this unit of work holds these rows' locks: a statement of the caller's took them."""
    unit = current_unit()
    if unit is not None:
        unit.held.update((model.__tablename__, row_id) for row_id in row_ids)


def is_held(model: type[Base], row_id: int) -> bool:
    """Whether this unit of work made the row or holds its lock, so that nobody else can change it now."""
    unit = current_unit()
    key = (model.__tablename__, row_id)
    return unit is not None and (key in unit.held or key in unit.created)


def is_new(table: str, row_id: int) -> bool:
    """Whether this unit of work inserted the row: nothing that others committed can hang on it."""
    unit = current_unit()
    return unit is not None and (table, row_id) in unit.created


def has_new(table: str) -> bool:
    """Whether this unit of work inserted any row of the table."""
    unit = current_unit()
    return unit is not None and any(name == table for name, _ in unit.created)


def _held(model: type[M], row_ids: Iterable[int]) -> dict[int, M]:
    """Rows that are locked already and still known as they are: nobody else can have changed them."""
    identities, mapper = session().identity_map, sa.inspect(model)
    found: dict[int, M] = {}
    for row_id in row_ids:
        if is_held(model, row_id):
            row = identities.get(mapper.identity_key_from_primary_key((row_id,)))
            if isinstance(row, model) and not sa.inspect(row).expired:
                found[row_id] = row
    return found


def get_all(model: type[M], row_ids: Iterable[int]) -> dict[int, M]:
    """Rows by id without a lock, in one statement; what this unit of work read already is not read again."""
    identities, mapper = session().identity_map, sa.inspect(model)
    found: dict[int, M] = {}
    missing: list[int] = []
    for row_id in sorted(set(row_ids)):
        row = identities.get(mapper.identity_key_from_primary_key((row_id,)))
        if isinstance(row, model) and not sa.inspect(row).expired:
            found[row_id] = row
        else:
            missing.append(row_id)
    if missing:
        with undisturbed(model):
            rows = session.scalars(sa.select(model).where(model.id.in_(missing))).all()  # type: ignore[attr-defined]
        found.update((row.id, row) for row in rows)  # type: ignore[attr-defined]
    return found


def get(model: type[M], row_id: int | None) -> M:
    """The row without a lock.  Raises: NotFound."""
    found = session.get(model, row_id) if row_id is not None and 0 < row_id <= MAX_ID else None
    if found is None:
        raise NotFound(record=model.__tablename__, id=row_id)
    return found
