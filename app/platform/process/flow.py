"""The published flow as values, and the named guards and completions that its rows refer to.

Flow rows are data an admin shapes; what they name is code that records and departments register at start-up.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
import structlog

from app.kernel.actor import Actor
from app.kernel.registry import Registry
from app.platform.db import session
from app.platform.events import Event
from app.platform.process.models import FlowState, FlowStep, FlowTrigger, FlowVersion, HandOff, TriggerAction

log = structlog.get_logger(__name__)

Subject = tuple[str, int]
#: whether the event concerns this subject in this way: ``guard(event, subject)``
Guard = Callable[[Event, Subject], bool]
#: does what ends the hand-off, so that its closing event is published: ``completion(actor, hand_off)``
Completion = Callable[[Actor, HandOff], None]

guards: Registry[Guard] = Registry("flow guard")
completions: Registry[Completion] = Registry("flow completion")

KEPT = 64


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step as the engine needs it."""

    id: int
    code: str
    from_department_id: int | None
    to_department_id: int
    target_minutes: int


@dataclass(frozen=True, slots=True)
class Trigger:
    """What an event does to a step."""

    action: TriggerAction
    step: PlannedStep
    guard: str | None

    def passes(self, event: Event, subject: Subject) -> bool:
        """Ask the guard. One that nobody registered opens rather than loses work, and closes nothing."""
        if self.guard is None:
            return True
        guard = guards.find(self.guard)
        if guard is None:
            log.warning("process.guard.unknown", guard=self.guard, step=self.step.code, on=event.name)
            return self.action is TriggerAction.OPEN
        return guard(event, subject)


@dataclass(frozen=True, slots=True)
class Plan:
    """One published version of the flow."""

    version_id: int
    is_active: bool
    triggers: Mapping[str, tuple[Trigger, ...]]  #: by event name, opening ones first

    def on(self, event_name: str) -> tuple[Trigger, ...]:
        """What the event does under this version."""
        return self.triggers.get(event_name, ())


_read: dict[tuple[int, str], Mapping[str, tuple[Trigger, ...]]] = {}


def published_plans() -> Mapping[int, Plan]:
    """Every published version by id. One query, once the process has read their steps."""
    heads = sa.select(FlowVersion.id, FlowVersion.fingerprint, FlowVersion.state)
    rows = session.execute(heads.where(FlowVersion.state != FlowState.DRAFT)).all()
    return {row.id: Plan(row.id, row.state is FlowState.ACTIVE, _triggers(row.id, row.fingerprint)) for row in rows}


def seal(version: FlowVersion) -> None:
    """Give a version the fingerprint of its steps; they are flushed and do not change any more."""
    plain: list[object] = []
    for step in version.steps:
        plain += [step.id, step.code, step.from_department_id, step.to_department_id, step.target_minutes]
        plain += sorted([trigger.action.value, trigger.event, trigger.guard or ""] for trigger in step.triggers)
    version.fingerprint = hashlib.sha256(json.dumps(plain).encode()).hexdigest()


def _triggers(version_id: int, fingerprint: str) -> Mapping[str, tuple[Trigger, ...]]:
    key = (version_id, fingerprint)
    if key not in _read:
        while len(_read) >= KEPT:
            _read.pop(next(iter(_read)), None)
        _read[key] = _triggers_of(version_id)
    return _read[key]


def _triggers_of(version_id: int) -> Mapping[str, tuple[Trigger, ...]]:
    statement = (
        sa.select(
            FlowStep.id,
            FlowStep.code,
            FlowStep.from_department_id,
            FlowStep.to_department_id,
            FlowStep.target_minutes,
            FlowTrigger.action,
            FlowTrigger.event,
            FlowTrigger.guard,
        )
        .join(FlowTrigger, FlowTrigger.flow_step_id == FlowStep.id)
        .where(FlowStep.flow_version_id == version_id)
        .order_by(FlowStep.position, FlowTrigger.id)
    )
    found: dict[str, list[Trigger]] = defaultdict(list)
    for row in session.execute(statement):
        step = PlannedStep(row.id, row.code, row.from_department_id, row.to_department_id, row.target_minutes)
        found[row.event].append(Trigger(row.action, step, row.guard))
    return {
        name: tuple(sorted(triggers, key=lambda trigger: trigger.action is not TriggerAction.OPEN))
        for name, triggers in found.items()
    }
