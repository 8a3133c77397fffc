"""Facts about goods on their way back, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfReturnOfOrder(Event):
    return_id: int
    order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The return."""
        return ("customer_returns", self.return_id)

    @property
    def root(self) -> tuple[str, int]:
        """The order."""
        return ("orders", self.order_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfReturnOfPurchaseOrder(Event):
    return_id: int
    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The return."""
        return ("supplier_returns", self.return_id)

    @property
    def root(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("returns.return.requested")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnRequested(_OfReturnOfOrder):
    """A customer wants to give goods back."""

    reason: str


@named("returns.return.authorised")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnAuthorised(_OfReturnOfOrder):
    """The goods may come; the warehouse expects them."""


@named("returns.return.refused")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnRefused(_OfReturnOfOrder):
    """The customer keeps the goods."""

    reason: str


@named("returns.return.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnCancelled(_OfReturnOfOrder):
    """Nothing comes back after all."""

    reason: str


@named("returns.return.received")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnReceived(_OfReturnOfOrder):
    """Goods of a return arrived and wait to be inspected."""


@named("returns.return.all_here")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnAllHere(_OfReturnOfOrder):
    """Nothing more of a return is expected."""


@named("returns.return.inspected")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnInspected(_OfReturnOfOrder):
    """Of everything that is here, somebody said what becomes of it."""


@named("returns.return.refund_due")
@dataclasses.dataclass(frozen=True, kw_only=True)
class RefundDue(_OfReturnOfOrder):
    """The customer is owed money for goods that came back."""


@named("returns.return.refunded")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnRefunded(_OfReturnOfOrder):
    """The customer owes nothing any more for what came back; credit notes were given where it was invoiced."""

    credit_note_ids: tuple[int, ...]


@named("returns.return.replacement_due")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReplacementDue(_OfReturnOfOrder):
    """The customer gets the same goods again without charge."""

    finding_ids: tuple[int, ...]


@named("returns.return.held")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnHeld(_OfReturnOfOrder):
    """Goods of the customer wait to be sent back."""


@named("returns.return.sent_back")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnSentBack(_OfReturnOfOrder):
    """The customer's own goods are on their way back."""


@named("returns.return.not_held")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnNotHeld(_OfReturnOfOrder):
    """No goods wait to be sent back any more: they are inspected anew."""


@named("returns.return.closed")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReturnClosed(_OfReturnOfOrder):
    """Nobody owes anybody anything of this return."""


@named("returns.supplier_return.requested")
@dataclasses.dataclass(frozen=True, kw_only=True)
class SupplierReturnRequested(_OfReturnOfPurchaseOrder):
    """Goods are to go back to their supplier."""

    reason: str


@named("returns.supplier_return.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class SupplierReturnCancelled(_OfReturnOfPurchaseOrder):
    """They stay."""

    reason: str


@named("returns.supplier_return.sent")
@dataclasses.dataclass(frozen=True, kw_only=True)
class SupplierReturnSent(_OfReturnOfPurchaseOrder):
    """They left the house."""


@named("returns.supplier_return.claim_due")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ClaimDue(_OfReturnOfPurchaseOrder):
    """What went back is to be taken off the supplier's bill."""


@named("returns.supplier_return.settled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class SupplierReturnSettled(_OfReturnOfPurchaseOrder):
    """The bill leaves it out, or a debit note claims it."""
