"""Change a confirmed order: preview what it touches, propose, decide, apply by difference."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.sales import facts, pricing, rules
from app.departments.sales.errors import AlreadyInvoiced, BelowWhatLeft, CancelTheOrder, NothingChanged
from app.departments.sales.impact import Target, impact_of
from app.departments.sales.permissions import Permissions
from app.departments.sales.service import intake
from app.departments.sales.service.cancellation import free_surplus
from app.departments.sales.service.confirmation import promise_covered
from app.departments.sales.service.lines import MOST_MONEY, amounts_of, columns_of
from app.departments.sales.service.moves import said, seen
from app.departments.sales.values import LineChange, LineValues, line_from_plain, plain
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message, WrongState
from app.kernel.money import round_to
from app.kernel.quantity import LIMIT, PLACES, to_base
from app.kernel.quantity import plain as quantity_text
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.catalog.models import Unit
from app.records.orders.events import OrderAmended
from app.records.orders.fulfilment import lines_of, refresh_state
from app.records.orders.models import Amendment, AmendmentState, LineKind, Order, OrderLine
from app.records.orders.promises import refresh_promise
from app.records.orders.states import BINDING
from app.records.stock.allocation import allocate
from app.records.stock.events import OrderAllocated

ZERO = Decimal(0)
Step = dict[str, Any]


def preview_amendment(
    actor: Actor, *, order_id: int, changes: Sequence[LineChange], new_lines: Sequence[LineValues] = ()
) -> list[Step]:
    """What the change would touch; nothing changes.  Raises: as ``propose_amendment``."""
    require(actor, Permissions.ORDER_AMEND)
    order = locks.get(Order, order_id)
    require(actor, Permissions.ORDER_AMEND, order)
    _must_bind(order)
    steps, targets, added = _plan(order, lines_of(order_id), changes, new_lines)
    if not steps:
        raise NothingChanged
    return impact_of(order, targets, added)


def propose_amendment(
    actor: Actor,
    *,
    order_id: int,
    reason: str,
    changes: Sequence[LineChange] = (),
    new_lines: Sequence[LineValues] = (),
    version: int | None = None,
) -> Amendment:
    """Write down a change and what it touches, for somebody with the right to decide.

    Raises: NotPermitted, NotFound, Conflict, WrongState (not confirmed), InvalidInput (reason, ``lines.2.quantity``),
    BelowWhatLeft, AlreadyInvoiced, NothingChanged, CancelTheOrder.
    """
    require(actor, Permissions.ORDER_AMEND)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_AMEND, order)
    seen(order, version)
    _must_bind(order)
    why = said(reason, 300)
    steps, targets, added = _plan(order, lines_of(order_id), changes, new_lines)
    if not steps:
        raise NothingChanged
    last = session.scalar(sa.select(sa.func.max(Amendment.number)).where(Amendment.order_id == order_id)) or 0
    amendment = Amendment(
        order_id=order_id, number=last + 1, reason=why, changes=steps, impact=impact_of(order, targets, added),
        order_version=order.version, proposed_by=actor.name,
    )  # fmt: skip
    session.add(amendment)
    session.flush()
    return amendment


def reject_amendment(actor: Actor, *, amendment_id: int) -> Amendment:
    """The change will not be made.  Raises: NotPermitted, NotFound, WrongState."""
    amendment, _ = _to_decide(actor, amendment_id)
    _decide(actor, amendment, AmendmentState.REJECTED)
    return amendment


def apply_amendment(actor: Actor, *, amendment_id: int) -> Amendment:
    """Approve a proposed change and make it: by difference, so that a price-only change touches no stock.

    Raises: NotPermitted, NotFound, WrongState, Conflict (a value changed since it was proposed), BelowWhatLeft,
    AlreadyInvoiced, GoodsArePicked, CancelTheOrder, InvalidInput.
    """
    amendment, order = _to_decide(actor, amendment_id)
    _must_bind(order)
    lines = lines_of(order.id)
    changes, new_lines = read_steps(amendment.changes, lines)
    _, targets, rows = _plan(order, lines, changes, new_lines)
    grown = [target.line for target in targets if _apply(target, _change_of(changes, target.line))]
    added = [OrderLine(order_id=order.id, **row) for row in rows]
    session.add_all(added)
    everything = [*lines, *added]
    intake.add_up(order, everything)
    order.updated_at = clock.now()
    session.flush()
    served = allocate(order, [*grown, *added])
    promise_covered(order, added)
    refresh_promise(order, everything)
    _decide(actor, amendment, AmendmentState.APPLIED)
    touched = sorted({target.line.id for target in targets} | {line.id for line in added})
    publish(OrderAmended(order_id=order.id, amendment_id=amendment.id, line_ids=tuple(touched)))
    refresh_state(order)
    if served:
        publish(OrderAllocated(order_id=order.id, line_ids=tuple(line.id for line in served)))
    return amendment


def _to_decide(actor: Actor, amendment_id: int) -> tuple[Amendment, Order]:
    require(actor, Permissions.AMENDMENT_DECIDE)
    order_id = locks.get(Amendment, amendment_id).order_id
    order = locks.lock(Order, order_id)
    require(actor, Permissions.AMENDMENT_DECIDE, order)
    amendment = locks.lock(Amendment, amendment_id)
    if amendment.state is not AmendmentState.PROPOSED:
        raise WrongState(state=amendment.state.value)
    return amendment, order


def _decide(actor: Actor, amendment: Amendment, state: AmendmentState) -> None:
    amendment.state, amendment.decided_by, amendment.decided_at = state, actor.name, clock.now()
    session.flush()


def _must_bind(order: Order) -> None:
    if order.state not in BINDING:
        raise WrongState(state=order.state.value)


# --------------------------------------------------------------------------------------------------- the plan
def _plan(
    order: Order, lines: Sequence[OrderLine], changes: Sequence[LineChange], new_lines: Sequence[LineValues]
) -> tuple[list[Step], list[Target], list[dict[str, Any]]]:
    """The change as steps to keep, lines as they would be, and columns of new lines."""
    known = {line.id: line for line in lines}
    if any(change.line_id not in known for change in changes):
        raise InvalidInput({"lines": Message(N_("A line of this form is not (any more) on this order."))})
    steps, targets = [], []
    for change in changes:
        line = known[change.line_id]
        step = _step(line, change)
        if step["fields"]:
            steps.append(step)
            targets.append(_target(order, line, change))
    rows = _new_columns(order, len(lines), new_lines)
    steps.extend({"new_line": plain(value)} for value in new_lines)
    changed = {target.line.id: target.wanted for target in targets}
    if (
        steps
        and not rows
        and not any(changed.get(line.id, line.wanted) > 0 for line in lines if line.kind is not LineKind.TEXT)
    ):
        raise CancelTheOrder
    return steps, targets, rows


def _step(line: OrderLine, change: LineChange) -> Step:
    """What changes on a line: field -> [old, new]."""
    fields: dict[str, list[Any]] = {}
    pairs = (
        ("quantity", line.entered_quantity, change.quantity),
        ("unit_price", line.unit_price, change.unit_price),
        ("requested_date", line.requested_date, change.requested_date),
    )
    for name, old, new in pairs:
        if new is not None and new != old:
            fields[name] = [plain(old), plain(new)]
    if change.cancel_rest and line.to_ship > 0:
        fields["cancel_rest"] = [plain(line.cancelled), plain(line.cancelled + line.to_ship)]
    return {"line_id": line.id, "position": line.position, "fields": fields}


def _target(order: Order, line: OrderLine, change: LineChange) -> Target:
    """The line as it would be.  Raises: InvalidInput, BelowWhatLeft, AlreadyInvoiced."""
    quantity = line.entered_quantity if change.quantity is None else change.quantity
    price = line.unit_price if change.unit_price is None else change.unit_price
    place = f"lines.{line.position}"
    if not ZERO < quantity <= LIMIT or round_to(quantity, PLACES) != quantity:
        raise InvalidInput({f"{place}.quantity": Message(N_("Enter a quantity above 0 with at most 3 decimals."))})
    if price < 0 or price > MOST_MONEY or round_to(price, 6) != price:
        raise InvalidInput({f"{place}.unit_price": Message(N_("A unit price has at most 6 decimals."))})
    _require_whole_units(line, quantity, place)
    # A discount in money is spread over the quantity, so that another quantity is another price.
    is_other_price = price != line.unit_price or (line.discount_amount > 0 and quantity != line.entered_quantity)
    if is_other_price and line.invoiced > line.credited:
        raise AlreadyInvoiced(line=line.position)
    is_same = quantity == line.entered_quantity
    ordered = line.ordered if is_same else to_base(quantity, line.unit_factor)
    least = line.cancelled + line.shipped - line.failed
    if ordered < least:
        raise BelowWhatLeft(line=line.position, least=quantity_text(least))
    wanted = line.shipped - line.failed if change.cancel_rest else ordered - line.cancelled
    amounts = amounts_of(
        line,
        line.in_units if is_same else quantity,
        price,
        basis=order.price_basis.value,
        currency=order.currency,
    )
    if not ZERO <= amounts.gross <= MOST_MONEY:
        raise InvalidInput({f"{place}.quantity": Message(N_("This line is larger than an order can hold."))})
    return Target(line=line, wanted=wanted, amounts=amounts, quantity=quantity, unit_price=price, ordered=ordered)


def _require_whole_units(line: OrderLine, quantity: Decimal, place: str) -> None:
    """A unit that is counted stays counted: no half pieces.  Raises: InvalidInput."""
    unit = session.get(Unit, line.unit_id) if line.unit_id and quantity != line.entered_quantity else None
    if unit is not None and round_to(quantity, unit.decimals) != quantity:
        raise InvalidInput(
            {
                f"{place}.quantity": Message(
                    N_("%(unit)s is counted with at most %(places)s decimals."), unit=unit.code, places=unit.decimals
                )
            }
        )


def _new_columns(order: Order, count: int, new_lines: Sequence[LineValues]) -> list[dict[str, Any]]:
    """Columns of lines to add after the last.  Raises: InvalidInput; what verification would stop is stopped here."""
    if not new_lines:
        return []
    terms = pricing.terms_of(order)
    rows = columns_of(new_lines, terms)
    for offset, row in enumerate(rows, start=1):
        row["position"] = count + offset
    as_lines = [OrderLine(**row) for row in rows]
    problems = [one for found in facts.line_facts(terms, as_lines) for one in rules.line_problems(found)]
    stops = {one.field: one.message for one in problems if one.severity is rules.Severity.STOPS}
    if stops:
        raise InvalidInput(stops)
    return rows


def read_steps(steps: Sequence[Step], lines: Sequence[OrderLine]) -> tuple[list[LineChange], list[LineValues]]:
    """What was proposed, if the lines still are what they were then.  Raises: Conflict with both values."""
    known = {line.id: line for line in lines}
    now = {"quantity": "entered_quantity", "cancel_rest": "cancelled"}
    moved: dict[str, tuple[Any, Any]] = {}
    changes = []
    for step in steps:
        if "new_line" in step:
            continue
        line = known.get(step["line_id"])
        for name, (old, new) in step["fields"].items():
            current = plain(getattr(line, now.get(name, name))) if line else None
            if current != old:
                moved[f"lines.{step['position']}.{name}"] = (current, new)
        changes.append(_change(step))
    if moved:
        raise Conflict(moved)
    return changes, [line_from_plain(step["new_line"]) for step in steps if "new_line" in step]


def _change(step: Step) -> LineChange:
    fields = {name: pair[1] for name, pair in step["fields"].items()}
    return LineChange(
        line_id=step["line_id"],
        quantity=Decimal(fields["quantity"]) if "quantity" in fields else None,
        unit_price=Decimal(fields["unit_price"]) if "unit_price" in fields else None,
        requested_date=date.fromisoformat(fields["requested_date"]) if "requested_date" in fields else None,
        cancel_rest="cancel_rest" in fields,
    )


def _change_of(changes: Sequence[LineChange], line: OrderLine) -> LineChange:
    return next(change for change in changes if change.line_id == line.id)


def _apply(target: Target, change: LineChange) -> bool:
    """Write one line as planned; whether more stock is wanted than before."""
    line, before = target.line, target.line.wanted
    surplus = line.allocated - (target.wanted - (line.shipped - line.failed))
    if target.wanted < before and surplus > 0:
        free_surplus(line, surplus)
    line.entered_quantity, line.ordered, line.unit_price = target.quantity, target.ordered, target.unit_price
    line.cancelled = line.ordered - target.wanted
    line.net, line.tax, line.gross = target.amounts.net, target.amounts.tax, target.amounts.gross
    if change.requested_date is not None:
        line.requested_date = change.requested_date
    return target.wanted > before
