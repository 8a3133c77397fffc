"""Goods that were rejected at the door, or found bad later, are to go back to their supplier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from app.departments.purchasing.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.errors import Conflict, InvalidInput, Message, NotFound
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.numbers import document_number
from app.records.returns.events import SupplierReturnCancelled, SupplierReturnRequested
from app.records.returns.models import (
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnState,
    supplier_return_states,
)
from app.records.stock.models import Location
from app.records.supply.models import PurchaseOrder, Receipt, ReceiptLine

ZERO = Decimal(0)
REASON_LIMIT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class GoingBack:
    """So much of a receipt line, base units.

    location_id: where it lies in stock; None for pieces rejected at the door, which never were stock.
    """

    receipt_line_id: int
    quantity: Decimal
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What of a receipt line may still go back, base units."""

    line: ReceiptLine
    rejected: Decimal
    stocked: Decimal


def request_supplier_return(
    actor: Actor, *, receipt_id: int, parts: Sequence[GoingBack], reason: str, intake_key: str | None = None
) -> SupplierReturn:
    """Ask the warehouse to send goods of a receipt back.

    intake_key: the same key twice is the same return.
    Raises: NotPermitted, NotFound, InvalidInput naming every bad part, Conflict (key of another receipt).
    """
    unlocked = locks.get(Receipt, receipt_id)
    order = locks.lock(PurchaseOrder, unlocked.purchase_order_id)
    receipt = locks.lock(Receipt, receipt_id)
    require(actor, Permissions.SUPPLIER_RETURN_REQUEST, receipt)
    known = session.scalar(sa.select(SupplierReturn).where(SupplierReturn.intake_key == intake_key))
    if intake_key and known is not None:
        if known.receipt_id != receipt.id:
            raise Conflict
        return known
    wanted = [part for part in parts if part.quantity]
    why = clean(reason, REASON_LIMIT)
    _check(receipt, wanted, why)
    found = SupplierReturn(
        receipt_id=receipt.id, purchase_order_id=order.id, reason=why, requested_by=actor.name,
        intake_key=intake_key or None,
    )  # fmt: skip
    found.lines = [
        SupplierReturnLine(receipt_line_id=part.receipt_line_id, quantity=part.quantity, location_id=part.location_id)
        for part in wanted
    ]
    session.add(found)
    session.flush()
    found.number = document_number("RS", found.id)
    session.flush()
    publish(SupplierReturnRequested(return_id=found.id, purchase_order_id=order.id, reason=why))
    return found


def what_may_go_back(receipt_id: int) -> list[Left]:
    """The lines of a receipt, and how much of each may still go back."""
    lines = session.scalars(sa.select(ReceiptLine).where(ReceiptLine.receipt_id == receipt_id).order_by(ReceiptLine.id))
    c = SupplierReturnLine
    asked = {
        (row[0], row[1]): row[2]
        for row in session.execute(
            sa.select(c.receipt_line_id, c.location_id.is_(None), sa.func.sum(c.quantity))
            .join(SupplierReturn, SupplierReturn.id == c.return_id)
            .where(SupplierReturn.receipt_id == receipt_id, SupplierReturn.state != SupplierReturnState.CANCELLED)
            .group_by(c.receipt_line_id, c.location_id.is_(None))
        )
    }
    return [
        Left(
            line,
            line.rejected - asked.get((line.id, True), ZERO),
            line.received - line.rejected - asked.get((line.id, False), ZERO),
        )
        for line in lines
    ]


def _check(receipt: Receipt, parts: Sequence[GoingBack], reason: str) -> None:
    left = {one.line.id: one for one in what_may_go_back(receipt.id)}
    if foreign := {part.receipt_line_id for part in parts} - left.keys():
        raise NotFound(record=ReceiptLine.__tablename__, id=min(foreign))
    problems: dict[str, Message | str] = {}
    used: dict[tuple[int, bool], Decimal] = {}
    for place, part in enumerate(parts, start=1):
        one, is_rejected = left[part.receipt_line_id], part.location_id is None
        key = (part.receipt_line_id, is_rejected)
        most = (one.rejected if is_rejected else one.stocked) - used.get(key, ZERO)
        if not ZERO < part.quantity <= most:
            problems[f"parts.{place}.quantity"] = Message(N_("Between 0 and %(left)s."), left=plain(max(ZERO, most)))
        used[key] = used.get(key, ZERO) + part.quantity
        if part.location_id is not None and not _is_ours(receipt, part.location_id):
            problems[f"parts.{place}.location_id"] = N_("Choose a place of this warehouse.")
    if not parts:
        problems["parts"] = N_("Say how much of which line goes back.")
    if not reason:
        problems["reason"] = N_("Say why it goes back: the supplier reads it.")
    if problems:
        raise InvalidInput(problems)


def _is_ours(receipt: Receipt, location_id: int) -> bool:
    place = session.get(Location, location_id) if 0 < location_id <= locks.MAX_ID else None
    return place is not None and place.warehouse_id == receipt.warehouse_id


def cancel_supplier_return(actor: Actor, *, return_id: int, reason: str) -> SupplierReturn:
    """The goods stay.  Raises: NotPermitted, NotFound, WrongState (they left), InvalidInput."""
    order_id = session.scalar(sa.select(SupplierReturn.purchase_order_id).where(SupplierReturn.id == return_id))
    if order_id is not None:
        locks.lock(PurchaseOrder, order_id)
    found = locks.lock(SupplierReturn, return_id)
    require(actor, Permissions.SUPPLIER_RETURN_REQUEST, found)
    supplier_return_states.require(found.state, SupplierReturnState.CANCELLED)
    why = clean(reason, 200)
    if not why:
        raise InvalidInput({"reason": N_("Say why.")})
    supplier_return_states.move(found, SupplierReturnState.CANCELLED)
    found.close_reason = why
    session.flush()
    publish(SupplierReturnCancelled(return_id=found.id, purchase_order_id=found.purchase_order_id, reason=why))
    return found
