"""The order confirmation as a paper: the same numbers as the order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.departments.sales import papers, service
from app.kernel.errors import NotPermitted
from app.platform.db import run, session
from app.platform.jobs import Job, drain
from app.records.orders.documents import ConfirmationData
from app.records.orders.models import Order
from tests.support import pdf as reading
from tests.support import scanning


def paper_of(shop, order, language="en"):
    def read(_actor):
        return papers.confirmation_of(session.get_one(Order, order.id), language)

    return reading.text(run(read, shop.make.house()).render(language))


def test_the_price_example_is_on_the_paper(shop):
    order = shop.take(shop.line("20000", unit_price=Decimal("0.35")), customer_order_number="PO 4500-77120")
    words = paper_of(shop, order)
    for told in ("7,000.00", "6,194.69", "805.31", "PO 4500-77120", order.number):
        assert told in words


def test_boxes_are_on_the_paper_as_boxes(shop):
    words = paper_of(shop, shop.take(shop.line("3", unit="box"), shop.line("5")), "zh_Hans_CN")
    assert "3 盒" in words
    assert "36 件" in words
    assert "410.00" in words


def printed():
    """What went on the newest paper."""
    seen = []
    render = ConfirmationData.render

    def spy(data, language):
        seen.append(data)
        return render(data, language)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ConfirmationData, "render", spy)
        drain()
    return seen[-1]


def test_the_printed_code_leads_to_the_order_and_takes_one_answer(shop, client):
    order = shop.verified()
    sent = shop.do(service.send_for_confirmation, order_id=order.id)
    paper = printed()
    address = scanning.scanned(paper.as_data()["qr"])
    assert address == paper.link
    assert address.startswith("http://localhost:8000/o/")
    path = address.removeprefix("http://localhost:8000")
    for token_page in (path, f"/o/{sent.token}/"):  # the paper's link does not end the one that was sent
        assert client.get(token_page).status_code == 200
    answer = client.post(path, data={"person": "王经理", "answer": "accepted"})
    assert answer.status_code == 200
    assert shop.make.again(order).confirmed_by == "王经理"
    assert client.get(f"/o/{sent.token}/").status_code == 404
    shop.do(papers.print_confirmation, order_id=order.id)
    again = printed()
    assert again.link is None
    assert "王经理" in reading.text(again.render("en"))


@pytest.mark.parametrize("role", ["warehouse", None])
def test_printing_is_for_sales(shop, role):
    order = shop.take()
    with pytest.raises(NotPermitted):
        shop.do(papers.print_confirmation, role, order_id=order.id)
    assert shop.make.count(Job, Job.name == papers.CONFIRMATION.job_name) == 0


def test_sending_has_the_paper_made_once(shop):
    order = shop.verified()
    for _ in range(2):
        shop.do(service.send_for_confirmation, order_id=order.id)
    assert shop.make.count(Job, Job.name == papers.CONFIRMATION.job_name) == 1
