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


#: most records one row may refer to
REFS = 8
REF_COLUMNS = tuple(f"ref_{number}" for number in range(1, REFS + 1))


class ImportRow(Base):
    """One row of a file, its values as texts that can be read, its problems named."""

    __tablename__ = "import_rows"
    __audited__ = False
    __table_args__ = (
        sa.Index("ix_import_rows_key", "run_id", "table_no", "external_key", "is_bad"),
        sa.Index(
            "ix_import_rows_told", "run_id", "table_no", "part",
            postgresql_where=sa.text("problems is not null"), sqlite_where=sa.text("problems is not null"),
        ),
        {"sqlite_with_rowid": False},
    )  # fmt: skip
    run_id: Mapped[int] = mapped_column(
        sa.ForeignKey("import_runs.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    #: place of its table in the mapping
    table_no: Mapped[int] = mapped_column(sa.Integer(), primary_key=True, autoincrement=False)
    #: 1-based among the rows the table gives
    part: Mapped[int] = mapped_column(sa.Integer(), primary_key=True, autoincrement=False)
    row_no: Mapped[int] = mapped_column(sa.Integer())  #: record in the file, the header is 1
    external_key: Mapped[str] = mapped_column(sa.String(80))
    data: Mapped[str] = mapped_column(sa.Text())  #: texts of the mapped columns in their order, divided by SPLIT
    ref_1: Mapped[str | None] = mapped_column(sa.String(80))  #: keys of the records it refers to, in mapped order
    ref_2: Mapped[str | None] = mapped_column(sa.String(80))
    ref_3: Mapped[str | None] = mapped_column(sa.String(80))
    ref_4: Mapped[str | None] = mapped_column(sa.String(80))
    ref_5: Mapped[str | None] = mapped_column(sa.String(80))
    ref_6: Mapped[str | None] = mapped_column(sa.String(80))
    ref_7: Mapped[str | None] = mapped_column(sa.String(80))
    ref_8: Mapped[str | None] = mapped_column(sa.String(80))
    #: [column, value, sentence, is_error]
    problems: Mapped[list[list[Any]] | None] = mapped_column(Json())
    is_bad: Mapped[bool] = mapped_column(default=False)


#: no text of a file holds it: blanks are folded when it is read
SPLIT = "\x1f"
