"""Hand-offs: the flow as rows, the clock that never lies, and who holds what until when."""

from __future__ import annotations

from app.platform.events import subscribe_all
from app.platform.process import permissions, proofs  # noqa: F401  declare rights and checks
from app.platform.process.calendars import calendar_of, calendars_of
from app.platform.process.clocks import Clock, ClockFace
from app.platform.process.engine import awaits, on_event
from app.platform.process.flow import completions, guards
from app.platform.process.models import HandOff, HandOffPause, HandOffState
from app.platform.process.queries import HandOffView, all_hand_offs_of, desk_of, late_counts, open_hand_offs_of
from app.platform.process.subjects import SubjectLine, introduce

__all__ = [
    "Clock",
    "ClockFace",
    "HandOff",
    "HandOffPause",
    "HandOffState",
    "HandOffView",
    "SubjectLine",
    "all_hand_offs_of",
    "awaits",
    "calendar_of",
    "calendars_of",
    "completions",
    "desk_of",
    "guards",
    "install",
    "introduce",
    "late_counts",
    "on_event",
    "open_hand_offs_of",
]


def install() -> None:
    """Let the flow follow every event of the house."""
    subscribe_all(on_event)
