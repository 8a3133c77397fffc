"""Goods of returns in the stock ledger: at what cost and in which lots they come back, and lie here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.platform.db import session
from app.records.catalog.models import Product, ProductKind
from app.records.orders.models import OrderLine
from app.records.returns.models import CustomerReturn
from app.records.stock import ledger
from app.records.stock.models import MoveKind, StockMove

ZERO = Decimal(0)
TABLE = CustomerReturn.__tablename__


@dataclass(frozen=True, slots=True)
class Part:
    """So many base units of one lot at one cost; cost None: the average."""

    quantity: Decimal
    lot_id: int | None
    unit_cost: Decimal | None


def is_stocked(line: OrderLine) -> bool:
    """Whether goods of this line are kept in stock."""
    return line.product_id is not None and session.get_one(Product, line.product_id).kind is ProductKind.STOCKED


def coming_back(line: OrderLine, quantity: Decimal) -> list[Part]:
    """The lots and costs at which ``quantity`` of a line left, the latest first, without what is back already.

    What never left our own stock (sent by a supplier, or before the books began) comes in at the average cost.
    """
    moves = session.execute(
        sa.select(StockMove.kind, StockMove.quantity, StockMove.lot_id, StockMove.unit_cost)
        .where(StockMove.order_line_id == line.id)
        .order_by(StockMove.id.desc())
    ).all()
    back = sum((m.quantity for m in moves if m.kind in {MoveKind.FAILED_DELIVERY, MoveKind.CUSTOMER_RETURN}), ZERO)
    left, parts = quantity, []
    for move in moves:
        if move.kind is not MoveKind.SHIPMENT:
            continue
        skipped = min(back, -move.quantity)
        back -= skipped
        share = min(left, -move.quantity - skipped)
        if share > 0:
            parts.append(Part(share, move.lot_id, move.unit_cost))
            left -= share
    if left > 0:
        parts.append(Part(left, None, None))
    return parts


def lying_here(found: CustomerReturn, line: OrderLine, quantity: Decimal) -> list[Part]:
    """The lots in which ``quantity`` of a line lies at the return's inspection place, at the cost it came in with."""
    here = (
        StockMove.document_table == TABLE,
        StockMove.document_id == found.id,
        StockMove.product_id == line.product_id,
        StockMove.location_id == found.inspection_place_id,
    )
    came_in = sa.and_(StockMove.kind == MoveKind.CUSTOMER_RETURN, StockMove.quantity > 0)
    rows = session.execute(
        sa.select(
            StockMove.lot_id,
            sa.func.sum(StockMove.quantity).label("quantity"),
            sa.func.max(sa.case((came_in, StockMove.unit_cost))).label("unit_cost"),
        )
        .where(*here)
        .group_by(StockMove.lot_id)
        .order_by(StockMove.lot_id)
    )
    left, parts = quantity, []
    for row in rows:
        share = min(left, row.quantity)
        if share > 0:
            parts.append(Part(share, row.lot_id, row.unit_cost))
            left -= share
    return parts


def book_in(found: CustomerReturn, pairs: Sequence[tuple[OrderLine, Decimal]], day: date) -> None:
    """Goods of a return lie at its inspection place, at the cost they left with."""
    moves: list[ledger.NewMove] = []
    for line, quantity in pairs:
        if is_stocked(line):
            moves += [_move(found, line, part, MoveKind.CUSTOMER_RETURN, day) for part in coming_back(line, quantity)]
    ledger.lock_places({move.place for move in moves})
    ledger.book(moves)


def book_out(
    found: CustomerReturn, pairs: Sequence[tuple[OrderLine, Decimal]], kind: MoveKind, day: date, reason: str = ""
) -> None:
    """Goods leave the inspection place for good: back to the customer, or written off, at the cost they came with.

    Raises: InsufficientStock when somebody moved them away.
    """
    for line, quantity in sorted(pairs, key=lambda pair: pair[0].product_id or 0):
        if is_stocked(line):
            gone = [Part(-part.quantity, part.lot_id, part.unit_cost) for part in _taken(found, line, quantity)]
            ledger.book([_move(found, line, part, kind, day, reason) for part in gone])


def to_shelf(found: CustomerReturn, line: OrderLine, quantity: Decimal, location_id: int, day: date) -> None:
    """Goods go from the inspection place to a shelf of the same warehouse.  Raises: InsufficientStock."""
    if not is_stocked(line) or found.inspection_place_id is None or line.product_id is None:
        return
    for part in _taken(found, line, quantity):
        ledger.transfer(
            line.product_id, part.lot_id, part.quantity, source_id=found.inspection_place_id, target_id=location_id,
            kind=MoveKind.PUT_AWAY, occurred_on=day, document=(TABLE, found.id),
        )  # fmt: skip


def _taken(found: CustomerReturn, line: OrderLine, quantity: Decimal) -> list[Part]:
    """All of ``quantity``; what the moves do not know of is asked for all the same, and refused by the ledger."""
    parts = lying_here(found, line, quantity)
    missing = quantity - sum((part.quantity for part in parts), ZERO)
    return [*parts, Part(missing, None, None)] if missing else parts


def _move(
    found: CustomerReturn, line: OrderLine, part: Part, kind: MoveKind, day: date, reason: str = ""
) -> ledger.NewMove:
    return ledger.NewMove(
        product_id=line.product_id or 0, location_id=found.inspection_place_id or 0, lot_id=part.lot_id,
        quantity=part.quantity, kind=kind, occurred_on=day, unit_cost=part.unit_cost, reason=reason,
        document=(TABLE, found.id), order_line_id=line.id,
    )  # fmt: skip
