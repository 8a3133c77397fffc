"""Calendars, the flow as rows, and the hand-off: every pass of work from one department to another."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.text import N_
from app.platform.access.models import Department
from app.platform.db import BIG_ID, Base, Keyed, Timestamped, Versioned, constraint_sentence
from app.platform.db.types import Json, UtcDateTime, enum_column


def _department(*, nullable: bool = False, index: bool = False) -> Mapped[int]:
    key = sa.ForeignKey("departments.id", ondelete="RESTRICT")
    return mapped_column(BIG_ID, key, nullable=nullable, index=index)


def _person() -> Mapped[int | None]:
    return mapped_column(BIG_ID, sa.ForeignKey("users.id", ondelete="RESTRICT"), nullable=True, index=True)


# ------------------------------------------------------------------------------------------------ working hours
class Calendar(Keyed, Versioned, Timestamped, Base):
    """Working hours that one or more departments keep."""

    __tablename__ = "calendars"
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name_en: Mapped[str] = mapped_column(sa.String(100))
    name_zh: Mapped[str] = mapped_column(sa.String(100))
    zone: Mapped[str] = mapped_column(sa.String(60))  #: IANA name; shifts are wall-clock times there
    holiday_country: Mapped[str | None] = mapped_column(sa.String(10))  #: CN or DE-BY; none: works on holidays
    is_default: Mapped[bool] = mapped_column(default=False)  #: for departments without a calendar of their own
    #: SHA-256 over hours, holidays and single days; processes keep what they computed under it
    fingerprint: Mapped[str] = mapped_column(sa.String(64), default="")

    shifts: Mapped[list[CalendarShift]] = relationship(back_populates="calendar", passive_deletes="all")
    days: Mapped[list[CalendarDay]] = relationship(back_populates="calendar", passive_deletes="all")

    __table_args__ = (
        sa.Index(
            "uq_calendars_default",
            "is_default",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
    )


class CalendarShift(Keyed, Base):
    """Hours of one weekday; an end at or before the start lies on the next day."""

    __tablename__ = "calendar_shifts"
    __table_args__ = (
        sa.UniqueConstraint("calendar_id", "weekday", "starts"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_of_week"),
    )
    __record__ = ("calendars", "calendar_id")
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("calendars.id", ondelete="RESTRICT"), index=True)
    weekday: Mapped[int] = mapped_column(sa.SmallInteger())  #: 0 is Monday
    starts: Mapped[time] = mapped_column(sa.Time())
    ends: Mapped[time] = mapped_column(sa.Time())

    calendar: Mapped[Calendar] = relationship(back_populates="shifts")


class CalendarDay(Keyed, Base):
    """A date that differs from week and holidays: free without hours, else with these; several rows, several shifts."""

    __tablename__ = "calendar_days"
    __table_args__ = (
        sa.UniqueConstraint("calendar_id", "day", "starts"),
        sa.CheckConstraint("(starts IS NULL) = (ends IS NULL)", name="both_ends_or_none"),
        sa.Index(
            "uq_calendar_days_free",
            "calendar_id",
            "day",
            unique=True,
            sqlite_where=sa.text("starts IS NULL"),
            postgresql_where=sa.text("starts IS NULL"),
        ),
    )
    __record__ = ("calendars", "calendar_id")
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("calendars.id", ondelete="RESTRICT"), index=True)
    day: Mapped[date] = mapped_column(sa.Date())
    starts: Mapped[time | None] = mapped_column(sa.Time())
    ends: Mapped[time | None] = mapped_column(sa.Time())
    note: Mapped[str] = mapped_column(sa.String(200), default="")

    calendar: Mapped[Calendar] = relationship(back_populates="days")


class DepartmentCalendar(Keyed, Base):
    """The calendar a department keeps, where it is not the default one."""

    __tablename__ = "department_calendars"
    __record__ = ("departments", "department_id")
    __table_args__ = (sa.UniqueConstraint("department_id"),)
    department_id: Mapped[int] = _department()
    calendar_id: Mapped[int] = mapped_column(sa.ForeignKey("calendars.id", ondelete="RESTRICT"), index=True)

    calendar: Mapped[Calendar] = relationship()


# ---------------------------------------------------------------------------------------------------- the flow
class FlowState(StrEnum):
    """Life of a version of the flow."""

    DRAFT = "draft"
    ACTIVE = "active"
    RETIRED = "retired"


class FlowVersion(Keyed, Versioned, Timestamped, Base):
    """One version of the house's flow. Work keeps the version it began with; a version once active never changes."""

    __tablename__ = "flow_versions"
    __table_args__ = (
        sa.Index(
            "uq_flow_versions_active",
            "state",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
        sa.CheckConstraint("(state = 'draft') = (published_at IS NULL)", name="published_unless_draft"),
    )
    number: Mapped[int] = mapped_column(sa.Integer(), unique=True)
    state: Mapped[FlowState] = enum_column(FlowState, default=FlowState.DRAFT)
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    #: SHA-256 over its steps, set when it is published; processes keep what they read under it
    fingerprint: Mapped[str] = mapped_column(sa.String(64), default="")

    steps: Mapped[list[FlowStep]] = relationship(
        back_populates="flow_version", passive_deletes="all", order_by="FlowStep.position"
    )


class FlowStep(Keyed, Base):
    """One kind of hand-off: who passes what to whom, how long it may take, and what it needs."""

    __tablename__ = "flow_steps"
    __record__ = ("flow_versions", "flow_version_id")
    __table_args__ = (
        sa.UniqueConstraint("flow_version_id", "code"),
        sa.CheckConstraint("target_minutes > 0", name="target_positive"),
        sa.CheckConstraint("warning_percent BETWEEN 0 AND 100", name="warning_is_a_share"),
    )
    flow_version_id: Mapped[int] = mapped_column(sa.ForeignKey("flow_versions.id", ondelete="RESTRICT"), index=True)
    code: Mapped[str] = mapped_column(sa.String(20))
    position: Mapped[int] = mapped_column(sa.Integer())
    title_en: Mapped[str] = mapped_column(sa.String(100))
    title_zh: Mapped[str] = mapped_column(sa.String(100))
    needed_en: Mapped[str] = mapped_column(sa.String(200))  #: what ends it, as the order's first line says it
    needed_zh: Mapped[str] = mapped_column(sa.String(200))
    from_department_id: Mapped[int | None] = _department(nullable=True, index=True)  #: none: from outside
    to_department_id: Mapped[int] = _department(index=True)
    target_minutes: Mapped[int] = mapped_column(sa.Integer())  #: working minutes of the receiving department
    warning_percent: Mapped[int] = mapped_column(sa.Integer(), default=20)  #: 'soon' when so much is left
    is_closed_by_hand: Mapped[bool] = mapped_column(default=False)  #: else only what happens closes it
    completion: Mapped[str | None] = mapped_column(sa.String(80))  #: registered effect that 'complete' calls
    #: [{"after_percent": 100, "tell": "head"}, ...], read by the escalation job
    escalation: Mapped[list[dict[str, object]]] = mapped_column(Json(), default=list)
    instruction: Mapped[str] = mapped_column(sa.Text(), default="")
    checklist: Mapped[list[str]] = mapped_column(Json(), default=list)

    flow_version: Mapped[FlowVersion] = relationship(back_populates="steps")
    triggers: Mapped[list[FlowTrigger]] = relationship(back_populates="step", passive_deletes="all")
    from_department: Mapped[Department | None] = relationship(foreign_keys="FlowStep.from_department_id")
    to_department: Mapped[Department] = relationship(foreign_keys="FlowStep.to_department_id")

    def title(self, language: str) -> str:
        """Its name in a language of the house."""
        return self.title_zh if language.startswith("zh") else self.title_en

    def needed(self, language: str) -> str:
        """What ends it, in a language of the house."""
        return self.needed_zh if language.startswith("zh") else self.needed_en


class TriggerAction(StrEnum):
    """What an event does to the hand-offs of a step."""

    OPEN = "open"
    CLOSE = "close"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"


class FlowTrigger(Keyed, Base):
    """An event that opens, closes, cancels, pauses or resumes a step, perhaps only if a guard agrees."""

    __tablename__ = "flow_triggers"
    __record__ = ("flow_steps", "flow_step_id")
    __table_args__ = (sa.UniqueConstraint("flow_step_id", "action", "event"),)
    flow_step_id: Mapped[int] = mapped_column(sa.ForeignKey("flow_steps.id", ondelete="RESTRICT"), index=True)
    action: Mapped[TriggerAction] = enum_column(TriggerAction)
    event: Mapped[str] = mapped_column(sa.String(80))
    guard: Mapped[str | None] = mapped_column(sa.String(80))

    step: Mapped[FlowStep] = relationship(back_populates="triggers")


# ------------------------------------------------------------------------------------------------- hand-offs
class HandOffState(StrEnum):
    """offered -> accepted -> (paused <-> accepted) -> completed; returned to sender; cancelled with its parent."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    PAUSED = "paused"
    COMPLETED = "completed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


OPEN_STATES = (HandOffState.OFFERED, HandOffState.ACCEPTED, HandOffState.PAUSED)


class HandOff(Keyed, Versioned, Timestamped, Base):
    """Work passed to a department, with an owner and a deadline.

    Wait, touch and elapsed time are computed from these instants, the pauses and the department's calendar; nothing
    here is a running total. An open one has no ``ended_at``; a paused one has no ``due_at``, its clock stands still.
    """

    __tablename__ = "hand_offs"
    __table_args__ = (
        sa.Index(
            "uq_hand_offs_open",
            "step_id",
            "subject_table",
            "subject_id",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index(
            "ix_hand_offs_department_due",
            "to_department_id",
            "due_at",
            "id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index(
            "ix_hand_offs_assignee_due",
            "assignee_id",
            "due_at",
            "id",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
        sa.Index("ix_hand_offs_root", "root_table", "root_id", "id"),
        sa.Index("ix_hand_offs_subject", "subject_table", "subject_id", "id"),
        sa.Index("ix_hand_offs_department_ended", "to_department_id", "ended_at"),
        sa.CheckConstraint(
            "(state IN ('offered', 'accepted', 'paused')) = (ended_at IS NULL)", name="open_until_it_ends"
        ),
        sa.CheckConstraint("(state = 'completed') = (completed_at IS NOT NULL)", name="completed_has_a_time"),
        sa.CheckConstraint("(state = 'paused') = (due_at IS NULL)", name="due_unless_paused"),
        sa.CheckConstraint("state <> 'accepted' OR accepted_at IS NOT NULL", name="accepted_has_a_time"),
        sa.CheckConstraint("accepted_at IS NULL OR accepted_at >= offered_at", name="accepted_after_offered"),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= offered_at", name="ended_after_offered"),
        sa.CheckConstraint(
            "ended_at IS NULL OR accepted_at IS NULL OR ended_at >= accepted_at", name="ended_after_accepted"
        ),
        sa.CheckConstraint("completed_at IS NULL OR completed_at = ended_at", name="completed_is_an_end"),
        sa.CheckConstraint("state <> 'returned' OR reason <> ''", name="returned_with_a_reason"),
        sa.CheckConstraint("target_minutes > 0", name="target_positive"),
    )
    flow_version_id: Mapped[int] = mapped_column(sa.ForeignKey("flow_versions.id", ondelete="RESTRICT"), index=True)
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("flow_steps.id", ondelete="RESTRICT"), index=True)
    subject_table: Mapped[str] = mapped_column(sa.String(60))
    subject_id: Mapped[int]
    root_table: Mapped[str] = mapped_column(sa.String(60))  #: whose timeline shows it, usually the order
    root_id: Mapped[int]
    from_department_id: Mapped[int | None] = _department(nullable=True, index=True)
    to_department_id: Mapped[int] = _department(index=True)
    state: Mapped[HandOffState] = enum_column(HandOffState, default=HandOffState.OFFERED)
    target_minutes: Mapped[int] = mapped_column(sa.Integer())  #: copied from the step when offered
    offered_at: Mapped[datetime] = mapped_column(UtcDateTime())  #: the clock starts here: when it happened
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())  #: completed, returned or cancelled
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    offered_by: Mapped[str] = mapped_column(sa.String(100))  #: name of the person, link, job or rule
    offered_by_id: Mapped[int | None] = _person()
    assignee_id: Mapped[int | None] = _person()
    ended_by: Mapped[str] = mapped_column(sa.String(100), default="")
    reason: Mapped[str] = mapped_column(sa.Text(), default="")  #: why returned or cancelled
    rework_of_id: Mapped[int | None] = mapped_column(
        BIG_ID, sa.ForeignKey("hand_offs.id", ondelete="RESTRICT"), nullable=True, index=True
    )

    step: Mapped[FlowStep] = relationship()
    pauses: Mapped[list[HandOffPause]] = relationship(
        back_populates="hand_off", passive_deletes="all", order_by="HandOffPause.since"
    )

    @property
    def is_open(self) -> bool:
        """Still somebody's work."""
        return self.ended_at is None

    @property
    def subject(self) -> tuple[str, int]:
        """(table, id) of what was handed off."""
        return self.subject_table, self.subject_id

    @property
    def root(self) -> tuple[str, int]:
        """(table, id) of the record whose timeline shows it."""
        return self.root_table, self.root_id


class HandOffPause(Keyed, Base):
    """A time in which a hand-off's clock stands still, and why."""

    __tablename__ = "hand_off_pauses"
    __record__ = ("hand_offs", "hand_off_id")
    __table_args__ = (
        sa.Index(
            "uq_hand_off_pauses_open",
            "hand_off_id",
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name="until_after_since"),
        sa.CheckConstraint("reason <> ''", name="has_a_reason"),
    )
    hand_off_id: Mapped[int] = mapped_column(sa.ForeignKey("hand_offs.id", ondelete="RESTRICT"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    reason: Mapped[str] = mapped_column(sa.Text())
    paused_by: Mapped[str] = mapped_column(sa.String(100))
    #: the event that paused it, such as an order put on hold; only events resume such a pause. Empty: a person
    cause: Mapped[str] = mapped_column(sa.String(80), default="")

    hand_off: Mapped[HandOff] = relationship(back_populates="pauses")


constraint_sentence("uq_calendars_code", N_("There is already a calendar with this code."))
constraint_sentence("uq_calendar_days_free", N_("This date is already marked as free."))
constraint_sentence("uq_hand_offs_open", N_("This has just been handed off by somebody else."))
constraint_sentence("uq_hand_off_pauses_open", N_("This hand-off is already paused."))
