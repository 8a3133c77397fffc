"""The order confirmation as a paper: the same numbers as the order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.departments.sales import papers, service
from app.kernel.errors import NotPermitted
from app.platform.db import run
from app.platform.jobs import Job
from tests.support import pdf as reading


def paper_of(shop, order, language="en"):
    data, _language, _number = run(papers._read, shop.make.house(), order_id=order.id)
    return reading.text(data.render(language))


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


@pytest.mark.parametrize("role", ["warehouse", None])
def test_printing_is_for_sales(shop, role):
    order = shop.take()
    with pytest.raises(NotPermitted):
        shop.do(service.print_confirmation, role, order_id=order.id)
    assert shop.make.count(Job, Job.name == papers.PRINT) == 0


def test_sending_has_the_paper_made_once(shop):
    order = shop.verified()
    for _ in range(2):
        shop.do(service.send_for_confirmation, order_id=order.id)
    assert shop.make.count(Job, Job.name == papers.PRINT) == 1
