"""Papers of supply: what a purchase order must be given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from app.platform.documents import PricedPaper, add_templates

add_templates("supply", Path(__file__).parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrderData(PricedPaper):
    """Our order to a supplier. ``link`` is the page where he confirms dates and quantities.

    revision: 0 for the first issue, counted up by amendments that replace it.
    """

    template: ClassVar[str] = "supply/purchase_order"

    buyer: str
    deliver_to: str
    requisition_numbers: tuple[str, ...] = ()
    shipping_method: str = ""
    revision: int = 0
