"""What customers say afterwards: requests, answers, and the cases low ratings open."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.text import N_
from app.platform.db import Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import UtcDateTime, enum_column
from app.records.orders.models import Order


class CaseState(StrEnum):
    """The way of a complaint."""

    OPEN = "open"
    SOLVED = "solved"


class FeedbackRequest(Keyed, Base):
    """A customer was asked about an order, once."""

    __tablename__ = "feedback_requests"
    __record__ = ("orders", "order_id")
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  #: answered or expired

    order: Mapped[Order] = relationship()
    answer: Mapped[FeedbackAnswer | None] = relationship(back_populates="request", uselist=False)


class FeedbackAnswer(Keyed, Base):
    """Rating 1 (bad) to 5 (good) and the customer's words; one per request."""

    __tablename__ = "feedback_answers"
    __record__ = ("orders", "order_id")
    __personal__ = frozenset({"comment"})
    __table_args__ = (sa.CheckConstraint("rating between 1 and 5", name="rating_range"),)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("feedback_requests.id", ondelete="RESTRICT"), unique=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    rating: Mapped[int] = mapped_column(sa.Integer())
    comment: Mapped[str] = mapped_column(sa.Text(), default="")
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime())

    request: Mapped[FeedbackRequest] = relationship(back_populates="answer")


class FeedbackCase(Keyed, Versioned, Timestamped, Base):
    """A low rating that a department has to answer."""

    __tablename__ = "feedback_cases"
    __record__ = ("orders", "order_id")
    __table_args__ = (sa.Index("ix_feedback_cases_state_id", "state", "id"),)
    answer_id: Mapped[int] = mapped_column(sa.ForeignKey("feedback_answers.id", ondelete="RESTRICT"), unique=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id", ondelete="RESTRICT"), index=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("departments.id", ondelete="RESTRICT"), index=True)
    state: Mapped[CaseState] = enum_column(CaseState, default=CaseState.OPEN)
    why_here: Mapped[str] = mapped_column(sa.String(300), default="")  #: the slowest hand-off
    solution: Mapped[str] = mapped_column(sa.Text(), default="")
    solved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    solved_by: Mapped[str] = mapped_column(sa.String(100), default="")

    order: Mapped[Order] = relationship()
    answer: Mapped[FeedbackAnswer] = relationship()


constraint_sentence("uq_feedback_answers_request_id", N_("Your answer has arrived already. Thank you."))
