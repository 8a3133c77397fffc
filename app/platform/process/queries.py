"""Who holds what: desks, orders, departments. For screens, through the reader's rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.platform.access.models import User
from app.platform.db import locks, session
from app.platform.process.calendars import calendars_of
from app.platform.process.clocks import Clock, Instants, clock_of
from app.platform.process.models import FlowStep, HandOff, HandOffPause, HandOffState
from app.platform.process.working_time import Pause

COUNTED = 1_000  #: counts stop here and say 'and more'
PAGE = 50


@dataclass(frozen=True, slots=True)
class PauseNote:
    """A pause as it is told."""

    since: datetime
    until: datetime | None
    reason: str
    by: str
    is_by_event: bool  #: ends with its cause, such as the hold on an order


@dataclass(frozen=True, slots=True)
class HandOffView:
    """One hand-off with its step, its people and its clock."""

    id: int
    version: int
    step_id: int
    code: str
    title_en: str
    title_zh: str
    needed_en: str
    needed_zh: str
    instruction: str
    checklist: Sequence[str]
    is_closed_by_hand: bool
    completion: str | None
    subject: tuple[str, int]
    root: tuple[str, int]
    from_department_id: int | None
    to_department_id: int
    state: HandOffState
    offered_at: datetime
    offered_by: str
    accepted_at: datetime | None
    ended_at: datetime | None
    ended_by: str
    assignee_id: int | None
    assignee: str | None
    reason: str
    rework_of_id: int | None
    pauses: Sequence[PauseNote]
    clock: Clock

    @property
    def pause(self) -> PauseNote | None:
        """The pause that lasts."""
        return next((note for note in self.pauses if note.until is None), None)

    def title(self, language: str) -> str:
        """The step's name."""
        return self.title_zh if language.startswith("zh") else self.title_en

    def needed(self, language: str) -> str:
        """What ends it."""
        return self.needed_zh if language.startswith("zh") else self.needed_en

    @property
    def can_be_completed_by_hand(self) -> bool:
        """Whether 'complete' can work; else booking the work ends it."""
        return self.is_closed_by_hand or self.rework_of_id is not None or self.completion is not None


@dataclass(frozen=True, slots=True)
class DeskCounts:
    """Sizes of a desk, each counted up to COUNTED."""

    mine: int
    team: int
    late: int
    paused: int


_is_open = HandOff.ended_at.is_(None)
_runs = sa.and_(_is_open, HandOff.due_at.is_not(None))
_stands = sa.and_(_is_open, HandOff.due_at.is_(None))


def desk_of(
    user_id: int | None,
    department_ids: Sequence[int],
    *,
    at: datetime,
    whole_team: bool = False,
    limit: int = PAGE,
) -> list[HandOffView]:
    """Open hand-offs of a person by due time, paused ones at the end.

    A person's own are those assigned to them and those offered to their departments that nobody has taken; the whole
    team's are all of the departments.
    """
    ids: list[int] = []
    for criterion in (_runs, _stands):
        branches = [_branch(part, criterion, limit) for part in _parts(user_id, department_ids, whole_team=whole_team)]
        if branches:
            every = sa.union_all(*[sa.select(branch.c.id, branch.c.due_at) for branch in branches]).subquery()
            first = sa.select(every.c.id).order_by(every.c.due_at, every.c.id).limit(limit)
            ids += session.scalars(first)
    return views(list(dict.fromkeys(ids)), at=at)


def desk_counts(user_id: int | None, department_ids: Sequence[int], *, at: datetime) -> DeskCounts:
    """How much lies on a desk, in one query."""
    mine = _parts(user_id, department_ids, whole_team=False)
    team = _parts(user_id, department_ids, whole_team=True)
    late = sa.and_(_runs, HandOff.due_at < at)
    row = session.execute(
        sa.select(
            _counted(mine, _is_open).label("mine"),
            _counted(team, _is_open).label("team"),
            _counted(mine, late).label("late"),
            _counted(mine, _stands).label("paused"),
        )
    ).one()
    return DeskCounts(row.mine, row.team, row.late, row.paused)


def open_hand_offs_of(root: tuple[str, int], *, at: datetime) -> list[HandOffView]:
    """Who holds this order, since when, until when, and what they need; first due first."""
    statement = sa.select(HandOff.id).where(HandOff.root_table == root[0], HandOff.root_id == root[1], _is_open)
    found = views(list(session.scalars(statement.order_by(HandOff.id))), at=at)
    return sorted(found, key=lambda view: (view.clock.due_at is None, view.clock.due_at or at, view.id))


def all_hand_offs_of(root: tuple[str, int], *, at: datetime) -> list[HandOffView]:
    """Every hand-off under a root in the order they were offered."""
    statement = sa.select(HandOff.id).where(HandOff.root_table == root[0], HandOff.root_id == root[1])
    return views(list(session.scalars(statement.order_by(HandOff.offered_at, HandOff.id))), at=at)


def late_counts(at: datetime) -> Mapping[int, int]:
    """Open hand-offs past their due time by department."""
    statement = (
        sa.select(HandOff.to_department_id, sa.func.count())
        .where(_runs, HandOff.due_at < at)
        .group_by(HandOff.to_department_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def late_hand_offs_of(department_id: int, *, at: datetime, limit: int = PAGE) -> list[HandOffView]:
    """A department's open hand-offs past their due time, oldest first."""
    statement = (
        sa.select(HandOff.id)
        .where(_runs, HandOff.to_department_id == department_id, HandOff.due_at < at)
        .order_by(HandOff.due_at, HandOff.id)
        .limit(limit)
    )
    return views(list(session.scalars(statement)), at=at)


def views(ids: Sequence[int], *, at: datetime) -> list[HandOffView]:
    """Hand-offs with their clocks, in the order of the ids; three queries, however many."""
    ids = [key for key in ids if 0 < key <= locks.MAX_ID]
    if not ids:
        return []
    statement = (
        sa.select(*_HAND_OFF_COLUMNS, *_STEP_COLUMNS, User.name.label("assignee"))
        .join(FlowStep, FlowStep.id == HandOff.step_id)
        .outerjoin(User, User.id == HandOff.assignee_id)
        .where(HandOff.id.in_(ids))
    )
    rows: dict[int, Any] = {row.id: row for row in session.execute(statement)}
    notes: dict[int, list[PauseNote]] = defaultdict(list)
    pauses = sa.select(HandOffPause).where(HandOffPause.hand_off_id.in_(ids)).order_by(HandOffPause.since)
    for pause in session.scalars(pauses):
        notes[pause.hand_off_id].append(
            PauseNote(pause.since, pause.until, pause.reason, pause.paused_by, bool(pause.cause))
        )
    calendars = calendars_of({row.to_department_id for row in rows.values()})
    return [_view(rows[key], notes[key], calendars[rows[key].to_department_id], at) for key in ids if key in rows]


_HAND_OFF_COLUMNS = (
    HandOff.id,
    HandOff.version,
    HandOff.step_id,
    HandOff.subject_table,
    HandOff.subject_id,
    HandOff.root_table,
    HandOff.root_id,
    HandOff.from_department_id,
    HandOff.to_department_id,
    HandOff.state,
    HandOff.target_minutes,
    HandOff.offered_at,
    HandOff.offered_by,
    HandOff.accepted_at,
    HandOff.ended_at,
    HandOff.ended_by,
    HandOff.due_at,
    HandOff.assignee_id,
    HandOff.reason,
    HandOff.rework_of_id,
)
_STEP_COLUMNS = (
    FlowStep.code,
    FlowStep.title_en,
    FlowStep.title_zh,
    FlowStep.needed_en,
    FlowStep.needed_zh,
    FlowStep.instruction,
    FlowStep.checklist,
    FlowStep.is_closed_by_hand,
    FlowStep.completion,
    FlowStep.warning_percent,
)


def _view(row: sa.Row[Any], notes: Sequence[PauseNote], calendar: Any, at: datetime) -> HandOffView:
    values = dict(row._mapping)
    instants = Instants(
        row.state,
        row.offered_at,
        row.accepted_at,
        row.ended_at,
        values.pop("due_at"),
        values.pop("target_minutes"),
        values.pop("warning_percent"),
    )
    taken: list[Pause] = [(note.since, note.until) for note in notes]
    return HandOffView(
        subject=(values.pop("subject_table"), values.pop("subject_id")),
        root=(values.pop("root_table"), values.pop("root_id")),
        pauses=tuple(notes),
        clock=clock_of(instants, calendar, taken, at),
        **values,
    )


def _parts(user_id: int | None, department_ids: Sequence[int], *, whole_team: bool) -> list[sa.ColumnElement[bool]]:
    """Criteria that each read one index from its start; together they are the desk, apart from each other."""
    departments = sorted(department_ids)
    if whole_team:
        return [HandOff.to_department_id == department_id for department_id in departments]
    untaken = [
        sa.and_(HandOff.to_department_id == department_id, HandOff.assignee_id.is_(None))
        for department_id in departments
    ]
    return [*([HandOff.assignee_id == user_id] if user_id is not None else []), *untaken]


def _branch(part: sa.ColumnElement[bool], criterion: sa.ColumnElement[bool], limit: int) -> sa.Subquery:
    statement = sa.select(HandOff.id, HandOff.due_at).where(part, criterion)
    return statement.order_by(HandOff.due_at, HandOff.id).limit(limit).subquery()


def _counted(parts: list[sa.ColumnElement[bool]], criterion: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    if not parts:
        return sa.literal(0)
    total: sa.ColumnElement[int] = sa.literal(0)
    for part in parts:
        found = sa.select(HandOff.id).where(part, criterion).limit(COUNTED).subquery()
        total += sa.select(sa.func.count()).select_from(found).scalar_subquery()
    return total
