"""From what was written to order lines: names looked up, units converted, prices copied, amounts worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.sales import pricing
from app.departments.sales.pricing import Prices, Terms
from app.departments.sales.values import LineValues
from app.kernel.errors import InvalidInput, Message
from app.kernel.money import HUNDRED, LineAmounts, line_amounts, round_to
from app.kernel.quantity import LIMIT, PLACES, round_quantity, to_base
from app.kernel.text import N_, clean
from app.platform.db import session
from app.records.catalog.models import CustomerPart, Product, ProductUnit, Unit
from app.records.orders.models import LineKind, OrderLine

ZERO = Decimal(0)
MOST_LINES = 1_000
#: largest unit price and largest line total, far inside what a scaled column holds
MOST_MONEY = Decimal(1_000_000_000_000)
GOODS = frozenset({LineKind.PRODUCT, LineKind.SAMPLE})

Problems = dict[str, Message | str]
_PRODUCTS = (
    sa.select(Product, Unit)
    .select_from(Product)
    .join(Unit, Unit.id == Product.base_unit_id)
    .where(Product.code.in_(sa.bindparam("codes", expanding=True)))
)


@dataclass(slots=True)
class Names:
    """What the lines speak of, read in one query each."""

    products: dict[str, Product] = field(default_factory=dict)
    parts: dict[str, Product] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    base_units: dict[int, Unit] = field(default_factory=dict)
    factors: dict[tuple[int, int], Decimal] = field(default_factory=dict)
    prices: Prices = field(default_factory=Prices)

    def product_of(self, line: LineValues) -> Product | None:
        """By our code, else by the customer's number, in whichever place it was written."""
        return self.products.get(line.product_code) or self.parts.get(line.product_code or line.customer_part_number)


def columns_of(lines: Sequence[LineValues], terms: Terms) -> list[dict[str, Any]]:
    """Column values for each line, in order.  Raises: InvalidInput naming every problem at its line."""
    problems: Problems = {}
    if len(lines) > MOST_LINES:
        raise InvalidInput({"lines": Message(N_("An order has at most %(most)s lines."), most=MOST_LINES)})
    names = _names(lines, terms)
    made = []
    for position, line in enumerate(lines, start=1):
        found = _shape_problems(line) or _name_problems(line, names)
        if not found:
            columns = _columns(line, position, names, terms)
            found = _amount_problems(columns)
            made.append(columns)
        problems.update({f"lines.{position}.{name}": text for name, text in found.items()})
    if problems:
        raise InvalidInput(problems)
    return made


def _names(lines: Sequence[LineValues], terms: Terms) -> Names:
    names = Names()
    codes = {line.product_code for line in lines if line.product_code}
    if codes:
        for product, unit in session.execute(_PRODUCTS, {"codes": sorted(codes)}):
            names.products[product.code] = product
            names.units[unit.code] = names.base_units[unit.id] = unit
    numbers = {line.product_code or line.customer_part_number for line in lines} - names.products.keys() - {""}
    if numbers:
        rows = session.execute(
            sa.select(CustomerPart.their_number, Product)
            .join(Product, Product.id == CustomerPart.product_id)
            .where(CustomerPart.party_id == terms.customer_id, CustomerPart.their_number.in_(numbers))
        )
        names.parts = {row[0]: row[1] for row in rows}
    known = {one.id: one for one in (*names.products.values(), *names.parts.values())}
    wanted = {line.unit for line in lines if line.unit}
    base = {one.base_unit_id for one in known.values()}
    if wanted - names.units.keys() or base - names.base_units.keys():
        for unit in session.scalars(sa.select(Unit).where(Unit.code.in_(wanted) | Unit.id.in_(base))):
            names.units[unit.code] = names.base_units[unit.id] = unit
    if wanted and known:
        rows = session.execute(
            sa.select(ProductUnit.product_id, ProductUnit.unit_id, ProductUnit.factor).where(
                ProductUnit.product_id.in_(known)
            )
        )
        names.factors = {(row.product_id, row.unit_id): row.factor for row in rows}
    names.prices = pricing.prices_of(set(known), terms.currency, terms.price_list_id)
    return names


def _shape_problems(line: LineValues) -> Problems:
    """What no order line can hold, whatever it means."""
    found: Problems = {}
    if not ZERO <= line.quantity <= LIMIT:
        found["quantity"] = Message(N_("A quantity is between 0 and %(most)s."), most=f"{LIMIT:,}")
    elif round_to(line.quantity, PLACES) != line.quantity:
        found["quantity"] = Message(N_("A quantity has at most %(places)s decimals."), places=PLACES)
    if not ZERO <= line.loose <= LIMIT or round_to(line.loose, PLACES) != line.loose:
        found["quantity"] = Message(N_("A quantity has at most %(places)s decimals."), places=PLACES)
    if line.unit_price is not None:
        if not ZERO <= line.unit_price <= MOST_MONEY:
            found["unit_price"] = Message(N_("A price is between 0 and %(most)s."), most=f"{MOST_MONEY:,}")
        elif round_to(line.unit_price, 6) != line.unit_price:
            found["unit_price"] = Message(N_("A unit price has at most 6 decimals."))
    for name, value in (("discount_percent", line.discount_percent), ("tax_percent", line.tax_percent)):
        if value is not None and (not ZERO <= value <= HUNDRED or round_to(value, 4) != value):
            found[name] = Message(N_("Enter a percentage between 0 and 100 with at most 4 decimals."))
    if line.discount_amount < 0 or round_to(line.discount_amount, 4) != line.discount_amount:
        found["discount_amount"] = Message(N_("A discount is not negative and has at most 4 decimals."))
    return found


def _name_problems(line: LineValues, names: Names) -> Problems:
    if line.kind is LineKind.TEXT:
        return {} if line.description.strip() else {"description": Message(N_("Write the text of this line."))}
    product = names.product_of(line)
    if product is None and (line.product_code or line.kind in GOODS):
        if line.product_code:
            return {"product": Message(N_("There is no product “%(code)s”."), code=line.product_code)}
        if line.customer_part_number:
            return {
                "product": Message(
                    N_("We know no product under the customer's number “%(number)s”."),
                    number=line.customer_part_number,
                )
            }
        return {"product": Message(N_("Name the product."))}
    if line.unit and line.unit not in names.units:
        return {"unit": Message(N_("There is no unit “%(unit)s”."), unit=line.unit)}
    if product is not None and _factor(line, product, names) is None:
        return {"unit": Message(N_("%(unit)s is not a unit of %(product)s."), unit=line.unit, product=product.code)}
    return {}


def _factor(line: LineValues, product: Product, names: Names) -> Decimal | None:
    if not line.unit or names.units[line.unit].id == product.base_unit_id:
        return Decimal(1)
    return names.factors.get((product.id, names.units[line.unit].id))


def _columns(line: LineValues, position: int, names: Names, terms: Terms) -> dict[str, Any]:
    is_text = line.kind is LineKind.TEXT
    product = None if is_text else names.product_of(line)
    unit = names.units.get(line.unit) or (names.base_units.get(product.base_unit_id) if product else None)
    factor = (product and _factor(line, product, names)) or Decimal(1)
    quantity, loose = (ZERO, ZERO) if is_text else (line.quantity, line.loose)
    base = to_base(quantity, factor) + loose
    if loose:  # 41 pieces are no number of boxes of 12 with an end: amounts come from base units
        quantity = base / factor
    tax = line.tax_percent if line.tax_percent is not None else (product.tax_percent if product else Decimal(13))
    listed = product and names.prices.of(product.id, base, terms.day, factor=factor, tax_percent=tax, basis=terms.basis)
    price = line.unit_price
    if price is None:
        price = listed.price if listed and line.kind is not LineKind.SAMPLE else ZERO
    price = ZERO if is_text else price
    discount_percent, discount_amount = (ZERO, ZERO) if is_text else (line.discount_percent, line.discount_amount)
    amounts = _amounts(quantity, price, tax, terms, discount_percent, discount_amount)
    return {
        "position": position,
        "kind": line.kind,
        "source": line.source,
        "product_id": product.id if product else None,
        "description": clean(line.description, 300) or (product.name if product else ""),
        "specification": line.specification.strip()[:4000] or (product.specification if product else ""),
        "customer_part_number": clean(line.customer_part_number, 80) or _their_number(line, names),
        "unit_id": unit.id if unit else None,
        "unit_factor": factor,
        "entered_quantity": round_quantity(quantity),
        "ordered": base,
        "unit_price": price,
        "list_price": listed.price if listed else None,
        "discount_percent": discount_percent,
        "discount_amount": discount_amount,
        "discount_reason": clean(line.discount_reason, 200),
        "tax_percent": tax,
        "net": amounts.net,
        "tax": amounts.tax,
        "gross": amounts.gross,
        "requested_date": line.requested_date or terms.requested_date,
    }


def _their_number(line: LineValues, names: Names) -> str:
    """The customer's number, where it was written in place of ours."""
    return line.product_code if line.product_code in names.parts else ""


def _amounts(
    quantity: Decimal, price: Decimal, tax: Decimal, terms: Terms, percent: Decimal, amount: Decimal
) -> LineAmounts:
    return line_amounts(
        quantity, price, tax, terms.basis, terms.currency,  # type: ignore[arg-type]
        discount_percent=percent, discount_amount=amount,
    )  # fmt: skip


def _amount_problems(columns: dict[str, Any]) -> Problems:
    if columns["gross"] < 0:
        return {"discount_amount": Message(N_("The discount is larger than the line."))}
    if columns["gross"] > MOST_MONEY or columns["ordered"] > LIMIT:
        return {"quantity": Message(N_("This line is larger than an order can hold."))}
    return {}


def amounts_of(line: OrderLine, quantity: Decimal, unit_price: Decimal, *, basis: str, currency: str) -> LineAmounts:
    """What a line that exists is worth at another quantity (entered units) or price."""
    return line_amounts(
        quantity, unit_price, line.tax_percent, basis, currency,  # type: ignore[arg-type]
        discount_percent=line.discount_percent, discount_amount=line.discount_amount,
    )  # fmt: skip


def values_of(line: OrderLine, product: Product | None, unit: Unit | None) -> LineValues:
    """A line that exists as somebody would write it again: for copying and for the form of a draft."""
    quantity, loose = line.written
    return LineValues(
        kind=line.kind,
        product_code=product.code if product else "",
        customer_part_number=line.customer_part_number,
        description=line.description,
        specification=line.specification,
        quantity=quantity,
        loose=loose,
        unit=unit.code if unit else "",
        unit_price=line.unit_price,
        discount_percent=line.discount_percent,
        discount_amount=line.discount_amount,
        discount_reason=line.discount_reason,
        tax_percent=line.tax_percent,
        requested_date=line.requested_date,
        source=line.source,
        line_id=line.id,
    )
