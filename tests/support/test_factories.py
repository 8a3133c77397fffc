"""The factories give what they say."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.kernel.errors import NotPermitted
from app.platform.access import require
from app.platform.events import StoredEvent
from app.records.catalog.permissions import Permissions as CatalogPermissions
from app.records.orders.models import Order
from app.records.orders.permissions import Permissions as OrderPermissions


def test_an_order_has_right_amounts_and_a_number(make):
    order = make.order(lines=[make.line(quantity=20000, price="0.35")])
    assert (order.net_total, order.tax_total, order.gross_total) == (
        Decimal("6194.69"),
        Decimal("805.31"),
        Decimal("7000.00"),
    )
    assert order.number.startswith("SO-")
    (line,) = make.lines(order)
    assert (line.ordered, line.position, line.gross) == (Decimal(20000), 1, Decimal("7000.00"))


def test_a_confirmed_order_takes_free_stock(make):
    product = make.product(units={"box": 12}, price="3", stock=30)
    order = make.order("confirmed", lines=[make.line(product, 3, "36", unit_factor=Decimal(12))], allocate=True)
    (line,) = make.lines(order)
    assert (line.ordered, line.allocated, line.shortage) == (Decimal(36), Decimal(30), Decimal(6))
    level = make.level(product)
    assert (level.on_hand, level.allocated) == (Decimal(30), Decimal(30))


def test_announcing_tells_whoever_listens(make):
    make.order("confirmed", announce=True)
    assert make.count(StoredEvent, StoredEvent.name == "orders.order.received") == 1
    assert make.count(StoredEvent, StoredEvent.name == "orders.order.confirmed") == 1


def test_an_actor_has_the_default_grants_of_its_role(make):
    require(make.actor("sales"), OrderPermissions.ORDER_READ)
    with pytest.raises(NotPermitted):
        require(make.actor("warehouse"), CatalogPermissions.PRICE_EDIT)
    assert make.actor(None) is None


def test_defaults_are_shared_and_things_are_new(make):
    assert make.company().id == make.company().id
    assert make.product().id != make.product().id
    order = make.order()
    assert make.change(order, customer_note="wie besprochen").customer_note == "wie besprochen"
    assert make.again(order).version == order.version + 1
    assert make.count(Order) == 1
