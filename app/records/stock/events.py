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


@named("stock.order.short")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderShort(Event):
    """Lines lost stock they had (not found at its place, damaged on the way) and nothing else could be bound."""

    order_id: int
    line_ids: tuple[int, ...]

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("stock.level.recount_asked")
@dataclasses.dataclass(frozen=True, kw_only=True)
class RecountAsked(Event):
    """A picker did not find what should lie at a place; the quantity is set aside until somebody has counted."""

    product_id: int
    location_id: int
    quantity: str
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The product."""
        return ("products", self.product_id)
