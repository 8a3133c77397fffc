"""Supply: purchase orders agree with their lines and receipts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.checks import check
from app.records.checking.sums import differing, filled, total, zero
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, ReceiptLine

purchases, lines = PurchaseOrder.__table__, PurchaseOrderLine.__table__
receipt_lines = ReceiptLine.__table__


def imported_purchase_orders() -> sa.Select[Any]:
    """History has no receipts of ours."""
    return sa.select(purchases.c.id).where(purchases.c.is_history.is_(True))


@check(
    "supply.lines_equal_receipts",
    "What came of a purchase order line is the sum of its receipts.",
    left_out=imported_purchase_orders,
)
def lines_equal_receipts() -> sa.Select[Any]:
    """Received, rejected and put away."""
    names = ("received", "rejected", "put_away")
    c = receipt_lines.c
    summed = (
        sa.select(c.purchase_order_line_id, *(total(c[name]).label(name) for name in names))
        .group_by(c.purchase_order_line_id)
        .subquery()
    )
    source = lines.join(purchases, purchases.c.id == lines.c.purchase_order_id).outerjoin(
        summed, summed.c.purchase_order_line_id == lines.c.id
    )
    query = differing(lines.c.id, source, [(name, lines.c[name], filled(summed.c[name])) for name in names])
    return query.where(purchases.c.is_history.is_(False))


@check("supply.line_quantities", "The quantities of a purchase order line fit into each other, and none is below zero.")
def line_quantities() -> sa.Select[Any]:
    """More than was ordered may come, within the tolerance of the receipt."""
    names = ("ordered", "cancelled", "received", "rejected", "put_away", "billed")
    broken = [lines.c[name] < zero(lines.c.ordered) for name in names]
    broken += [lines.c.cancelled > lines.c.ordered, lines.c.put_away + lines.c.rejected > lines.c.received]
    return sa.select(lines.c.id, *(lines.c[name] for name in names)).where(sa.or_(*broken)).order_by(lines.c.id)


@check(
    "supply.totals_equal_lines",
    "The totals of a purchase order are the sums of its lines.",
    left_out=imported_purchase_orders,
)
def totals_equal_lines() -> sa.Select[Any]:
    """Net, tax and gross."""
    names = ("net", "tax", "gross")
    summed = (
        sa.select(lines.c.purchase_order_id, *(total(lines.c[name]).label(name) for name in names))
        .group_by(lines.c.purchase_order_id)
        .subquery()
    )
    source = purchases.outerjoin(summed, summed.c.purchase_order_id == purchases.c.id)
    pairs = [(f"{name}_total", purchases.c[f"{name}_total"], filled(summed.c[name])) for name in names]
    return differing(purchases.c.id, source, pairs).where(purchases.c.is_history.is_(False))
