"""What the warehouse does by the clock and in the background."""

from __future__ import annotations

import sqlalchemy as sa

from app.departments.warehouse import serving
from app.kernel.actor import Actor
from app.platform.db import session
from app.platform.jobs import enqueue, job
from app.records.orders.events import LineCancelled, OrderCancelled, OrderClosedShort
from app.records.stock.models import Warehouse

SERVE = "warehouse.waiting.serve"


@job(SERVE, cron="*/10 * * * *")
def serve_waiting_everywhere(actor: Actor) -> dict[str, int]:
    """Give free stock to waiting lines in every warehouse.

    Also by the clock: an order that is confirmed while goods are put away may miss them by a moment.
    """
    warehouses = session.scalars(sa.select(Warehouse.id).where(Warehouse.is_active.is_(True)).order_by(Warehouse.id))
    return {"orders": sum(serving.serve_waiting(actor, warehouse_id=one) for one in warehouses.all())}


def serve_after_release(_actor: Actor, _event: OrderCancelled | OrderClosedShort | LineCancelled) -> None:
    """An order gave up stock: others may wait for it. Not here: their orders must be locked before stock is."""
    enqueue(SERVE, {}, dedup_key=SERVE)
