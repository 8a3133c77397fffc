"""What a hand-off's clock shows: computed on reading from its instants, pauses and calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.platform.process.models import HandOffState
from app.platform.process.working_time import Pause, WorkCalendar, elapsed

NOTHING = timedelta()
LAST_HOUR = timedelta(hours=1)


class ClockFace(StrEnum):
    """How urgent it is; the words screens colour by."""

    LATE = "late"
    SOON = "soon"
    OK = "ok"
    PAUSED = "paused"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Instants:
    """What a clock is computed from."""

    state: HandOffState
    offered_at: datetime
    accepted_at: datetime | None
    ended_at: datetime | None
    due_at: datetime | None
    target_minutes: int
    warning_percent: int = 20


@dataclass(frozen=True, slots=True)
class Clock:
    """Working times of one hand-off at one instant."""

    face: ClockFace
    due_at: datetime | None
    target: timedelta
    worked: timedelta  #: since it was offered, pauses left out
    wait: timedelta  #: until somebody accepted it
    touch: timedelta  #: since then
    paused: timedelta  #: working time that pauses took

    @property
    def left(self) -> timedelta:
        """Of the target; negative when late."""
        return self.target - self.worked

    @property
    def percent(self) -> int:
        """Of the target, whole, at most 100."""
        return min(100, int(self.worked * 100 / self.target))


def clock_of(instants: Instants, calendar: WorkCalendar, pauses: Sequence[Pause], at: datetime) -> Clock:
    """The clock at an instant, or at its end for an ended hand-off."""
    until = max(instants.ended_at or at, instants.offered_at)
    taken = min(instants.accepted_at or until, until)
    worked = elapsed(calendar, instants.offered_at, until, pauses)
    wait = elapsed(calendar, instants.offered_at, taken, pauses)
    whole = elapsed(calendar, instants.offered_at, until)
    target = timedelta(minutes=instants.target_minutes)
    return Clock(
        face=_face(instants, target, worked, at),
        due_at=instants.due_at,
        target=target,
        worked=worked,
        wait=wait,
        touch=worked - wait,
        paused=whole - worked,
    )


def _face(instants: Instants, target: timedelta, worked: timedelta, at: datetime) -> ClockFace:
    if instants.ended_at is not None:
        return ClockFace.DONE
    if instants.due_at is None:
        return ClockFace.PAUSED
    if at > instants.due_at:
        return ClockFace.LATE
    left = target - worked
    if left <= target * instants.warning_percent / 100 or instants.due_at - at < LAST_HOUR:
        return ClockFace.SOON
    return ClockFace.OK
