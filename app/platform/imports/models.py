"""Staging: what was read, what is wrong with it, and what it refers to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Keyed
from app.platform.db.types import Json, UtcDateTime, enum_column


class RunState(StrEnum):
    """How far an import is."""

    STAGING = "staging"
    STAGED = "staged"
    CHECKED = "checked"
    APPLIED = "applied"


class ImportRun(Keyed, Base):
    """One mapping over one set of files; the same files again go on where they stopped."""

    __tablename__ = "import_runs"
    mapping: Mapped[str] = mapped_column(sa.String(80))
    digest: Mapped[str] = mapped_column(sa.String(64), unique=True)  #: SHA-256 of the mapping and its files
    state: Mapped[RunState] = enum_column(RunState, default=RunState.STAGING)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime())
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    created: Mapped[int] = mapped_column(sa.Integer(), default=0)
    changed: Mapped[int] = mapped_column(sa.Integer(), default=0)
    left_out: Mapped[int] = mapped_column(sa.Integer(), default=0)


class ImportRow(Keyed, Base):
    """One row of a file, its values typed and its problems named."""

    __tablename__ = "import_rows"
    __audited__ = False
    __table_args__ = (
        sa.UniqueConstraint("run_id", "table_no", "part"),
        sa.Index("ix_import_rows_key", "run_id", "target", "external_key", "is_bad"),
        sa.Index("ix_import_rows_bad", "run_id", postgresql_where=sa.text("is_bad"), sqlite_where=sa.text("is_bad")),
    )
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("import_runs.id", ondelete="RESTRICT"))
    table_no: Mapped[int] = mapped_column(sa.Integer())  #: place of its table in the mapping
    part: Mapped[int] = mapped_column(sa.Integer())  #: 1-based among the rows the table gives
    row_no: Mapped[int] = mapped_column(sa.Integer())  #: record in the file, the header is 1
    target: Mapped[str] = mapped_column(sa.String(60))
    external_key: Mapped[str] = mapped_column(sa.String(80))
    values: Mapped[dict[str, Any]] = mapped_column("data", Json())  #: field -> text
    source: Mapped[dict[str, Any]] = mapped_column(Json())  #: the record as it was read, for the rejects file
    #: [column, value, sentence, is_error]
    problems: Mapped[list[list[Any]]] = mapped_column(Json(), default=list)
    is_bad: Mapped[bool] = mapped_column(default=False)


class ImportRef(Keyed, Base):
    """A staged row refers to another record by its key."""

    __tablename__ = "import_refs"
    __audited__ = False
    __table_args__ = (sa.Index("ix_import_refs_wanted", "run_id", "target", "external_key"),)
    run_id: Mapped[int] = mapped_column(sa.ForeignKey("import_runs.id", ondelete="RESTRICT"))
    row_id: Mapped[int] = mapped_column(sa.ForeignKey("import_rows.id", ondelete="RESTRICT"), index=True)
    field: Mapped[str] = mapped_column(sa.String(60))
    target: Mapped[str] = mapped_column(sa.String(60))
    external_key: Mapped[str] = mapped_column(sa.String(80))
