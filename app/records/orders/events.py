"""Facts about the order, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@named("orders.order.received")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderReceived(Event):
    """A customer's order came in; ``occurred_at`` is when it was received, not when it was keyed."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.verified")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderVerified(Event):
    """Specification, quantity and price are right."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.sent_for_confirmation")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderSent(Event):
    """The customer was asked to confirm."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.change_asked")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderChangeAsked(Event):
    """The customer wants something else; the order is a draft again."""

    order_id: int
    words: str

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.confirmed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderConfirmed(Event):
    """The customer said yes."""

    order_id: int
    how: str
    person: str

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.held")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderHeld(Event):
    """Work on the order stops."""

    order_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.released")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderReleased(Event):
    """Work goes on."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.amended")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderAmended(Event):
    """A change after confirmation was applied."""

    order_id: int
    amendment_id: int
    line_ids: tuple[int, ...] = ()

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    """The whole order is off."""

    order_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.closed_short")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderClosedShort(Event):
    """What is left will not be delivered."""

    order_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.line_cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class LineCancelled(Event):
    """Part of a line, or all of it, is off."""

    order_id: int
    line_id: int
    quantity: str
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.fulfilled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderFulfilled(Event):
    """Nothing is left to ship."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.completed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class OrderCompleted(Event):
    """Delivered, billed and paid."""

    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@named("orders.order.promised")
@dataclasses.dataclass(frozen=True, kw_only=True)
class LinesPromised(Event):
    """Purchasing gave dates for short lines."""

    order_id: int
    dates: dict[str, str]

    @property
    def subject(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)
