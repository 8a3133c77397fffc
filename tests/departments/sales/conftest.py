"""What the tests of sales share."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from app.departments.sales import service
from app.departments.sales.values import LineValues
from app.platform.db import run, session
from app.platform.events import StoredEvent
from app.records.orders.models import Order


@dataclass
class Shop:
    """A customer, a listed product with boxes of twelve, and stock; and somebody who does things."""

    make: Any
    customer: Any
    product: Any

    def line(self, quantity="10", **values: Any) -> LineValues:
        """Ten pieces of the product at its list price of 10.00."""
        return LineValues(**{"product_code": self.product.code, "quantity": Decimal(quantity), **values})

    def do(self, use_case, role="sales", **values: Any):
        """The use case as somebody of this role."""
        return run(use_case, self.make.actor(role), **values)

    def take(self, *lines: LineValues, role="sales", **values: Any) -> Order:
        """An order of the customer; of one line unless said otherwise."""
        wanted = list(lines) or [self.line()]
        return self.do(service.take_order, role, customer_id=self.customer.id, lines=wanted, **values)

    def verified(self, *lines: LineValues, **values: Any) -> Order:
        """An order that is verified."""
        return self.do(service.verify_order, order_id=self.take(*lines, **values).id)

    def confirmed(self, *lines: LineValues, **values: Any) -> Order:
        """An order the customer said yes to on the phone."""
        return self.take(*lines, confirmed_by="王经理", **values)

    def told(self, order: Order) -> list[str]:
        """What was published about the order itself, in order."""
        session.rollback()
        names = sa.select(StoredEvent.name).where(
            StoredEvent.subject_table == "orders", StoredEvent.subject_id == order.id
        )
        found = session.scalars(names.order_by(StoredEvent.id))
        return [name.removeprefix("orders.order.") for name in found if name.startswith("orders.")]


def open_shop(make, *, stock: int | None = 100, **customer: Any) -> Shop:
    """A shop for one test."""
    make.company()
    make.warehouse()
    buyer = make.customer(**customer)
    product = make.product(units={"box": 12}, price="10", stock=stock)
    return Shop(make, buyer, product)


@pytest.fixture
def shop(make) -> Shop:
    """A shop with a hundred pieces on the shelf."""
    return open_shop(make)


@pytest.fixture
def statements():
    """``with statements() as sent``: every statement sent meanwhile."""

    @contextmanager
    def listening():
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)

    return listening


@pytest.fixture
def sign_in(make, app):
    """Sign in as a role."""

    def as_role(role="sales"):
        user = make.user(role)
        client = app.test_client()
        page = client.get("/sign-in")
        answer = client.post(
            "/sign-in", data={"login": user.login, "password": make.PASSWORD, "csrf_token": _token(page)}
        )
        assert answer.status_code == 303, answer.get_data(as_text=True)[:500]
        return client

    return as_role


def _token(page) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    return found.group(1) if found else ""
