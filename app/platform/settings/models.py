"""Counters of documents whose numbers may have no gap."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db import Base, Keyed


class Counter(Keyed, Base):
    """The last number given for a kind of document, a company and a year."""

    __tablename__ = "counters"
    __table_args__ = (sa.UniqueConstraint("name", "company_id", "year"),)
    name: Mapped[str] = mapped_column(sa.String(40))
    company_id: Mapped[int] = mapped_column(sa.BigInteger())
    year: Mapped[int] = mapped_column(sa.Integer())
    value: Mapped[int] = mapped_column(sa.BigInteger(), default=0)
