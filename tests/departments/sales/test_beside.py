"""What stands beside a line while it is entered, and the price list of an order."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.departments.sales import service
from app.departments.sales.errors import NotVerifiable
from app.kernel import clock
from app.kernel.errors import InvalidInput
from app.records.orders.models import Order
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine
from tests.support import goods


@pytest.fixture
def look(shop, sign_in):
    """``look(role, **cells)``: the words beside a line of the customer."""

    clients = {}

    def beside(role="sales", *, customer=None, header=None, **cells) -> str:
        client = clients.get(role) or clients.setdefault(role, sign_in(role))
        values = {"product": shop.product.code, "quantity": "10", **cells}
        line = {f"line-{name}": value for name, value in values.items()}
        values = {"customer_id": (customer or shop.customer).id, **line, **(header or {})}
        answer = client.get("/sales/line-facts/", query_string=values)
        assert answer.status_code == 200
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())

    return beside


def test_a_line_shows_stock_price_and_its_source(shop, look):
    said = look()
    assert said == f"{shop.product.name} 100 pcs available now 10 CNY: price list Price list"
    assert "120 CNY: price list Price list" in look(unit="box")
    assert "9.9 CNY: typed, 10 in Price list" in look(price="9.9")


def test_the_last_price_is_told_in_the_unit_of_the_line(shop, look):
    shop.make.change(shop.make.price_list(), tolerance_percent=Decimal(50))
    shop.confirmed(shop.line(unit_price=Decimal("9.5")))
    shop.take(shop.line(unit_price=Decimal(7)))  # a draft is nobody's last price
    assert "9.5 CNY: last price, 10 in Price list last 9.5 SO-26-" in look(price="9.5")
    assert "last 114 SO-26-" in look(unit="box")
    other = shop.make.customer()
    assert "last" not in look(customer=other)


def test_what_is_ordered_has_a_day_after_those_who_came_first(shop, look):
    line = goods.po_lines(goods.purchase_order(shop.make, (shop.product, 50, "4")))[0]
    shop.make.change(line, promised_date=date(2026, 12, 1))
    shop.confirmed(shop.line("80"))
    assert "20 pcs available now 10 CNY" in look(quantity="20")
    assert "20 pcs available now all by 2 Dec" in look(quantity="60")
    assert "20 pcs available now 70 by 2 Dec, the rest has no date" in look(quantity="90")
    assert shop.make.count(PurchaseOrder) == shop.make.count(PurchaseOrderLine) == 1


def test_the_margin_is_for_who_may_see_costs(shop, look):
    shop.make.change(shop.product, standard_cost=Decimal(6))
    assert "margin 32.2 %" in look("sales_manager")
    assert "margin" not in look("sales")
    assert "margin -13 %" in look("sales_manager", price="6")


def test_every_problem_is_named_at_its_cell(shop, sign_in):
    shop.make.change(shop.make.price_list(), tolerance_percent=Decimal(3))
    client = sign_in()
    address = f"/sales/line-facts/?customer_id={shop.customer.id}&line-product={shop.product.code}&line-quantity="
    off = client.get(f"{address}10&line-price=9").get_data(as_text=True)
    assert 'data-doubt="price"' in off
    assert "differs from the list price 10 by more than 3 %." in off
    for query, cell in (
        ("x", "quantity"),
        ("0", "quantity"),
        ("1&line-unit=barrel", "unit"),
        ("1&line-discount=5", "reason"),
    ):
        assert f'data-cell="{cell}"' in client.get(f"{address}{query}").get_data(as_text=True), query
    assert 'data-cell="product"' in client.get("/sales/line-facts/?line-product=NOPE&line-quantity=1").get_data(
        as_text=True
    )


def test_what_is_beside_a_line_is_for_who_takes_orders(shop, sign_in):
    client = sign_in("warehouse")
    for address in ("line-facts/?line-product=A", f"order-price-lists/?customer_id={shop.customer.id}"):
        assert client.get(f"/sales/{address}").status_code == 403, address


@pytest.fixture
def own_list(shop):
    """A list agreed with the customer: the product at 8, with a floor."""
    made = shop.make.price_list("KEY", name="Key customers", is_default=False)
    shop.make.price(shop.product, "8", price_list_id=made.id, floor_price=Decimal("7.5"))
    shop.make.change(shop.customer, price_list_id=made.id)
    return made


def test_the_agreed_list_prices_the_order_and_judges_it(shop, own_list, look):
    order = shop.take()
    assert (order.price_list_id, order.gross_total) == (own_list.id, Decimal("80.00"))
    assert shop.do(service.verify_order, order_id=order.id).state.value == "verified"
    below = shop.take(shop.line(unit_price=Decimal(7)))
    with pytest.raises(NotVerifiable) as refusal:
        shop.do(service.verify_order, order_id=below.id)
    assert [one.code for one in refusal.value.problems] == ["price.off_list", "price.below_floor"]
    assert "8 CNY: price list Key customers" in look()


def test_the_default_list_may_be_chosen_and_anybody_elses_may_not(shop, own_list, sign_in):
    usual = shop.make.price_list()
    order = shop.take(price_list_id=usual.id)
    assert (order.price_list_id, order.gross_total) == (usual.id, Decimal("100.00"))
    copy = shop.do(service.copy_order, order_id=order.id)
    assert (copy.price_list_id, copy.gross_total) == (usual.id, Decimal("100.00"))
    kept = shop.do(service.update_draft, order_id=copy.id, version=copy.version, lines=[shop.line("5")])
    assert (kept.price_list_id, kept.gross_total) == (usual.id, Decimal("50.00"))
    foreign = shop.make.price_list("VIP", name="Others", is_default=False)
    before = shop.make.count(Order)
    with pytest.raises(InvalidInput) as refusal:
        shop.take(price_list_id=foreign.id)
    assert list(refusal.value.fields) == ["price_list_id"]
    assert shop.make.count(Order) == before
    client = sign_in()
    shown = client.get(f"/sales/order-price-lists/?customer_id={shop.customer.id}").get_data(as_text=True)
    assert re.findall(r"<option[^>]*>([^<]+)", shown) == ["Key customers", "Price list"]
    assert (
        client.get(f"/sales/order-price-lists/?customer_id={shop.make.customer().id}").get_data(as_text=True).strip()
        == ""
    )


def test_a_product_the_agreed_list_does_not_name_has_the_usual_price(shop, own_list):
    other = shop.make.product(price="3")
    assert shop.take(shop.line("2", product_code=other.code)).gross_total == Decimal("6.00")


def test_a_copy_forgets_a_list_that_is_not_agreed_any_more(shop, own_list):
    order = shop.take()
    shop.make.change(shop.customer, price_list_id=None)
    copy = shop.do(service.copy_order, order_id=order.id)
    assert (copy.price_list_id, copy.gross_total) == (None, Decimal("100.00"))


def test_prices_of_a_draft_are_those_of_its_day(shop, look):
    received = clock.now() - timedelta(days=5)
    order = shop.take(received_at=received)
    shop.make.price(shop.product, "20", valid_from=clock.now().date() - timedelta(days=1))
    assert "20 CNY: price list" in look()
    assert "10 CNY: price list" in look(header={"order": order.id})
