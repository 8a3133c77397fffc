"""Facts about stock, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@named("stock.order.allocated")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderAllocated(Event):
    """Stock was bound to lines of an order."""

    order_id: int
    line_ids: tuple[int, ...]

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("stock.order.covered")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderCovered(Event):
    """Every line of the order has its stock or a promised date."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("stock.product.adjusted")
@dataclasses.dataclass(frozen=True, kw_only=True)
class StockAdjusted(Event):
    """Stock at a place was corrected."""

    product_id: int
    quantity: str
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The product."""
        return ("products", self.product_id)
