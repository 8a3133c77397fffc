"""What can be promised, and for when."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest

from app.records.availability import Promise, Supply, available_to_promise

TUESDAY = date(2026, 3, 10)
FRIDAY = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("free", "supply", "earlier", "wanted", "promise"),
    [
        (10, [], 0, 10, Promise(D(10), None)),
        (10, [], 4, 10, Promise(D(6), None)),
        (0, [Supply(TUESDAY, D(10))], 0, 10, Promise(D(10), date(2026, 3, 11))),
        (4, [Supply(FRIDAY, D(6)), Supply(TUESDAY, D(3))], 0, 10, Promise(D(10), date(2026, 3, 14))),
        (4, [Supply(TUESDAY, D(10))], 8, 5, Promise(D(5), date(2026, 3, 11))),
        (4, [Supply(TUESDAY, D(10))], 12, 5, Promise(D(2), date(2026, 3, 11))),
        (0, [Supply(None, D(10))], 0, 10, Promise(D(0), None)),
    ],
)
def test_supply_is_promised_by_day_after_those_who_came_first(free, supply, earlier, wanted, promise):
    assert available_to_promise(D(free), supply, D(earlier), D(wanted)) == promise
