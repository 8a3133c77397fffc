"""What people do with hand-offs. What opens and closes them by itself are the events of the records."""

from __future__ import annotations

from dataclasses import dataclass

from app.platform.events import Event, named


@dataclass(frozen=True, kw_only=True)
class HandOffEvent(Event):
    """Something happened to a hand-off; it shows on the timeline of its root."""

    hand_off_id: int
    step: str
    root_table: str
    root_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The hand-off."""
        return "hand_offs", self.hand_off_id

    @property
    def root(self) -> tuple[str, int]:
        """Usually the order."""
        return self.root_table, self.root_id


@named("process.hand_off.accepted")
@dataclass(frozen=True, kw_only=True)
class HandOffAccepted(HandOffEvent):
    """Somebody took it."""

    assignee_id: int | None


@named("process.hand_off.completed")
@dataclass(frozen=True, kw_only=True)
class HandOffCompleted(HandOffEvent):
    """Somebody ended it by hand."""


@named("process.hand_off.returned")
@dataclass(frozen=True, kw_only=True)
class HandOffReturned(HandOffEvent):
    """It went back to its sender."""

    reason: str
    rework_id: int


@named("process.hand_off.paused")
@dataclass(frozen=True, kw_only=True)
class HandOffPaused(HandOffEvent):
    """Its clock stands still."""

    reason: str


@named("process.hand_off.resumed")
@dataclass(frozen=True, kw_only=True)
class HandOffResumed(HandOffEvent):
    """Its clock runs again."""


@named("process.hand_off.assigned")
@dataclass(frozen=True, kw_only=True)
class HandOffAssigned(HandOffEvent):
    """Somebody was asked to do it."""

    assignee_id: int


@named("process.hand_off.cancelled")
@dataclass(frozen=True, kw_only=True)
class HandOffCancelled(HandOffEvent):
    """It is not needed any more."""

    reason: str
