"""Departments, people and facts for tests of hand-offs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from sqlalchemy import event as sa_event

from app.kernel.actor import Actor, ActorKind
from app.platform.access import Permission, everything
from app.platform.access.models import Department, User, UserDepartment
from app.platform.db import db, run, session
from app.platform.events import Event, bus, publish
from app.platform.process.default_flow import install_default_flow
from app.platform.process.models import FlowStep, HandOff
from app.platform.process.permissions import HEAD, MEMBER, Permissions

SHANGHAI = ZoneInfo("Asia/Shanghai")
SYSTEM = everything("system", ActorKind.SYSTEM, "test")
ORDER = ("orders", 4711)
FIVE = ("sales", "purchasing", "warehouse", "logistics", "finance")


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """A moment of 2026 in Shanghai; November 23rd is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def fact(name: str, subject: tuple[str, int] = ORDER, root: tuple[str, int] | None = None, **values: Any) -> Event:
    """An event by its name, without the room that declares it."""
    members = {"name": name, "subject": property(lambda _: subject), "root": property(lambda _: root or subject)}
    return type("Fact", (Event,), members)(**values)


def tell(actor: Actor, *, events: list[Event]) -> None:
    """A use case in which these things happen, and only the engine listens: departments expect their own classes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bus, "_handlers", defaultdict(list))
        for one in events:
            publish(one)


def happen(*events: Event, actor: Actor = SYSTEM) -> None:
    """These things happen in one transaction."""
    run(tell, actor, events=list(events))


@dataclass
class House:
    """Five departments with a member each, a head of the warehouse, and the default flow."""

    departments: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    readable: tuple[Permission, ...] = (Permissions.HAND_OFF_READ,)  #: what everybody of the house sees

    def actor(self, name: str, *permissions: Permission, scope: str = "department") -> Actor:
        """A person with rights; a member's unless others are named. Everybody sees who holds what."""
        member = name.split("-", maxsplit=1)[0]
        head = name.endswith("-head")
        granted = permissions or (HEAD if head else MEMBER)
        rights = {one.code: frozenset({scope}) for one in granted}
        department = self.departments[member]
        return Actor(
            name=name,
            kind=ActorKind.USER,
            user_id=self.people[name],
            permissions=MappingProxyType({**{one.code: frozenset({"all"}) for one in self.readable}, **rights}),
            department_ids=frozenset({department}),
            headed_department_ids=frozenset({department} if head else ()),
            department_codes=frozenset({member}),
            timezone="Asia/Shanghai",
        )


def _people_and_flow(actor: Actor, *, house: House) -> None:
    for position, code in enumerate(FIVE, start=1):
        department = Department(
            code=code, name_en=code.title(), name_zh=code, mark_en=code[0].upper(), mark_zh=code[0], position=position
        )
        session.add(department)
        session.flush()
        house.departments[code] = department.id
        for name in (code, f"{code}-2", f"{code}-head"):
            person = User(login=name, name=name)
            session.add(person)
            session.flush()
            session.add(UserDepartment(user_id=person.id, department_id=department.id, is_head=name.endswith("head")))
            house.people[name] = person.id
    install_default_flow(actor)


def make_house() -> House:
    """Set the house up with real rows."""
    house = House()
    run(_people_and_flow, SYSTEM, house=house)
    return house


def hand_offs(*codes: str, root: tuple[str, int] | None = ORDER) -> list[HandOff]:
    """Hand-offs under a root in the order they were made, those of the named steps only."""
    session.expire_all()
    statement = sa.select(HandOff).join(FlowStep, FlowStep.id == HandOff.step_id).order_by(HandOff.id)
    if codes:
        statement = statement.where(FlowStep.code.in_(codes))
    if root:
        statement = statement.where(HandOff.root_table == root[0], HandOff.root_id == root[1])
    return list(session.scalars(statement))


def the(code: str, *, root: tuple[str, int] = ORDER) -> HandOff:
    """The newest hand-off of a step under a root."""
    return hand_offs(code, root=root)[-1]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that is sent inside the block, savepoints left out."""
    sent: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            sent.append(statement)

    sa_event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa_event.remove(db.engine, "before_cursor_execute", note)
