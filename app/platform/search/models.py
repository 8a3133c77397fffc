"""One table of search words for all records, so that a text finds a row without reading its table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from app.platform.db import Base, Keyed


def as_tsvector(words: list[str]) -> str:
    """Words in a tsvector's own notation; they are letters and digits only, so it needs no more than quotes."""
    return " ".join(f"'{word}'" for word in words)


class Tokens(TypeDecorator[list[str]]):
    """Search words: a tsvector of exactly these words on PostgreSQL (never parsed again), one line of text on SQLite."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """What the column is."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: list[str] | None, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        return as_tsvector(value) if dialect.name == "postgresql" else " ".join(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> list[str] | None:
        return None if value is None else sorted(value.replace("'", "").split())

    def process_literal_param(self, value: list[str] | None, dialect: sa.Dialect) -> str:
        return f"'{self.process_bind_param(value, dialect)}'"

    @property
    def python_type(self) -> type[Any]:
        """A list of words."""
        return list

    def coerce_compared_value(self, op: Callable[..., Any] | None, value: Any) -> Any:
        """Queries bring their own type."""
        return sa.Text()


class SearchEntry(Keyed, Base):
    """The words and the label of one record. Newer records have higher ids here, too."""

    __tablename__ = "search_entries"
    __audited__ = False
    __table_args__ = (
        sa.UniqueConstraint("table_name", "row_id"),
        # SQLite reads the words through an FTS5 table instead
        sa.Index("ix_search_entries_tokens", "tokens", postgresql_using="gin", info={"only": "postgresql"}),
    )
    table_name: Mapped[str] = mapped_column(sa.String(60))
    row_id: Mapped[int] = mapped_column(sa.BigInteger())
    label: Mapped[str] = mapped_column(sa.String(200))
    tokens: Mapped[list[str]] = mapped_column(Tokens())
