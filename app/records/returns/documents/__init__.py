"""Papers of returns: the slip that travels with the goods, and the debit note for the supplier."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from app.platform.documents import Paper, Party, PricedPaper, add_templates
from app.records.shipping.documents import GoodsLine, sums_by_unit

add_templates("returns", Path(__file__).parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSlipData(Paper):
    """What lies in the parcel of goods that come back from a customer, or go back to a supplier. It shows no price.

    to_supplier: the way it goes.  return_to: who takes the goods, where.  order_numbers: ours; partner_order_numbers:
    theirs.
    """

    template: ClassVar[str] = "returns/return_slip"

    number: str
    issued_on: date
    company: Party
    partner: Party
    return_to: Party
    lines: tuple[GoodsLine, ...]
    reason: str
    to_supplier: bool = False
    order_numbers: tuple[str, ...] = ()
    partner_order_numbers: tuple[str, ...] = ()
    carrier: str = ""
    note: str = ""
    prepared_by: str = ""

    def derived(self) -> dict[str, Any]:
        """The sum of the lines by unit."""
        return {"sums": sums_by_unit(self.lines)}


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitNoteData(PricedPaper):
    """What we take off a supplier's bill for goods that went back; amounts positive."""

    template: ClassVar[str] = "returns/debit_note"

    bill_number: str
    return_number: str
    order_number: str
    reason: str
