"""The log and its seals. Rows are only added; nothing here refers to a table of the house: the log outlives rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import base as postgresql
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from app.platform.db import BIG_ID, Base, Keyed
from app.platform.db.types import UtcDateTime


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit number of a transaction, as an int."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """The name in DDL."""
        return "XID8"

    def bind_expression(self, bindvalue: sa.BindParameter[int]) -> sa.ColumnElement[Any]:
        """PostgreSQL casts to xid8 from text only."""
        return sa.cast(sa.cast(bindvalue, sa.Text()), self)

    def bind_processor(self, dialect: sa.Dialect) -> Any:
        """As text."""
        return lambda value: None if value is None else str(value)

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """The driver hands it out as text."""
        return lambda value: None if value is None else int(value)


# reflection knows the type by this name (alembic compares what is there with what should be)
postgresql.ischema_names["xid8"] = Xid8

#: on SQLite writers are alone, the order of ids is the order of commits and this stays 0
XID = Xid8().with_variant(sa.BigInteger(), "sqlite")


class AuditEntry(Base):
    """One changed row, or one thing that happened (login, refusal, export, job)."""

    __tablename__ = "audit_entries"
    __audited__ = False
    __table_args__ = (
        sa.Index("ix_audit_entries_record", "record_table", "record_id", "id"),
        sa.Index("ix_audit_entries_user_id_id", "user_id", "id"),
        sa.Index("ix_audit_entries_action_id", "action", "id"),
        sa.Index("ix_audit_entries_at_id", "at", "id"),
        sa.Index("ix_audit_entries_epoch_xid_id", "epoch", "xid", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True)
    #: random per flush, with the place in it; a copied entry shows by it
    uid: Mapped[str] = mapped_column(sa.String(32))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    epoch: Mapped[int] = mapped_column(sa.Integer())  #: which server counts the transaction numbers
    xid: Mapped[int] = mapped_column(XID)
    actor_name: Mapped[str] = mapped_column(sa.String(200))
    actor_kind: Mapped[str] = mapped_column(sa.String(12))
    user_id: Mapped[int | None] = mapped_column(sa.BigInteger())
    on_behalf: Mapped[str | None] = mapped_column(sa.String(200))
    surface: Mapped[str] = mapped_column(sa.String(40))
    request_id: Mapped[str | None] = mapped_column(sa.String(64))
    address: Mapped[str | None] = mapped_column(sa.String(64))
    reason: Mapped[str | None] = mapped_column(sa.Text())
    action: Mapped[str] = mapped_column(sa.String(80))  #: insert, update, delete, or the name of what happened
    table_name: Mapped[str | None] = mapped_column(sa.String(60))
    row_id: Mapped[int | None] = mapped_column(sa.BigInteger())
    record_table: Mapped[str | None] = mapped_column(sa.String(60))  #: whose history shows it: a line's is its order
    record_id: Mapped[int | None] = mapped_column(sa.BigInteger())
    changes: Mapped[str] = mapped_column(sa.Text())  #: canonical JSON, see canonical.py
    personal: Mapped[str | None] = mapped_column(sa.String(64))  #: digest of the values kept in audit_personal
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary())  #: over everything above but id and xid


class AuditPersonal(Keyed, Base):
    """Personal values of one entry, outside of what is proved; erasing deletes the row, and with it the salt."""

    __tablename__ = "audit_personal"
    __audited__ = False
    __table_args__ = (
        sa.Index("ix_audit_personal_entry_uid", "entry_uid"),
        sa.Index("ix_audit_personal_row", "table_name", "row_id"),
    )
    entry_uid: Mapped[str] = mapped_column(sa.String(32))
    table_name: Mapped[str] = mapped_column(sa.String(60))
    row_id: Mapped[int] = mapped_column(sa.BigInteger())
    salt: Mapped[bytes] = mapped_column(sa.LargeBinary())
    changes: Mapped[str] = mapped_column(sa.Text())  #: as in the entry


class AuditEpoch(Base):
    """A server that counts transactions. A restore on another server begins the next epoch."""

    __tablename__ = "audit_epochs"
    __audited__ = False
    number: Mapped[int] = mapped_column(sa.Integer(), primary_key=True, autoincrement=False)
    server: Mapped[str] = mapped_column(sa.String(60), unique=True)
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime())


class AuditBlock(Base):
    """A sealed stretch of the log: every entry of ``epoch`` whose place is in [low, high)."""

    __tablename__ = "audit_blocks"
    __audited__ = False
    number: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)  #: 1, 2, 3 without a gap
    epoch: Mapped[int] = mapped_column(sa.Integer())
    low: Mapped[int] = mapped_column(sa.BigInteger())  #: transaction number; on SQLite the entry's id
    high: Mapped[int] = mapped_column(sa.BigInteger())
    entry_count: Mapped[int] = mapped_column(sa.BigInteger())
    members: Mapped[bytes] = mapped_column(sa.LargeBinary())  #: id and first 8 bytes of the mac of each entry
    entries_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    previous_hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    hash: Mapped[bytes] = mapped_column(sa.LargeBinary())
    mac: Mapped[bytes] = mapped_column(sa.LargeBinary())
