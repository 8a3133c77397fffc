"""Goods of a customer's return arrive: they lie at the inspection place, at the cost they left with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from app.departments.warehouse.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, NotFound
from app.kernel.quantity import plain, round_quantity
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import session
from app.platform.events import publish
from app.records.returns import goods
from app.records.returns.events import ReturnAllHere, ReturnHeld, ReturnNotHeld, ReturnReceived, ReturnSentBack
from app.records.returns.holding import lines_with_order_lines, lock_return, refresh_state, require_state
from app.records.returns.models import CustomerReturn, CustomerReturnLine, ReturnState, return_states
from app.records.stock.models import LocationKind, MoveKind, Warehouse
from app.records.stock.places import service_place

ZERO = Decimal(0)
SENT_WITH_LIMIT = 100


def receive_return(
    actor: Actor,
    *,
    return_id: int,
    quantities: Mapping[int, Decimal],
    occurred_on: date | None = None,
    version: int | None = None,
) -> CustomerReturn:
    """Book what arrived of a return, all of it or a part.

    quantities: line of the return -> base units.  version: of the return as it was shown; a second click is a conflict.
    Raises: NotPermitted, NotFound, Conflict, ReturnNotInState, InvalidInput naming every bad line.
    """
    order, found = lock_return(return_id, version)
    require(actor, Permissions.RETURN_RECEIVE, found)
    require_state(found, ReturnState.AUTHORISED, ReturnState.RECEIVED)
    pairs = lines_with_order_lines(found.id)
    arrived = _checked({line.id: line for line, _ in pairs}, quantities)
    day = day_of(found.warehouse_id, occurred_on)
    if found.inspection_place_id is None:
        found.inspection_place_id = service_place(found.warehouse_id, LocationKind.BLOCKED).id
    goods.book_in(found, [(line, arrived[row.id]) for row, line in pairs if row.id in arrived], day)
    for row, line in pairs:
        row.received += arrived.get(row.id, ZERO)
        line.returned += arrived.get(row.id, ZERO)
    if found.state is ReturnState.AUTHORISED:
        return_states.move(found, ReturnState.RECEIVED)
    refresh_state(found, [row for row, _ in pairs])
    publish(ReturnReceived(return_id=found.id, order_id=order.id))
    if not any(row.expected for row, _ in pairs):
        publish(ReturnAllHere(return_id=found.id, order_id=order.id))
    return found


def _checked(lines: Mapping[int, CustomerReturnLine], quantities: Mapping[int, Decimal]) -> dict[int, Decimal]:
    arrived = {line_id: round_quantity(quantity) for line_id, quantity in quantities.items() if quantity}
    if foreign := arrived.keys() - lines.keys():
        raise NotFound(record=CustomerReturnLine.__tablename__, id=min(foreign))
    problems: dict[str, Message | str] = {
        f"quantities.{line_id}": Message(N_("Between 0 and %(left)s."), left=plain(lines[line_id].expected))
        for line_id, quantity in arrived.items()
        if not ZERO < quantity <= lines[line_id].expected
    }
    if not arrived:
        problems["quantities"] = N_("Say what arrived: at least one line needs a quantity.")
    if problems:
        raise InvalidInput(problems)
    return arrived


def day_of(warehouse_id: int, occurred_on: date | None = None) -> date:
    """The day something happened in a warehouse: today unless said otherwise.  Raises: InvalidInput (future)."""
    today = clock.today(session.get_one(Warehouse, warehouse_id).company.timezone)
    if occurred_on is not None and occurred_on > today:
        raise InvalidInput({"occurred_on": N_("This day has not come yet.")})
    return occurred_on or today


def send_back(actor: Actor, *, return_id: int, sent_with: str = "") -> CustomerReturn:
    """Send the customer's own goods back: repaired, or rejected. They count as delivered again.

    sent_with: carrier and number; the customer reads it.
    Raises: NotPermitted, NotFound, ReturnNotInState, InvalidInput (nothing is held), InsufficientStock.
    """
    order, found = lock_return(return_id)
    require(actor, Permissions.RETURN_SEND_BACK, found)
    require_state(found, ReturnState.RECEIVED, ReturnState.INSPECTED)
    pairs = lines_with_order_lines(found.id)
    held = [(line, row.held) for row, line in pairs if row.held]
    if not held:
        raise InvalidInput({"sent_with": N_("No goods of this return wait to be sent back.")})
    goods.book_out(found, held, MoveKind.CUSTOMER_RETURN, day_of(found.warehouse_id), found.number or "")
    for row, line in pairs:
        line.returned -= row.held
        row.sent_back += row.held
    found.sent_back_with = clean(sent_with, SENT_WITH_LIMIT)
    refresh_state(found, [row for row, _ in pairs])
    publish(ReturnSentBack(return_id=found.id, order_id=order.id))
    return found


def announce_held(found: CustomerReturn, lines: list[CustomerReturnLine]) -> None:
    """Say that goods wait to be sent back, or that none do."""
    event = ReturnHeld if any(line.held for line in lines) else ReturnNotHeld
    publish(event(return_id=found.id, order_id=found.order_id))
