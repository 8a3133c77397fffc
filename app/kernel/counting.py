"""Goods as people count them: 41 pieces in boxes of 12 are 3 boxes and 5 pieces, written and read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.kernel.quantity import plain, split_units

ONE = Decimal(1)
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"


def parts_of(base: Decimal, base_unit: str, unit: str = "", factor: Decimal = ONE) -> list[tuple[Decimal, str]]:
    """Whole units and the rest in base units, without what is zero unless all is."""
    if not unit or factor == 1:
        return [(base, unit or base_unit)]
    whole, rest = split_units(base, factor)
    return [part for part in ((whole, unit), (rest, base_unit)) if part[0]] or [(base, base_unit)]


@dataclass(frozen=True, slots=True)
class Counting:
    """How one line is counted.

    base, unit: words that are shown.  factor: base units in one unit.  words: any word for a unit that is understood,
    in small letters -> base units in one.
    """

    base: str
    unit: str = ""
    factor: Decimal = ONE
    words: Mapping[str, Decimal] = field(default_factory=dict)

    def write(self, base: Decimal) -> str:
        """For an input: ``3``, ``3 + 5``, and ``5 pcs`` where it is less than one unit."""
        parts = parts_of(base, self.base, self.unit, self.factor)
        if len(parts) == 1 and self.unit and self.factor != 1 and parts[0] == (base, self.base) and base:
            return f"{plain(base)} {self.base}"
        return " + ".join(plain(amount) for amount, _ in parts)

    def read(self, text: str) -> Decimal | None:
        """``3``, ``3+5``, ``3 boxes 5 pcs``, ``３箱５件`` or ``41 pcs`` in base units; None where it cannot be read.

        A number without a word counts units, behind a plus base units.
        """
        rest = unicodedata.normalize("NFKC", text).strip().lower()
        pattern = self._pattern()
        total, at, is_first, had_word = Decimal(0), 0, True, False
        while at < len(rest):
            found = pattern.match(rest, at)
            if found is None or (not is_first and not found[1] and not had_word) or (is_first and found[1]):
                return None
            number, word = Decimal(found[2].replace(",", "")), found[3]
            total += number * (self._factor_of(word) if word else (self.factor if is_first else ONE))
            at, is_first, had_word = found.end(), False, bool(word)
        return None if is_first else total

    def _known(self) -> dict[str, Decimal]:
        return {**{word.lower(): worth for word, worth in self.words.items() if word}, self.base.lower(): ONE}

    def _pattern(self) -> re.Pattern[str]:
        words = "|".join(re.escape(word) for word in sorted(self._known(), key=len, reverse=True) if word)
        word = rf"(?:({words})(?:es|s)?(?![^\W\d_]))?" if words else "(~)?"
        return re.compile(rf"\s*(\+?)\s*{_NUMBER}\s*{word}")

    def _factor_of(self, word: str) -> Decimal:
        return self._known()[word]
