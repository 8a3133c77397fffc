"""Who acts, and at which moment: the clock of the story runs through working hours up to now."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor
from app.platform.db import run, session
from app.platform.process import HandOff, HandOffState
from app.platform.process.models import FlowStep
from app.platform.process.service import accept_hand_off
from app.platform.process.working_time import WorkCalendar, due_at, shifts_on

R = TypeVar("R")
ZONE = ZoneInfo("Asia/Shanghai")
#: a story told in pieces: each time it names the moment at which it goes on
Story = Generator[datetime, None, None]
#: a part of one; it gives the moment at which the next begins, or None at the end
Chapter = Generator[datetime, None, datetime | None]


class Cast:
    """The persons of the story with their rights, and its working hours."""

    def __init__(self, actors: Mapping[str, Actor], calendar: WorkCalendar, now: datetime) -> None:
        self.actors = actors
        self.calendar = calendar
        self.now = now

    def do(self, login: str, use_case: Callable[..., R], **values: Any) -> R:
        """One use case as one person."""
        return run(use_case, self.actors[login], **values)

    def moment(self, days_ago: int, at: str) -> datetime:
        """A time of the day so many working days ago; 0 is today, and never later than now."""
        day, left = self.now.astimezone(ZONE).date(), days_ago
        while left:
            day -= timedelta(days=1)
            left -= bool(shifts_on(self.calendar, day))
        hour, minute = map(int, at.split(":"))
        return min(datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE), self.now - timedelta(minutes=2))

    def later(self, start: datetime, minutes: int) -> datetime:
        """So much working time after a moment."""
        found = due_at(self.calendar, start, minutes)
        return min(found or self.now, self.now)

    def accept(self, login: str, root: tuple[str, int], step: str) -> int | None:
        """Take the hand-off of a step that waits under a record; its id, or None when nothing waits."""
        found = session.scalar(
            sa.select(HandOff.id)
            .join(FlowStep, FlowStep.id == HandOff.step_id)
            .where(
                HandOff.root_table == root[0], HandOff.root_id == root[1],
                FlowStep.code == step, HandOff.state == HandOffState.OFFERED,
            )
            .order_by(HandOff.id)
            .limit(1)
        )  # fmt: skip
        if found is not None:
            self.do(login, accept_hand_off, hand_off_id=found)
        return found


def play(stories: Iterable[Story], until: datetime) -> None:
    """Tell all stories at once, in the order of their moments; nothing happens after ``until``."""
    waiting: list[tuple[datetime, int, Story]] = []
    for number, story in enumerate(stories):
        if (first := next(story, None)) is not None:
            heapq.heappush(waiting, (first, number, story))
    while waiting:
        at, number, story = heapq.heappop(waiting)
        with clock.freeze(min(at, until)):
            following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (max(at, following), number, story))
