"""The event store and outbox: what happened, in the transaction in which it happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Keyed
from app.platform.db.types import Json, UtcDateTime


class StoredEvent(Keyed, Base):
    """One event; rows are only added."""

    __tablename__ = "events"
    __audited__ = False
    __table_args__ = (
        sa.Index("ix_events_subject", "subject_table", "subject_id", "id"),
        sa.Index("ix_events_root", "root_table", "root_id", "id"),
        sa.Index("ix_events_name_id", "name", "id"),
    )
    name: Mapped[str] = mapped_column(sa.String(80))
    occurred_at: Mapped[datetime] = mapped_column(UtcDateTime())
    subject_table: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[int] = mapped_column(sa.BigInteger())
    #: the record whose timeline shows it: usually the sales order
    root_table: Mapped[str] = mapped_column(sa.String(60))
    root_id: Mapped[int] = mapped_column(sa.BigInteger())
    actor_name: Mapped[str] = mapped_column(sa.String(100))
    actor_user_id: Mapped[int | None] = mapped_column(sa.BigInteger())
    payload: Mapped[dict[str, Any]] = mapped_column(Json())
