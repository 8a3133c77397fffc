"""Facts about the order, in past tense."""

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


@named("orders.order.received")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderReceived(_OfOrder):
    """A customer's order came in; ``occurred_at`` is when it was received, not when it was keyed."""


@named("orders.order.verified")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderVerified(_OfOrder):
    """Specification, quantity and price are right."""


@named("orders.order.sent_for_confirmation")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderSent(_OfOrder):
    """The customer was asked to confirm."""


@named("orders.order.change_asked")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderChangeAsked(_OfOrder):
    """The customer wants something else; the order is a draft again."""

    words: str


@named("orders.order.confirmed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderConfirmed(_OfOrder):
    """The customer said yes."""

    how: str
    person: str


@named("orders.order.held")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderHeld(_OfOrder):
    """Work on the order stops."""

    reason: str


@named("orders.order.released")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderReleased(_OfOrder):
    """Work goes on."""


@named("orders.order.amended")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderAmended(_OfOrder):
    """A change after confirmation was applied."""

    amendment_id: int
    line_ids: tuple[int, ...] = ()


@named("orders.order.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderCancelled(_OfOrder):
    """The whole order is off."""

    reason: str


@named("orders.order.closed_short")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderClosedShort(_OfOrder):
    """What is left will not be delivered."""

    reason: str


@named("orders.order.line_cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class LineCancelled(_OfOrder):
    """Part of a line, or all of it, is off."""

    line_id: int
    quantity: str
    reason: str


@named("orders.order.fulfilled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderFulfilled(_OfOrder):
    """Nothing is left to ship."""


@named("orders.order.completed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderCompleted(_OfOrder):
    """Delivered, billed and paid."""


@named("orders.order.promised")
@dataclasses.dataclass(frozen=True, kw_only=True)
class LinesPromised(_OfOrder):
    """Purchasing gave dates for short lines."""

    dates: dict[str, str]
