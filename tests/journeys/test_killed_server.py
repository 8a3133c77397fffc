"""kill -9 of the server while orders come in: what was acknowledged is there once, what was not can be sent again."""

from __future__ import annotations

import http.cookiejar
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
import sqlalchemy as sa

from app.platform.audit.models import AuditEntry
from app.platform.db import session
from app.platform.events import StoredEvent
from app.records.orders.events import OrderReceived
from app.records.orders.models import Order, OrderLine
from tests.support.server import ServerProcess
from tests.support.visitor import forms_of, words_of

pytestmark = pytest.mark.slow
ORDERS = 24
BEFORE_THE_KILL = 6


class Browser:
    """A colleague's browser: cookies, pages, forms; over a real connection."""

    def __init__(self, address: str) -> None:
        self.address = address
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def page(self, path: str) -> str:
        """A page's text."""
        with self.opener.open(self.address + path, timeout=20) as answer:
            return answer.read().decode()

    def form(self, path: str, name: str) -> list[tuple[str, str]]:
        """What the form with this field would send."""
        return next(form.fields for form in forms_of(self.page(path)) if name in form.names())

    def send(self, path: str, fields: list[tuple[str, str]]) -> None:
        """Send it and follow where it leads.  Raises: OSError when the server is away."""
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self.address + path, data, {"Origin": self.address})
        with self.opener.open(request, timeout=20) as answer:
            assert answer.status == 200


def filled(fields, **values):
    kept = [(name, value) for name, value in fields if name not in values]
    return [*kept, *values.items()]


def entered(fields, customer_id, product, quantity):
    """The sheet with one line."""
    line = {"line-product": product, "line-quantity": str(quantity), "line-price": "1"}
    kept = [(name, value) for name, value in fields if not name.startswith("line-") and name != "customer_id"]
    return [*kept, ("customer_id", str(customer_id)), *line.items()]


def again_until_it_answers(action):
    """A person who presses the button again."""
    end = time.monotonic() + 90
    while True:
        try:
            return action()
        except urllib.error.HTTPError as answer:
            raise AssertionError(f"{answer.status}: {words_of(answer.read().decode())}") from None
        except OSError:
            assert time.monotonic() < end, "the server did not come back"
            time.sleep(0.1)


@pytest.mark.promise("DU1")
def test_orders_are_there_once_when_the_server_is_killed_in_between(live_app, live_make, tmp_path):
    live_make.company()
    user = live_make.user("sales")
    customer, product = live_make.customer(), live_make.product(code="K-1")
    session.rollback()
    server = ServerProcess(live_app.config["DATABASE_URL"], tmp_path).start()
    browser = Browser(server.address)
    browser.send("/sign-in", filled(browser.form("/sign-in", "login"), login=user.login, password=live_make.PASSWORD))
    done, problems = [], []

    def enter_orders():
        try:
            for quantity in range(1, ORDERS + 1):
                sheet = again_until_it_answers(lambda: browser.form("/sales/orders/new/", "intake_key"))
                order = entered(sheet, customer.id, product.code, quantity)
                again_until_it_answers(lambda order=order: browser.send("/sales/orders/new/", order))
                done.append(quantity)
        except Exception as problem:  # noqa: BLE001  any problem of the thread fails the test
            problems.append(problem)

    clerk = threading.Thread(target=enter_orders)
    clerk.start()
    try:
        for enough in (BEFORE_THE_KILL, 2 * BEFORE_THE_KILL):
            while len(done) < enough and not problems and clerk.is_alive():
                time.sleep(0.01)
            server.kill()
            server.start()
        clerk.join(120)
    finally:
        server.kill()
    assert problems == []
    session.rollback()
    quantities = session.scalars(sa.select(OrderLine.ordered).order_by(OrderLine.ordered)).all()
    assert quantities == list(range(1, ORDERS + 1))
    assert live_make.count(Order) == ORDERS
    assert live_make.count(StoredEvent, StoredEvent.name == OrderReceived.name) == ORDERS
    logged = live_make.count(AuditEntry, AuditEntry.table_name == "orders", AuditEntry.action == "insert")
    assert logged == ORDERS
