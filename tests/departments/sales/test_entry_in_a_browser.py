"""The grid of order lines as a clerk uses it: typing, pasting, adding, removing, and being corrected."""

from __future__ import annotations

import threading
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import close_all_sessions
from werkzeug.serving import make_server

from app.platform.db import session
from app.records.orders.models import Order, OrderLine
from tests.departments.sales.conftest import open_shop
from tests.support.factories import Make

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.slow]

PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def desk(chromium, live_app):
    """The shop, and the page of a new order with its customer chosen."""
    live_app.config["WTF_CSRF_ENABLED"] = True
    shop = open_shop(Make())
    own = shop.make.price_list("KEY", name="Key customers", is_default=False)
    shop.make.price(shop.product, "8", price_list_id=own.id)
    shop.make.change(shop.customer, price_list_id=own.id)
    user = shop.make.user("sales")
    server = make_server("127.0.0.1", 0, live_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{server.server_port}", viewport={"width": 1280, "height": 900}, locale="en-US"
    )
    page = context.new_page()
    complaints = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/sign-in?next=/sales/orders/new/")
    page.get_by_label("Login").fill(user.login)
    page.get_by_label("Password").fill(shop.make.PASSWORD)
    page.get_by_label("Password").press("Enter")
    page.wait_for_url("**/sales/orders/new/")
    customer = page.get_by_role("combobox", name="Customer")
    customer.fill(shop.customer.code)
    page.locator("[role=listbox] [role=option]").first.click()
    page.locator("select[name=price_list_id]").wait_for()
    yield shop, page
    assert [said for said in complaints if "422" not in said] == []
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    close_all_sessions()


def beside(page, row: int):
    return page.locator(f"tr[data-line]:nth-child({row} of [data-line]) + tr[data-beside]")


def test_an_order_is_typed_pasted_corrected_and_saved(desk):
    shop, page = desk
    code = shop.product.code
    page.locator("[name=line-product]").first.fill(code)
    page.keyboard.press("Tab")
    page.keyboard.type("10")
    page.keyboard.press("Enter")
    beside(page, 1).get_by_text("8 CNY: price list Key customers").wait_for()
    assert page.locator("[name=line-price]").first.get_attribute("placeholder") == "8"
    page.locator("select[name=price_list_id]").select_option(label="Price list")
    beside(page, 1).get_by_text("10 CNY: price list Price list").wait_for()

    assert page.evaluate("[...document.querySelectorAll('[name=line-product]')].indexOf(document.activeElement)") == 1
    rows = [f"{code}\t{number}\t\t{9 if number == 3 else 10}" for number in range(1, 21)]
    rows[4] = "NOPE\t5"
    page.evaluate(PASTE, "\r\n".join(rows) + "\r\n")
    assert page.locator("tr[data-line]").count() == 21
    beside(page, 4).get_by_text("differs from the list price 10").wait_for()
    beside(page, 6).get_by_text("There is no product “NOPE”.").wait_for()
    beside(page, 21).get_by_text("10 CNY: price list Price list").wait_for()
    assert page.locator("[name=line-product].is-invalid").count() == 1

    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Please correct the marked fields.").wait_for()
    typed = page.locator("[name=line-quantity]").evaluate_all("cells => cells.map(cell => cell.value).filter(Boolean)")
    assert typed == ["10", *(str(number) for number in range(1, 21))]
    assert page.locator("select[name=price_list_id] option:checked").inner_text() == "Price list"
    beside(page, 6).get_by_text("There is no product “NOPE”.").wait_for()
    page.get_by_role("button", name="Remove this line").nth(5).click()
    assert page.locator("[data-position]").nth(5).inner_text() == "6"
    assert beside(page, 6).get_by_text("NOPE").count() == 0

    page.get_by_role("button", name="Add a line").click()
    page.keyboard.type(f"{code}")
    page.keyboard.press("Tab")
    page.keyboard.type("100")
    page.get_by_role("button", name="Save draft").click()
    page.wait_for_url("**/sales/orders/*/")
    session.rollback()
    quantities = list(session.scalars(sa.select(OrderLine.entered_quantity).order_by(OrderLine.position)))
    assert quantities == [10, 1, 2, 3, 4, *range(6, 21), 100]
    (order,) = session.scalars(sa.select(Order))
    assert order.gross_total == sum(quantities) * Decimal(10) - 3
