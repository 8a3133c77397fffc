"""Taking an order: once, as received, with prices copied."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.departments.sales import service
from app.departments.sales.errors import NotVerifiable
from app.departments.sales.values import LineValues
from app.kernel import clock
from app.kernel.errors import InvalidInput, NotFound, NotPermitted
from app.platform.db import run, session
from app.platform.events import StoredEvent
from app.records.orders.models import Channel, LineKind, Order, OrderLine, Origin
from app.records.orders.states import OrderState
from app.records.parties.models import PriceBasis

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [("sales", True), ("sales_manager", True), ("warehouse", False), ("finance", False), (None, False)],
)
def test_taking_orders_is_for_sales(shop, role, allowed):
    with nullcontext() if allowed else pytest.raises(NotPermitted):
        shop.take(role=role)
    assert shop.make.count(Order) == shop.make.count(OrderLine) == shop.make.count(StoredEvent) == (1 if allowed else 0)


def test_the_price_example_of_the_house(shop):
    order = shop.take(shop.line("20000", unit_price=Decimal("0.35")))
    assert (order.net_total, order.tax_total, order.gross_total) == (
        Decimal("6194.69"),
        Decimal("805.31"),
        Decimal("7000.00"),
    )
    assert order.price_basis is PriceBasis.INCLUDED


def test_boxes_and_pieces_are_counted_in_pieces(shop):
    order = shop.take(shop.line("3", unit="box"), shop.line("5"))
    boxes, pieces = shop.make.lines(order)
    assert (boxes.ordered, boxes.unit_factor, boxes.unit_price, boxes.gross) == (
        Decimal(36),
        Decimal(12),
        Decimal(120),
        Decimal("360.00"),
    )
    assert (pieces.ordered, pieces.unit_price, pieces.gross) == (Decimal(5), Decimal(10), Decimal("50.00"))
    assert order.gross_total == Decimal("410.00")


def test_the_list_price_is_turned_into_the_orders_basis(shop):
    order = shop.take(price_basis=PriceBasis.EXCLUDED)
    (line,) = shop.make.lines(order)
    assert (line.unit_price, line.list_price) == (Decimal("8.849558"), Decimal("8.849558"))
    assert (line.net, line.tax, line.gross) == (Decimal("88.50"), Decimal("11.51"), Decimal("100.01"))


def test_larger_quantities_take_their_step(shop):
    shop.make.price(shop.product, "9.5", minimum_quantity=Decimal(50))
    order = shop.take(shop.line("49"), shop.line("50"))
    assert [line.unit_price for line in shop.make.lines(order)] == [Decimal(10), Decimal("9.5")]


def test_discounts_come_off_the_line(shop):
    line = shop.line(discount_percent=Decimal(10), discount_amount=Decimal(5), discount_reason="spring")
    order = shop.take(line)
    assert order.gross_total == Decimal("85.00")


def test_the_clock_starts_at_receipt_and_the_order_remembers_how_it_came(shop):
    with clock.freeze(NINE + timedelta(hours=6)):
        order = shop.take(received_at=NINE, channel=Channel.CHAT, customer_order_number="PO 4500-77120")
    assert (order.received_at, order.channel, order.customer_order_number) == (NINE, Channel.CHAT, "PO 4500-77120")
    assert (order.state, order.origin) == (OrderState.DRAFT, Origin.ENTERED)
    assert order.number == f"SO-26-{order.id:05d}"
    session.rollback()
    received = session.scalars(sa.select(StoredEvent).where(StoredEvent.name == "orders.order.received")).one()
    assert (received.occurred_at, received.subject_id) == (NINE, order.id)


def test_an_order_cannot_come_from_the_future(shop):
    with pytest.raises(InvalidInput) as refusal:
        shop.take(received_at=clock.now() + timedelta(hours=1))
    assert list(refusal.value.fields) == ["received_at"]
    assert shop.make.count(Order) == 0


def test_the_customers_own_number_finds_the_product(shop):
    shop.make.customer_part(shop.customer, shop.product, "K-77")
    order = shop.take(LineValues(customer_part_number="K-77", quantity=Decimal(2)))
    (line,) = shop.make.lines(order)
    assert (line.product_id, line.customer_part_number, line.gross) == (shop.product.id, "K-77", Decimal("20.00"))


def test_services_freight_samples_and_text_are_lines_too(shop):
    order = shop.take(
        LineValues(kind=LineKind.FREIGHT, description="运费", unit_price=Decimal(30)),
        LineValues(kind=LineKind.TEXT, description="请周五前送到"),
        shop.line("1", kind=LineKind.SAMPLE),
    )
    freight, text, sample = shop.make.lines(order)
    assert (freight.gross, freight.product_id, freight.needs_stock) == (Decimal("30.00"), None, False)
    assert (text.ordered, text.gross, text.description) == (Decimal(0), Decimal("0.00"), "请周五前送到")
    assert (sample.unit_price, sample.ordered, sample.needs_stock) == (Decimal(0), Decimal(1), True)


@pytest.mark.promise("IV2")
@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"product_code": "NOPE"}, "product"),
        ({"product_code": "", "customer_part_number": "NOPE"}, "product"),
        ({"product_code": ""}, "product"),
        ({"unit": "barrel"}, "unit"),
        ({"unit": "kg"}, "unit"),
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"quantity": Decimal("0.0001")}, "quantity"),
        ({"quantity": Decimal("1e12")}, "quantity"),
        ({"unit_price": Decimal(-1)}, "unit_price"),
        ({"unit_price": Decimal("0.0000001")}, "unit_price"),
        ({"quantity": Decimal(999999999), "unit_price": Decimal(10**9)}, "quantity"),
        ({"discount_percent": Decimal(101)}, "discount_percent"),
        ({"discount_amount": Decimal(1000)}, "discount_amount"),
        ({"kind": LineKind.TEXT, "description": " "}, "description"),
    ],
)
def test_a_line_that_cannot_be_stored_is_named(shop, values, field):
    shop.make.unit("kg", decimals=3)
    with pytest.raises(InvalidInput) as refusal:
        shop.take(shop.line(), shop.line(**values))
    assert list(refusal.value.fields) == [f"lines.2.{field}"]
    assert shop.make.count(Order) == 0


def test_every_bad_line_is_named_at_once(shop):
    with pytest.raises(InvalidInput) as refusal:
        shop.take(shop.line(product_code="A"), shop.line(), shop.line(unit="barrel"))
    assert list(refusal.value.fields) == ["lines.1.product", "lines.3.unit"]


def test_the_header_comes_from_the_customer(shop):
    shop.make.change(shop.customer, tax_number="9131", billing_title="甲方集团")
    order = shop.take(requested_date=date(2026, 12, 1))
    assert (order.billing_title, order.billing_tax_number) == ("甲方集团", "9131")
    assert order.payment_term_id == shop.make.payment_term().id
    assert order.shipping_address_id is not None
    assert shop.make.lines(order)[0].requested_date == date(2026, 12, 1)


def test_an_address_of_somebody_else_is_refused(shop):
    other = shop.make.address(shop.make.customer(address=False))
    with pytest.raises(InvalidInput) as refusal:
        shop.take(shipping_address_id=other.id)
    assert list(refusal.value.fields) == ["shipping_address_id"]


def test_an_unknown_customer_is_not_found(shop):
    with pytest.raises(NotFound):
        run(service.take_order, shop.make.actor(), customer_id=10**9, lines=[shop.line()])


@pytest.mark.promise("CO4")
def test_the_same_key_with_the_same_content_is_the_same_order(shop):
    first = shop.take(intake_key="mail-1")
    again = shop.take(intake_key="mail-1")
    assert again.id == first.id
    assert shop.make.count(Order) == 1
    assert shop.told(first) == ["received"]


@pytest.mark.promise("CO4")
def test_the_same_key_with_other_content_is_refused(shop):
    shop.take(intake_key="mail-1")
    with pytest.raises(InvalidInput) as refusal:
        shop.take(shop.line("11"), intake_key="mail-1")
    assert (refusal.value.status, list(refusal.value.fields)) == (422, ["intake_key"])
    assert shop.make.count(Order) == 1


def test_an_order_the_customer_said_yes_to_goes_all_the_way(shop):
    order = shop.take(shop.line("60"), confirmed_by="王经理")
    assert order.state is OrderState.IN_FULFILMENT
    assert (order.confirmed_by, order.confirmed_how.value) == ("王经理", "phone")
    (line,) = shop.make.lines(order)
    assert (line.allocated, line.first_promised_date) == (Decimal(60), line.promised_date)
    assert shop.make.level(shop.product).allocated == Decimal(60)
    assert shop.told(order) == ["received", "verified", "confirmed"]
    assert shop.make.count(StoredEvent, StoredEvent.name == "stock.order.allocated") == 1


def test_a_wrong_order_does_not_go_all_the_way_and_nothing_is_left(shop):
    with pytest.raises(NotVerifiable) as refusal:
        shop.take(shop.line(unit_price=Decimal(5)), confirmed_by="王经理")
    assert [(one.code, one.position) for one in refusal.value.problems] == [("price.off_list", 1)]
    assert shop.make.count(Order) == shop.make.count(StoredEvent) == 0
