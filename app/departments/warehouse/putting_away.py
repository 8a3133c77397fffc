"""From the receiving place to the shelf, and from the shelf to the orders that wait."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.warehouse import serving
from app.departments.warehouse.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, NotFound
from app.kernel.quantity import plain
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.stock import ledger
from app.records.stock.models import Location, LocationKind, MoveKind, StockLevel, Warehouse
from app.records.stock.places import receiving_place
from app.records.supply.events import GoodsPutAway, PurchaseOrderPutAway
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    Receipt,
    ReceiptLine,
    ReceiptState,
)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutAway:
    """So much of a receipt line goes to a place; base units.  quantity: None is all that still lies there."""

    receipt_line_id: int
    location_id: int
    quantity: Decimal | None = None


@dataclass(slots=True)
class _Step:
    line: ReceiptLine
    target: Location
    quantity: Decimal


def put_away(actor: Actor, *, receipt_id: int, steps: Sequence[PutAway], occurred_on: date | None = None) -> Receipt:
    """Lay received goods on their shelves; lines that wait for them get them, first those they were bought for.

    Raises: NotPermitted, NotFound, InvalidInput naming every bad step.
    """
    require(actor, Permissions.RECEIPT_PUT_AWAY)
    unlocked = locks.get(Receipt, receipt_id)
    waiting = _who_waits(unlocked, steps)
    orders = serving.lock_orders(waiting)
    purchase_order = locks.lock(PurchaseOrder, unlocked.purchase_order_id)
    receipt = locks.lock(Receipt, receipt_id)
    require(actor, Permissions.RECEIPT_PUT_AWAY, receipt)
    checked = _checked(receipt, steps)
    warehouse = session.get_one(Warehouse, receipt.warehouse_id)
    day = occurred_on or clock.today(warehouse.company.timezone)
    bought = _move(receipt, checked, day)
    _close(purchase_order, receipt)
    serving.serve(waiting, orders, bought)
    return receipt


def put_all_away(actor: Actor, *, receipt_id: int, location_id: int) -> Receipt:
    """Everything that is left of a receipt to one place.  Raises: as ``put_away``."""
    rest = [line for line in _lines(locks.get(Receipt, receipt_id)) if _left(line) > 0]
    steps = [PutAway(receipt_line_id=line.id, location_id=location_id) for line in rest]
    return put_away(actor, receipt_id=receipt_id, steps=steps)


def _left(line: ReceiptLine) -> Decimal:
    return line.received - line.rejected - line.put_away


def _lines(receipt: Receipt) -> list[ReceiptLine]:
    statement = sa.select(ReceiptLine).where(ReceiptLine.receipt_id == receipt.id).order_by(ReceiptLine.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def _who_waits(receipt: Receipt, steps: Sequence[PutAway]) -> list[serving.Waiting]:
    lines = {line.id: line for line in _lines(receipt)}
    coming: dict[int, Decimal] = defaultdict(Decimal)
    for step in steps:
        if step.receipt_line_id in lines:
            line = lines[step.receipt_line_id]
            coming[line.product_id] += _left(line) if step.quantity is None else step.quantity
    return serving.who_waits(coming, receipt.warehouse_id, _bought_for(lines.values()).values())


def _bought_for(lines: Iterable[ReceiptLine]) -> dict[int, int]:
    """Purchase order line -> the order line it was bought for."""
    ids = {line.purchase_order_line_id for line in lines}
    rows = session.execute(
        sa.select(PurchaseOrderLine.id, PurchaseOrderLine.order_line_id).where(
            PurchaseOrderLine.id.in_(ids), PurchaseOrderLine.order_line_id.is_not(None)
        )
    )
    return {row.id: row.order_line_id for row in rows}


def _checked(receipt: Receipt, steps: Sequence[PutAway]) -> list[_Step]:
    lines = {line.id: line for line in _lines(receipt)}
    targets = {
        place.id: place
        for place in session.scalars(sa.select(Location).where(Location.id.in_({step.location_id for step in steps})))
    }
    problems: dict[str, Message | str] = {}
    left = {line.id: _left(line) for line in lines.values()}
    found: list[_Step] = []
    for number, step in enumerate(steps, start=1):
        line, target = lines.get(step.receipt_line_id), targets.get(step.location_id)
        if line is None:
            raise NotFound(record=ReceiptLine.__tablename__, id=step.receipt_line_id)
        quantity = left[line.id] if step.quantity is None else step.quantity
        if target is None or target.warehouse_id != receipt.warehouse_id or not target.is_active:
            problems[f"steps.{number}.location_id"] = N_("Choose a place of this warehouse.")
        elif target.kind is LocationKind.RECEIVING:
            problems[f"steps.{number}.location_id"] = N_("This is where the goods lie now: choose a shelf.")
        elif not ZERO < quantity <= left[line.id]:
            problems[f"steps.{number}.quantity"] = Message(
                N_("Between 0 and %(left)s, which still lie at the receiving place."), left=plain(left[line.id])
            )
        else:
            left[line.id] -= quantity
            found.append(_Step(line, target, quantity))
    if not steps:
        problems["steps"] = N_("Nothing of this receipt is left to put away.")
    if problems:
        raise InvalidInput(problems)
    return found


def _move(receipt: Receipt, steps: Sequence[_Step], day: date) -> dict[int, list[tuple[int, Decimal]]]:
    """Book the transfers; order line -> (level, quantity) for goods that were bought for it."""
    source = receiving_place(receipt.warehouse_id)
    bought_for = _bought_for([step.line for step in steps])
    bought: dict[int, list[tuple[int, Decimal]]] = defaultdict(list)
    purchase_lines = {
        line.id: line
        for line in locks.lock_all(PurchaseOrderLine, {step.line.purchase_order_line_id for step in steps})
    }
    ledger.lock_places(
        {(step.line.product_id, place, step.line.lot_id) for step in steps for place in (source.id, step.target.id)}
    )
    for step in steps:
        line = step.line
        ledger.transfer(
            line.product_id, line.lot_id, step.quantity, source_id=source.id, target_id=step.target.id,
            kind=MoveKind.PUT_AWAY, occurred_on=day, document=("receipts", receipt.id),
        )  # fmt: skip
        line.put_away += step.quantity
        purchase_lines[line.purchase_order_line_id].put_away += step.quantity
        order_line_id = bought_for.get(line.purchase_order_line_id)
        if order_line_id is not None and step.target.kind is LocationKind.STORAGE:
            bought[order_line_id].append((_level_id(line, step.target.id), step.quantity))
    session.flush()
    return bought


def _level_id(line: ReceiptLine, location_id: int) -> int:
    lot = StockLevel.lot_id.is_(None) if line.lot_id is None else StockLevel.lot_id == line.lot_id
    statement = sa.select(StockLevel.id).where(
        StockLevel.product_id == line.product_id, StockLevel.location_id == location_id, lot
    )
    return session.scalars(statement).one()


def _close(purchase_order: PurchaseOrder, receipt: Receipt) -> None:
    """Announce a receipt, and a purchase order, of which everything is on the shelf."""
    if receipt.state is ReceiptState.ARRIVED and not any(_left(line) for line in _lines(receipt)):
        receipt.state = ReceiptState.PUT_AWAY
        session.flush()
        publish(GoodsPutAway(receipt_id=receipt.id, purchase_order_id=purchase_order.id))
    announce_if_all_put_away(purchase_order)


def announce_if_all_put_away(purchase_order: PurchaseOrder) -> None:
    """Publish PurchaseOrderPutAway when nothing is expected and nothing lies at the receiving place any more."""
    statement = sa.select(PurchaseOrderLine).where(PurchaseOrderLine.purchase_order_id == purchase_order.id)
    lines = session.scalars(statement.execution_options(populate_existing=True)).all()
    is_done = all(not line.incoming and line.put_away + line.rejected == line.received for line in lines)
    if purchase_order.state is PurchaseState.RECEIVED and is_done:
        publish(PurchaseOrderPutAway(purchase_order_id=purchase_order.id))
