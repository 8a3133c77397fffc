"""What the grid offers while somebody types: products by name, and for each line what is there, prices and problems."""

from __future__ import annotations

from typing import Any, TypeVar

import sqlalchemy as sa
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.departments.sales import parsing, pricing
from app.departments.sales.beside import beside, terms_for
from app.departments.sales.permissions import Permissions
from app.departments.sales.pricing import last_prices
from app.departments.sales.rules import Severity
from app.departments.sales.views import grid
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput
from app.platform.backoffice import format as fmt
from app.platform.backoffice import page, sentence
from app.platform.backoffice.identifiers import parse
from app.platform.backoffice.searching import matches
from app.platform.db import session
from app.records.catalog.models import Product, ProductState
from app.records.orders.models import Order
from app.records.parties.models import Party
from app.records.stock.models import StockLevel

MOST = 12
#: head of a problem's code -> the cell it is shown at
_CELLS = {"quantity": "quantity", "unit": "unit", "price": "price", "discount": "reason"}


def register(app: Flask) -> None:
    """The addresses."""
    page(app, "/sales/product-hints/", permission=Permissions.ORDER_TAKE, endpoint="sales_product_hints")(hints)
    page(app, "/sales/line-facts/", permission=Permissions.ORDER_TAKE, endpoint="sales_line_facts")(line_facts)
    page(app, "/sales/order-price-lists/", permission=Permissions.ORDER_TAKE, endpoint="sales_price_lists")(price_lists)


def hints(_actor: Actor) -> ResponseReturnValue:
    """At most twelve products as JSON."""
    text = request.args.get("q", "").strip()[:80]
    if len(text) < 2:
        return jsonify(rows=[])
    products = list(
        session.scalars(
            sa.select(Product)
            .where(
                Product.state == ProductState.ACTIVE,
                Product.is_sold.is_(True),
                matches(Product, text, ("code", "name")),
            )
            .order_by(Product.code)
            .limit(MOST)
        )
    )
    ids = [one.id for one in products]
    rows = session.execute(
        sa.select(StockLevel.product_id, sa.func.sum(StockLevel.on_hand), sa.func.sum(StockLevel.allocated))
        .where(StockLevel.product_id.in_(ids))
        .group_by(StockLevel.product_id)
    )
    free = {product_id: on_hand - held for product_id, on_hand, held in rows}
    customer_id = parse(request.args.get("customer"))
    last = last_prices(customer_id, ids) if customer_id else {}
    found = []
    for one in products:
        words = [one.name, gettext("%(n)s free", n=fmt.number(free.get(one.id, 0)))]
        if one.id in last:
            words.append(gettext("last %(price)s", price=fmt.number(last[one.id].unit_price)))
        found.append({"code": one.code, "text": " · ".join(words)})
    return jsonify(rows=found)


def line_facts(actor: Actor) -> ResponseReturnValue:
    """One line as it stands in the grid; what is beside it as a row of the table."""
    cells = {name: request.args.get(f"line-{name}", "")[:300] for name in grid.NAMES}
    row = grid.Row(cells)
    found = None
    try:
        value = parsing.read_line(cells)
        found = beside(actor, value, _terms())
    except InvalidInput as refusal:
        for path, message in refusal.fields.items():
            row.blame(path.rpartition(".")[2], sentence(message))
    for problem in found.problems if found else ():
        kind = row.doubts if problem.severity is Severity.ASKS else row.errors
        kind.setdefault(_CELLS.get(problem.field.rpartition(".")[2], "product"), []).append(sentence(problem.message))
    return render_template("sales/orders/_beside.html", row=row, beside=found)


def price_lists(_actor: Actor) -> ResponseReturnValue:
    """The choice of price list for a customer; nothing where there is no choice."""
    return render_template(
        "sales/orders/_price_lists.html", **price_list_choice(parse(request.args.get("customer_id")))
    )


def price_list_choice(customer_id: int | None, chosen: int | None = None) -> dict[str, Any]:
    """Lists the customer may be priced by, as this reader sees them, and the one that holds."""
    customer = _visible(Party, customer_id)
    lists = pricing.lists_of(customer, customer.currency) if customer else []
    return {"lists": lists, "chosen": chosen or (lists[0].id if lists else None)}


def _terms() -> pricing.Terms:
    return terms_for(
        _visible(Party, parse(request.args.get("customer_id"))),
        price_list_id=parse(request.args.get("price_list_id")),
        order=_visible(Order, parse(request.args.get("order"))),
    )


M = TypeVar("M", Party, Order)


def _visible(model: type[M], row_id: int | None) -> M | None:
    """The row, if this reader may see it."""
    return session.scalars(sa.select(model).where(model.id == row_id)).one_or_none() if row_id else None
