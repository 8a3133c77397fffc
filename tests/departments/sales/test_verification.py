"""Verification on real orders: facts read right, problems let pass by right and with a reason."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from decimal import Decimal

import pytest

from app.departments.sales import service
from app.departments.sales.errors import MustBeCorrected, NoSuchProblem, NotVerifiable
from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, WrongState
from app.records.billing.models import Invoice, InvoiceState
from app.records.catalog.models import ProductState
from app.records.orders.models import LineOverride
from app.records.orders.states import OrderState


def problems(shop, order):
    return [(one.code, one.position) for one in shop.do(service.check_order, order_id=order.id)]


@pytest.mark.parametrize(
    ("role", "allowed"), [("sales", True), ("warehouse", False), ("director", False), (None, False)]
)
def test_verifying_is_for_sales(shop, role, allowed):
    order = shop.take()
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.verify_order, role, order_id=order.id)
    assert shop.make.again(order).state is (OrderState.VERIFIED if allowed else OrderState.DRAFT)
    assert shop.told(order) == ["received", *(["verified"] if allowed else [])]


def test_a_right_that_reaches_other_orders_only_is_not_found(shop):
    order = shop.take()
    mine = shop.make.actor("sales", user_id=None)
    only_own = type(mine)(
        name="a clerk", kind=mine.kind, permissions={"sales.order.verify": frozenset({"own"})}, user_id=1
    )
    with pytest.raises(NotFound):
        shop.make.do(service.verify_order, only_own, order_id=order.id)
    assert shop.make.again(order).state is OrderState.DRAFT


def test_every_problem_is_named_at_its_line_and_the_order_stays(shop):
    gone = shop.make.product(price="3", state=ProductState.DISCONTINUED)
    shop.make.change(shop.product, minimum_quantity=Decimal(12), multiple_quantity=Decimal(12))
    order = shop.take(
        shop.line("10"), shop.line("12", unit_price=Decimal(9)), shop.line("12", product_code=gone.code), shop.line("0")
    )
    with pytest.raises(NotVerifiable) as refusal:
        shop.do(service.verify_order, order_id=order.id)
    assert [(one.code, one.position) for one in refusal.value.problems] == [
        ("quantity.minimum", 1),
        ("quantity.multiple", 1),
        ("price.off_list", 2),
        ("product.discontinued", 3),
        ("quantity.not_positive", 4),
    ]
    assert shop.make.again(order).state is OrderState.DRAFT
    assert shop.told(order) == ["received"]


def test_the_tolerance_of_the_list_lets_small_differences_pass(shop):
    shop.make.change(shop.make.price_list(), tolerance_percent=Decimal(5))
    assert problems(shop, shop.take(shop.line(unit_price=Decimal("9.5")))) == []
    assert problems(shop, shop.take(shop.line("11", unit_price=Decimal("9.49")))) == [("price.off_list", 1)]


def test_a_discount_below_the_floor_asks_the_director(shop):
    shop.make.price(shop.product, "10", minimum_quantity=Decimal(5), floor_price=Decimal(9))
    order = shop.take(shop.line(discount_percent=Decimal(11), discount_reason="old friend"))
    assert problems(shop, order) == [("price.below_floor", 1)]
    (line,) = shop.make.lines(order)
    with pytest.raises(NotPermitted):
        shop.do(
            service.allow_problem,
            "sales_manager",
            order_id=order.id,
            line_id=line.id,
            problem="price.below_floor",
            reason="x",
        )
    shop.do(
        service.allow_problem, "director", order_id=order.id, line_id=line.id, problem="price.below_floor", reason="x"
    )
    assert problems(shop, order) == []


@pytest.mark.parametrize(("role", "allowed"), [("sales_manager", True), ("sales", False), (None, False)])
def test_a_problem_passes_by_right_and_with_a_reason(shop, role, allowed):
    order = shop.take(shop.line(unit_price=Decimal(9)))
    (line,) = shop.make.lines(order)
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(
            service.allow_problem, role, order_id=order.id, line_id=line.id, problem="price.off_list", reason="agreed"
        )
    assert shop.make.count(LineOverride) == (1 if allowed else 0)
    assert problems(shop, order) == ([] if allowed else [("price.off_list", 1)])


def test_passing_needs_words_a_problem_and_one_that_may_pass(shop):
    order = shop.take(shop.line(unit_price=Decimal(9)), shop.line("0.5"))
    first, second = shop.make.lines(order)
    allow = {"use_case": service.allow_problem, "role": "admin", "order_id": order.id}
    with pytest.raises(InvalidInput):
        shop.do(**allow, line_id=first.id, problem="price.off_list", reason="  ")
    with pytest.raises(NoSuchProblem):
        shop.do(**allow, line_id=second.id, problem="price.off_list", reason="x")
    with pytest.raises(MustBeCorrected):
        shop.do(**allow, line_id=second.id, problem="quantity.decimals", reason="x")
    assert shop.make.count(LineOverride) == 0


def test_changed_lines_are_judged_again_and_others_keep_what_was_let_pass(shop):
    order = shop.take(shop.line(unit_price=Decimal(9)), shop.line("5", unit_price=Decimal(8)))
    for line in shop.make.lines(order):
        shop.do(
            service.allow_problem, "admin", order_id=order.id, line_id=line.id, problem="price.off_list", reason="x"
        )
    first, second = shop.make.lines(order)
    shop.do(
        service.update_draft, order_id=order.id, version=shop.make.again(order).version,
        lines=[shop.line(unit_price=Decimal(9), line_id=first.id), shop.line("5", unit_price=Decimal(1), line_id=second.id)],
    )  # fmt: skip
    assert problems(shop, order) == [("price.off_list", 2)]


def test_credit_counts_orders_of_everybody_and_open_invoices(shop):
    shop.make.change(shop.customer, credit_limit=Decimal(300))
    shop.confirmed(shop.line("10"), owner_id=shop.make.user("sales").id)
    shop.make.row(
        Invoice, customer_id=shop.customer.id, company_id=shop.make.company().id, number="I-1", state=InvoiceState.POSTED,
        currency="CNY", price_basis=shop.customer.price_basis, net_total=Decimal("88.50"), tax_total=Decimal("11.50"),
        gross_total=Decimal(100), settled=Decimal(40), issued_on=date(2026, 1, 1), due_on=date(2026, 1, 31), billing_title="x",
    )  # fmt: skip
    assert problems(shop, shop.take(shop.line("14"))) == []  # 100 on order + 60 owed + 140
    order = shop.take(shop.line("15"))
    (problem,) = shop.do(service.check_order, order_id=order.id)
    assert (problem.code, problem.position, problem.line_id) == ("credit.exceeded", None, None)
    assert "10.00 CNY" in str(problem.message)
    shop.do(
        service.allow_problem, "sales_manager", order_id=order.id, problem="credit.exceeded", reason="paid tomorrow"
    )
    assert problems(shop, order) == []


def test_of_a_line_only_what_is_neither_invoiced_nor_cancelled_is_on_order(shop):
    order = shop.confirmed(shop.line("10"))
    shop.make.change(shop.make.lines(order)[0], invoiced=Decimal(3), cancelled=Decimal(2), allocated=Decimal(0))
    shop.make.change(shop.customer, credit_limit=Decimal(60))
    assert problems(shop, shop.take(shop.line("1"))) == []
    assert problems(shop, shop.take(shop.line("2"))) == [("credit.exceeded", None)]


def test_the_customers_number_twice_asks(shop):
    first = shop.take(customer_order_number="PO-1")
    again = shop.take(shop.line("3"), customer_order_number="PO-1")
    (problem,) = shop.do(service.check_order, order_id=again.id)
    assert problem.code == "duplicate.number"
    assert first.number in str(problem.message)
    shop.do(service.allow_problem, order_id=again.id, problem="duplicate.number", reason="two sites")
    assert problems(shop, again) == []


def test_the_same_lines_within_a_week_ask(shop):
    shop.take(shop.line("3"), shop.line("4"))
    assert problems(shop, shop.take(shop.line("4"), shop.line("3"))) == [("duplicate.lines", None)]
    assert problems(shop, shop.take(shop.line("7"))) == []


def test_missing_address_and_terms_are_named(make):
    from tests.departments.sales.conftest import open_shop

    shop = open_shop(make, address=False, payment_term_id=None)
    assert problems(shop, shop.take()) == [("address.missing", None), ("terms.missing", None)]


def test_a_factor_that_changed_since_entry_is_named(shop):
    from app.platform.db import session
    from app.records.catalog.models import ProductUnit

    order = shop.take(shop.line("3", unit="box"))
    unit = session.query(ProductUnit).one()
    session.expunge(unit)
    shop.make.change(unit, factor=Decimal(10))
    assert ("unit.changed", 1) in problems(shop, order)


def test_an_order_that_changed_since_it_was_shown_is_a_conflict(shop):
    order = shop.take()
    with pytest.raises(Conflict):
        shop.do(service.verify_order, order_id=order.id, version=order.version - 1)
    assert shop.make.again(order).state is OrderState.DRAFT


@pytest.mark.promise("IV1")
def test_only_drafts_are_verified(shop):
    order = shop.verified()
    with pytest.raises(WrongState):
        shop.do(service.verify_order, order_id=order.id)
