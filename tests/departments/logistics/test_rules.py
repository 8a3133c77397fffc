"""Arithmetic of logistics."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.departments.logistics import rules

D = Decimal


def test_a_weight_is_known_when_every_package_has_one():
    assert rules.total_weight([D("1.5"), D(2)]) == D("3.5")
    assert rules.total_weight([D("1.5"), None]) is None
    assert rules.total_weight([]) is None


@pytest.mark.parametrize(
    ("base", "per_kg", "weight", "cost"),
    [
        (D(12), None, None, D("12.00")),
        (D(12), D("2.10"), D("3.5"), D("19.35")),
        (None, D("2.105"), D(1), D("2.11")),
        (D(12), D("2.10"), None, None),
        (None, None, D(3), None),
    ],
)
def test_carriage_is_a_charge_and_a_rate_by_weight(base, per_kg, weight, cost):
    assert rules.carriage(base, per_kg, weight, "CNY") == cost
