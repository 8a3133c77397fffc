"""Papers that travel with the goods: delivery note (two sizes) and packing slip. Neither shows a price."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from app.platform.documents import Paper, Party, Quantity, add_templates, plain

add_templates("shipping", Path(__file__).parent)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsLine:
    """Goods on a paper without prices.

    ordered and outstanding: the order line's own figures, for a partial shipment; None leaves the column out.
    """

    position: int
    code: str
    name: str
    quantity: Quantity
    specification: str = ""
    partner_code: str = ""
    lot: str = ""
    order_number: str = ""
    outstanding: Quantity | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryNoteData(Paper):
    """The hand-over of goods to a customer, signed on receipt.

    paper: ``a4``, or ``three_part`` for the 241 x 140 mm continuous forms of dot-matrix printers (store, customer,
    receipt).  weight_kg and volume_m3 of the whole shipment.  link: where the customer follows the goods.
    """

    template: ClassVar[str] = "shipping/delivery_note"

    number: str
    issued_on: date
    company: Party
    customer: Party
    deliver_to: Party
    lines: tuple[GoodsLine, ...]
    order_numbers: tuple[str, ...] = ()
    customer_order_numbers: tuple[str, ...] = ()
    carrier: str = ""
    tracking_number: str = ""
    driver: str = ""
    vehicle: str = ""
    packages: int = 0
    weight_kg: Decimal = ZERO
    volume_m3: Decimal = ZERO
    note: str = ""
    prepared_by: str = ""
    link: str | None = None
    paper: Literal["a4", "three_part"] = "a4"

    def derived(self) -> dict[str, Any]:
        """The sum of the lines by unit: pieces and litres are never added."""
        return {"sums": sums_by_unit(self.lines)}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageContent:
    """One package with what is inside. size: ``60 x 40 x 35 cm`` or empty."""

    number: str
    kind: str
    lines: tuple[GoodsLine, ...]
    weight_kg: Decimal = ZERO
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackingSlipData(Paper):
    """What is in which package of one shipment."""

    template: ClassVar[str] = "shipping/packing_slip"

    number: str
    issued_on: date
    company: Party
    deliver_to: Party
    packages: tuple[PackageContent, ...]
    order_numbers: tuple[str, ...] = ()
    customer_order_numbers: tuple[str, ...] = ()
    carrier: str = ""
    packed_by: str = ""
    note: str = ""
    link: str | None = None

    def derived(self) -> dict[str, Any]:
        """Sums over all packages."""
        weight = sum((package.weight_kg for package in self.packages), ZERO)
        lines = tuple(line for package in self.packages for line in package.lines)
        return {"weight_kg": format(weight, "f"), "sums": sums_by_unit(lines)}


def sums_by_unit(lines: tuple[GoodsLine, ...]) -> list[Mapping[str, str]]:
    """Quantities of the lines in their stock unit, one sum for each unit, in order of appearance."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        total = line.quantity.total or line.quantity.parts[0]
        sums[total.unit] = sums.get(total.unit, ZERO) + total.amount
    return [{"amount": plain(amount), "unit": unit} for unit, amount in sums.items()]
