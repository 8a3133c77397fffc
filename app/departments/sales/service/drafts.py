"""Change a draft, take a verified order back to draft, copy an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from app.departments.sales import pricing
from app.departments.sales.permissions import Permissions
from app.departments.sales.service import intake, verification
from app.departments.sales.service.lines import columns_of, values_of
from app.departments.sales.service.moves import back_to_draft, seen
from app.departments.sales.values import LineValues, plain
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message, WrongState
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.records.catalog.models import Product, Unit
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import Channel, Order, OrderLine, Origin
from app.records.orders.states import EDITABLE
from app.records.parties.models import Party

#: line columns whose change makes what was let pass void
_JUDGED = (
    "kind", "product_id", "unit_id", "unit_factor", "entered_quantity", "ordered", "unit_price", "discount_percent",
    "discount_amount", "discount_reason", "tax_percent",
)  # fmt: skip


def update_draft(
    actor: Actor,
    *,
    order_id: int,
    version: int,
    lines: Sequence[LineValues],
    customer_id: int | None = None,
    channel: Channel | None = None,
    customer_order_number: str | None = None,
    **header: Any,
) -> Order:
    """Write a draft anew. Lines with ``line_id`` keep their row, others are new, those not named are removed.

    Raises: NotPermitted, NotFound, Conflict (with what the other saved and what you entered), WrongState, InvalidInput.
    """
    require(actor, Permissions.ORDER_TAKE)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_TAKE, order)
    if order.state not in EDITABLE:
        raise WrongState(state=order.state.value)
    customer = locks.get(Party, customer_id or order.customer_id)
    kept = {"owner_id": order.owner_id}
    if customer.id == order.customer_id:
        kept["price_list_id"] = order.price_list_id
    columns = intake.header_columns(actor, customer, {**kept, **header})
    if channel is not None:
        columns["channel"] = channel
    if customer_order_number is not None:
        columns["customer_order_number"] = clean(customer_order_number, 80)
    if order.version != version:
        raise Conflict(_differences(order, columns, lines))
    of_order = any(getattr(order, name) != columns.get(name) for name in ("customer_id", "currency")) or (
        order.customer_order_number != columns.get("customer_order_number", order.customer_order_number)
    )
    for name, value in columns.items():
        setattr(order, name, value)
    order.updated_at = clock.now()  # raises the version even if only a line's text changes
    rows = columns_of(lines, pricing.terms_of(order))
    changed, is_other = _rewrite(order, lines, rows)
    verification.forget_overrides(order.id, changed, of_order=of_order or is_other)
    session.flush()
    return order


def _differences(order: Order, columns: Mapping[str, Any], lines: Sequence[LineValues]) -> dict[str, tuple[Any, Any]]:
    """field -> (saved by the other, entered by you)."""
    found = {name: (getattr(order, name), value) for name, value in columns.items() if getattr(order, name) != value}
    saved = [plain(line) for line in draft_lines(order.id)]
    entered = [plain(line) for line in lines]
    for position in range(max(len(saved), len(entered))):
        theirs = saved[position] if position < len(saved) else None
        yours = entered[position] if position < len(entered) else None
        if theirs is None or yours is None:
            found[f"lines.{position + 1}"] = (theirs, yours)
            continue
        for name in ("product_code", "quantity", "unit", "unit_price", "discount_percent", "discount_amount"):
            if theirs[name] != yours[name]:
                found[f"lines.{position + 1}.{name}"] = (theirs[name], yours[name])
    return found or {"version": (order.version, None)}


def _rewrite(order: Order, values: Sequence[LineValues], rows: Sequence[Mapping[str, Any]]) -> tuple[list[int], bool]:
    """Make the lines as asked; ids of those that changed in what is judged, and whether the order is another one."""
    old = {line.id: line for line in lines_of(order.id)}
    kept = [value.line_id for value in values if value.line_id is not None]
    if len(kept) != len(set(kept)) or not old.keys() >= set(kept):
        raise InvalidInput({"lines": Message(N_("A line of this form is not (any more) on this order."))})
    gone = [line_id for line_id in old if line_id not in kept]
    if gone:
        verification.forget_overrides(order.id, gone, of_order=False)
        for line_id in gone:
            session.delete(old.pop(line_id))
        session.flush()
    _make_room(list(old.values()), values, rows)
    changed: list[int] = []
    made: list[OrderLine] = []
    for value, row in zip(values, rows, strict=True):
        line = old.get(value.line_id or 0)
        if line is None:
            line = OrderLine(order_id=order.id, **row)
            session.add(line)
        else:
            if any(getattr(line, name) != row[name] for name in _JUDGED):
                changed.append(line.id)
            for name, column in row.items():
                setattr(line, name, column)
        made.append(line)
    intake.add_up(order, made)
    session.flush()
    return changed, bool(changed or gone) or len(made) > len(old)


def _make_room(kept: Sequence[OrderLine], values: Sequence[LineValues], rows: Sequence[Mapping[str, Any]]) -> None:
    """Two lines may swap places: those that move stand aside first, since a place is taken only once."""
    wanted = {value.line_id: row["position"] for value, row in zip(values, rows, strict=True) if value.line_id}
    moving = [line for line in kept if wanted[line.id] != line.position]
    for line in moving:
        line.position = -line.position
    if moving:
        session.flush()


def reopen_order(actor: Actor, *, order_id: int, version: int | None = None) -> Order:
    """A verified order becomes a draft again, to be changed; links already sent stop working.

    Raises: NotPermitted, NotFound, Conflict, WrongState.
    """
    require(actor, Permissions.ORDER_TAKE)
    order = locks.lock(Order, order_id)
    require(actor, Permissions.ORDER_TAKE, order)
    seen(order, version)
    back_to_draft(order)
    return order


def copy_order(actor: Actor, *, order_id: int) -> Order:
    """A new draft with the same customer, terms and lines.

    A price that was the list's is taken from the list of today; a price somebody agreed stays.
    Raises: NotPermitted, NotFound, InvalidInput (a product or unit is gone).
    """
    require(actor, Permissions.ORDER_TAKE)
    source = locks.get(Order, order_id)
    require(actor, Permissions.ORDER_TAKE, source)
    values = []
    for line, value in zip(lines_of(order_id), draft_lines(order_id), strict=True):
        as_listed = line.list_price is not None and line.unit_price == line.list_price
        values.append(_again(value, as_listed=as_listed))
    same = ("company_id", "currency", "price_basis", "payment_term_id", "billing_policy", "billing_address_id",
            "shipping_address_id", "warehouse_id", "allows_part_shipment", "customer_note")  # fmt: skip
    usable = pricing.lists_of(locks.get(Party, source.customer_id), source.currency)
    return intake.take_order(
        actor,
        customer_id=source.customer_id,
        lines=values,
        channel=source.channel,
        origin=Origin.ENTERED,
        price_list_id=next((one.id for one in usable if one.id == source.price_list_id), None),
        **{name: getattr(source, name) for name in same},
    )


def _again(value: LineValues, *, as_listed: bool) -> LineValues:
    return replace(value, line_id=None, requested_date=None, unit_price=None if as_listed else value.unit_price)


def draft_lines(order_id: int) -> list[LineValues]:
    """The order's lines as somebody would write them."""
    rows = session.execute(
        sa.select(OrderLine, Product, Unit)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    )
    return [values_of(line, product, unit) for line, product, unit in rows]
