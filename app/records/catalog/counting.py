"""How a line of any document is counted: in the unit that was agreed, with the rest in the product's own."""

from __future__ import annotations

from decimal import Decimal

from app.kernel.counting import Counting
from app.records.catalog.models import Unit


def counting(base: Unit, unit: Unit | None, factor: Decimal, language: str) -> Counting:
    """Code and names of both units, in both languages, are understood."""
    zh = language.startswith("zh")

    def shown(one: Unit) -> str:
        return one.name_zh if zh else one.name_en

    words = {word.lower(): Decimal(1) for word in (base.code, base.name_en, base.name_zh)}
    if unit is None or unit.id == base.id:
        return Counting(shown(base), words=words)
    words |= {word.lower(): factor for word in (unit.code, unit.name_en, unit.name_zh)}
    return Counting(shown(base), shown(unit), factor, words)
