"""What can be promised, and from whom to buy."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest

from app.departments.purchasing.rules import (
    Offer,
    need_window,
    rank_offers,
    units_to_order,
)


def test_shortages_of_a_week_are_one_need():
    assert need_window(date(2026, 3, 15)) == need_window(date(2026, 3, 9)) == date(2026, 3, 9)
    assert need_window(date(2026, 3, 16)) == date(2026, 3, 16)


@pytest.mark.parametrize(
    ("base", "factor", "minimum", "multiple", "units"),
    [(41, 12, 0, 0, 4), (41, 12, 10, 0, 10), (41, 12, 0, 5, 5), (48, 12, 0, 0, 4), ("0.5", 1, 0, 0, 1)],
)
def test_the_order_covers_the_need_in_the_suppliers_units(base, factor, minimum, multiple, units):
    assert units_to_order(D(base), D(factor), D(minimum), D(multiple)) == units


def offer(number, price, lead_days, *, qualified=True, rank=1):
    return Offer(number, f"supplier {number}", D(price), lead_days, rank, qualified)


def test_a_qualified_supplier_in_time_comes_before_a_cheaper_late_one():
    ranked = rank_offers(
        [offer(1, "1.00", 20), offer(2, "1.06", 3), offer(3, "0.50", 1, qualified=False), offer(4, "1.02", 3)],
        date(2026, 3, 2),
        date(2026, 3, 10),
    )
    assert [found.offer.supplier_id for found in ranked] == [4, 2, 1, 3]
    assert [found.is_in_time for found in ranked] == [True, True, False, True]
