"""How far an order has come and when it got there: the moments of its way, worked out once for many orders.

A journey is a row of moments. An empty moment has not come yet, and everything else follows from that: states,
quantities, hand-offs, invoices. So a few hundred journeys are worked out in Python and a batch of orders shares them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from app.platform.process.calendars import due_by
from app.platform.process.working_time import WorkCalendar, working_minutes
from app.records.orders.states import OrderState
from app.records.shipping.models import ShipmentState

ZONE = ZoneInfo("Asia/Shanghai")
#: of so many completed journeys each batch takes its orders
COMPLETED = 200
#: of each other stage
OPEN = 12
OLDEST, NEWEST = 540, 60  #: days since completed orders came in
PAID_WITHIN = 30  #: days, the payment term of bulk customers


class Stage(StrEnum):
    """How far an order has come."""

    ENTERED = "entered"  #: to be verified
    ASKED = "asked"  #: the customer has it
    SHORT = "short"  #: purchasing has to say when goods come
    HELD = "held"
    ALLOCATED = "allocated"  #: to be picked
    READY = "ready"  #: to be dispatched
    SHIPPED = "shipped"
    DELIVERED = "delivered"  #: to be invoiced
    INVOICED = "invoiced"
    OVERDUE = "overdue"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


S = Stage
#: of 200 orders; the rest is completed
SHARES = {
    S.ENTERED: 1, S.ASKED: 1, S.SHORT: 1, S.HELD: 1, S.ALLOCATED: 1, S.READY: 1, S.SHIPPED: 1, S.DELIVERED: 1,
    S.INVOICED: 9, S.OVERDUE: 1, S.CANCELLED: 4,
}  # fmt: skip
_CYCLE = [stage for stage, share in SHARES.items() for _ in range(share)]
_CYCLE += [S.COMPLETED] * (200 - len(_CYCLE))

#: the legs of the way in working minutes: quick, usual, slow (some slower than their target)
LEGS = {
    "verified": (70, 140, 260),
    "confirmed": (60, 180, 420),
    "ready": (110, 190, 260),
    "shipped": (40, 80, 150),
    "delivered": (120, 260, 600),
    "invoiced": (40, 90, 240),
}
#: last moment that has come
_LAST = {
    S.ENTERED: None, S.ASKED: "verified", S.SHORT: "confirmed", S.HELD: "confirmed", S.ALLOCATED: "confirmed",
    S.READY: "ready", S.SHIPPED: "shipped", S.DELIVERED: "delivered", S.INVOICED: "invoiced", S.OVERDUE: "invoiced",
    S.COMPLETED: "invoiced", S.CANCELLED: "verified",
}  # fmt: skip
_STATES = {
    S.ENTERED: OrderState.DRAFT, S.ASKED: OrderState.VERIFIED, S.SHORT: OrderState.CONFIRMED,
    S.HELD: OrderState.CONFIRMED, S.ALLOCATED: OrderState.IN_FULFILMENT, S.READY: OrderState.IN_FULFILMENT,
    S.SHIPPED: OrderState.FULFILLED, S.DELIVERED: OrderState.FULFILLED, S.INVOICED: OrderState.FULFILLED,
    S.OVERDUE: OrderState.FULFILLED, S.COMPLETED: OrderState.COMPLETED, S.CANCELLED: OrderState.CANCELLED,
}  # fmt: skip
_SHIPMENT_STATES = {S.READY: ShipmentState.READY, S.SHIPPED: ShipmentState.SHIPPED}

#: step -> (moment that opens it, moment that ends it)
STEPS = {
    "H1": ("received", "verified"),
    "H2": ("allocated", "ready"),
    "H3": ("confirmed", "covered"),
    "H4": ("confirmed", "set_up"),
    "H7": ("ready", "shipped"),
    "H8": ("shipped", "delivered"),
    "H9": ("shipped", "invoiced"),
    "H10": ("overdue", "paid"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What a journey needs to know of a step of the flow."""

    calendar: WorkCalendar
    target_minutes: int


Row = dict[str, Any]


def stage_of(number: int) -> Stage:
    """Any 200 numbers in a row hold every stage."""
    return _CYCLE[number * 77 % 200]


def journeys(steps: Mapping[str, Step], now: datetime, seed: int) -> dict[Stage, list[Row]]:
    """Rows for one batch, by stage; their keys are those of ``MOMENTS`` and a few more."""
    random = Random(seed)  # noqa: S311  the same orders for the same numbers
    found: dict[Stage, list[Row]] = {}
    key = 0
    for stage in Stage:
        rows = []
        for place in range(COMPLETED if stage is S.COMPLETED else OPEN):
            key += 1
            rows.append({"id": key, **_journey(stage, place, steps, now, random)})
        found[stage] = rows
    return found


def _journey(stage: Stage, place: int, steps: Mapping[str, Step], now: datetime, random: Random) -> Row:
    calendar = steps["H1"].calendar
    legs = _legs(stage, random)
    at: dict[str, datetime | None] = dict.fromkeys(MOMENTS)
    moment = at["received"] = _received(stage, place, calendar, legs, now, random)
    for name, minutes in legs.items():
        moment = at[name] = _after(calendar, moment, minutes)
    is_confirmed = at["confirmed"] is not None
    if stage is S.CANCELLED:
        at["cancelled"] = _after(calendar, moment, 30)
    elif is_confirmed:
        at["set_up"] = at["confirmed"]
        if stage not in {S.SHORT, S.HELD}:
            at["allocated"] = at["covered"] = at["confirmed"]
        if stage is S.HELD:
            at["held"] = _after(calendar, moment, 5)
    _money(stage, at, now, random)
    row: Row = {
        **at,
        "state": _STATES[stage].value,
        "shipment_state": _SHIPMENT_STATES.get(stage, ShipmentState.DELIVERED).value,
        "touched": max(one for one in at.values() if one is not None),
        "closed": at["paid"] or at["cancelled"],
        "confirmed_how": "phone" if is_confirmed else None,
        "promised_on": _day(_after(calendar, at["confirmed"], 2400)) if at["confirmed"] else None,
        "shipped_on": _day(at["shipped"]),
        "invoiced_on": _day(at["invoiced"]),
        "due_on": _due_on(at),
        "paid_on": _day(at["paid"]),
        "holds": int(stage in {S.ALLOCATED, S.READY}),
    }
    for code, (opens, ends) in STEPS.items():
        row |= _hand_off(code, stage, at[opens], at[ends], steps[code], random)
    return row


#: columns of a journey that hold a moment
MOMENTS = (
    "received", "verified", "confirmed", "allocated", "covered", "set_up", "ready", "shipped", "delivered", "invoiced",
    "overdue", "paid", "cancelled", "held",
)  # fmt: skip


def _legs(stage: Stage, random: Random) -> dict[str, int]:
    last = _LAST[stage]
    names = list(LEGS)
    wanted = names[: names.index(last) + 1] if last else []
    return {name: random.choice(LEGS[name]) + random.randrange(20) for name in wanted}


def _received(
    stage: Stage, place: int, calendar: WorkCalendar, legs: Mapping[str, int], now: datetime, random: Random
) -> datetime:
    """Early enough that the legs are over by now, and the present step has taken a while."""
    if stage is S.COMPLETED:
        days = random.randint(NEWEST, OLDEST)
    elif stage is S.CANCELLED:
        days = random.randint(10, OLDEST)
    elif stage is S.INVOICED:
        days = 12 + place
    elif stage is S.OVERDUE:
        days = 50 + place
    else:
        worked = sum(legs.values()) + 15 + place * 45
        return _before(calendar, now, worked)
    return _after(calendar, now - timedelta(days=days), random.randrange(480))


def _before(calendar: WorkCalendar, now: datetime, minutes: int) -> datetime:
    """A moment since which so much has been worked, to the hour."""
    low, high = 0, 24 * 60
    while low < high:
        hours = (low + high) // 2
        if working_minutes(calendar, now - timedelta(hours=hours), now) >= minutes:
            high = hours
        else:
            low = hours + 1
    return now - timedelta(hours=low)


def _after(calendar: WorkCalendar, start: datetime, minutes: int) -> datetime:
    return due_by(calendar, start, minutes) or start


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(ZONE).date() if moment else None


def _due_on(at: Mapping[str, datetime | None]) -> date | None:
    invoiced = at["invoiced"]
    return _day(invoiced + timedelta(days=PAID_WITHIN)) if invoiced else None


def _money(stage: Stage, at: dict[str, datetime | None], now: datetime, random: Random) -> None:
    invoiced = at["invoiced"]
    if stage is S.OVERDUE and invoiced:
        at["overdue"] = min(invoiced + timedelta(days=PAID_WITHIN + 1), now - timedelta(hours=1))
    if stage is S.COMPLETED and invoiced:
        at["paid"] = invoiced + timedelta(days=random.randint(5, PAID_WITHIN), minutes=random.randrange(400))


def _hand_off(
    code: str, stage: Stage, opened: datetime | None, ended: datetime | None, step: Step, random: Random
) -> Row:
    accepted = due = None
    if opened is not None:
        is_paused = stage is S.HELD and code == "H3"
        due = None if is_paused else _after(step.calendar, opened, step.target_minutes)
        if ended is not None or is_paused or random.random() < 0.5:
            accepted = opened
    name = code.lower()
    return {f"{name}_offered": opened, f"{name}_accepted": accepted, f"{name}_ended": ended, f"{name}_due": due}
