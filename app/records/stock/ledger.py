"""The only way stock changes: moves are added, levels and cost follow in the same transaction.

Lock order: levels by id, then product costs by id. Every caller that also holds an order or a document locked those
first.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.kernel import clock
from app.platform.db import acting, locks, session
from app.records.catalog.models import Product
from app.records.stock.costing import cost_move
from app.records.stock.errors import InsufficientStock, Shortage
from app.records.stock.models import Location, MoveKind, ProductCost, StockLevel, StockMove, Warehouse

Place = tuple[int, int, int | None]  #: product, location, lot


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMove:
    """One change of stock to book; quantity in base units, signed."""

    product_id: int
    location_id: int
    quantity: Decimal
    kind: MoveKind
    occurred_on: date
    lot_id: int | None = None
    unit_cost: Decimal | None = None  #: company currency per base unit, also of what goes back; None: the average
    reason: str = ""
    document: tuple[str, int] | None = None
    order_line_id: int | None = None
    external: tuple[str, str] | None = None

    @property
    def place(self) -> Place:
        """Where it happens."""
        return (self.product_id, self.location_id, self.lot_id)


def book(moves: Sequence[NewMove]) -> list[StockMove]:
    """Book moves in the order given.

    Raises: InsufficientStock naming every product of which more would go than lies there free of other orders' claims.
    """
    if not moves:
        return []
    levels = lock_places({move.place for move in moves})
    _refuse_shortages(moves, levels)
    companies = _companies(move.location_id for move in moves)
    costs = _lock_costs({(companies[move.location_id], move.product_id) for move in moves})
    rows = [_book_one(move, levels[move.place], costs[companies[move.location_id], move.product_id]) for move in moves]
    session.flush()
    return rows


def transfer(
    product_id: int, lot_id: int | None, quantity: Decimal, *, source_id: int, target_id: int, kind: MoveKind,
    occurred_on: date, reason: str = "", document: tuple[str, int] | None = None,
) -> tuple[StockMove, StockMove]:  # fmt: skip
    """Move stock between two places of one company: two moves of the same value, average cost unchanged.

    Raises: InsufficientStock.
    """
    out = NewMove(
        product_id=product_id, location_id=source_id, lot_id=lot_id, quantity=-quantity, kind=kind,
        occurred_on=occurred_on, reason=reason, document=document,
    )  # fmt: skip
    levels = lock_places({(product_id, source_id, lot_id), (product_id, target_id, lot_id)})
    _refuse_shortages([out], levels)
    companies = _companies([source_id, target_id])
    if companies[source_id] != companies[target_id]:
        raise ValueError("stock cannot be transferred between companies: sell it")
    cost = _lock_costs({(companies[source_id], product_id)})[companies[source_id], product_id]
    leaving = cost_move(cost.on_hand, cost.value, cost.average_cost, -quantity, None)
    levels[product_id, source_id, lot_id].on_hand -= quantity
    levels[product_id, target_id, lot_id].on_hand += quantity
    first = _row(out, cost, leaving.unit_cost, leaving.value)
    second = _row(out, cost, leaving.unit_cost, -leaving.value)
    second.location_id, second.quantity = target_id, quantity
    session.add_all([first, second])
    session.flush()
    return first, second


def lock_places(places: Iterable[Place]) -> dict[Place, StockLevel]:
    """The levels of these places, made if missing, locked in id order."""
    wanted = set(places)
    found = _levels(wanted)
    if missing := wanted - found.keys():
        for product_id, location_id, lot_id in sorted(missing, key=repr):
            session.add(StockLevel(product_id=product_id, location_id=location_id, lot_id=lot_id))
        session.flush()
        found = _levels(wanted)
    ids = list(found.values())
    return {(level.product_id, level.location_id, level.lot_id): level for level in locks.lock_all(StockLevel, ids)}


def _levels(places: set[Place]) -> dict[Place, int]:
    with session.no_autoflush:  # where a level lies never changes
        rows = session.execute(
            sa.select(StockLevel.id, StockLevel.product_id, StockLevel.location_id, StockLevel.lot_id).where(
                StockLevel.product_id.in_({place[0] for place in places}),
                StockLevel.location_id.in_({place[1] for place in places}),
            )
        ).all()
    found = {(row.product_id, row.location_id, row.lot_id): row.id for row in rows}
    return {place: found[place] for place in places if place in found}


def _refuse_shortages(moves: Sequence[NewMove], levels: dict[Place, StockLevel]) -> None:
    leaving: dict[Place, Decimal] = {}
    for move in moves:
        leaving[move.place] = leaving.get(move.place, Decimal(0)) - move.quantity
    short = [
        Shortage(place[0], _name(place[0]), wanted, levels[place].on_hand - levels[place].allocated)
        for place, wanted in leaving.items()
        if wanted > levels[place].on_hand - levels[place].allocated
    ]
    if short:
        raise InsufficientStock(short)


def _name(product_id: int) -> str:
    product = session.get_one(Product, product_id)
    return f"{product.code} {product.name}"


def _companies(location_ids: Iterable[int]) -> dict[int, int]:
    with locks.undisturbed(Location, Warehouse):
        rows = session.execute(
            sa.select(Location.id, Warehouse.company_id)
            .join(Warehouse, Warehouse.id == Location.warehouse_id)
            .where(Location.id.in_(set(location_ids)))
        ).all()
    return {row.id: row.company_id for row in rows}


def _lock_costs(keys: set[tuple[int, int]]) -> dict[tuple[int, int], ProductCost]:
    statement = sa.select(ProductCost.id, ProductCost.company_id, ProductCost.product_id).where(
        ProductCost.company_id.in_({key[0] for key in keys}), ProductCost.product_id.in_({key[1] for key in keys})
    )
    with session.no_autoflush:  # whose cost it is never changes
        rows = session.execute(statement).all()
    if missing := keys - {(row.company_id, row.product_id) for row in rows}:
        session.add_all(ProductCost(company_id=c, product_id=p) for c, p in sorted(missing))
        session.flush()
        rows = session.execute(statement).all()
    ids = [row.id for row in rows if (row.company_id, row.product_id) in keys]
    return {(cost.company_id, cost.product_id): cost for cost in locks.lock_all(ProductCost, ids)}


def _book_one(move: NewMove, level: StockLevel, cost: ProductCost) -> StockMove:
    result = cost_move(cost.on_hand, cost.value, cost.average_cost, move.quantity, move.unit_cost)
    cost.on_hand, cost.value, cost.average_cost = result.on_hand, result.balance, result.average
    level.on_hand += move.quantity
    row = _row(move, cost, result.unit_cost, result.value)
    session.add(row)
    return row


def _row(move: NewMove, cost: ProductCost, unit_cost: Decimal, value: Decimal) -> StockMove:
    return StockMove(
        company_id=cost.company_id,
        product_id=move.product_id,
        location_id=move.location_id,
        lot_id=move.lot_id,
        kind=move.kind,
        quantity=move.quantity,
        unit_cost=unit_cost,
        value=value,
        reason=move.reason,
        occurred_on=move.occurred_on,
        booked_at=clock.now(),
        booked_by=acting().name,
        document_table=move.document[0] if move.document else "",
        document_id=move.document[1] if move.document else None,
        order_line_id=move.order_line_id,
        external_source=move.external[0] if move.external else None,
        external_key=move.external[1] if move.external else None,
    )
