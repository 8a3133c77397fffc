"""The declarative base: one MetaData with names for every constraint, and the mixins all tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, registry

from app.kernel import clock
from app.platform.db.types import UtcDateTime

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

#: SQLite gives out row ids only for INTEGER
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Base(DeclarativeBase):
    """Base of every model.

    ``__audited__ = False`` marks tables of the machinery (log, sessions, jobs, search): no records of the house.
    """

    registry = registry(
        metadata=sa.MetaData(naming_convention=NAMES), type_annotation_map={datetime: UtcDateTime(), int: BIG_ID}
    )
    __audited__: ClassVar[bool] = True
    #: columns whose values never reach the log (hashes, tokens)
    __secret__: ClassVar[frozenset[str]] = frozenset()
    #: personal data in the log is stored erasable
    __personal__: ClassVar[frozenset[str]] = frozenset()
    #: relationship-free link to the record a row belongs to: (table, foreign key column)
    __record__: ClassVar[tuple[str, str] | None] = None


class Keyed:
    """A surrogate key."""

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=True, sort_order=-100)


class Timestamped:
    """When the row was made and last changed (UTC)."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now, sort_order=900)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=clock.now, onupdate=clock.now, sort_order=901)


class Versioned:
    """A counter that every change raises; it travels in every form, so that a lost update is a conflict."""

    @declared_attr
    def version(cls) -> Mapped[int]:  # noqa: N805  a declared attribute belongs to the class
        """Raised by one with every change."""
        return mapped_column(sa.Integer(), default=1, sort_order=902)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.version}
