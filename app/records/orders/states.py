"""The commercial state of an order: declared, and nothing else."""

from __future__ import annotations

from enum import StrEnum

from app.kernel.states import Machine


class OrderState(StrEnum):
    """Commercial state only; fulfilment, billing and payment are derived from quantities."""

    DRAFT = "draft"
    QUOTED = "quoted"
    VERIFIED = "verified"
    CONFIRMED = "confirmed"
    IN_FULFILMENT = "in_fulfilment"
    FULFILLED = "fulfilled"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    CLOSED_SHORT = "closed_short"


S = OrderState

order_states: Machine[OrderState] = Machine(
    "order",
    {
        S.DRAFT: {S.QUOTED, S.VERIFIED, S.CANCELLED},
        S.QUOTED: {S.DRAFT, S.VERIFIED, S.CANCELLED},
        S.VERIFIED: {S.DRAFT, S.CONFIRMED, S.CANCELLED},
        S.CONFIRMED: {S.IN_FULFILMENT, S.FULFILLED, S.CANCELLED, S.CLOSED_SHORT},
        S.IN_FULFILMENT: {S.FULFILLED, S.CANCELLED, S.CLOSED_SHORT},
        S.FULFILLED: {S.COMPLETED, S.IN_FULFILMENT},
        S.CLOSED_SHORT: {S.COMPLETED},
        S.COMPLETED: set(),
        S.CANCELLED: set(),
    },
)

#: states in which lines change freely
EDITABLE = frozenset({S.DRAFT, S.QUOTED})
#: states in which the order binds us
BINDING = frozenset({S.CONFIRMED, S.IN_FULFILMENT, S.FULFILLED})
#: states in which goods may still leave
OPEN_FOR_FULFILMENT = frozenset({S.CONFIRMED, S.IN_FULFILMENT})
#: states from which nothing more will happen
CLOSED = frozenset({S.COMPLETED, S.CANCELLED})
