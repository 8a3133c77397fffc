"""Plain values that go into the use cases of sales."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from app.records.orders.models import LineKind, LineSource

ZERO = Decimal(0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LineValues:
    """A line as the customer or the clerk wrote it; names are looked up when the order is taken.

    product_code or customer_part_number names the product.  unit: its code, empty for the product's own unit.
    quantity and unit_price: in that unit.  loose: base units beside, as in 3 boxes and 5 pieces.
    unit_price None: what the price list says.  tax_percent None: the product's.
    line_id: of a line that exists, when a draft is changed.
    """

    kind: LineKind = LineKind.PRODUCT
    product_code: str = ""
    customer_part_number: str = ""
    description: str = ""
    specification: str = ""
    quantity: Decimal = Decimal(1)
    loose: Decimal = ZERO
    unit: str = ""
    unit_price: Decimal | None = None
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    discount_reason: str = ""
    tax_percent: Decimal | None = None
    requested_date: date | None = None
    source: LineSource = LineSource.STOCK
    line_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """What an amendment asks of an existing line; None leaves a value as it is.

    quantity: entered units, of the whole line.  cancel_rest: nothing more than has left is wanted.
    """

    line_id: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    requested_date: date | None = None
    cancel_rest: bool = False


def plain(value: Any) -> Any:
    """A value as JSON: numbers as text without trailing zeros, dates in ISO form, dataclasses as objects."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def line_from_plain(values: Mapping[str, Any]) -> LineValues:
    """The line that ``plain`` wrote down."""
    numbers = ("quantity", "loose", "unit_price", "discount_percent", "discount_amount", "tax_percent")
    read: dict[str, Any] = {"loose": "0", **values}
    read["kind"], read["source"] = LineKind(read["kind"]), LineSource(read["source"])
    for name in numbers:
        read[name] = None if read[name] is None else Decimal(read[name])
    read["requested_date"] = date.fromisoformat(read["requested_date"]) if read["requested_date"] else None
    return LineValues(**read)


def digest(values: Mapping[str, Any]) -> str:
    """SHA-256 of the values, the same for the same values whatever their order."""
    text = json.dumps(plain(values), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
