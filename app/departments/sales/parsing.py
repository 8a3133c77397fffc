"""From cells as people type or paste them to plain values; every cell that cannot be read is named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.departments.sales.values import LineValues
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_
from app.records.orders.models import LineKind, LineSource

#: cells of a line, in the order of the grid and of a pasted sheet
CELLS = ("product", "quantity", "unit", "price", "discount", "reason", "date", "description", "kind")
#: where a problem with a value is shown in the grid
CELL_OF = {
    "unit_price": "price", "discount_percent": "discount", "discount_amount": "discount", "tax_percent": "price",
    "requested_date": "date", "discount": "discount",
}  # fmt: skip
_grouped = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_date = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_signs = str.maketrans("", "", " \u00a0¥￥$€")

Problems = dict[str, Message | str]


def normal(text: str | None) -> str:
    """Full-width signs as the usual ones, without blanks around."""
    return unicodedata.normalize("NFKC", text or "").strip()


def number(text: str) -> Decimal | None:
    """``1,234.50``, ``１２``, ``¥3``; None where it is no number, because ``1.234,5`` could be anything."""
    plain = normal(text).translate(_signs)
    if _grouped.fullmatch(plain):
        plain = plain.replace(",", "")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 15 and len(plain) < 40 else None


def day(text: str) -> date | None:
    """``2026-12-01``, ``2026/12/1``, ``2026年12月1日``."""
    found = _date.fullmatch(normal(text))
    if not found:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def read_line(cells: Mapping[str, str], *, line_id: int | None = None) -> LineValues:
    """One line of the grid, a paste or a file.  Raises: InvalidInput by cell."""
    problems: Problems = {}
    values: dict[str, Any] = {
        "product_code": normal(cells.get("product"))[:60],
        "unit": normal(cells.get("unit"))[:20],
        "description": (cells.get("description") or "").strip()[:300],
        "discount_reason": (cells.get("reason") or "").strip()[:200],
        "customer_part_number": normal(cells.get("part"))[:80],
        "line_id": line_id,
    }
    try:
        values["kind"] = LineKind(normal(cells.get("kind")).lower() or "product")
        values["source"] = LineSource(normal(cells.get("source")).lower() or "stock")
    except ValueError:
        problems["kind"] = Message(N_("Choose one from the list."))
    _numbers(cells, values, problems)
    wanted = normal(cells.get("date"))
    if wanted:
        values["requested_date"] = day(wanted)
        if values["requested_date"] is None:
            problems["date"] = Message(N_("Not a date. Write it like 2026-12-01."))
    if problems:
        raise InvalidInput(problems)
    return LineValues(**values)


def _numbers(cells: Mapping[str, str], values: dict[str, Any], problems: Problems) -> None:
    quantity, price, discount = (normal(cells.get(name)) for name in ("quantity", "price", "discount"))
    whole, plus, loose = quantity.partition("+")
    values["quantity"] = number(whole) if quantity else Decimal(1 if values.get("kind") is LineKind.TEXT else 0)
    values["loose"] = number(loose) if plus else Decimal(0)
    values["unit_price"] = number(price) if price else None
    off = number(discount.removesuffix("%")) if discount else Decimal(0)
    values["discount_percent" if discount.endswith("%") else "discount_amount"] = off
    counted = None if values["loose"] is None else values["quantity"]
    for cell, text, found in (
        ("quantity", quantity, counted), ("price", price, values["unit_price"]), ("discount", discount, off),
    ):  # fmt: skip
        if text and found is None:
            problems[cell] = Message(N_("“%(typed)s” is not a number. Write it like 1234.5."), typed=text[:40])


def is_blank(cells: Mapping[str, str]) -> bool:
    """Whether nobody wrote anything into the line."""
    return not any((cells.get(name) or "").strip() for name in CELLS if name != "kind")


def cells_of(line: LineValues) -> dict[str, str]:
    """The line as cells, for the form of a draft."""
    plain = format
    off = ""
    if line.discount_percent:
        off = plain(line.discount_percent.normalize(), "f") + "%"
    elif line.discount_amount:
        off = plain(line.discount_amount.normalize(), "f")
    return {
        "product": line.product_code or line.customer_part_number,
        "part": line.customer_part_number,
        "quantity": "+".join(
            plain(part.normalize(), "f") for part in (line.quantity, line.loose)[: 1 + bool(line.loose)]
        ),
        "unit": line.unit,
        "price": "" if line.unit_price is None else plain(line.unit_price.normalize(), "f"),
        "discount": off,
        "reason": line.discount_reason,
        "date": line.requested_date.isoformat() if line.requested_date else "",
        "description": line.description,
        "kind": line.kind.value,
        "source": line.source.value,
    }
