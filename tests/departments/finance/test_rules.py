"""Money rules: parts add up, dates and ages are right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.departments.finance import rules


def agreed(**values: object) -> rules.Agreed:
    defaults = {
        "ordered": D(20000), "entered": D(20000), "unit_price": D("0.35"), "discount_percent": D(0),
        "discount_amount": D(0), "tax_percent": D(13), "basis": "included", "currency": "CNY",
    }  # fmt: skip
    return rules.Agreed(**{**defaults, **values})


def test_the_price_example_is_the_same_on_the_invoice():
    whole = rules.amounts_of_part(agreed(), D(20000))
    assert (whole.net, whole.tax, whole.gross) == (D("6194.69"), D("805.31"), D("7000.00"))


def test_a_unit_that_is_no_whole_number_of_base_units_costs_what_was_agreed():
    line = agreed(ordered=D("0.454"), entered=D(1), unit_price=D(1000))  # a pound is 0.4535924 kg
    assert rules.amounts_of_part(line, D("0.454")).gross == D("1000.00")


def test_a_third_of_a_unit_is_rounded_once():
    line = agreed(ordered=D(3), entered=D(1), unit_price=D("0.015"))
    assert rules.amounts_of_part(line, D(1)).gross == D("0.01")  # 0.005, not 0.00499...


@given(
    cuts=st.lists(st.integers(1, 9999), min_size=1, max_size=6),
    price=st.decimals("0.0001", "9999", places=4),
    percent=st.decimals(0, 40, places=2),
    basis=st.sampled_from(["included", "excluded"]),
)
def test_parts_of_a_line_add_up_to_the_whole(cuts, price, percent, basis):
    total = D(sum(cuts))
    line = agreed(ordered=total, entered=total, unit_price=price, discount_percent=percent, basis=basis)
    done_quantity, net, tax = D(0), D(0), D(0)
    for cut in cuts:
        part = rules.amounts_of_part(
            agreed(ordered=total, entered=total, unit_price=price, discount_percent=percent, basis=basis,
                   invoiced=done_quantity, invoiced_net=net, invoiced_tax=tax), D(cut),
        )  # fmt: skip
        done_quantity, net, tax = done_quantity + cut, net + part.net, tax + part.tax
    whole = rules.amounts_up_to(line, total)
    assert (net, tax, net + tax) == (whole.net, whole.tax, whole.gross)


@pytest.mark.parametrize(
    ("days", "from_end", "due"),
    [
        (0, False, date(2026, 1, 31)),
        (30, False, date(2026, 3, 2)),
        (30, True, date(2026, 3, 2)),
        (0, True, date(2026, 1, 31)),
    ],
)
def test_due_dates_follow_the_terms(days, from_end, due):
    assert rules.due_date(date(2026, 1, 31), days, from_end_of_month=from_end) == due


def test_the_end_of_the_month_moves_the_start():
    assert rules.due_date(date(2026, 2, 3), 15, from_end_of_month=True) == date(2026, 3, 15)


@pytest.mark.parametrize(("late", "column"), [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (90, 3), (91, 4)])
def test_receivables_fall_into_columns_by_days_overdue(late, column):
    assert rules.age_column(date(2026, 6, 1), date.fromordinal(date(2026, 6, 1).toordinal() + late)) == column


@pytest.mark.parametrize(
    ("policy", "wanted", "left", "returned", "net_invoiced", "billable", "due"),
    [
        ("ordered", 10, 0, 0, 0, 10, 0),
        ("delivered", 10, 4, 0, 0, 4, 0),
        ("delivered", 10, 4, 0, 4, 0, 0),
        ("delivered", 10, 10, 3, 10, 0, 3),
        ("delivered", 10, 10, 3, 7, 0, 0),
        ("ordered", 6, 0, 0, 10, 0, 4),
    ],
)
def test_what_is_billable_and_what_must_be_credited(policy, wanted, left, returned, net_invoiced, billable, due):
    values = {
        "policy": policy, "wanted": D(wanted), "left_the_house": D(left),
        "returned": D(returned), "net_invoiced": D(net_invoiced),
    }  # fmt: skip
    assert rules.billable_quantity(**values) == billable
    assert rules.credit_due(**values) == due


def test_a_payment_is_spread_over_the_oldest_claims():
    assert rules.spread(D(150), [(1, D(100)), (2, D(80)), (3, D(50))]) == [(1, D(100)), (2, D(50))]
    assert rules.spread(D(500), [(1, D(100))]) == [(1, D(100))]


def test_the_last_piece_of_a_credit_takes_what_is_left():
    whole = rules.LineAmounts(D("10.00"), D("1.30"), D("11.30"))
    line = rules.Claimed(D(3), whole, D(13), "excluded", "CNY", D(2), D("6.67"), D("0.87"))
    assert rules.credit_of_part(line, D(1)) == rules.LineAmounts(D("3.33"), D("0.43"), D("3.76"))


def test_a_price_with_tax_is_credited_with_tax():
    whole = rules.LineAmounts(D("39504.42"), D("5135.58"), D("44640.00"))
    line = rules.Claimed(D(24), whole, D(13), "included", "CNY")
    assert rules.credit_of_part(line, D(2)) == rules.LineAmounts(D("3292.04"), D("427.96"), D("3720.00"))
