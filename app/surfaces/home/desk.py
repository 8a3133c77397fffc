"""What a person's desk shows: their open hand-offs in groups, and the chosen one in full."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from flask_babel import gettext, ngettext, pgettext

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.access import Permission, can
from app.platform.access.models import Department
from app.platform.backoffice import format  # noqa: A004  the room's own word for it
from app.platform.db import session
from app.platform.process import HandOffView, SubjectLine, desk_of, open_hand_offs_of
from app.platform.process.clocks import ClockFace
from app.platform.process.models import HandOffState
from app.platform.process.permissions import Permissions
from app.platform.process.queries import DeskCounts, PauseNote, desk_counts, views
from app.platform.process.subjects import described
from app.surfaces.home.places import Places, Work
from app.surfaces.home.remains import Remainder, remainders_of

AHEAD = timedelta(hours=4)
ALSO_SHOWN = 5

GROUPS = ("late", "today", "later", "paused")


def heading(group: str) -> tuple[str, str]:
    """Name of a group and what stands small behind it."""
    return {
        "late": (pgettext("hand-offs", "Late"), gettext("oldest first")),
        "today": (gettext("Due today"), ""),
        "later": (gettext("Tomorrow and later"), ""),
        "paused": (pgettext("hand-offs", "Paused"), gettext("the clock stands still, with a reason")),
    }[group]


@dataclass(frozen=True, slots=True)
class Row:
    """One hand-off with its record in words and the departments it passes between."""

    view: HandOffView
    line: SubjectLine
    origin: Department | None  #: none: from outside the house
    target: Department | None
    href: str | None  #: where the work is done

    @property
    def paused(self) -> PauseNote | None:
        """The pause that lasts."""
        return self.view.pause

    @property
    def due_words(self) -> str:
        """Until when, as short as the language allows; beyond a day the moment itself."""
        due_at = self.view.clock.due_at
        if due_at is None:
            return ""
        span = due_at - clock.now()
        if self.view.clock.face is ClockFace.LATE:
            return gettext("%(span)s late", span=format.duration(span))
        if span >= format.DAY:
            return format.moment(due_at)
        return pgettext("due", "in %(span)s", span=format.duration(span))

    @property
    def note(self) -> str:
        """Why it waits or came back, else what its record says."""
        return self.paused.reason if self.paused else self.line.note


@dataclass(frozen=True, slots=True)
class Rights:
    """Which buttons stand on a row; the use cases decide again."""

    accept: bool = False
    complete: bool = False
    give_back: bool = False
    pause: bool = False
    resume: bool = False
    assign: bool = False
    cancel: bool = False


@dataclass(frozen=True, slots=True)
class Rail:
    """The chosen hand-off in full."""

    row: Row
    rights: Rights
    root_href: str | None  #: page of the order or other record it belongs to
    remains: Sequence[Remainder]
    also: Sequence[Row]
    sent_back: HandOffView | None  #: the hand-off this is the rework of


@dataclass(frozen=True, slots=True)
class Desk:
    """The whole screen."""

    groups: Sequence[tuple[str, Sequence[Row]]]
    counts: DeskCounts
    due_soon: int
    horizon: datetime
    rail: Rail | None
    rights: Mapping[int, Rights]
    departments: Sequence[Department]  #: of this person
    chosen_department: Department | None
    whole_team: bool
    now: datetime

    @property
    def summary(self) -> list[str]:
        """How it stands beside what is late."""
        found = []
        if self.due_soon:
            found.append(gettext("%(n)s due before %(time)s", n=self.due_soon, time=format.clock_time(self.horizon)))
        if self.counts.paused:
            found.append(ngettext("%(num)s paused", "%(num)s paused", self.counts.paused))
        return found

    @property
    def shown(self) -> int:
        """Rows on the screen."""
        return sum(len(rows) for _, rows in self.groups)


def desk_for(actor: Actor, *, whole_team: bool, department: str, pick: int | None) -> Desk:
    """The desk of a person.  department: code of one of theirs, to see it alone.  pick: the hand-off in the rail."""
    now = clock.now()
    every = {row.id: row for row in session.scalars(sa.select(Department).order_by(Department.position))}
    mine = [row for row in every.values() if row.id in actor.department_ids]
    chosen = next((row for row in mine if row.code == department), None)
    wanted = [chosen.id] if chosen else [row.id for row in mine]
    counts = desk_counts(actor.user_id, wanted, at=now)
    found = desk_of(actor.user_id, wanted, at=now, whole_team=whole_team)
    if chosen:
        found = [view for view in found if view.to_department_id == chosen.id]
    places = Places(actor)
    rows = _rows(places, found, every)
    horizon = now + AHEAD
    picked = next((row for row in rows if row.view.id == pick), None)
    if picked is None and pick is not None:
        picked = next(iter(_rows(places, views([pick], at=now), every)), None)
    if picked is None:
        picked = rows[0] if rows else None
    return Desk(
        groups=_grouped(rows, now),
        counts=counts,
        due_soon=sum(1 for row in rows if row.view.clock.due_at and now <= row.view.clock.due_at <= horizon),
        horizon=horizon,
        rail=_rail(actor, picked, every, places) if picked else None,
        rights={row.view.id: rights_on(actor, row.view) for row in rows},
        departments=mine,
        chosen_department=chosen,
        whole_team=whole_team,
        now=now,
    )


def count_of(actor: Actor) -> int | None:
    """Open hand-offs on this person's desk, for the sidebar."""
    return desk_counts(actor.user_id, sorted(actor.department_ids), at=clock.now()).mine or None


def rights_on(actor: Actor, view: HandOffView) -> Rights:
    """What the person may do with a hand-off in its present state."""

    def may(permission: Permission) -> bool:
        if not can(actor, permission):
            return False
        scopes = actor.permissions[permission.code]
        return bool(
            "all" in scopes
            or ("department" in scopes and view.to_department_id in actor.department_ids)
            or ("headed" in scopes and view.to_department_id in actor.headed_department_ids)
            or ("own" in scopes and view.assignee_id == actor.user_id)
        )

    if view.ended_at is not None:
        return Rights()
    is_paused = view.state is HandOffState.PAUSED
    has_sender = view.from_department_id not in {None, view.to_department_id} and view.rework_of_id is None
    return Rights(
        accept=view.state is HandOffState.OFFERED and may(Permissions.HAND_OFF_ACCEPT),
        complete=not is_paused and view.can_be_completed_by_hand and may(Permissions.HAND_OFF_COMPLETE),
        give_back=not is_paused and has_sender and may(Permissions.HAND_OFF_RETURN),
        pause=view.state is HandOffState.ACCEPTED and may(Permissions.HAND_OFF_PAUSE),
        resume=view.pause is not None and not view.pause.is_by_event and may(Permissions.HAND_OFF_RESUME),
        assign=may(Permissions.HAND_OFF_ASSIGN),
        cancel=may(Permissions.HAND_OFF_CANCEL),
    )


def row_of(actor: Actor, hand_off_id: int) -> Row | None:
    """One hand-off as this person may see it."""
    every = {row.id: row for row in session.scalars(sa.select(Department))}
    return next(iter(_rows(Places(actor), views([hand_off_id], at=clock.now()), every)), None)


def _rows(places: Places, found: Sequence[HandOffView], departments: Mapping[int, Department]) -> list[Row]:
    lines = described(view.subject for view in found)
    work = {view.id: _work(view, departments) for view in found}
    ways = places.work(set(work.values()))
    return [
        Row(
            view=view,
            line=lines[view.subject],
            origin=departments.get(view.from_department_id or 0),
            target=departments.get(view.to_department_id),
            href=ways.get(work[view.id]),
        )
        for view in found
    ]


def _work(view: HandOffView, departments: Mapping[int, Department]) -> Work:
    target = departments.get(view.to_department_id)
    return Work(target.code if target else "", view.subject, view.root)


def _grouped(rows: Sequence[Row], now: datetime) -> list[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = {name: [] for name in GROUPS}
    today = now.astimezone(format.zone()).date()
    for row in rows:
        shown = row.view.clock
        if shown.face is ClockFace.PAUSED or shown.due_at is None:
            groups["paused"].append(row)
        elif shown.face is ClockFace.LATE:
            groups["late"].append(row)
        elif shown.due_at.astimezone(format.zone()).date() <= today:
            groups["today"].append(row)
        else:
            groups["later"].append(row)
    return [(name, members) for name, members in groups.items() if members]


def _rail(actor: Actor, row: Row, departments: Mapping[int, Department], places: Places) -> Rail:
    now = clock.now()
    view = row.view
    others = [other for other in open_hand_offs_of(view.root, at=now) if other.id != view.id]
    before = views([view.rework_of_id], at=now) if view.rework_of_id else []
    return Rail(
        row=row,
        rights=rights_on(actor, view),
        root_href=places.pages(view.root[0], [view.root[1]]).get(view.root[1]),
        remains=remainders_of(view.root),
        also=_rows(places, others[:ALSO_SHOWN], departments),
        sent_back=before[0] if before else None,
    )
