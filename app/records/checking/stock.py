"""Stock: levels and cost are what the moves say, claims are what the allocations say."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.checks import check
from app.records.checking.orders import OWED
from app.records.checking.sums import differing, filled, total, zero
from app.records.orders.models import OrderLine
from app.records.stock.models import Allocation, Location, ProductCost, StockLevel, StockMove
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine

moves, levels, costs = StockMove.__table__, StockLevel.__table__, ProductCost.__table__
allocations, lines, locations = Allocation.__table__, OrderLine.__table__, Location.__table__
purchases, purchase_lines = PurchaseOrder.__table__, PurchaseOrderLine.__table__


@check("stock.levels_equal_moves", "What lies at a place is the sum of its moves.")
def levels_equal_moves() -> sa.Select[Any]:
    """Both ways: a level without moves, and moves without a level."""
    said = sa.select(
        *(c.label(c.name) for c in (levels.c.product_id, levels.c.location_id, levels.c.lot_id)),
        levels.c.on_hand.label("on_hand"),
        zero(moves.c.quantity).label("moved"),
    )
    moved = sa.select(moves.c.product_id, moves.c.location_id, moves.c.lot_id, zero(levels.c.on_hand), moves.c.quantity)
    both = sa.union_all(said, moved).subquery()
    place = (both.c.product_id, both.c.location_id, both.c.lot_id)
    on_hand, summed = total(both.c.on_hand), total(both.c.moved)
    return (
        sa.select(*place, on_hand.label("on_hand"), summed.label("on_hand_summed"))
        .group_by(*place)
        .having(on_hand != summed)
        .order_by(*place)
    )


@check("stock.costs_equal_moves", "Stock and value of a product are the sums of its moves.")
def costs_equal_moves() -> sa.Select[Any]:
    """Per company, both ways."""
    said = sa.select(
        costs.c.company_id,
        costs.c.product_id,
        costs.c.on_hand.label("on_hand"),
        costs.c.value.label("value"),
        zero(moves.c.quantity).label("moved"),
        zero(moves.c.value).label("moved_value"),
    )
    moved = sa.select(
        moves.c.company_id,
        moves.c.product_id,
        zero(costs.c.on_hand),
        zero(costs.c.value),
        moves.c.quantity,
        moves.c.value,
    )
    both = sa.union_all(said, moved).subquery()
    key = (both.c.company_id, both.c.product_id)
    on_hand, value = total(both.c.on_hand), total(both.c.value)
    moved_on_hand, moved_value = total(both.c.moved), total(both.c.moved_value)
    return (
        sa.select(
            *key,
            on_hand.label("on_hand"),
            moved_on_hand.label("on_hand_summed"),
            value.label("value"),
            moved_value.label("value_summed"),
        )
        .group_by(*key)
        .having(sa.or_(on_hand != moved_on_hand, value != moved_value))
        .order_by(*key)
    )


@check("stock.nothing_below_zero", "No place holds less than nothing, or less than is promised from it.")
def nothing_below_zero() -> sa.Select[Any]:
    """On hand, allocated, incoming."""
    none = zero(levels.c.on_hand)
    return (
        sa.select(levels.c.id, levels.c.product_id, levels.c.on_hand, levels.c.allocated, levels.c.incoming)
        .where(
            sa.or_(
                levels.c.on_hand < none,
                levels.c.allocated < none,
                levels.c.incoming < none,
                levels.c.allocated > levels.c.on_hand,
            )
        )
        .order_by(levels.c.id)
    )


@check("stock.claims_equal_allocations", "What a place holds for orders is the sum of its allocations.")
def claims_equal_allocations() -> sa.Select[Any]:
    """Per place."""
    held = (
        sa.select(allocations.c.level_id, total(allocations.c.quantity).label("held"))
        .group_by(allocations.c.level_id)
        .subquery()
    )
    source = levels.outerjoin(held, held.c.level_id == levels.c.id)
    return differing(levels.c.id, source, [("allocated", levels.c.allocated, filled(held.c.held))])


@check("orders.claims_equal_allocations", "What is held for an order line is the sum of its allocations.")
def lines_equal_allocations() -> sa.Select[Any]:
    """Per order line."""
    held = (
        sa.select(allocations.c.order_line_id, total(allocations.c.quantity).label("held"))
        .group_by(allocations.c.order_line_id)
        .subquery()
    )
    source = lines.outerjoin(held, held.c.order_line_id == lines.c.id)
    return differing(lines.c.id, source, [("allocated", lines.c.allocated, filled(held.c.held))])


@check("stock.incoming_equals_purchase_orders", "What is expected at a warehouse is what purchase orders still owe.")
def incoming_equals_purchase_orders() -> sa.Select[Any]:
    """Per product and warehouse, both ways; imported purchase orders announce nothing."""
    owed = purchase_lines.c.ordered - purchase_lines.c.cancelled - purchase_lines.c.received
    none = zero(purchase_lines.c.ordered)
    expected = (
        sa.select(
            purchase_lines.c.product_id.label("product_id"),
            purchases.c.warehouse_id.label("warehouse_id"),
            zero(levels.c.incoming).label("incoming"),
            sa.case((owed > none, owed), else_=none).label("owed"),
        )
        .join_from(purchase_lines, purchases, purchases.c.id == purchase_lines.c.purchase_order_id)
        .where(purchases.c.state.in_(OWED), purchases.c.is_history.is_(False))
    )
    said = sa.select(levels.c.product_id, locations.c.warehouse_id, levels.c.incoming, none).join_from(
        levels, locations, locations.c.id == levels.c.location_id
    )
    both = sa.union_all(expected, said).subquery()
    key = (both.c.product_id, both.c.warehouse_id)
    incoming, summed = total(both.c.incoming), total(both.c.owed)
    return (
        sa.select(*key, incoming.label("incoming"), summed.label("incoming_summed"))
        .group_by(*key)
        .having(incoming != summed)
        .order_by(*key)
    )
