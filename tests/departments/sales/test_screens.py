"""The screens over HTTP, as people use them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from app.departments.sales import service
from app.platform.files import attach_file, keep
from app.records.orders.models import Order, OrderLine
from app.records.orders.states import OrderState


def token(page) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    return found.group(1) if found else ""


def post(client, address, page=None, **data):
    form = client.get(page or address)
    return client.post(address, data={"csrf_token": token(form), **data})


def text(page) -> str:
    return page.get_data(as_text=True)


def entry(shop, **more):
    return {
        "customer_id": shop.customer.id, "customer_id-text": "", "channel": "chat",
        "line-product": [shop.product.code, ""], "line-quantity": ["10", ""], **more,
    }  # fmt: skip


def test_the_list_and_the_page_show_the_order(shop, sign_in):
    order = shop.confirmed(customer_order_number="PO-77")
    client = sign_in("warehouse")
    assert order.number in text(client.get("/sales/orders/"))
    page = client.get(f"/sales/orders/{order.id}/")
    assert page.status_code == 200
    assert "100.00" in text(page)
    assert "10 allocated" in text(page)


def test_an_order_is_entered_in_the_grid_and_verified_at_once(shop, sign_in):
    client = sign_in()
    answer = post(client, "/sales/orders/new/", **entry(shop, then="verify"))
    assert answer.status_code == 302, text(answer)
    (order,) = shop.make.all(Order)
    assert answer.headers["Location"] == f"/sales/orders/{order.id}/confirm/"
    assert (order.state, order.gross_total, order.channel.value) == (OrderState.VERIFIED, Decimal("100.00"), "chat")


def test_an_order_with_problems_stays_a_draft_and_shows_them(shop, sign_in):
    client = sign_in()
    answer = post(client, "/sales/orders/new/", **entry(shop, then="verify", **{"line-price": ["9", ""]}))
    (order,) = shop.make.all(Order)
    assert answer.headers["Location"] == f"/sales/orders/{order.id}/check/"
    assert order.state is OrderState.DRAFT
    assert "differs from the list price" in text(client.get(answer.headers["Location"]))


def test_mistakes_are_named_at_their_line_and_nothing_typed_is_lost(shop, sign_in):
    client = sign_in()
    data = entry(shop)
    data["line-product"], data["line-quantity"] = [shop.product.code, "NOPE"], ["ten", "3"]
    answer = post(client, "/sales/orders/new/", **data)
    assert answer.status_code == 422
    assert "“ten” is not a number" in text(answer)
    assert 'value="NOPE"' in text(answer)
    data["line-quantity"] = ["10", "3"]
    answer = post(client, "/sales/orders/new/", **data)
    assert answer.status_code == 422
    assert "There is no product “NOPE”." in text(answer)
    assert shop.make.count(Order) == 0


def test_a_draft_is_changed_and_a_second_editor_is_told(shop, sign_in):
    order = shop.take()
    client = sign_in()
    address = f"/sales/orders/{order.id}/edit/"
    page = client.get(address)
    version = re.search(r'name="version_seen" value="(\d+)"', text(page)).group(1)
    line = shop.make.lines(order)[0]
    data = entry(shop, version_seen=version, csrf_token=token(page), **{"line-id": [str(line.id), ""]})
    assert client.post(address, data={**data, "line-quantity": ["12", ""]}).status_code == 302
    answer = client.post(address, data={**data, "line-quantity": ["15", ""]})
    assert answer.status_code == 409
    assert 'value="15"' in text(answer)
    assert shop.make.lines(order)[0].ordered == Decimal(12)


def test_problems_are_shown_let_pass_and_the_order_verified(shop, sign_in):
    order = shop.take(shop.line(unit_price=Decimal(9)))
    client = sign_in("sales_manager")
    address = f"/sales/orders/{order.id}/check/"
    page = client.get(address)
    assert 'data-problem="price.off_list"' in text(page)
    assert post(client, address).status_code == 409
    line = shop.make.lines(order)[0]
    answer = post(
        client, f"/sales/orders/{order.id}/allow/", address, problem="price.off_list", line_id=line.id, reason="agreed"
    )
    assert answer.status_code == 302
    assert post(client, address).status_code == 302
    assert shop.make.again(order).state is OrderState.VERIFIED


def test_the_customer_accepts_on_the_phone(shop, sign_in, app):
    order = shop.verified()
    client = sign_in()
    answer = post(client, f"/sales/orders/{order.id}/send/", f"/sales/orders/{order.id}/confirm/")
    address = re.search(r'value="http://localhost(/o/[^"]+)"', text(answer)).group(1)
    visitor = app.test_client()
    page = visitor.get(address)
    assert page.status_code == 200
    assert "100.00 CNY" in text(page)
    assert visitor.post(address, data={"answer": "accepted", "person": ""}).status_code == 422
    assert visitor.post(address, data={"answer": "accepted", "person": "王经理"}).status_code == 200
    assert shop.make.again(order).state is OrderState.IN_FULFILMENT
    assert visitor.get(address).status_code == 404


def test_a_phone_call_confirms(shop, sign_in):
    order = shop.verified()
    client = sign_in()
    address = f"/sales/orders/{order.id}/confirm/"
    assert post(client, address, what="phone", person="").status_code == 422
    assert post(client, address, what="phone", person="王经理").status_code == 302
    assert shop.make.again(order).confirmed_by == "王经理"


def test_an_amendment_is_previewed_and_made(shop, sign_in):
    order = shop.confirmed()
    client = sign_in("sales_manager")
    line = shop.make.lines(order)[0]
    address = f"/sales/orders/{order.id}/amend/"
    data = {f"quantity-{line.id}": "12", "reason": "asked by mail"}
    preview = post(client, address, what="preview", **data)
    assert preview.status_code == 200
    assert "2 more are free and will be held." in text(preview)
    assert shop.make.lines(order)[0].ordered == Decimal(10)
    assert post(client, address, what="apply", **data).status_code == 302
    assert shop.make.lines(order)[0].allocated == Decimal(12)


def test_a_proposed_change_is_decided_by_the_manager(shop, sign_in):
    order = shop.confirmed()
    line = shop.make.lines(order)[0]
    from app.departments.sales.values import LineChange

    amendment = shop.do(
        service.propose_amendment, order_id=order.id, reason="less",
        changes=[LineChange(line_id=line.id, quantity=Decimal(4))],
    )  # fmt: skip
    client = sign_in("sales_manager")
    address = f"/sales/amendments/{amendment.id}/"
    assert "asked" not in text(client.get(address))
    assert post(client, address, what="apply").status_code == 302
    assert shop.make.lines(order)[0].ordered == Decimal(4)


def test_part_of_a_line_is_cancelled(shop, sign_in):
    order = shop.confirmed()
    line = shop.make.lines(order)[0]
    client = sign_in()
    address = f"/sales/orders/{order.id}/lines/{line.id}/cancel/"
    assert post(client, address, quantity="x", reason="less").status_code == 422
    assert post(client, address, quantity="11", reason="less").status_code == 409
    assert post(client, address, quantity="3", reason="less").status_code == 302
    assert shop.make.lines(order)[0].cancelled == Decimal(3)


def test_buttons_hold_release_cancel_and_copy(shop, sign_in):
    order = shop.confirmed()
    client = sign_in()
    page = f"/sales/orders/{order.id}/"
    held = post(client, "/sales/orders/action/hold/", page, id=order.id, _go="1", reason="waits for the deposit")
    assert held.status_code == 302, text(held)
    assert "waits for the deposit" in text(client.get(page))
    assert post(client, "/sales/orders/action/release/", page, id=order.id).status_code == 302
    assert post(client, "/sales/orders/action/copy/", page, id=order.id).status_code == 302
    assert post(client, "/sales/orders/action/cancel/", page, id=order.id, _go="1", reason="x").status_code == 302
    assert shop.make.again(order).state is OrderState.CANCELLED
    assert shop.make.count(Order) == 2


def test_nothing_is_short_before_the_customer_said_yes(shop, sign_in):
    client = sign_in("warehouse")
    waiting = shop.verified(shop.line("500"))
    assert "500 short" not in text(client.get(f"/sales/orders/{waiting.id}/"))
    shop.do(service.confirm_order, order_id=waiting.id, person="王经理")
    assert "100 allocated, 400 short" in text(client.get(f"/sales/orders/{waiting.id}/"))


def test_a_copy_is_opened_to_be_changed(shop, sign_in):
    order = shop.confirmed(shop.line("3", unit="box"))
    client = sign_in()
    answer = post(client, "/sales/orders/action/copy/", page=f"/sales/orders/{order.id}/", id=order.id)
    copy = max(shop.make.all(Order), key=lambda one: one.id)
    assert answer.headers["Location"] == f"/sales/orders/{copy.id}/edit/"
    form = text(client.get(answer.headers["Location"]))
    assert "This is the copy, a draft" in form
    assert [f'name="line-{name}" value="{value}"' in form for name, value in (("quantity", 3), ("unit", "box"))] == [
        True
    ] * 2
    assert (copy.state, copy.gross_total) == (OrderState.DRAFT, order.gross_total)


def test_a_sheet_is_checked_whole_before_anything_is_written(shop, sign_in):
    client = sign_in()
    code, product = shop.customer.code, shop.product.code
    rows = ("customer\tnumber\tproduct\tquantity", f"{code}\tPO-1\t{product}\t10", f"{code}\tPO-1\t{product}\t5")
    good = "\n".join((*rows, f"{code}\tPO-2\t{product}\t7"))
    bad = good + f"\nNOBODY\tPO-3\t{shop.product.code}\t1\n{shop.customer.code}\tPO-2\tNOPE\tten"
    checked = post(client, "/sales/order-sheet/", text=bad, what="check")
    body = text(checked)
    assert "We know no customer “NOBODY”." in body
    assert "“ten” is not a number" in body
    assert shop.make.count(Order) == 0
    assert post(client, "/sales/order-sheet/", text=bad, what="apply").status_code == 422
    assert shop.make.count(Order) == shop.make.count(OrderLine) == 0
    assert "2 orders with 3 lines" in text(post(client, "/sales/order-sheet/", text=good, what="check"))
    assert shop.make.count(Order) == 0
    assert post(client, "/sales/order-sheet/", text=good, what="apply").status_code == 302
    assert post(client, "/sales/order-sheet/", text=good, what="apply").status_code == 302
    assert (shop.make.count(Order), shop.make.count(OrderLine)) == (2, 3)


@pytest.mark.parametrize("role", ["warehouse", "finance"])
def test_other_departments_read_and_do_not_write(shop, sign_in, role):
    order = shop.take()
    client = sign_in(role)
    for address in ("new/", f"{order.id}/edit/", f"{order.id}/check/", f"{order.id}/confirm/", f"{order.id}/amend/"):
        assert client.get(f"/sales/orders/{address}").status_code == 403, address
    assert client.get("/sales/order-sheet/").status_code == 403
    assert client.get("/sales/product-hints/?q=ART").status_code == 403
    assert shop.make.again(order).version == order.version


def test_hints_name_free_stock_and_the_last_price(shop, sign_in):
    shop.confirmed(shop.line("10"))
    client = sign_in()
    (row,) = client.get(f"/sales/product-hints/?q={shop.product.code}&customer={shop.customer.id}").get_json()["rows"]
    assert row == {"code": shop.product.code, "text": f"{shop.product.name} · 90 free · last 10"}


def test_a_longer_list_asks_the_database_no_more(shop, sign_in, statements):
    client = sign_in()
    for number in range(2):
        shop.take(shop.line(str(number + 1)))
    client.get("/sales/orders/")
    with statements() as few:
        client.get("/sales/orders/")
    for number in range(10):
        shop.take(shop.line(str(number + 20)))
    with statements() as many:
        page = client.get("/sales/orders/")
    assert text(page).count("SO-26-") >= 12
    assert len(many) <= len(few)


def test_a_longer_order_asks_the_database_no_more(shop, sign_in, statements):
    client = sign_in("warehouse")
    short, long = shop.confirmed(), shop.confirmed(*[shop.line("1") for _ in range(15)])
    client.get(f"/sales/orders/{short.id}/")
    with statements() as few:
        client.get(f"/sales/orders/{short.id}/")
    with statements() as many:
        client.get(f"/sales/orders/{long.id}/")
    assert len(many) <= len(few)


def test_the_order_page_leads_to_its_history_and_its_papers(shop, sign_in):
    order = shop.take()
    kept = keep(b"%PDF-1.7 paper", "SO.pdf")
    stored = shop.make.do(attach_file, kept=kept, table="orders", row_id=order.id)
    client = sign_in("sales_manager")
    page = text(client.get(f"/sales/orders/{order.id}/"))
    assert f'href="/history/orders/{order.id}/"' in page
    assert f'href="/files/{stored.id}?show=1"' in page
    with client.get(f"/files/{stored.id}") as file:
        assert file.data == b"%PDF-1.7 paper"
