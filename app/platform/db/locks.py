"""Row locks in one order everywhere: order, document, stock levels by key, counters last."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import sqlalchemy as sa

from app.kernel.errors import NotFound
from app.platform.db.base import Base
from app.platform.db.extension import session

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
    if not wanted:
        return []
    statement = (
        sa.select(model)
        .where(model.id.in_(wanted))  # type: ignore[attr-defined]
        .order_by(model.id)  # type: ignore[attr-defined]
        .with_for_update(of=model, key_share=True)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def get(model: type[M], row_id: int | None) -> M:
    """The row without a lock.  Raises: NotFound."""
    found = session.get(model, row_id) if row_id is not None and 0 < row_id <= MAX_ID else None
    if found is None:
        raise NotFound(record=model.__tablename__, id=row_id)
    return found
