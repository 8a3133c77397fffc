"""Stored files: one row per file on a record; equal contents are kept once on disk."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.platform.db import Base, Keyed
from app.platform.db.types import UtcDateTime


class StoredFile(Keyed, Base):
    """A file on a record. The content lies under its hash; the row says what it is and whose it is."""

    __tablename__ = "stored_files"
    __personal__ = frozenset({"name"})
    __table_args__ = (
        sa.CheckConstraint("size > 0", name="size_positive"),
        sa.CheckConstraint("length(sha256) = 64", name="sha256_length"),
        sa.Index("ix_stored_files_record", "table_name", "row_id"),
    )
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)  #: of the content, in hexadecimal
    size: Mapped[int] = mapped_column(sa.BigInteger())  #: bytes
    name: Mapped[str] = mapped_column(sa.String(255))  #: as given, without folders and control characters
    media_type: Mapped[str] = mapped_column(sa.String(100))  #: told by the content
    table_name: Mapped[str] = mapped_column(sa.String(60))  #: of the record whose rights it follows
    row_id: Mapped[int] = mapped_column(sa.BigInteger())
    purpose: Mapped[str] = mapped_column(sa.String(40), default="attachment")
    stored_by: Mapped[str] = mapped_column(sa.String(100))
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now)
