"""The small house the walks happen in: scarce goods in odd units, and customers of every kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal as D  # noqa: N817  quantities are everywhere here
from typing import Any

from app.platform.db import run
from app.platform.process.default_flow import install_default_flow
from app.records.parties.models import BillingPolicy, PriceBasis
from app.records.stock.models import LocationKind
from app.surfaces.admin.standard_roles import install_standard_roles
from tests.support import goods
from tests.support.factories import house

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EXPECTED = 100_000
#: product -> unit -> base units in one
UNITS = {
    "PIECE": {"pcs": D(1), "box": D(12), "trio": D(3)},
    "BULK": {"kg": D(1), "lb": D("0.4535924")},
}
TAX = {"PIECE": D(13), "BULK": D(9)}


@dataclass(frozen=True)
class Customer:
    """Who buys."""

    id: int
    policy: str
    basis: str
    billing_known: bool


@dataclass(frozen=True)
class World:
    """Ids of what every walk finds."""

    customers: tuple[Customer, ...]
    products: dict[str, int]
    shelves: tuple[int, ...]
    blocked: int
    warehouse: int
    purchases: dict[str, tuple[int, int]]  #: product -> purchase order, its line
    carrier: int
    term: int


def open_house(make: Any) -> World:
    """Commit it once; walks undo their own steps."""
    run(install_standard_roles, house())
    run(install_default_flow, house())
    make.company()
    make.currency("CNY")
    term = make.payment_term()
    for code in ("pcs", "box", "trio"):
        make.unit(code)
    for code in ("kg", "lb"):
        make.unit(code, decimals=3)
    listed = make.price_list(tolerance_percent=D(100))
    products = {}
    for code, units in UNITS.items():
        base, *others = units
        products[code] = make.product(
            code=code, base_unit_id=make.unit(base).id, tax_percent=TAX[code], units={u: units[u] for u in others}
        )
        make.price(products[code], "10", price_list_id=listed.id)
    purchases = {}
    for code, product in products.items():
        order = goods.purchase_order(make, (product, EXPECTED, "3"))
        (line,) = goods.po_lines(order)
        make.change(order, net_total=line.net, tax_total=line.tax, gross_total=line.gross)
        purchases[code] = (order.id, line.id)
    kinds = (("ordered", "included", True), ("delivered", "excluded", True), ("delivered", "included", False),
             ("period", "included", True))  # fmt: skip
    return World(
        customers=tuple(_customer(make, *kind) for kind in kinds),
        products={code: product.id for code, product in products.items()},
        shelves=(make.location("A-01", walk_order=2).id, make.location("A-02", walk_order=1).id),
        blocked=make.location("BLOCKED", kind=LocationKind.BLOCKED).id,
        warehouse=make.warehouse().id,
        purchases=purchases,
        carrier=goods.carrier(make).id,
        term=term.id,
    )


def _customer(make: Any, policy: str, basis: str, known: bool) -> Customer:
    made = make.customer(billing_policy=BillingPolicy(policy), price_basis=PriceBasis(basis), billing_confirmed=known)
    return Customer(made.id, policy, basis, known)
