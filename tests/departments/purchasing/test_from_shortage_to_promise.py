"""A shortage on its way: requested once, bought, promised, moved, refused."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest
import sqlalchemy as sa

from app.departments.purchasing import answers, assessment, ordering, requisitions
from app.departments.purchasing.errors import NoSupplier, NothingToOrder
from app.kernel import clock
from app.kernel.errors import InvalidInput, NotPermitted, WrongState
from app.platform.db import run, session
from app.platform.events import StoredEvent
from app.platform.process.default_flow import install_default_flow
from app.records.orders.states import OrderState
from app.records.stock import places
from app.records.stock.events import OrderCovered
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseState,
    Requisition,
    RequisitionOrigin,
    RequisitionState,
)
from tests.support.factories import DEPARTMENTS


@pytest.fixture
def buyer(make):
    return make.actor("purchasing")


def confirmed(make, product, quantity, **values):
    return make.order(
        OrderState.CONFIRMED, lines=[make.line(product, quantity, "1")], allocate=True, announce=True, **values
    )


def supplied(make, stock=0, **terms):
    """A product, some stock and one supplier, in a house whose flow asks purchasing about every order."""
    for code in DEPARTMENTS:
        make.department(code)
    run(install_default_flow, make.house())
    product = make.product()
    if stock:
        make.stock(product, stock)
    else:
        make.location()
    supplier = make.supplier()
    make.supplier_product(supplier, product, **{"unit_price": D("0.8"), "lead_days": 5, **terms})
    return product, supplier


def covered(order):
    return session.scalar(
        sa.select(sa.func.count())
        .select_from(StoredEvent)
        .where(StoredEvent.name == OrderCovered.name, StoredEvent.subject_id == order.id)
    )


def test_a_covered_order_closes_its_hand_off_by_itself_and_says_so_once(make, buyer):
    product, _ = supplied(make, stock=100)
    order = confirmed(make, product, 60)
    run(assessment.assess_stock, buyer, order_id=order.id)
    assert covered(order) == 1
    assert make.count(Requisition) == 0
    assert make.lines(order)[0].promised_date is not None


def test_what_is_short_is_requested_once(make, buyer):
    product, _ = supplied(make, stock=20)
    order = confirmed(make, product, 60)
    again = run(assessment.assess_stock, buyer, order_id=order.id)
    assert [found.shortage for found in again] == [40]
    asked = make.do(lambda _actor: session.scalars(sa.select(Requisition)).one())
    assert (asked.quantity, asked.state) == (40, RequisitionState.OPEN)
    assert covered(order) == 0


def test_shortages_of_one_week_share_a_requisition_and_each_keeps_its_part(make):
    product, _ = supplied(make)
    first, second = confirmed(make, product, 5), confirmed(make, product, 7)
    assert make.count(Requisition) == 1
    parts = make.do(
        lambda _actor: session.execute(
            sa.select(RequisitionOrigin.order_line_id, RequisitionOrigin.quantity).order_by(RequisitionOrigin.id)
        ).all()
    )
    assert parts == [(make.lines(first)[0].id, 5), (make.lines(second)[0].id, 7)]


def ordered(make, buyer, quantity=10):
    """A confirmed order, its shortage bought and sent to the supplier."""
    product, supplier = supplied(make)
    order = confirmed(make, product, quantity)
    ids = make.do(lambda _actor: list(session.scalars(sa.select(Requisition.id))))
    purchase = run(ordering.order_requisitions, buyer, supplier_id=supplier.id, requisition_ids=ids)
    run(ordering.approve_purchase_order, buyer, purchase_order_id=purchase.id)
    run(ordering.send_purchase_order, buyer, purchase_order_id=purchase.id)
    line = make.do(lambda _actor: session.get_one(PurchaseOrder, purchase.id).lines[0])
    return order, purchase, line


def test_the_suppliers_date_reaches_the_customers_line(make, buyer):
    order, purchase, line = ordered(make, buyer)
    arrives = clock.now().date() + timedelta(days=6)
    run(answers.record_answer, buyer, purchase_order_id=purchase.id, person="李工", dates={line.id: arrives})
    assert make.again(purchase).state is PurchaseState.ACKNOWLEDGED
    waiting = make.lines(order)[0]
    assert waiting.promised_date == waiting.first_promised_date == arrives + timedelta(days=1)
    assert covered(order) == 1


def test_a_moved_date_moves_the_promise_and_keeps_the_first(make, buyer):
    order, purchase, line = ordered(make, buyer)
    arrives = clock.now().date() + timedelta(days=6)
    later = arrives + timedelta(days=11)
    run(answers.record_answer, buyer, purchase_order_id=purchase.id, person="李工", dates={line.id: arrives})
    run(answers.record_answer, buyer, purchase_order_id=purchase.id, person="李工", dates={line.id: later})
    waiting = make.lines(order)[0]
    assert waiting.first_promised_date == arrives + timedelta(days=1)
    assert waiting.promised_date == later + timedelta(days=1)


def test_goods_on_their_way_are_promised_and_not_bought_again(make, buyer):
    order, purchase, line = ordered(make, buyer, 10)
    arrives = clock.now().date() + timedelta(days=6)
    run(ordering.approve_purchase_order, buyer, purchase_order_id=extra(make, buyer, line, 30))
    later = newest(make)
    run(ordering.send_purchase_order, buyer, purchase_order_id=later.id)
    more = make.do(lambda _actor: session.get_one(PurchaseOrder, later.id).lines[0])
    run(answers.record_answer, buyer, purchase_order_id=purchase.id, person="李", dates={line.id: arrives})
    run(answers.record_answer, buyer, purchase_order_id=later.id, person="李", dates={more.id: arrives})
    second = make.order(
        OrderState.CONFIRMED,
        lines=[{**make.line(price="1"), "product": product_of(make, line), "quantity": D(25)}],
        allocate=True,
        announce=True,
        confirmed_at=clock.now(),
    )
    assert make.lines(second)[0].promised_date == arrives + timedelta(days=1)
    assert make.count(Requisition) == 1
    assert covered(order) == covered(second) == 1


def product_of(make, line):
    from app.records.catalog.models import Product

    return make.do(lambda _actor: session.get_one(Product, line.product_id))


def extra(make, buyer, line, quantity):
    """A purchase order for stock; its id."""
    purchase = make.do(lambda _actor: session.get_one(PurchaseOrder, line.purchase_order_id))
    wanted = [ordering.Wanted(line.product_id, D(quantity))]
    return run(
        ordering.draft_purchase_order, buyer,
        supplier_id=purchase.supplier_id, warehouse_id=purchase.warehouse_id, lines=wanted,
    ).id  # fmt: skip


def newest(make):
    return make.do(lambda _actor: session.scalars(sa.select(PurchaseOrder).order_by(PurchaseOrder.id.desc())).first())


def test_a_refusal_opens_the_requisition_again(make, buyer):
    order, purchase, _ = ordered(make, buyer)
    run(answers.record_refusal, buyer, purchase_order_id=purchase.id, person="李工", words="模具维修")
    assert make.again(purchase).state is PurchaseState.CANCELLED
    asked = make.do(lambda _actor: session.scalars(sa.select(Requisition)).one())
    assert (asked.state, asked.ordered) == (RequisitionState.OPEN, 0)
    assert covered(order) == 0


def test_incoming_follows_what_is_ordered_and_given_up(make, buyer):
    _, purchase, line = ordered(make, buyer, 10)
    product = product_of(make, line)
    place = make.do(lambda _actor: places.receiving_place(purchase.warehouse_id).id)
    incoming = lambda: make.do(  # noqa: E731
        lambda _actor: session.scalar(
            sa.text("select incoming from stock_levels where product_id = :p and location_id = :l"),
            {"p": product.id, "l": place},
        )
    )
    assert incoming() == 10_000
    run(ordering.cancel_purchase_order, buyer, purchase_order_id=purchase.id, reason="wrong drawing")
    assert incoming() == 0


def test_nothing_is_ordered_twice(make, buyer):
    _, purchase, _ = ordered(make, buyer)
    ids = make.do(lambda _actor: list(session.scalars(sa.select(Requisition.id))))
    with pytest.raises(NothingToOrder):
        run(ordering.order_requisitions, buyer, supplier_id=purchase.supplier_id, requisition_ids=ids)


def test_a_supplier_without_terms_is_named(make, buyer):
    product, _ = supplied(make)
    confirmed(make, product, 5)
    stranger = make.supplier(name="不认识的供应商")
    ids = make.do(lambda _actor: list(session.scalars(sa.select(Requisition.id))))
    with pytest.raises(NoSupplier) as refused:
        run(ordering.order_requisitions, buyer, supplier_id=stranger.id, requisition_ids=ids)
    assert "不认识的供应商" in str(refused.value)
    assert make.count(PurchaseOrder) == 0


def test_a_first_answer_dates_every_line_at_its_field(make, buyer):
    _, purchase, line = ordered(make, buyer)
    with pytest.raises(InvalidInput) as refused:
        run(answers.record_answer, buyer, purchase_order_id=purchase.id, person="", dates={})
    assert set(refused.value.fields) == {"person", "dates", f"dates.{line.id}"}
    assert make.again(purchase).state is PurchaseState.SENT


def test_a_buyer_promises_dates_that_sales_sees(make, buyer):
    product, _ = supplied(make)
    order = confirmed(make, product, 5)
    line = make.lines(order)[0]
    day = clock.now().date() + timedelta(days=9)
    run(assessment.promise_dates, buyer, order_id=order.id, dates={line.id: day})
    assert make.again(order).promised_date == day
    assert covered(order) == 1
    with pytest.raises(InvalidInput):
        run(assessment.promise_dates, buyer, order_id=order.id, dates={line.id: date(2020, 1, 1)})


def test_reorder_points_ask_once(make, buyer):
    product, _ = supplied(make, stock=10)
    make.change(product, reorder_point=D(50), safety_stock=D(5))
    assert len(run(requisitions.replenish, buyer)) == 1
    assert run(requisitions.replenish, buyer) == []
    asked = make.do(lambda _actor: session.scalars(sa.select(Requisition)).one())
    assert asked.quantity == 45


@pytest.mark.parametrize("role", ["sales", "warehouse", "logistics", "finance", "director"])
def test_only_purchasing_buys(make, buyer, role):
    _, purchase, line = ordered(make, buyer)
    stranger = make.actor(role)
    for use_case, values in (
        (assessment.assess_stock, {"order_id": 1}),
        (assessment.promise_dates, {"order_id": 1, "dates": {}}),
        (ordering.order_requisitions, {"supplier_id": 1, "requisition_ids": [1]}),
        (ordering.draft_purchase_order, {"supplier_id": 1, "warehouse_id": 1, "lines": []}),
        (ordering.approve_purchase_order, {"purchase_order_id": purchase.id}),
        (ordering.send_purchase_order, {"purchase_order_id": purchase.id}),
        (ordering.cancel_purchase_order, {"purchase_order_id": purchase.id, "reason": "x"}),
        (ordering.close_short, {"purchase_order_id": purchase.id, "reason": "x"}),
        (answers.record_answer, {"purchase_order_id": purchase.id, "person": "x", "dates": {line.id: date.max}}),
        (answers.record_refusal, {"purchase_order_id": purchase.id, "person": "x", "words": "x"}),
    ):
        with pytest.raises(NotPermitted):
            run(use_case, stranger, **values)
    assert make.again(purchase).version == make.do(lambda _a: session.get_one(PurchaseOrder, purchase.id)).version
    assert make.again(purchase).state is PurchaseState.SENT


def test_a_draft_is_not_sent_before_it_is_approved(make, buyer):
    _, _, line = ordered(make, buyer)
    draft = extra(make, buyer, line, 5)
    with pytest.raises(WrongState):
        run(ordering.send_purchase_order, buyer, purchase_order_id=draft)


def test_eight_shortages_at_once_make_one_requisition(live_app, live_make):
    product, _ = supplied(live_make)
    orders = [live_make.order(OrderState.CONFIRMED, lines=[live_make.line(product, 5, "1")]) for _ in range(8)]
    buyer, start, problems = live_make.actor("purchasing"), threading.Barrier(8), []

    def work(order_id):
        with live_app.app_context():
            start.wait()
            try:
                run(assessment.assess_stock, buyer, order_id=order_id)
            except Exception as problem:  # noqa: BLE001  any problem of a thread fails the test
                problems.append(problem)

    threads = [threading.Thread(target=work, args=(order.id,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert live_make.count(Requisition) == 1
    total = live_make.do(lambda _actor: session.scalar(sa.select(Requisition.quantity)))
    assert total == 40
