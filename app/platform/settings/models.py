"""What people change while the house runs, and the counters of numbered papers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Keyed, Timestamped, Versioned
from app.platform.db.types import Json


class StoredSetting(Keyed, Versioned, Timestamped, Base):
    """The value of a setting that is not at its default."""

    __tablename__ = "settings"
    name: Mapped[str] = mapped_column(sa.String(80), unique=True)
    value: Mapped[Any] = mapped_column(Json(), nullable=True)


class ConfigStamp(Keyed, Base):
    """One row that changes with every setting, so that all processes notice with one short read.

    A random stamp and not a count: a count comes back after a rollback with other values behind it.
    """

    __tablename__ = "config_stamps"
    __audited__ = False
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    stamp: Mapped[str] = mapped_column(sa.String(40))


class Counter(Keyed, Base):
    """The last number given for a kind of paper, a company and a year (0: the numbers never start anew)."""

    __tablename__ = "counters"
    __audited__ = False
    __table_args__ = (sa.UniqueConstraint("name", "company_id", "year"),)
    name: Mapped[str] = mapped_column(sa.String(40))
    company_id: Mapped[int] = mapped_column(sa.BigInteger())
    year: Mapped[int] = mapped_column(sa.Integer())
    value: Mapped[int] = mapped_column(sa.BigInteger())
