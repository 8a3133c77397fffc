"""Goods leave for their supplier: out of stock at what they cost when they came."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.returns.taking_in import SENT_WITH_LIMIT, day_of
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.text import clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.returns.events import ClaimDue, SupplierReturnSent, SupplierReturnSettled
from app.records.returns.models import (
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnState,
    supplier_return_states,
)
from app.records.stock import ledger
from app.records.stock.models import MoveKind
from app.records.supply.models import PurchaseOrder, Receipt, ReceiptLine, ReceiptState


def send_to_supplier(actor: Actor, *, return_id: int, sent_with: str = "") -> SupplierReturn:
    """Send goods back to their supplier. Pieces rejected at the door never were stock: they leave without a move.

    What is billed already is finance's to claim; a bill that is still to come is expected to leave it out.
    Raises: NotPermitted, NotFound, WrongState (also for the second of two clicks), InsufficientStock.
    """
    order_id = session.scalar(sa.select(SupplierReturn.purchase_order_id).where(SupplierReturn.id == return_id))
    if order_id is None:
        raise NotFound(record=SupplierReturn.__tablename__, id=return_id)
    order = locks.lock(PurchaseOrder, order_id)
    found = locks.lock(SupplierReturn, return_id)
    require(actor, Permissions.SUPPLIER_RETURN_SEND, found)
    supplier_return_states.require(found.state, SupplierReturnState.SENT)
    receipt = locks.lock(Receipt, found.receipt_id)
    moves = _moves(found, receipt)
    ledger.lock_places({move.place for move in moves})
    ledger.book(moves)
    supplier_return_states.move(found, SupplierReturnState.SENT)
    found.sent_at, found.sent_with = clock.now(), clean(sent_with, SENT_WITH_LIMIT)
    session.flush()
    names: dict[str, Any] = {"return_id": found.id, "purchase_order_id": order.id}
    publish(SupplierReturnSent(**names))
    if not moves:
        supplier_return_states.move(found, SupplierReturnState.SETTLED)
        session.flush()
        publish(SupplierReturnSettled(**names))
    elif receipt.state is ReceiptState.MATCHED:
        publish(ClaimDue(**names))
    return found


def _moves(found: SupplierReturn, receipt: Receipt) -> list[ledger.NewMove]:
    rows = session.execute(
        sa.select(SupplierReturnLine, ReceiptLine)
        .join(ReceiptLine, ReceiptLine.id == SupplierReturnLine.receipt_line_id)
        .where(SupplierReturnLine.return_id == found.id, SupplierReturnLine.location_id.is_not(None))
        .order_by(SupplierReturnLine.id)
    )
    day = day_of(receipt.warehouse_id)
    return [
        ledger.NewMove(
            product_id=came.product_id, location_id=line.location_id or 0, lot_id=came.lot_id,
            quantity=-line.quantity, kind=MoveKind.SUPPLIER_RETURN, occurred_on=day, unit_cost=came.unit_cost,
            reason=found.reason[:200], document=(SupplierReturn.__tablename__, found.id),
        )
        for line, came in rows
    ]  # fmt: skip
