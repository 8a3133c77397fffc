"""What becomes of goods that came back, and what their customer gets for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.warehouse import serving
from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.returns.taking_in import announce_held, day_of
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, NotFound, RuleBroken
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.orders.models import Order, OrderLine
from app.records.returns import goods
from app.records.returns.events import RefundDue, ReplacementDue, ReturnInspected, ReturnReceived
from app.records.returns.holding import (
    lines_with_order_lines,
    lock_return,
    order_of_return,
    refresh_state,
    require_state,
)
from app.records.returns.models import (
    REMEDIES,
    CustomerReturn,
    CustomerReturnFinding,
    CustomerReturnLine,
    Outcome,
    Remedy,
    ReturnState,
)
from app.records.stock.models import Location, LocationKind, MoveKind

ZERO = Decimal(0)
REASON_LIMIT = 200
#: line's counter of each outcome
COUNTERS = {
    Outcome.RESTOCK: "restocked",
    Outcome.SCRAP: "scrapped",
    Outcome.REPAIR: "repaired",
    Outcome.REJECT: "rejected",
}
NEEDS_REASON = frozenset({Outcome.SCRAP, Outcome.REJECT})


class FindingStands(RuleBroken):
    """What was put on the shelf, written off or sent back is done; a correction of stock puts it right."""

    code = "warehouse.finding_stands"
    default_message = N_("This finding cannot be taken back any more: the goods are on their way.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFinding:
    """So many base units of a return's line, and what becomes of them.  location_id: the shelf, for restock."""

    line_id: int
    quantity: Decimal
    outcome: Outcome
    remedy: Remedy
    reason: str = ""
    location_id: int | None = None


def inspect_return(
    actor: Actor, *, return_id: int, findings: Sequence[NewFinding], version: int | None = None
) -> CustomerReturn:
    """Say what becomes of goods of a return that are here; several findings may share a line.

    Restocked goods serve the orders that wait for them; scrap is written off; what is repaired or rejected stays at the
    inspection place until it is sent back. A refund is finance's, a replacement is a new order without charge.
    Raises: NotPermitted, NotFound, Conflict, ReturnNotInState, InvalidInput naming every bad finding.
    """
    order_id = order_of_return(return_id)
    waiting = _who_waits(return_id, findings)
    orders = {
        order.id: order for order in locks.lock_all(Order, {order_id, *(one.order_id for one in waiting)})
    }  # in id order, this return's own among them
    _, found = lock_return(return_id, version)
    require(actor, Permissions.RETURN_INSPECT, found)
    require_state(found, ReturnState.RECEIVED)
    pairs = lines_with_order_lines(found.id)
    by_id = {row.id: (row, line) for row, line in pairs}
    given = [finding for finding in findings if finding.quantity]
    _check(found, by_id, given)
    made = [_book(actor, found, *by_id[finding.line_id], finding) for finding in given]
    session.flush()
    lines = [row for row, _ in pairs]
    refresh_state(found, lines)
    _announce(found, lines, made)
    serving.serve([one for one in waiting if one.order_id in orders], orders)
    return found


def _who_waits(return_id: int, findings: Sequence[NewFinding]) -> list[serving.Waiting]:
    """Lines that restocked goods can reach; read without locks, as everywhere."""
    products = {
        row.id: (row.product_id, row.warehouse_id)
        for row in session.execute(
            sa.select(CustomerReturnLine.id, OrderLine.product_id, CustomerReturn.warehouse_id)
            .join(OrderLine, OrderLine.id == CustomerReturnLine.order_line_id)
            .join(CustomerReturn, CustomerReturn.id == CustomerReturnLine.return_id)
            .where(CustomerReturnLine.return_id == return_id)
        )
    }
    free: dict[int, Decimal] = defaultdict(Decimal)
    for finding in findings:
        if finding.outcome is Outcome.RESTOCK and finding.line_id in products:
            free[products[finding.line_id][0] or 0] += finding.quantity
    if not free:
        return []
    return serving.who_waits(free, next(iter(products.values()))[1])[: serving.MOST_ORDERS]


def _check(
    found: CustomerReturn,
    lines: dict[int, tuple[CustomerReturnLine, OrderLine]],
    findings: Sequence[NewFinding],
) -> None:
    if foreign := {finding.line_id for finding in findings} - lines.keys():
        raise NotFound(record=CustomerReturnLine.__tablename__, id=min(foreign))
    left = {line_id: row.to_inspect for line_id, (row, _) in lines.items()}
    problems: dict[str, Message | str] = {}
    for place, finding in enumerate(findings, start=1):
        field = f"findings.{place}"
        if not ZERO < finding.quantity <= left[finding.line_id]:
            problems[f"{field}.quantity"] = Message(
                N_("Between 0 and %(left)s, which wait to be inspected."), left=plain(left[finding.line_id])
            )
        else:
            left[finding.line_id] -= finding.quantity
        if finding.remedy not in REMEDIES[finding.outcome]:
            problems[f"{field}.outcome"] = N_(
                "Who gets the same goods back gets no refund and no replacement for them."
            )
        if finding.outcome in NEEDS_REASON and not clean(finding.reason, REASON_LIMIT):
            problems[f"{field}.reason"] = N_("Say why.")
        if finding.outcome is Outcome.RESTOCK and not _is_shelf(found, finding.location_id):
            problems[f"{field}.location_id"] = N_("Choose a shelf of this warehouse.")
    if not findings:
        problems["findings"] = N_("Say of at least one line what becomes of it.")
    if problems:
        raise InvalidInput(problems)


def _is_shelf(found: CustomerReturn, location_id: int | None) -> bool:
    place = session.get(Location, location_id) if location_id and 0 < location_id <= locks.MAX_ID else None
    return (
        place is not None
        and place.warehouse_id == found.warehouse_id
        and place.is_active
        and place.kind is LocationKind.STORAGE
    )


def _book(
    actor: Actor, found: CustomerReturn, row: CustomerReturnLine, line: OrderLine, finding: NewFinding
) -> CustomerReturnFinding:
    quantity, why = finding.quantity, clean(finding.reason, REASON_LIMIT)
    day = day_of(found.warehouse_id)
    if finding.outcome is Outcome.RESTOCK:
        goods.to_shelf(found, line, quantity, finding.location_id or 0, day)
    elif finding.outcome is Outcome.SCRAP:
        goods.book_out(found, [(line, quantity)], MoveKind.ADJUSTMENT, day, f"{found.number}: {why}"[:200])
    counter = COUNTERS[finding.outcome]
    setattr(row, counter, getattr(row, counter) + quantity)
    if finding.remedy is Remedy.REFUND:
        row.refundable += quantity
    elif finding.remedy is Remedy.REPLACE:
        row.replaced += quantity
        line.returned -= quantity
    made = CustomerReturnFinding(
        return_id=found.id, line_id=row.id, quantity=quantity, outcome=finding.outcome, remedy=finding.remedy,
        reason=why, location_id=finding.location_id if finding.outcome is Outcome.RESTOCK else None,
        found_at=clock.now(), found_by=actor.name,
    )  # fmt: skip
    session.add(made)
    return made


def _announce(found: CustomerReturn, lines: list[CustomerReturnLine], made: Sequence[CustomerReturnFinding]) -> None:
    names: dict[str, Any] = {"return_id": found.id, "order_id": found.order_id}
    if not any(line.to_inspect for line in lines):
        publish(ReturnInspected(**names))
    if any(finding.remedy is Remedy.REFUND for finding in made):
        publish(RefundDue(**names))
    replaced = tuple(finding.id for finding in made if finding.remedy is Remedy.REPLACE)
    if replaced:
        publish(ReplacementDue(**names, finding_ids=replaced))
    if any(finding.remedy is Remedy.NONE for finding in made):
        announce_held(found, lines)


def take_finding_back(actor: Actor, *, finding_id: int) -> CustomerReturn:
    """Inspect held goods anew: they could not be repaired, or the claim is right after all.

    Raises: NotPermitted, NotFound, FindingStands (not held any more).
    """
    return_id = session.scalar(sa.select(CustomerReturnFinding.return_id).where(CustomerReturnFinding.id == finding_id))
    if return_id is None:
        raise NotFound(record=CustomerReturnFinding.__tablename__, id=finding_id)
    order, found = lock_return(return_id)
    require(actor, Permissions.RETURN_INSPECT, found)
    require_state(found, ReturnState.RECEIVED, ReturnState.INSPECTED)
    finding = locks.lock(CustomerReturnFinding, finding_id)
    rows = [row for row, _ in lines_with_order_lines(found.id)]
    row = next(one for one in rows if one.id == finding.line_id)
    if finding.taken_back_at is not None or finding.remedy is not Remedy.NONE or row.held < finding.quantity:
        raise FindingStands
    counter = COUNTERS[finding.outcome]
    setattr(row, counter, getattr(row, counter) - finding.quantity)
    finding.taken_back_at = clock.now()
    refresh_state(found, rows)
    publish(ReturnReceived(return_id=found.id, order_id=order.id))
    announce_held(found, rows)
    return found
