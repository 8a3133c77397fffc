"""Turns events into hand-offs: what the flow says opens, closes, stands still and goes on, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.db import current_unit, locks, session
from app.platform.events import Event
from app.platform.process import clock_hands
from app.platform.process.calendars import calendars_of, due_by
from app.platform.process.flow import Plan, PlannedStep, Subject, Trigger, published_plans
from app.platform.process.models import HandOff, HandOffState, TriggerAction
from app.platform.process.working_time import WorkCalendar

#: an event may tell of something earlier, but a typing error in a date must not start a clock in another decade
OLDEST = timedelta(days=3 * 365)
MEMO = "process_engine"


@dataclass(slots=True)
class Work:
    """What the engine read in this unit of work."""

    unit: object
    plans: dict[int, Plan]
    known: dict[Subject, list[HandOff]] = field(default_factory=dict)  #: by root
    calendars: dict[int, WorkCalendar] = field(default_factory=dict)  #: by department

    def hand_offs(self, root: Subject) -> list[HandOff]:
        """All hand-offs under a root, ended ones too, oldest first."""
        if root not in self.known and locks.is_new(*root):
            self.known[root] = []
        if root not in self.known:
            statement = sa.select(HandOff).where(HandOff.root_table == root[0], HandOff.root_id == root[1])
            with locks.undisturbed(HandOff):
                self.known[root] = list(session.scalars(statement.order_by(HandOff.id)))
        return self.known[root]

    def plan(self, root: Subject) -> Plan | None:
        """The version the root began with, else the active one; None before a flow is installed."""
        begun = self.hand_offs(root)
        if begun and begun[0].flow_version_id in self.plans:
            return self.plans[begun[0].flow_version_id]
        return next((plan for plan in self.plans.values() if plan.is_active), None)

    def departments(self) -> set[int]:
        """Those that any step concerns: their calendars are read together."""
        triggers = (one for plan in self.plans.values() for found in plan.triggers.values() for one in found)
        return {trigger.step.to_department_id for trigger in triggers}

    def calendar(self, department_id: int) -> WorkCalendar:
        """The department's calendar."""
        if department_id not in self.calendars:
            with session.no_autoflush:
                self.calendars.update(calendars_of({department_id, *self.departments()}))
        return self.calendars[department_id]


def on_event(actor: Actor, event: Event) -> None:
    """Apply the flow to an event; subscribed to all of them."""
    work = _work()
    if not any(plan.on(event.name) for plan in work.plans.values()):
        return
    plan = work.plan(event.root)
    for trigger in plan.on(event.name) if plan else ():
        if trigger.action is TriggerAction.OPEN:
            if trigger.passes(event, event.subject):
                _open(work, plan, trigger.step, actor, event)
        else:
            _change(work, trigger, actor, event)


def awaits(root: Subject, event_name: str) -> bool:
    """Whether an open hand-off under a root ends when this happens; else saying it (again) tells nobody anything."""
    work = _work()
    plan = work.plan(root)
    steps = {one.step.id for one in plan.on(event_name) if one.action is TriggerAction.CLOSE} if plan else set()
    return any(one.is_open and one.step_id in steps for one in work.hand_offs(root))


def offer(
    step: PlannedStep,
    calendar: WorkCalendar,
    *,
    flow_version_id: int,
    subject: Subject,
    root: Subject,
    at: datetime,
    by: str,
    by_id: int | None = None,
    assignee_id: int | None = None,
    rework_of_id: int | None = None,
) -> HandOff:
    """A new hand-off in this session, its clock running from ``at``."""
    made = HandOff(
        flow_version_id=flow_version_id,
        step_id=step.id,
        subject_table=subject[0],
        subject_id=subject[1],
        root_table=root[0],
        root_id=root[1],
        from_department_id=step.from_department_id,
        to_department_id=step.to_department_id,
        state=HandOffState.OFFERED,
        target_minutes=step.target_minutes,
        offered_at=at,
        offered_by=by,
        ended_by="",
        reason="",
        offered_by_id=by_id,
        assignee_id=assignee_id,
        rework_of_id=rework_of_id,
        due_at=due_by(calendar, at, step.target_minutes),
    )
    session.add(made)
    return made


def forget(root: Subject) -> None:
    """Read the hand-offs under a root afresh: a use case added one."""
    work: Work | None = session.info.get(MEMO)
    if work is not None:
        work.known.pop(root, None)


def concerns(hand_off: HandOff, event: Event) -> bool:
    """Whether an event speaks of this hand-off.

    About the same kind of record it must be the same record (a shipment handed over ends its own dispatch, not its
    sister's); about another kind, the same root is enough (a shipment made ready ends the order's preparation).
    """
    table, row_id = event.subject
    if hand_off.subject_table == table:
        return hand_off.subject_id == row_id
    return event.root in {hand_off.root, hand_off.subject}


def _work() -> Work:
    unit = current_unit()
    work: Work | None = session.info.get(MEMO)
    if work is None or work.unit is not unit:
        with session.no_autoflush:  # the flow is not what a use case of an order is about to write
            work = Work(unit, dict(published_plans()))
        session.info[MEMO] = work
    return work


def _occurred(event: Event) -> datetime:
    now = clock.now()
    return min(max(event.occurred_at or now, now - OLDEST), now)


def _open(work: Work, plan: Plan | None, step: PlannedStep, actor: Actor, event: Event) -> None:
    under_root = work.hand_offs(event.root)
    if plan is None or any(
        known.is_open and known.step_id == step.id and known.subject == event.subject for known in under_root
    ):
        return
    under_root.append(
        offer(
            step,
            work.calendar(step.to_department_id),
            flow_version_id=plan.version_id,
            subject=event.subject,
            root=event.root,
            at=_occurred(event),
            by=actor.name,
            by_id=actor.user_id,
        )
    )


def _change(work: Work, trigger: Trigger, actor: Actor, event: Event) -> None:
    at = _occurred(event)
    for hand_off in work.hand_offs(event.root):
        if not (hand_off.is_open and hand_off.step_id == trigger.step.id and concerns(hand_off, event)):
            continue
        if not trigger.passes(event, hand_off.subject):
            continue
        calendar = work.calendar(hand_off.to_department_id)
        match trigger.action:
            case TriggerAction.CLOSE:
                clock_hands.end(hand_off, calendar, HandOffState.COMPLETED, at=at, by=actor.name)
            case TriggerAction.CANCEL:
                clock_hands.end(
                    hand_off, calendar, HandOffState.CANCELLED, at=at, by=actor.name, reason=actor.reason or ""
                )
            case TriggerAction.PAUSE if hand_off.state is not HandOffState.PAUSED:
                reason = actor.reason or event.name
                clock_hands.pause(hand_off, at=at, reason=reason, by=actor.name, cause=event.name)
            case TriggerAction.RESUME if _paused_by_event(hand_off):
                clock_hands.resume(hand_off, calendar, at=at)
            case _:
                pass


def _paused_by_event(hand_off: HandOff) -> bool:
    return any(pause.until is None and pause.cause for pause in hand_off.pauses)
