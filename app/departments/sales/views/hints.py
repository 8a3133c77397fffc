"""What the grid offers while somebody types a product: name, free stock, last price to this customer."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.departments.sales.permissions import Permissions
from app.departments.sales.pricing import last_prices
from app.kernel.actor import Actor
from app.platform.backoffice import format as fmt
from app.platform.backoffice import page
from app.platform.backoffice.identifiers import parse
from app.platform.backoffice.searching import matches
from app.platform.db import session
from app.records.catalog.models import Product, ProductState
from app.records.stock.models import StockLevel

MOST = 12


def register(app: Flask) -> None:
    """The address."""
    page(app, "/sales/product-hints/", permission=Permissions.ORDER_TAKE, endpoint="sales_product_hints")(hints)


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
            words.append(gettext("last %(price)s", price=fmt.number(last[one.id][0])))
        found.append({"code": one.code, "text": " · ".join(words)})
    return jsonify(rows=found)
