"""What every paper shares: plain values in, JSON out.

A room describes each of its papers as a frozen dataclass that inherits `Paper`; a department fills it from its records
and calls ``render``. Nothing here reads the database, so a paper shows exactly what it was given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from app.kernel.counting import parts_of
from app.platform.documents.engine import qr_svg, render_pdf


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A company as it stands on a paper: our letterhead, the customer, the supplier."""

    name: str
    address: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    tax_id: str = ""
    bank: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number with its unit, as a reader sees it."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """Goods as people count them: 3 boxes 5 pieces, with the total in the stock unit where that says more.

    parts: largest unit first, none of them zero unless all is.  total: None when the parts are one number in that unit.
    """

    parts: tuple[Measured, ...]
    total: Measured | None = None

    @classmethod
    def of(cls, base: Decimal, base_unit: str, unit: str = "", factor: Decimal = Decimal(1)) -> Quantity:
        """A base quantity in units of ``factor`` and the rest: 41 pieces at factor 12 are 3 boxes 5 pieces."""
        parts = tuple(Measured(*part) for part in parts_of(base, base_unit, unit, factor))
        says_more = bool(unit) and factor != 1 and parts != (Measured(base, base_unit),)
        return cls(parts, Measured(base, base_unit) if says_more else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Base of all papers. ``template`` is ``<room>/<file>``, registered with `engine.add_templates`."""

    template: ClassVar[str]

    def derived(self) -> dict[str, Any]:
        """Values the template needs beside the fields, such as the amount in capitals."""
        return {}

    def as_data(self) -> dict[str, Any]:
        """The fields as JSON values; a ``link`` also as the drawing of its QR code."""
        data: dict[str, Any] = plain(self) | self.derived()
        if data.get("link"):
            data["qr"] = qr_svg(data["link"])
        return data

    def render(self, language: str) -> bytes:
        """The paper as a PDF file in ``language`` (``zh...`` or ``en``)."""
        return render_pdf(self.template, self.as_data(), language)


def plain(value: Any) -> Any:
    """Dataclasses, decimals and dates as JSON values; decimals as text, so that no digit is lost."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return value.isoformat()
        case str() | int() | bool() | None:
            return value
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place on a paper")
