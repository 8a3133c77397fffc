"""Correcting what the books say lies at a place: by a reason, by a count, or by moving it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.departments.warehouse import serving
from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.queries import holders_of_level, picked_at_level
from app.departments.warehouse.refusals import HeldStock
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.catalog.models import Product, ProductKind
from app.records.stock import ledger
from app.records.stock.events import StockAdjusted
from app.records.stock.models import Location, LocationKind, Lot, MoveKind, StockLevel, Warehouse

ZERO = Decimal(0)
HOLDERS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """What a count said: base units."""

    expected: Decimal
    counted: Decimal

    @property
    def difference(self) -> Decimal:
        """More or less than the books said."""
        return self.counted - self.expected


def adjust_stock(
    actor: Actor,
    *,
    product_id: int,
    location_id: int,
    change: Decimal,
    reason: str,
    lot_id: int | None = None,
    unit_cost: Decimal | None = None,
    occurred_on: date | None = None,
) -> StockLevel:
    """Put the books right by a plus or minus, with a reason.

    change: base units, not 0.  unit_cost: of what is found, company currency; None: the average.
    Raises: NotPermitted, NotFound, InvalidInput, HeldStock naming who holds what would be taken.
    """
    require(actor, Permissions.STOCK_ADJUST)
    product, place = _checked(product_id, location_id, lot_id)
    why = _reason(reason)
    if not change:
        raise InvalidInput({"change": N_("Say how much more or less it is.")})
    if unit_cost is not None and unit_cost < 0:
        raise InvalidInput({"unit_cost": N_("A cost cannot be negative.")})
    waiting = serving.who_waits({product.id: change}, place.warehouse_id) if change > 0 else []
    orders = serving.lock_orders(waiting)
    level = ledger.lock_places({(product.id, place.id, lot_id)})[product.id, place.id, lot_id]
    _correct(product, place, level, change, MoveKind.ADJUSTMENT, why, _day(place, occurred_on), unit_cost)
    serving.serve(waiting, orders)
    return level


def adjust_level(
    actor: Actor, *, level_id: int, change: Decimal, reason: str, occurred_on: date | None = None
) -> StockLevel:
    """Put the books right at a place that is known.  Raises: as ``adjust_stock``."""
    require(actor, Permissions.STOCK_ADJUST)
    level = locks.get(StockLevel, level_id)
    require(actor, Permissions.STOCK_ADJUST, level)
    return adjust_stock(
        actor, product_id=level.product_id, location_id=level.location_id, lot_id=level.lot_id, change=change,
        reason=reason, occurred_on=occurred_on,
    )  # fmt: skip


def count_stock(
    actor: Actor,
    *,
    level_id: int,
    counted: Decimal,
    reason: str = "",
    expected: Decimal | None = None,
    occurred_on: date | None = None,
) -> Counted:
    """Record what lies at a place; a difference is booked.

    What was picked and has not left yet is no longer there: a count neither expects nor misses it.
    expected: what the counter was shown; when goods moved meanwhile the count is asked again.
    Raises: NotPermitted, NotFound, InvalidInput, HeldStock.
    """
    require(actor, Permissions.STOCK_COUNT)
    seen = locks.get(StockLevel, level_id)
    require(actor, Permissions.STOCK_COUNT, seen)
    if counted < 0:
        raise InvalidInput({"counted": N_("0 or more.")})
    product, place = _checked(seen.product_id, seen.location_id, seen.lot_id)
    more = counted - (seen.on_hand - picked_at_level(level_id))
    waiting = serving.who_waits({product.id: more}, place.warehouse_id) if more > 0 else []
    orders = serving.lock_orders(waiting)
    level = locks.lock(StockLevel, level_id)
    there = level.on_hand - picked_at_level(level_id)
    if expected is not None and expected != there:
        raise InvalidInput(
            {
                "counted": Message(
                    N_("Goods moved while you counted: the books said %(before)s, now %(now)s. Please count again."),
                    before=plain(expected),
                    now=plain(there),
                )
            }
        )
    result = Counted(there, counted)
    if result.difference:
        why = clean(reason, 200) or f"counted {plain(counted)}, expected {plain(there)}"
        _correct(product, place, level, result.difference, MoveKind.COUNT, why, _day(place, occurred_on), None)
        serving.serve(waiting, orders)
    return result


def transfer_stock(
    actor: Actor, *, level_id: int, target_id: int, quantity: Decimal, reason: str = "", occurred_on: date | None = None
) -> StockLevel:
    """Move free stock to another place of the house.

    Raises: NotPermitted, NotFound, InvalidInput, HeldStock.
    """
    require(actor, Permissions.STOCK_TRANSFER)
    seen = locks.get(StockLevel, level_id)
    require(actor, Permissions.STOCK_TRANSFER, seen)
    source, target = locks.get(Location, seen.location_id), locks.get(Location, target_id)
    if target.id == source.id or not target.is_active:
        raise InvalidInput({"target_id": N_("Choose another place.")})
    waiting = serving.who_waits({seen.product_id: quantity}, target.warehouse_id)
    orders = serving.lock_orders(waiting)
    levels = ledger.lock_places({(seen.product_id, place, seen.lot_id) for place in (source.id, target.id)})
    level = levels[seen.product_id, source.id, seen.lot_id]
    if not ZERO < quantity <= level.on_hand:
        raise InvalidInput({"quantity": Message(N_("Between 0 and %(left)s."), left=plain(level.on_hand))})
    product = session.get_one(Product, seen.product_id)
    _require_free(product, source, level, level.on_hand - quantity)
    ledger.transfer(
        product.id, seen.lot_id, quantity, source_id=source.id, target_id=target.id, kind=MoveKind.TRANSFER,
        occurred_on=_day(source, occurred_on), reason=clean(reason, 200),
    )  # fmt: skip
    if target.kind is LocationKind.STORAGE:
        serving.serve(waiting, orders)
    return levels[seen.product_id, target.id, seen.lot_id]


def _checked(product_id: int, location_id: int, lot_id: int | None) -> tuple[Product, Location]:
    product, place = locks.get(Product, product_id), locks.get(Location, location_id)
    if product.kind is not ProductKind.STOCKED:
        raise InvalidInput({"product_id": N_("No stock is kept of this product.")})
    lot = locks.get(Lot, lot_id) if lot_id is not None else None
    if lot is not None and lot.product_id != product.id:
        raise InvalidInput({"lot_id": N_("This lot belongs to another product.")})
    if product.is_lot_tracked and lot is None:
        raise InvalidInput({"lot_id": N_("This product is tracked by lot: choose the lot.")})
    return product, place


def _reason(reason: str) -> str:
    why = clean(reason, 200)
    if not why:
        raise InvalidInput({"reason": N_("Say why.")})
    return why


def _day(place: Location, occurred_on: date | None) -> date:
    today = clock.today(session.get_one(Warehouse, place.warehouse_id).company.timezone)
    if occurred_on is not None and occurred_on > today:
        raise InvalidInput({"occurred_on": N_("This day has not come yet.")})
    return occurred_on or today


def _correct(
    product: Product, place: Location, level: StockLevel, change: Decimal, kind: MoveKind, reason: str, day: date,
    unit_cost: Decimal | None,
) -> None:  # fmt: skip
    left = level.on_hand + change
    if left < 0:
        raise InvalidInput({"change": Message(N_("Only %(on_hand)s lie there."), on_hand=plain(level.on_hand))})
    _require_free(product, place, level, left)
    move = ledger.NewMove(
        product_id=product.id, location_id=place.id, lot_id=level.lot_id, quantity=change, kind=kind,
        occurred_on=day, unit_cost=unit_cost if change > 0 else None, reason=reason,
    )  # fmt: skip
    ledger.book([move])
    publish(StockAdjusted(product_id=product.id, quantity=plain(change), reason=reason))


def _require_free(product: Product, place: Location, level: StockLevel, left: Decimal) -> None:
    """Raises: HeldStock naming the orders that hold what would be taken."""
    if left >= level.allocated:
        return
    holders: Sequence[str] = [holder.sentence for holder in holders_of_level(level.id)[:HOLDERS_NAMED]]
    raise HeldStock(
        product=product.code, place=place.code, on_hand=plain(left), held=plain(level.allocated),
        holders="; ".join(holders),
    )  # fmt: skip
