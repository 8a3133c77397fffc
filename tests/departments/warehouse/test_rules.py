"""Arithmetic of the warehouse."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.departments.warehouse import rules

D = Decimal


@pytest.mark.parametrize(
    ("ordered", "cancelled", "percent", "most"),
    [(100, 0, 5, "105"), (100, 20, 5, "84"), (3, 0, 10, "3.3"), (7, 0, 0, "7")],
)
def test_tolerance_is_on_top_of_what_is_expected(ordered, cancelled, percent, most):
    assert rules.most_receivable(D(ordered), D(cancelled), D(percent)) == D(most)


def test_a_receipt_costs_the_net_price_in_company_currency():
    assert rules.receipt_cost(D("900.00"), D(1000), D("7.25")) == D("6.525000")
    assert rules.receipt_cost(D("10.00"), D(3), D(1)) == D("3.333333")


def test_the_oldest_waiting_lines_are_reached_until_nothing_is_left():
    waiting = [("a", D(5)), ("b", D(5)), ("c", D(1))]
    assert rules.first_to_serve(waiting, D(6)) == ["a", "b"]
    assert rules.first_to_serve(waiting, D(5)) == ["a"]
    assert rules.first_to_serve(waiting, D(0)) == []


def test_a_weight_is_known_when_every_weight_is():
    assert rules.package_weight([(D(3), D("0.25")), (D(2), D(1))]) == D("2.750")
    assert rules.package_weight([(D(3), D("0.25")), (D(2), None)]) is None


def test_a_quantity_is_filled_from_parts_in_their_order():
    assert rules.spread(D(7), [("a", D(5)), ("b", D(0)), ("c", D(5))]) == [("a", D(5)), ("c", D(2))]


def test_differences_name_what_is_more_and_what_is_less():
    assert rules.differences({"a": D(2), "b": D(1)}, {"a": D(2), "c": D(4)}) == {"b": D(-1), "c": D(4)}
