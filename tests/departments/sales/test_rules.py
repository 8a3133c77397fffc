"""What can be wrong with a line, over plain values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.departments.sales import rules
from app.departments.sales.permissions import Permissions
from app.departments.sales.rules import LineFacts, OrderFacts, Problem, Severity
from app.kernel.errors import Message
from app.records.orders.models import LineKind

D = Decimal


def line(**values) -> LineFacts:
    right = {
        "line_id": 7, "position": 2, "kind": LineKind.PRODUCT, "product": "ART-1", "quantity": D(3), "unit": "box",
        "base_quantity": D(36), "unit_decimals": 0, "known_factor": D(12), "factor": D(12), "unit_price": D(120),
        "net_unit_price": D(120), "list_price": D(120),
    }  # fmt: skip
    return LineFacts(**{**right, **values})


def codes(problems):
    return [one.code for one in problems]


def test_a_right_line_has_no_problem():
    assert rules.line_problems(line()) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"is_active": False}, "product.discontinued"),
        ({"is_sold": False}, "product.not_sold"),
        ({"known_factor": None}, "unit.foreign"),
        ({"known_factor": D(10)}, "unit.changed"),
        ({"quantity": D(0)}, "quantity.not_positive"),
        ({"quantity": D("2.5")}, "quantity.decimals"),
        ({"minimum": D(40)}, "quantity.minimum"),
        ({"multiple": D(24)}, "quantity.multiple"),
        ({"list_price": None}, "price.no_list"),
        ({"list_price": None, "unit_price": D(0), "net_unit_price": D(0)}, "price.missing"),
        ({"unit_price": D("120.01")}, "price.off_list"),
        ({"floor_price": D(110), "net_unit_price": D("109.99")}, "price.below_floor"),
        ({"discount": D(5)}, "discount.no_reason"),
        ({"product": "", "description": ""}, "product.unnamed"),
    ],
)
def test_each_problem_has_a_code_at_its_line(values, code):
    (problem,) = rules.line_problems(line(**values))
    assert (problem.code, problem.position, problem.line_id) == (code, 2, 7)
    assert problem.field == f"lines.2.{code.split('.')[0]}"


@pytest.mark.parametrize(("price", "fits"), [("114", True), ("126", True), ("113.99", False), ("126.01", False)])
def test_a_price_may_differ_by_the_tolerance_both_ways(price, fits):
    assert (rules.line_problems(line(unit_price=D(price), tolerance_percent=D(5))) == []) is fits


def test_samples_and_services_are_not_compared_with_the_list():
    for kind in (LineKind.SAMPLE, LineKind.SERVICE, LineKind.FREIGHT):
        assert rules.line_problems(line(kind=kind, unit_price=D(0), net_unit_price=D(0))) == []


def test_the_sentence_names_the_numbers():
    (problem,) = rules.line_problems(line(minimum=D(40)))
    assert str(problem.message) == "ART-1 is sold from 40 on; this is 36."


def test_the_floor_itself_is_not_told():
    (problem,) = rules.line_problems(line(floor_price=D("111.11"), net_unit_price=D(1)))
    assert "111" not in str(problem.message)


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("price.off_list", Permissions.PRICE_ALLOW),
        ("price.below_floor", Permissions.FLOOR_ALLOW),
        ("credit.exceeded", Permissions.CREDIT_ALLOW),
        ("product.discontinued", None),
    ],
)
def test_who_may_let_a_problem_pass(code, right):
    problem = Problem(code, Message("x"))
    assert (problem.right, problem.severity) == (right, Severity.ASKS if right else Severity.STOPS)


def test_what_was_let_pass_is_answered_and_what_stops_never_is():
    asks, stops = Problem("price.off_list", Message("x"), 1, 7), Problem("quantity.decimals", Message("y"), 1, 7)
    assert rules.unanswered([asks, stops], {(7, "price.off_list"), (7, "quantity.decimals")}) == [stops]
    assert rules.unanswered([asks], {(8, "price.off_list")}) == [asks]


def order(**values) -> OrderFacts:
    right = {
        "line_count": 1, "customer": "C", "is_active": True, "is_customer": True, "has_address": True,
        "has_terms": True, "needs_address": True, "currency": "CNY",
    }  # fmt: skip
    return OrderFacts(**{**right, **values})


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, []),
        ({"line_count": 0}, ["order.empty"]),
        ({"is_active": False}, ["customer.closed"]),
        ({"is_customer": False}, ["customer.none"]),
        ({"has_address": False}, ["address.missing"]),
        ({"has_address": False, "needs_address": False}, []),
        ({"has_terms": False}, ["terms.missing"]),
        ({"credit_limit": D(100), "exposure": D(60), "worth": D(40)}, []),
        ({"credit_limit": D(100), "exposure": D(60), "worth": D("40.01")}, ["credit.exceeded"]),
        ({"credit_limit": D(0), "worth": D(1)}, ["credit.exceeded"]),
        ({"same_number": ("SO-1",), "same_lines": ("SO-1",)}, ["duplicate.number"]),
        ({"same_lines": ("SO-1",)}, ["duplicate.lines"]),
    ],
)
def test_problems_of_the_whole_order(values, expected):
    assert codes(rules.order_problems(order(**values))) == expected


@pytest.mark.parametrize(
    ("quantity", "day", "expected"),
    [
        (D(1), date(2026, 1, 1), D(10)),
        (D(50), date(2026, 1, 1), D(9)),
        (D(50), date(2026, 6, 1), D(8)),
        (D(50), date(2026, 7, 1), D(9)),
        (D(1), date(1999, 1, 1), None),
    ],
)
def test_the_largest_step_that_holds_on_the_day_wins(quantity, day, expected):
    steps = [
        (D(0), date(2000, 1, 1), None, D(10), None),
        (D(50), date(2000, 1, 1), None, D(9), None),
        (D(50), date(2026, 6, 1), date(2026, 6, 30), D(8), D(7)),
    ]
    found = rules.price_step(steps, quantity, day)
    assert (found[0] if found else None) == expected
