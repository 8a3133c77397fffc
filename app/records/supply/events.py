"""Facts about what we buy, in past tense."""

from __future__ import annotations

import dataclasses

from app.platform.events import Event, named


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfRequisition(Event):
    requisition_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The requisition."""
        return ("requisitions", self.requisition_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfPurchaseOrder(Event):
    purchase_order_id: int

    @property
    def subject(self) -> tuple[str, int]:
        """The purchase order."""
        return ("purchase_orders", self.purchase_order_id)


@dataclasses.dataclass(frozen=True, kw_only=True)
class _OfReceiptOfPurchaseOrder(Event):
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


@named("supply.requisition.raised")
@dataclasses.dataclass(frozen=True, kw_only=True)
class RequisitionRaised(_OfRequisition):
    """A shortage was requested from a buyer."""

    buyer_id: int | None = None


@named("supply.purchase_order.sent")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderSent(_OfPurchaseOrder):
    """The supplier was asked."""


@named("supply.purchase_order.acknowledged")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderAcknowledged(_OfPurchaseOrder):
    """The supplier promised."""


@named("supply.purchase_order.refused")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderRefused(_OfPurchaseOrder):
    """The supplier cannot deliver."""

    words: str


@named("supply.purchase_order.date_moved")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseDateMoved(_OfPurchaseOrder):
    """The supplier moved a date."""

    line_id: int
    promised_date: str


@named("supply.purchase_order.cancelled")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderCancelled(_OfPurchaseOrder):
    """A purchase order is off, or closed short."""

    reason: str


@named("supply.purchase_order.put_away")
@dataclasses.dataclass(frozen=True, kw_only=True)
class PurchaseOrderPutAway(_OfPurchaseOrder):
    """Everything expected of the purchase order is on the shelf."""


@named("supply.receipt.arrived")
@dataclasses.dataclass(frozen=True, kw_only=True)
class GoodsArrived(_OfReceiptOfPurchaseOrder):
    """Goods came in."""


@named("supply.receipt.put_away")
@dataclasses.dataclass(frozen=True, kw_only=True)
class GoodsPutAway(_OfReceiptOfPurchaseOrder):
    """Goods of a receipt are on the shelf."""


@named("supply.receipt.matched")
@dataclasses.dataclass(frozen=True, kw_only=True)
class ReceiptMatched(_OfReceiptOfPurchaseOrder):
    """The supplier's bill fits order and receipt."""
