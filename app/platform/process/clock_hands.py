"""The only functions that set the instants of a hand-off, so that state, times and due time always agree."""

from __future__ import annotations

from datetime import datetime

from app.platform.process.calendars import due_by
from app.platform.process.models import HandOff, HandOffPause, HandOffState
from app.platform.process.working_time import Pause, WorkCalendar


def pauses_of(hand_off: HandOff) -> list[Pause]:
    """Its pauses as plain values."""
    return [(pause.since, pause.until) for pause in hand_off.pauses]


def set_due(hand_off: HandOff, calendar: WorkCalendar) -> None:
    """Work the due time out from target, pauses and calendar; none while it is paused."""
    if hand_off.state is HandOffState.PAUSED:
        hand_off.due_at = None
        return
    hand_off.due_at = due_by(calendar, hand_off.offered_at, hand_off.target_minutes, pauses_of(hand_off))


def accept(hand_off: HandOff, *, at: datetime, assignee_id: int | None) -> None:
    """Somebody takes it."""
    hand_off.accepted_at = max(at, hand_off.offered_at)
    hand_off.assignee_id = assignee_id
    hand_off.state = HandOffState.ACCEPTED


def pause(hand_off: HandOff, *, at: datetime, reason: str, by: str, cause: str = "") -> None:
    """Stop its clock."""
    since = max(at, hand_off.accepted_at or hand_off.offered_at)
    hand_off.pauses.append(HandOffPause(since=since, reason=reason, paused_by=by, cause=cause))
    hand_off.state = HandOffState.PAUSED
    hand_off.due_at = None


def resume(hand_off: HandOff, calendar: WorkCalendar, *, at: datetime) -> None:
    """Let its clock run again."""
    _end_pause(hand_off, at)
    hand_off.state = HandOffState.ACCEPTED if hand_off.accepted_at else HandOffState.OFFERED
    set_due(hand_off, calendar)


def end(
    hand_off: HandOff, calendar: WorkCalendar, state: HandOffState, *, at: datetime, by: str, reason: str = ""
) -> None:
    """Complete, return or cancel it; what was paused counts as paused until now."""
    ended_at = max(at, hand_off.offered_at, hand_off.accepted_at or at)
    was_paused = hand_off.state is HandOffState.PAUSED
    if was_paused:
        ended_at = _end_pause(hand_off, ended_at)
    hand_off.state = state
    hand_off.ended_at = ended_at
    hand_off.ended_by = by
    if state is HandOffState.COMPLETED:
        hand_off.completed_at = ended_at
    if reason:
        hand_off.reason = reason
    if was_paused:
        set_due(hand_off, calendar)


def _end_pause(hand_off: HandOff, at: datetime) -> datetime:
    """End the running pause; the instant it ended."""
    running = next(pause for pause in hand_off.pauses if pause.until is None)
    running.until = max(at, running.since)
    return running.until
