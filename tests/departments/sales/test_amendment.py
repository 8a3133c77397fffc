"""Changes after confirmation: previewed, decided, applied by difference."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from decimal import Decimal

import pytest

from app.departments.sales import service
from app.departments.sales.errors import (
    AlreadyInvoiced,
    BelowWhatLeft,
    CancelTheOrder,
    GoodsArePicked,
    NothingChanged,
)
from app.departments.sales.values import LineChange, LineValues
from app.kernel import clock
from app.kernel.errors import Conflict, InvalidInput, NotPermitted, WrongState
from app.platform.db import session
from app.platform.events import StoredEvent
from app.records.catalog.models import ProductState
from app.records.orders.models import Amendment, AmendmentState, LineKind
from app.records.orders.states import OrderState
from app.records.stock.models import Allocation


def first(shop, order):
    return shop.make.lines(order)[0]


def propose(shop, order, *new_lines, role="sales", **change):
    changes = [LineChange(line_id=first(shop, order).id, **change)] if change else []
    return shop.do(
        service.propose_amendment,
        role,
        order_id=order.id,
        reason="asked by mail",
        changes=changes,
        new_lines=list(new_lines),
    )


def amend(shop, order, *new_lines, **change):
    amendment = propose(shop, order, *new_lines, **change)
    shop.do(service.apply_amendment, "sales_manager", amendment_id=amendment.id)
    return shop.make.again(order)


def allocated(shop):
    return shop.make.level(shop.product).allocated


@pytest.mark.parametrize(("role", "allowed"), [("sales", True), ("warehouse", False), (None, False)])
def test_proposing_is_for_sales(shop, role, allowed):
    order = shop.confirmed()
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        propose(shop, order, role=role, quantity=Decimal(12))
    assert shop.make.count(Amendment) == (1 if allowed else 0)
    assert first(shop, order).ordered == Decimal(10)


@pytest.mark.parametrize(
    ("role", "allowed"), [("sales_manager", True), ("director", True), ("sales", False), (None, False)]
)
def test_deciding_is_for_the_manager(shop, role, allowed):
    order = shop.confirmed()
    amendment = propose(shop, order, quantity=Decimal(12))
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.do(service.apply_amendment, role, amendment_id=amendment.id)
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        other = propose(shop, order, quantity=Decimal(15))
        shop.do(service.reject_amendment, role, amendment_id=other.id)
    assert first(shop, order).ordered == Decimal(12 if allowed else 10)
    assert shop.make.again(amendment).state is (AmendmentState.APPLIED if allowed else AmendmentState.PROPOSED)


def test_more_takes_the_difference_from_stock(shop):
    order = amend(shop, shop.confirmed(), quantity=Decimal(25))
    line = first(shop, order)
    assert (line.ordered, line.allocated, line.gross, order.gross_total) == (
        Decimal(25), Decimal(25), Decimal("250.00"), Decimal("250.00"),
    )  # fmt: skip
    assert allocated(shop) == Decimal(25)
    assert shop.told(order)[-1] == "amended"
    assert shop.make.count(StoredEvent, StoredEvent.name == "stock.order.allocated") == 2


def test_less_gives_the_difference_back(shop):
    order = amend(shop, shop.confirmed(), quantity=Decimal(4))
    assert (first(shop, order).allocated, allocated(shop), order.net_total) == (
        Decimal(4),
        Decimal(4),
        Decimal("35.40"),
    )


def test_a_price_only_change_touches_no_stock(shop):
    order = shop.confirmed()
    before = session.query(Allocation.id, Allocation.version, Allocation.quantity).all()
    order = amend(shop, order, unit_price=Decimal("9.50"))
    assert session.query(Allocation.id, Allocation.version, Allocation.quantity).all() == before
    assert (order.gross_total, allocated(shop)) == (Decimal("95.00"), Decimal(10))
    assert shop.make.count(StoredEvent, StoredEvent.name == "stock.order.allocated") == 1


def test_a_new_date_leaves_the_first_promise_alone(shop):
    order = shop.confirmed()
    promised, later = first(shop, order).first_promised_date, clock.now().date() + timedelta(days=40)
    amend(shop, order, requested_date=later)
    line = first(shop, order)
    assert (line.requested_date, line.first_promised_date) == (later, promised)


def test_a_line_is_added_priced_and_covered(shop):
    other = shop.make.product(price="3", stock=5)
    order = amend(
        shop, shop.confirmed(), LineValues(product_code=other.code, quantity=Decimal(2)),
        LineValues(kind=LineKind.FREIGHT, description="运费", unit_price=Decimal(8)),
    )  # fmt: skip
    _, goods, freight = shop.make.lines(order)
    assert (goods.position, goods.allocated, goods.gross) == (2, Decimal(2), Decimal("6.00"))
    assert goods.first_promised_date is not None
    assert (freight.gross, order.gross_total) == (Decimal("8.00"), Decimal("114.00"))


def test_what_is_left_of_a_line_is_cancelled(shop):
    order = shop.confirmed(shop.line(), shop.line("3"))
    amend(shop, order, cancel_rest=True)
    line, other = shop.make.lines(order)
    assert (line.cancelled, line.allocated, other.allocated) == (Decimal(10), Decimal(0), Decimal(3))
    assert allocated(shop) == Decimal(3)


def test_the_preview_names_stock_and_money_and_changes_nothing(shop):
    order = shop.confirmed(shop.line("60"))
    found = shop.do(
        service.preview_amendment, order_id=order.id,
        changes=[LineChange(line_id=first(shop, order).id, quantity=Decimal(130))],
    )  # fmt: skip
    told = [(one["kind"], one["line"], one["sentence"] % one["data"]) for one in found]
    assert told == [
        ("stock", 1, "40 more are free and will be held."),
        ("stock", 1, "30 are short: purchasing is asked."),
        ("money", None, "The order total goes from 600.00 to 1,300.00 CNY."),
    ]
    assert (shop.make.count(Amendment), allocated(shop)) == (0, Decimal(60))


def test_previewing_is_for_sales(shop):
    order = shop.confirmed()
    with pytest.raises(NotPermitted):
        shop.do(service.preview_amendment, "warehouse", order_id=order.id, changes=[])


def test_two_amendments_of_one_value_the_second_is_a_conflict_with_both_values(shop):
    order = shop.confirmed()
    one, two = propose(shop, order, quantity=Decimal(12)), propose(shop, order, quantity=Decimal(15))
    shop.do(service.apply_amendment, "sales_manager", amendment_id=one.id)
    with pytest.raises(Conflict) as refusal:
        shop.do(service.apply_amendment, "sales_manager", amendment_id=two.id)
    assert refusal.value.changes == {"lines.1.quantity": ("12", "15")}
    assert (first(shop, order).ordered, allocated(shop)) == (Decimal(12), Decimal(12))
    assert shop.make.again(two).state is AmendmentState.PROPOSED


def test_two_amendments_of_different_values_both_hold(shop):
    order = shop.confirmed()
    one, two = propose(shop, order, quantity=Decimal(12)), propose(shop, order, unit_price=Decimal(9))
    for amendment in (one, two):
        shop.do(service.apply_amendment, "sales_manager", amendment_id=amendment.id)
    assert shop.make.again(order).gross_total == Decimal("108.00")


def test_a_decided_amendment_is_not_decided_again(shop):
    order = shop.confirmed()
    amendment = propose(shop, order, quantity=Decimal(12))
    shop.do(service.reject_amendment, "sales_manager", amendment_id=amendment.id)
    for use_case in (service.apply_amendment, service.reject_amendment):
        with pytest.raises(WrongState):
            shop.do(use_case, "sales_manager", amendment_id=amendment.id)
    assert first(shop, order).ordered == Decimal(10)


def test_an_invoiced_price_is_changed_by_credit_note_only(shop):
    order = shop.confirmed()
    shop.make.change(first(shop, order), invoiced=Decimal(1))
    with pytest.raises(AlreadyInvoiced):
        propose(shop, order, unit_price=Decimal(9))
    assert shop.make.count(Amendment) == 0


def test_a_discount_in_money_is_not_spread_anew_over_what_is_invoiced(shop):
    order = shop.confirmed(shop.line(discount_amount=Decimal(5), discount_reason="agreed"))
    shop.make.change(first(shop, order), invoiced=Decimal(4))
    with pytest.raises(AlreadyInvoiced):
        propose(shop, order, quantity=Decimal(6))
    shop.make.change(first(shop, order), credited=Decimal(4))
    propose(shop, order, quantity=Decimal(6))


def test_no_half_pieces(shop):
    order = shop.confirmed()
    with pytest.raises(InvalidInput) as refused:
        propose(shop, order, quantity=Decimal("2.5"))
    assert list(refused.value.fields) == ["lines.1.quantity"]


def test_less_than_has_left_is_refused(shop):
    order = shop.confirmed()
    shop.make.change(first(shop, order), allocated=Decimal(4), shipped=Decimal(6))
    with pytest.raises(BelowWhatLeft) as refusal:
        propose(shop, order, quantity=Decimal(5))
    assert refusal.value.data == {"line": 1, "least": "6"}


def test_picked_goods_are_put_back_first(shop):
    order = shop.confirmed()
    (bound,) = session.query(Allocation).all()
    session.expunge(bound)
    shop.make.change(bound, picked=Decimal(8))
    amendment = propose(shop, order, quantity=Decimal(4))
    with pytest.raises(GoodsArePicked):
        shop.do(service.apply_amendment, "sales_manager", amendment_id=amendment.id)
    assert (first(shop, order).ordered, allocated(shop)) == (Decimal(10), Decimal(10))


def test_an_amendment_changes_something_and_leaves_something(shop):
    order = shop.confirmed()
    with pytest.raises(NothingChanged):
        propose(shop, order, quantity=Decimal(10))
    with pytest.raises(CancelTheOrder):
        propose(shop, order, cancel_rest=True)


@pytest.mark.promise("IV2")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quantity": Decimal(0)}, "lines.1.quantity"),
        ({"quantity": Decimal("1.0001")}, "lines.1.quantity"),
        ({"unit_price": Decimal(-1)}, "lines.1.unit_price"),
    ],
)
def test_bad_values_are_named(shop, change, field):
    with pytest.raises(InvalidInput) as refusal:
        propose(shop, shop.confirmed(), **change)
    assert list(refusal.value.fields) == [field]


def test_a_discontinued_product_is_not_added(shop):
    gone = shop.make.product(price="3", state=ProductState.DISCONTINUED)
    with pytest.raises(InvalidInput) as refusal:
        propose(shop, shop.confirmed(), LineValues(product_code=gone.code, quantity=Decimal(1)))
    assert list(refusal.value.fields) == ["lines.2.product"]


def test_a_draft_is_changed_without_amendment(shop):
    order = shop.take()
    with pytest.raises(WrongState):
        propose(shop, order, quantity=Decimal(3))


def test_a_fulfilled_order_opens_again_when_a_line_is_added(shop):
    order = shop.confirmed()
    shop.make.change(first(shop, order), allocated=Decimal(0), shipped=Decimal(10))
    shop.make.change(shop.make.again(order), state=OrderState.FULFILLED)
    order = amend(shop, order, shop.line("2"))
    assert order.state is OrderState.IN_FULFILMENT
