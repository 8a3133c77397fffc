"""The second opinion as one: sales, goods and money over one book."""

from __future__ import annotations

from tests.soak.oracle.goods import Goods
from tests.soak.oracle.money import Money
from tests.soak.oracle.sales import Sales


class House(Sales, Goods, Money):
    """Foresees every use case."""
