"""A warehouse with work on its desk, and a browser that acts as whoever a test says."""

import pytest

from app.kernel import clock
from app.platform.access import read_as
from app.records.catalog.permissions import Permissions as Catalog
from app.records.orders.permissions import Permissions as Orders
from app.records.parties.permissions import Permissions as Parties
from tests.support.factories import Make
from tests.support.hand_offs import at, fact, happen, make_house


@pytest.fixture
def five(app):
    """Monday, half past two in the afternoon; departments, people and the flow are there."""
    with clock.freeze(at(23, 14, 30)):
        house = make_house()
        reading = (Orders.ORDER_READ, Parties.PARTY_READ, Catalog.PRODUCT_READ)
        house.readable += reading
        yield house


@pytest.fixture
def make(five):
    """The factory, after the departments are made."""
    return Make()


@pytest.fixture
def browse(house, app, five, monkeypatch):
    """``browse(actor, path)`` and ``browse(actor, path, data={...})``: one request."""
    who = {"as": None}

    def identify():
        read_as(who["as"])

    house.before_request_funcs.setdefault(None, []).append(identify)
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    browser = app.test_client()

    def send(actor, path, data=None, **options):
        who["as"] = actor
        return browser.get(path, **options) if data is None else browser.post(path, data=data, **options)

    yield send
    house.before_request_funcs[None].remove(identify)


@pytest.fixture
def allocated(five, make):
    """``allocated(hour, name)``: an order with goods, offered to the warehouse at that hour of Monday."""

    def one(hour, name="Brightwater", **values):
        order = make.order("confirmed", customer=make.customer(name=name), **values)
        with clock.freeze(at(23, hour)):
            happen(fact("stock.order.allocated", ("orders", order.id)))
        return order

    return one
