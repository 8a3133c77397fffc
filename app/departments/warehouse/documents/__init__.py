"""Papers of the warehouse: what a pick list must be given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

from app.platform.documents import Paper, Quantity, add_templates

add_templates("warehouse", Path(__file__).parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickLine:
    """One place to go to. The caller sorts the lines in walking order; the paper keeps their order."""

    location: str
    code: str
    name: str
    quantity: Quantity
    order_number: str
    specification: str = ""
    barcode: str = ""
    lot: str = ""
    expires_on: str = ""
    bin: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PickListData(Paper):
    """What a picker takes from where.

    printed_at: aware, already in the warehouse's zone.  bin of a line: the tote or slot the order is sorted into.
    link: opens the list on a phone, printed as a QR code.
    """

    template: ClassVar[str] = "warehouse/pick_list"

    number: str
    printed_at: datetime
    company: str
    warehouse: str
    lines: tuple[PickLine, ...]
    picker: str = ""
    leaves_on: date | None = None
    order_numbers: tuple[str, ...] = ()
    weight_kg: Decimal = Decimal(0)
    note: str = ""
    link: str | None = None
