"""What is left to do on an order, line by line, for the rail of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from app.platform.db import session
from app.records.catalog.models import Product
from app.records.orders.models import LineKind, LineSource, Order, OrderLine

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Remainder:
    """One line: how much is wanted and how far it has come, in the product's base unit."""

    name: str
    wanted: Decimal
    done: Decimal  #: picked or already gone
    allocated: Decimal  #: held and not yet picked
    shortage: Decimal


def remainders_of(root: tuple[str, int]) -> Sequence[Remainder]:
    """Lines of an order with goods still to leave, the short ones first; nothing for other records."""
    table, row_id = root
    if table != Order.__tablename__:
        return ()
    to_ship = OrderLine.ordered - OrderLine.cancelled - OrderLine.shipped + OrderLine.failed
    statement = (
        sa.select(OrderLine, Product.name)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .where(
            OrderLine.order_id == row_id,
            OrderLine.kind.in_((LineKind.PRODUCT, LineKind.SAMPLE)),
            OrderLine.source != LineSource.DROP_SHIP,
            to_ship > Decimal(0),
        )
        .order_by(sa.case((to_ship > OrderLine.allocated, 0), else_=1), OrderLine.position)
        .limit(SHOWN)
    )
    return [_remainder(line, name or "") for line, name in session.execute(statement)]


def _remainder(line: OrderLine, product: str) -> Remainder:
    gone = line.shipped - line.failed
    picked = min(max(line.picked - line.shipped, Decimal(0)), line.allocated)
    return Remainder(
        name=line.description or product,
        wanted=line.wanted,
        done=gone + picked,
        allocated=line.allocated - picked,
        shortage=line.shortage,
    )
