"""Where goods lie that are not on a shelf: each warehouse has a receiving place and one for stock under question."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from app.platform.db import locks, session
from app.records.stock import ledger
from app.records.stock.models import Location, LocationKind, StockLevel, Warehouse

CODES = {
    LocationKind.RECEIVING: "RECEIVING",
    LocationKind.BLOCKED: "BLOCKED",
    LocationKind.DISPATCH: "DISPATCH",
}


def service_place(warehouse_id: int, kind: LocationKind) -> Location:
    """The warehouse's first active place of a kind, made when it has none.

    Whoever makes it holds the warehouse's lock, so that two do not make it at once.
    """
    found = _first(warehouse_id, kind)
    if found is not None:
        return found
    locks.lock(Warehouse, warehouse_id)
    found = _first(warehouse_id, kind)
    if found is None:
        found = Location(warehouse_id=warehouse_id, code=CODES[kind], kind=kind, walk_order=0)
        session.add(found)
        session.flush()
    return found


def _first(warehouse_id: int, kind: LocationKind) -> Location | None:
    return session.scalar(
        sa.select(Location)
        .where(Location.warehouse_id == warehouse_id, Location.kind == kind, Location.is_active.is_(True))
        .order_by(Location.walk_order, Location.id)
        .limit(1)
    )


def receiving_place(warehouse_id: int) -> Location:
    """Where deliveries arrive."""
    return service_place(warehouse_id, LocationKind.RECEIVING)


def change_incoming(warehouse_id: int, quantities: dict[int, Decimal]) -> None:
    """Raise or lower what is expected at the receiving place, per product in base units.

    Never below 0: what was never announced cannot be taken off.
    """
    place = receiving_place(warehouse_id)
    levels = ledger.lock_places({(product_id, place.id, None) for product_id, change in quantities.items() if change})
    for (product_id, _, _), level in levels.items():
        level.incoming = max(Decimal(0), level.incoming + quantities[product_id])
    session.flush()


def incoming_of(product_id: int, warehouse_id: int) -> Decimal:
    """What is expected of a product at a warehouse, base units."""
    total = session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(StockLevel.incoming), Decimal(0)))
        .join(Location, Location.id == StockLevel.location_id)
        .where(StockLevel.product_id == product_id, Location.warehouse_id == warehouse_id)
    )
    return total or Decimal(0)
