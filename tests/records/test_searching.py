"""Shared records are found by their numbers and names, by whoever may see them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from app.platform.db import session
from app.platform.search import find_anything
from app.platform.search.registry import registered, telling_fields
from app.records.orders.models import Order


def orders(text: str) -> list[int]:
    return list(session.scalars(sa.select(Order.id).where(Order.search_criterion(text)).order_by(Order.id)))


def test_an_order_is_found_by_its_numbers_and_its_customer(make: Any):
    customer = make.customer(name="华东电子有限公司", code="HD-7")
    order = make.order(customer=customer, customer_order_number="PO-88123")
    other = make.order()
    assert orders(order.number) == [order.id]
    assert orders("88123") == [order.id]
    assert orders("华东电子") == [order.id]
    assert orders("hd 88123") == [order.id]
    make.change(customer, name="新名字")
    assert orders("电子") == []
    assert orders("新名字") == [order.id]
    assert other.id not in orders("新名字")


@pytest.mark.promise("AZ10")
def test_hits_follow_the_rights_of_the_person(make: Any):
    customer = make.customer(name="Acme Tools", code="AC-1")
    order = make.order(customer=customer)
    hits = {hit.table_name: hit.row_id for hit in find_anything(make.actor("sales_manager"), "acme")}
    assert hits == {"orders": order.id, "parties": customer.id}
    assert find_anything(make.actor("nobody of the house"), "acme") == []


@pytest.mark.promise("AZ3")
def test_no_field_with_a_right_of_its_own_can_be_searched(house: Any):
    assert telling_fields() == []


@pytest.mark.usefixtures("house")
def test_every_kind_has_a_label_of_its_own_fields():
    for kind in registered():
        assert {*kind.fields, *kind.label} <= set(kind.model.__table__.c.keys()), kind.model
