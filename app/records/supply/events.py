"""Facts about what we buy, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@named("supply.requisition.raised")
@dataclasses.dataclass(frozen=True, kw_only=True)
class RequisitionRaised(Event):
    """A shortage was requested from a buyer."""

    requisition_id: int
    buyer_id: int | None = None

    @property
    def subject(self) -> tuple[str, int]:
        """The requisition."""
        return ("requisitions", self.requisition_id)


@named("supply.purchase_order.sent")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderSent(Event):
    """The supplier was asked."""

    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.purchase_order.acknowledged")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderAcknowledged(Event):
    """The supplier promised."""

    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.purchase_order.refused")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderRefused(Event):
    """The supplier cannot deliver."""

    purchase_order_id: int
    words: str

    @property
    def subject(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.purchase_order.date_moved")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseDateMoved(Event):
    """The supplier moved a date."""

    purchase_order_id: int
    line_id: int
    promised_date: str

    @property
    def subject(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.purchase_order.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderCancelled(Event):
    """A purchase order is off, or closed short."""

    purchase_order_id: int
    reason: str

    @property
    def subject(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.purchase_order.put_away")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderPutAway(Event):
    """Everything expected of the purchase order is on the shelf."""

    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.receipt.arrived")
@dataclasses.dataclass(frozen=True, kw_only=True)
class GoodsArrived(Event):
    """Goods came in."""

    receipt_id: int
    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The receipt."""
        return ("receipts", self.receipt_id)

    @property
    def root(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.receipt.put_away")
@dataclasses.dataclass(frozen=True, kw_only=True)
class GoodsPutAway(Event):
    """Goods of a receipt are on the shelf."""

    receipt_id: int
    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The receipt."""
        return ("receipts", self.receipt_id)

    @property
    def root(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@named("supply.receipt.matched")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReceiptMatched(Event):
    """The supplier's bill fits order and receipt."""

    receipt_id: int
    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The receipt."""
        return ("receipts", self.receipt_id)

    @property
    def root(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)
