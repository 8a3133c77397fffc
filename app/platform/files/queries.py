"""Reading files: in a scoped session these see what the reader may see."""

from __future__ import annotations

import sqlalchemy as sa

from app.platform.db import session
from app.platform.files.models import StoredFile


def files_of(table: str, row_id: int) -> list[StoredFile]:
    """Files on a record, oldest first."""
    on_record = sa.select(StoredFile).where(StoredFile.table_name == table, StoredFile.row_id == row_id)
    return list(session.scalars(on_record.order_by(StoredFile.id)))


def hashes_in_use(candidates: list[str]) -> set[str]:
    """Those of the hashes that some record has."""
    return set(session.scalars(sa.select(StoredFile.sha256).where(StoredFile.sha256.in_(candidates)).distinct()))
