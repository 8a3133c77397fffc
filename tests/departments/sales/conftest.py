"""What the tests of sales share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from app.departments.sales.values import LineValues


@dataclass
class Shop:
    """A customer, a listed product with boxes of twelve, and stock."""

    make: Any
    customer: Any
    product: Any

    def line(self, quantity="10", **values: Any) -> LineValues:
        """Ten pieces of the product at its list price of 10.00."""
        return LineValues(**{"product_code": self.product.code, "quantity": Decimal(quantity), **values})


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
