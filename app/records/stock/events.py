"""Facts about stock, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfOrder(Event):
    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfProduct(Event):
    product_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The product."""
        return ("products", self.product_id)


@named("stock.order.allocated")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderAllocated(_OfOrder):
    """Stock was bound to lines of an order."""

    line_ids: tuple[int, ...]


@named("stock.order.covered")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderCovered(_OfOrder):
    """Every line of the order has its stock or a promised date."""


@named("stock.product.adjusted")
@dataclasses.dataclass(frozen=True, kw_only=True)
class StockAdjusted(_OfProduct):
    """Stock at a place was corrected."""

    quantity: str
    reason: str


@named("stock.order.short")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderShort(_OfOrder):
    """Lines lost stock they had (not found at its place, damaged on the way) and nothing else could be bound."""

    line_ids: tuple[int, ...]


@named("stock.level.recount_asked")
@dataclasses.dataclass(frozen=True, kw_only=True)
class RecountAsked(_OfProduct):
    """A picker did not find what should lie at a place; the quantity is set aside until somebody has counted."""

    location_id: int
    quantity: str
    reason: str
