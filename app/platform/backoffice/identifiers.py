"""Record ids as they come from outside: garbage is nobody's id, not an error of the database."""

from __future__ import annotations

from collections.abc import Iterable

from app.kernel.errors import NotFound

BIGGEST = 2**63 - 1


def parse(raw: object) -> int | None:
    """A positive 64-bit id, or None for anything else (``abc``, ``1,2``, too large, other scripts' digits)."""
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw if 0 < raw <= BIGGEST else None
    if not isinstance(raw, str) or not raw.isascii() or not raw.isdigit() or len(raw) > 19:
        return None
    value = int(raw)
    return value if 0 < value <= BIGGEST else None


def parse_all(raw: Iterable[object]) -> list[int]:
    """Distinct ids in order.  Raises: NotFound when one is garbage."""
    found: dict[int, None] = {}
    for item in raw:
        value = parse(item)
        if value is None:
            raise NotFound
        found[value] = None
    return list(found)
