"""The main job on real data: imported customers and products, and a new order of theirs through the whole house."""

from __future__ import annotations

from decimal import Decimal as D  # noqa: N817  amounts are everywhere here
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import ActorKind
from app.platform.access import everything
from app.platform.db import run, session
from app.platform.imports import applying, checking, staging
from app.platform.imports.mapping import load
from app.platform.imports.models import ImportRow
from app.platform.imports.reading import Source, check_columns, digest_of
from app.records.billing.models import Invoice
from app.records.catalog.models import Product
from app.records.orders.models import Order, OrderLine, Origin
from app.records.orders.states import OrderState
from app.records.parties.models import Party
from app.records.shipping.models import Carrier
from app.records.stock.models import StockMove
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine
from tests.journeys.steps import one, pack_and_hand_over, send_off

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the folder with order data from outside is absent")


def bring_in(name):
    """What ``flask import run`` does; how many records were made."""
    path = ROOT / "examples" / "mappings" / f"{name}.toml"
    mapping, source = load(path), Source(SHARED / name)
    check_columns(mapping, source)
    actor = everything(f"import {name}", ActorKind.IMPORT, "cli")
    run_id = staging.stage(actor, mapping, source, digest_of(path, mapping, source))
    assert run(checking.check, actor, run_id=run_id, mapping=mapping) == 0
    return run(applying.apply, actor, run_id=run_id, mapping=mapping).created


def test_a_new_order_of_an_imported_customer_goes_its_whole_way(opened, colleague):
    make = opened
    assert bring_in("northwind") == 4346
    session.rollback()
    customer = one(Party, Party.code == "NW-ALFKI")
    product = one(Product, Product.code == "NW-1")
    term = make.payment_term()
    make.change(customer, billing_confirmed=True, payment_term_id=term.id)
    sales, warehouse, logistics = colleague("sales"), colleague("warehouse"), colleague("logistics")
    finance = colleague("finance")
    sales.do(
        "/sales/orders/new/", customer_id=customer.id,
        **{"line-product": [product.code], "line-quantity": ["36"], "line-price": ["18"]},
    )  # fmt: skip
    order = one(Order, Order.origin != Origin.IMPORT)
    sales.do(f"/sales/orders/{order.id}/check/")
    sales.do(f"/sales/orders/{order.id}/confirm/", person="Maria Anders", what="phone")
    shipment = pack_and_hand_over(warehouse, order)
    send_off(logistics, shipment, one(Carrier))
    logistics.do(f"/logistics/shipments/{shipment.id}/deliver/", received_by="Maria Anders")
    invoice = one(Invoice)
    assert (invoice.gross_total, invoice.currency) == (D("648.00"), "USD")
    finance.do(f"/finance/invoices/action/post/?id={invoice.id}")
    finance.do(
        "/finance/payments/new/", party_id=customer.id, amount="648", currency="USD",
        occurred_on=clock.now().date().isoformat(), oldest_first="y",
    )  # fmt: skip
    assert one(Order, Order.id == order.id).state is OrderState.COMPLETED
    left = session.scalar(sa.select(sa.func.sum(StockMove.quantity)).where(StockMove.product_id == product.id))
    assert left == 3


@pytest.mark.soak
def test_adventureworks_meets_its_three_totals(opened):
    bring_in("adventureworks")
    session.rollback()
    orders = session.execute(sa.select(sa.func.count(), sa.func.sum(Order.gross_total))).one()
    assert orders == (31465, D("123216786.1159"))
    purchases = session.execute(sa.select(sa.func.count(), sa.func.sum(PurchaseOrder.gross_total))).one()
    assert purchases == (4012, D("70479332.6383"))
    assert session.scalar(sa.select(sa.func.count()).select_from(PurchaseOrderLine)) == 8845
    assert session.scalar(sa.select(sa.func.sum(StockMove.quantity))) == 335974
    opening = next(
        table
        for table in load(ROOT / "examples" / "mappings" / "adventureworks.toml").tables
        if table.target == "opening_stock"
    )
    read = sa.select(sa.func.count()).where(ImportRow.table_no == opening.number)
    assert session.scalar(read) == 1069  # four of them say 0 and move nothing
    assert session.scalar(sa.select(sa.func.count()).where(OrderLine.position < 10000)) == 92037
