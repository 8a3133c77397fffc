"""What people do with hand-offs. What happens to orders, goods and money moves them without anybody's help."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import Permission, require
from app.platform.access.models import User, UserDepartment
from app.platform.db import locks, session
from app.platform.events import publish
from app.platform.process import clock_hands, engine
from app.platform.process.calendars import calendar_of
from app.platform.process.events import (
    HandOffAccepted,
    HandOffAssigned,
    HandOffCancelled,
    HandOffCompleted,
    HandOffPaused,
    HandOffResumed,
    HandOffReturned,
)
from app.platform.process.flow import PlannedStep, completions
from app.platform.process.models import FlowStep, FlowTrigger, HandOff, HandOffState, TriggerAction
from app.platform.process.permissions import Permissions
from app.platform.process.refusals import (
    ENDED,
    AlreadyAccepted,
    ClosesByEvent,
    HandOffEnded,
    HandOffPausedNow,
    NoSender,
    NotAccepted,
    NotAMember,
    NotPaused,
    PausedByEvent,
    ReworkNotReturnable,
)

LONGEST_REASON = 500


def accept_hand_off(actor: Actor, *, hand_off_id: int, version: int | None = None) -> HandOff:
    """Take a hand-off; the same person twice changes nothing.

    Raises: NotPermitted, NotFound, HandOffEnded, HandOffPausedNow, AlreadyAccepted, Conflict.
    """
    hand_off = _locked(actor, Permissions.HAND_OFF_ACCEPT, hand_off_id)
    if hand_off.state is HandOffState.ACCEPTED and hand_off.assignee_id == actor.user_id:
        return hand_off
    if hand_off.state is HandOffState.ACCEPTED:
        raise AlreadyAccepted(name=_name_of(hand_off.assignee_id))
    _refuse_paused(hand_off)
    _refuse_stale(hand_off, version)
    clock_hands.accept(hand_off, at=clock.now(), assignee_id=actor.user_id)
    publish(HandOffAccepted(assignee_id=actor.user_id, **_about(hand_off)))
    return hand_off


def complete_hand_off(actor: Actor, *, hand_off_id: int, version: int | None = None) -> HandOff:
    """End a hand-off: by its registered completion, or by hand where the step allows it. Rework goes back again.

    Raises: NotPermitted, NotFound, HandOffEnded, HandOffPausedNow, ClosesByEvent, Conflict, what the completion raises.
    """
    require(actor, Permissions.HAND_OFF_COMPLETE)
    seen = locks.get(HandOff, hand_off_id)
    require(actor, Permissions.HAND_OFF_COMPLETE, seen)
    step = locks.get(FlowStep, seen.step_id)
    is_rework = seen.rework_of_id is not None
    completion = completions.find(step.completion) if step.completion and not is_rework else None
    if completion is not None:
        _refuse_ended(seen)
        _refuse_paused(seen)
        _refuse_stale(seen, version)
        completion(actor, seen)  # locks the order before the hand-off, as everybody does
        session.flush()
        hand_off = locks.lock(HandOff, hand_off_id)
        if hand_off.is_open:
            raise _closes_by_event(actor, step)
        return hand_off
    hand_off = _locked(actor, Permissions.HAND_OFF_COMPLETE, hand_off_id)
    _refuse_paused(hand_off)
    _refuse_stale(hand_off, version)
    if not (is_rework or step.is_closed_by_hand):
        raise _closes_by_event(actor, step)
    now = clock.now()
    if hand_off.accepted_at is None:
        clock_hands.accept(hand_off, at=now, assignee_id=actor.user_id)
    calendar = calendar_of(hand_off.to_department_id)
    clock_hands.end(hand_off, calendar, HandOffState.COMPLETED, at=now, by=actor.name)
    session.flush()
    if is_rework:
        _offer_on(actor, hand_off, planned(step))
    publish(HandOffCompleted(**_about(hand_off)))
    return hand_off


def return_hand_off(actor: Actor, *, hand_off_id: int, reason: str, version: int | None = None) -> HandOff:
    """Send a hand-off back to the department it came from; gives the rework now waiting there.

    Raises: NotPermitted, NotFound, InvalidInput (no reason), HandOffEnded, HandOffPausedNow, NoSender,
    ReworkNotReturnable, Conflict.
    """
    hand_off = _locked(actor, Permissions.HAND_OFF_RETURN, hand_off_id)
    why = _reason(reason)
    _refuse_paused(hand_off)
    _refuse_stale(hand_off, version)
    if hand_off.rework_of_id is not None:
        raise ReworkNotReturnable
    if hand_off.from_department_id is None or hand_off.from_department_id == hand_off.to_department_id:
        raise NoSender
    calendar = calendar_of(hand_off.to_department_id)
    clock_hands.end(hand_off, calendar, HandOffState.RETURNED, at=clock.now(), by=actor.name, reason=why)
    session.flush()
    step = planned(locks.get(FlowStep, hand_off.step_id))
    back = PlannedStep(step.id, step.code, hand_off.to_department_id, hand_off.from_department_id, step.target_minutes)
    sender = hand_off.offered_by_id
    rework = _offer_on(
        actor,
        hand_off,
        back,
        rework_of_id=hand_off.id,
        assignee_id=sender if _works_in(sender, hand_off.from_department_id) else None,
    )
    publish(HandOffReturned(reason=why, rework_id=rework.id, **_about(hand_off)))
    return rework


def pause_hand_off(actor: Actor, *, hand_off_id: int, reason: str, version: int | None = None) -> HandOff:
    """Stop the clock of accepted work, with a reason.

    Raises: NotPermitted, NotFound, InvalidInput (no reason), HandOffEnded, HandOffPausedNow, NotAccepted, Conflict.
    """
    hand_off = _locked(actor, Permissions.HAND_OFF_PAUSE, hand_off_id)
    why = _reason(reason)
    _refuse_paused(hand_off)
    if hand_off.state is not HandOffState.ACCEPTED:
        raise NotAccepted
    _refuse_stale(hand_off, version)
    clock_hands.pause(hand_off, at=clock.now(), reason=why, by=actor.name)
    publish(HandOffPaused(reason=why, **_about(hand_off)))
    return hand_off


def resume_hand_off(actor: Actor, *, hand_off_id: int, version: int | None = None) -> HandOff:
    """Let the clock run again; the due time moves by the working time the pause took.

    Raises: NotPermitted, NotFound, HandOffEnded, NotPaused, PausedByEvent, Conflict.
    """
    hand_off = _locked(actor, Permissions.HAND_OFF_RESUME, hand_off_id)
    if hand_off.state is not HandOffState.PAUSED:
        raise NotPaused
    running = next(pause for pause in hand_off.pauses if pause.until is None)
    if running.cause:
        raise PausedByEvent(reason=running.reason)
    _refuse_stale(hand_off, version)
    clock_hands.resume(hand_off, calendar_of(hand_off.to_department_id), at=clock.now())
    publish(HandOffResumed(**_about(hand_off)))
    return hand_off


def assign_hand_off(actor: Actor, *, hand_off_id: int, assignee_id: int, version: int | None = None) -> HandOff:
    """Give a hand-off to a colleague of its department, who then accepts it.

    Raises: NotPermitted, NotFound, HandOffEnded, NotAMember, Conflict.
    """
    hand_off = _locked(actor, Permissions.HAND_OFF_ASSIGN, hand_off_id)
    if hand_off.assignee_id == assignee_id:
        return hand_off
    if not _works_in(assignee_id, hand_off.to_department_id):
        raise NotAMember(name=_name_of(assignee_id))
    _refuse_stale(hand_off, version)
    hand_off.assignee_id = assignee_id
    publish(HandOffAssigned(assignee_id=assignee_id, **_about(hand_off)))
    return hand_off


def cancel_hand_off(actor: Actor, *, hand_off_id: int, reason: str, version: int | None = None) -> HandOff:
    """End a hand-off that nobody needs any more.

    Raises: NotPermitted, NotFound, InvalidInput (no reason), HandOffEnded, Conflict.
    """
    hand_off = _locked(actor, Permissions.HAND_OFF_CANCEL, hand_off_id)
    why = _reason(reason)
    _refuse_stale(hand_off, version)
    calendar = calendar_of(hand_off.to_department_id)
    clock_hands.end(hand_off, calendar, HandOffState.CANCELLED, at=clock.now(), by=actor.name, reason=why)
    publish(HandOffCancelled(reason=why, **_about(hand_off)))
    return hand_off


def planned(step: FlowStep) -> PlannedStep:
    """A step as the engine needs it."""
    return PlannedStep(step.id, step.code, step.from_department_id, step.to_department_id, step.target_minutes)


def _works_in(user_id: int | None, department_id: int | None) -> bool:
    member = sa.select(UserDepartment.id).join(User, User.id == UserDepartment.user_id)
    there = UserDepartment.user_id == user_id, UserDepartment.department_id == department_id
    return session.scalar(member.where(*there, User.is_active)) is not None


def _offer_on(
    actor: Actor,
    before: HandOff,
    step: PlannedStep,
    *,
    rework_of_id: int | None = None,
    assignee_id: int | None = None,
) -> HandOff:
    """The next hand-off of the same work, from now on."""
    made = engine.offer(
        step,
        calendar_of(step.to_department_id),
        flow_version_id=before.flow_version_id,
        subject=before.subject,
        root=before.root,
        at=clock.now(),
        by=actor.name,
        by_id=actor.user_id,
        assignee_id=assignee_id,
        rework_of_id=rework_of_id,
    )
    engine.forget(before.root)
    session.flush()
    return made


def _locked(actor: Actor, permission: Permission, hand_off_id: int) -> HandOff:
    require(actor, permission)
    hand_off = locks.lock(HandOff, hand_off_id)
    require(actor, permission, hand_off)
    _refuse_ended(hand_off)
    return hand_off


def _refuse_ended(hand_off: HandOff) -> None:
    if not hand_off.is_open:
        raise HandOffEnded(ENDED[hand_off.state], name=hand_off.ended_by, reason=hand_off.reason)


def _refuse_paused(hand_off: HandOff) -> None:
    if hand_off.state is HandOffState.PAUSED:
        raise HandOffPausedNow


def _refuse_stale(hand_off: HandOff, version: int | None) -> None:
    if version is not None and version != hand_off.version:
        raise Conflict({"version": (hand_off.version, version)})


def _reason(text: str) -> str:
    kept = clean(text, LONGEST_REASON)
    if not kept:
        raise InvalidInput({"reason": Message(N_("Please say why."))})
    return kept


def _closes_by_event(actor: Actor, step: FlowStep) -> ClosesByEvent:
    events = session.scalars(
        sa.select(FlowTrigger.event)
        .where(FlowTrigger.flow_step_id == step.id, FlowTrigger.action == TriggerAction.CLOSE)
        .order_by(FlowTrigger.id)
    )
    return ClosesByEvent(step=step.title(actor.language), needed=step.needed(actor.language), events=", ".join(events))


def _name_of(user_id: int | None) -> str:
    return session.scalar(sa.select(User.name).where(User.id == user_id)) or "?"


def _about(hand_off: HandOff) -> dict[str, Any]:
    code = session.scalar(sa.select(FlowStep.code).where(FlowStep.id == hand_off.step_id))
    return {
        "hand_off_id": hand_off.id,
        "step": code,
        "root_table": hand_off.root_table,
        "root_id": hand_off.root_id,
    }
