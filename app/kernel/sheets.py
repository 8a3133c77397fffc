"""Texts in files that a sheet program opens: none is taken for a formula, and each comes back as it was.

One apostrophe is put before what would be a formula, and before what already looks as if one had been put there; taking
one away is then always right.
"""

from __future__ import annotations

#: a cell that begins so is calculated by some sheet program; the wide ones are folded by Chinese and Japanese versions
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
_MARK = "'"


def guarded(text: str) -> str:
    """Text that no sheet takes for a formula."""
    return f"{_MARK}{text}" if text.lstrip(_MARK).startswith(FORMULA_SIGNS) else text


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given."""
    return text[1:] if text.startswith(_MARK) and text.lstrip(_MARK).startswith(FORMULA_SIGNS) else text
