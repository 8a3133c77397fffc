"""Every check of the records finds the violation planted for it, and nothing else, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from app.platform.checks import checks, run_checks
from app.platform.db import Base, session
from app.platform.db.triggers import drop_append_only
from app.platform.settings import update_setting
from app.platform.settings.models import Counter
from app.records.billing.models import Invoice, InvoiceLine, InvoiceState, Payment, Settlement
from app.records.orders.models import OrderHold, OrderLine, Origin
from app.records.orders.states import OrderState
from app.records.parties.models import BillingPolicy, PriceBasis
from app.records.shipping.models import Shipment, ShipmentLine, ShipmentState
from app.records.stock import ledger, places
from app.records.stock.models import Allocation, MoveKind, ProductCost, StockLevel, StockMove
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, PurchaseState, Receipt, ReceiptLine

AT = datetime(2026, 3, 2, 3, tzinfo=UTC)
DAY = date(2026, 3, 2)
CHECKED = ("orders.", "stock.", "billing.", "supply.")
House = Mapping[str, Base]


def found_now() -> set[str]:
    """Names of the broken checks."""
    return {o.check.name for o in run_checks(checks()) if not o.is_good and o.check.name.startswith(CHECKED)}


@pytest.fixture
def world(make: Any) -> House:
    """One order half way: 6 of 10 shipped, 5 delivered, 1 back, 4 still held; 5 invoiced, partly paid; more on its way."""
    product = make.product(stock=100)
    customer = make.customer(billing_policy=BillingPolicy.DELIVERED)
    order = make.order(
        OrderState.IN_FULFILMENT, customer=customer, lines=[make.line(product, 10, "11.30")], allocate=True
    )
    (line,) = make.lines(order)
    make.row(OrderHold, order_id=order.id, reason="waits for the rest", held_at=AT, held_by="test")
    level, place = make.level(product), make.location()
    (bound,) = make.do(lambda actor: list(session.scalars(sa.select(Allocation))))

    def leave(actor: Any) -> None:
        for kind, quantity in ((MoveKind.SHIPMENT, -6), (MoveKind.FAILED_DELIVERY, 1)):
            move = ledger.NewMove(
                product_id=product.id, location_id=place.id, quantity=Decimal(quantity), kind=kind, occurred_on=DAY,
                order_line_id=line.id,
            )  # fmt: skip
            ledger.book([move])
        session.get_one(Allocation, bound.id).quantity = Decimal(5)
        session.get_one(StockLevel, level.id).allocated = Decimal(5)
        found = session.get_one(OrderLine, line.id)
        found.allocated, found.shipped, found.failed, found.delivered, found.invoiced = map(Decimal, (5, 6, 1, 5, 5))

    make.do(leave)
    shipment = make.row(
        Shipment, order_id=order.id, warehouse_id=make.warehouse().id, state=ShipmentState.DELIVERED, address={}
    )
    quantities = {"planned": 6, "picked": 6, "packed": 6, "shipped": 6, "delivered": 5, "failed": 1, "invoiced": 5}
    shipment_line = make.row(
        ShipmentLine, shipment_id=shipment.id, order_line_id=line.id, **{k: Decimal(v) for k, v in quantities.items()}
    )
    money = {"net": Decimal(50), "tax": Decimal("6.5"), "gross": Decimal("56.5")}
    invoice = make.row(
        Invoice, number="INV-26-00001", state=InvoiceState.POSTED, company_id=order.company_id, customer_id=customer.id,
        order_id=order.id, currency="CNY", price_basis=PriceBasis.INCLUDED, issued_on=DAY, due_on=DAY,
        billing_title="x", settled=Decimal(20), **{f"{name}_total": value for name, value in money.items()},
    )  # fmt: skip
    make.row(Counter, name="invoice", company_id=order.company_id, year=DAY.year, value=1)
    invoice_line = make.row(
        InvoiceLine, invoice_id=invoice.id, position=1, order_line_id=line.id, description="x", quantity=Decimal(5),
        unit_price=Decimal("11.3"), tax_percent=Decimal(13), **money,
    )  # fmt: skip
    payment = make.row(
        Payment, company_id=order.company_id, party_id=customer.id, currency="CNY", amount=Decimal(30),
        allocated=Decimal(20), occurred_on=DAY, booked_by="test",
    )  # fmt: skip
    settlement = make.row(
        Settlement, invoice_id=invoice.id, payment_id=payment.id, amount=Decimal(20), booked_at=AT, booked_by="test"
    )
    found = {
        "order": order, "line": line, "level": level, "allocation": bound, "shipment_line": shipment_line,
        "invoice": invoice, "invoice_line": invoice_line, "payment": payment, "settlement": settlement,
    }  # fmt: skip
    return {**found, **_purchase(make, product)}


def _purchase(make: Any, product: Any) -> dict[str, Base]:
    """50 ordered, 20 came, 30 expected."""
    warehouse = make.warehouse()
    money = {"net": Decimal(50), "tax": Decimal(0), "gross": Decimal(50)}
    order = make.row(
        PurchaseOrder, company_id=warehouse.company_id, supplier_id=make.supplier().id, warehouse_id=warehouse.id,
        state=PurchaseState.PARTLY_RECEIVED, currency="CNY", **{f"{n}_total": value for n, value in money.items()},
    )  # fmt: skip
    line = make.row(
        PurchaseOrderLine, purchase_order_id=order.id, position=1, product_id=product.id, unit_id=product.base_unit_id,
        entered_quantity=Decimal(50), ordered=Decimal(50), received=Decimal(20), put_away=Decimal(20),
        unit_price=Decimal(1), **money,
    )  # fmt: skip
    receipt = make.row(
        Receipt, purchase_order_id=order.id, warehouse_id=warehouse.id, occurred_on=DAY, arrived_at=AT, booked_by="test"
    )
    came = make.row(
        ReceiptLine, receipt_id=receipt.id, purchase_order_line_id=line.id, product_id=product.id,
        received=Decimal(20), put_away=Decimal(20), unit_cost=Decimal(1),
    )  # fmt: skip
    make.do(lambda actor: places.change_incoming(warehouse.id, {product.id: Decimal(30)}))
    return {"purchase": order, "purchase_line": line, "receipt_line": came}


def test_nothing_is_found_where_nothing_is_wrong(world: House):
    assert found_now() == set()


#: what is spoiled -> (row, column, value as stored), and the checks that must see it
PLANTED: dict[str, tuple[str, str, int | str, set[str]]] = {
    "oversold": ("line", "ordered", 9_000, {"orders.line_quantities"}),
    "delivered unshipped": ("line", "delivered", 6_000, {"orders.line_quantities", "orders.lines_equal_shipments"}),
    "returned unsent": ("line", "returned", 6_000, {"orders.line_quantities"}),
    "credited uninvoiced": ("line", "credited", 6_000, {"orders.line_quantities", "billing.lines_equal_invoices"}),
    "below zero": ("line", "picked", -1, {"orders.line_quantities"}),
    "over-billed": ("line", "invoiced", 7_000, {"orders.not_over_billed", "billing.lines_equal_invoices"}),
    "order total": ("order", "net_total", 1, {"orders.totals_equal_lines"}),
    "line total": ("line", "gross", 1, {"orders.totals_equal_lines"}),
    "shipment": ("shipment_line", "shipped", 5_000, {"orders.lines_equal_shipments"}),
    "state too far": ("order", "state", "fulfilled", {"orders.state_follows_quantities"}),
    "state behind": ("order", "state", "confirmed", {"orders.state_follows_quantities"}),
    "claim of a line": (
        "line", "allocated", 4_000, {"orders.claims_equal_allocations"},
    ),
    "allocation": (
        "allocation", "quantity", 4_000, {"orders.claims_equal_allocations", "stock.claims_equal_allocations"},
    ),
    "claim of a place": ("level", "allocated", 6_000, {"stock.claims_equal_allocations"}),
    "on hand": ("level", "on_hand", 94_000, {"stock.levels_equal_moves"}),
    "promised more than there is": (
        "level", "on_hand", 1_000, {"stock.levels_equal_moves", "stock.nothing_below_zero"},
    ),
    "expected": ("level", "incoming", 7_000, {"stock.incoming_equals_purchase_orders"}),
    "invoice total": ("invoice", "gross_total", 600_000, {"billing.totals_equal_lines"}),
    "invoice line": ("invoice_line", "net", 1, {"billing.totals_equal_lines"}),
    "invoiced quantity": ("invoice_line", "quantity", 4_000, {"billing.lines_equal_invoices"}),
    "settled": ("invoice", "settled", 210_000, {"billing.settled_equals_settlements"}),
    "settled too much": (
        "invoice", "settled", 900_000, {"billing.settled_equals_settlements", "billing.money_within_bounds"},
    ),
    "payment": ("payment", "allocated", 210_000, {"billing.payments_equal_settlements"}),
    "payment used twice": (
        "payment", "allocated", 310_000, {"billing.payments_equal_settlements", "billing.money_within_bounds"},
    ),
    "settlement": (
        "settlement", "amount", 210_000, {"billing.payments_equal_settlements", "billing.settled_equals_settlements"},
    ),
    "number": ("invoice", "number", "", {"billing.posted_has_number"}),
    "number skipped": ("invoice", "number", "INV-26-00002", {"billing.numbers_gapless"}),
    "posted unnumbered": ("invoice", "state", "draft", {"billing.posted_has_number", "billing.numbers_as_given"}),
    "purchase total": ("purchase", "gross_total", 1, {"supply.totals_equal_lines"}),
    "received": (
        "purchase_line", "received", 21_000,
        {"supply.lines_equal_receipts", "stock.incoming_equals_purchase_orders"},
    ),
    "put away": ("purchase_line", "put_away", 21_000, {"supply.lines_equal_receipts", "supply.line_quantities"}),
    "receipt": ("receipt_line", "received", 21_000, {"supply.lines_equal_receipts"}),
}  # fmt: skip


def spoil(model: type[Base], statement: str) -> None:
    """Write past every rule of the house and the database, inside the test's transaction."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        connection.exec_driver_sql(statement)
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
        return
    for constraint in model.__table__.constraints:
        if isinstance(constraint, sa.CheckConstraint):
            name = connection.dialect.identifier_preparer.format_constraint(constraint)
            connection.exec_driver_sql(f"ALTER TABLE {model.__tablename__} DROP CONSTRAINT IF EXISTS {name}")
    connection.exec_driver_sql(statement)


@pytest.mark.promise("CO8")
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_violation_is_found(world: House, name: str):
    row, column, value, expected = PLANTED[name]
    model, key = type(world[row]), world[row].id  # type: ignore[attr-defined]
    written = f"'{value}'" if isinstance(value, str) else value
    if value == "":
        written = "NULL"
    spoil(model, f"UPDATE {model.__tablename__} SET {column} = {written} WHERE id = {key}")
    assert found_now() == expected


def delete(model: type[Base], criterion: str) -> None:
    spoil(model, f"DELETE FROM {model.__tablename__} WHERE {criterion}")


@pytest.mark.promise("CO8")
def posted_again(world: House, make: Any, *numbers: str) -> None:
    """More invoices like the one that is there, with these numbers; the counter has given five."""
    first = world["invoice"]
    columns = {
        c.name: getattr(first, c.name) for c in Invoice.__table__.c if c.name not in {"id", "number", "order_id"}
    }
    money = {"net_total": Decimal(0), "tax_total": Decimal(0), "gross_total": Decimal(0), "settled": Decimal(0)}
    for number in numbers:
        make.row(Invoice, number=number, **{**columns, **money})
    spoil(Counter, "UPDATE counters SET value = 5")


def rows_of(name: str) -> list[dict[str, Any]]:
    return [dict(row) for o in run_checks(checks()) if o.check.name == name for row in o.rows]


def test_a_gap_and_a_duplicate_in_the_numbers_are_found_and_shown(world: House, make: Any):
    posted_again(world, make, *(f"INV-26-{n:05}" for n in range(2, 6)))
    assert found_now() == set()
    delete(Invoice, "number = 'INV-26-00005'")
    assert found_now() == {"billing.numbers_as_given"}
    company = world["invoice"].company_id  # type: ignore[attr-defined]
    assert rows_of("billing.numbers_as_given") == [{"kind": "invoice", "company_id": company, "posted": 4, "given": 5}]
    delete(Invoice, "number = 'INV-26-00003'")
    assert found_now() == {"billing.numbers_as_given", "billing.numbers_gapless"}
    (gap,) = rows_of("billing.numbers_gapless")
    assert (gap["number"], gap["after"], gap["running"]) == ("INV-26-00004", 2, 4)
    spoil(Invoice, "UPDATE invoices SET number = 'INV-26-2' WHERE number = 'INV-26-00004'")
    assert {(row["number"], row["running"]) for row in rows_of("billing.numbers_gapless")} == {("INV-26-2", 2)}


def test_numbers_go_on_when_their_pattern_changes(world: House, make: Any):
    make.do(update_setting, name="numbering.invoice", value="R_{yy}/{n}")
    posted_again(world, make, "INV-26-00002", "R_26/3", "R_26/4", "R_26/5")
    assert found_now() == set()
    spoil(Invoice, "UPDATE invoices SET number = 'R_26/6' WHERE number = 'R_26/5'")
    assert [row["number"] for row in rows_of("billing.numbers_gapless")] == ["R_26/6"]


def test_a_move_that_is_gone_is_missed_by_level_cost_and_line(world: House):
    drop_append_only(session.connection(), "stock_moves")
    delete(StockMove, "kind = 'shipment'")
    assert found_now() == {"stock.levels_equal_moves", "stock.costs_equal_moves", "orders.shipped_equals_moves"}


def test_a_level_that_is_gone_is_missed(world: House):
    spoil(StockLevel, "UPDATE allocations SET quantity = quantity")
    spoil(StockLevel, "UPDATE stock_levels SET lot_id = NULL, on_hand = 0 WHERE on_hand > 0")
    assert "stock.levels_equal_moves" in found_now()


def test_a_value_that_drifted_is_found(world: House):
    spoil(ProductCost, "UPDATE product_costs SET value = value + 1")
    assert found_now() == {"stock.costs_equal_moves"}


def test_an_order_nobody_holds_is_found(world: House):
    order_id = world["order"].id  # type: ignore[attr-defined]
    delete(OrderHold, f"order_id = {order_id}")
    assert found_now() == set()  # the customer has not paid yet: that is what it waits for
    spoil(Invoice, "UPDATE invoices SET kind = 'credit_note'")
    found = {o.check.name: [row.get("id") for row in o.rows] for o in run_checks(checks()) if not o.is_good}
    assert found["orders.somebody_holds_it"] == [order_id]  # series of numbers have no id; they are wrong here, too


def test_imported_history_is_counted_and_left_out(world: House, make: Any):
    old = make.order(OrderState.COMPLETED, origin=Origin.IMPORT, external_source="old", external_key="1")
    (line,) = make.lines(old)
    make.change(line, shipped=Decimal(10), delivered=Decimal(10), invoiced=Decimal(10))
    assert found_now() == set()
    left_out = {o.check.name: o.left_out for o in run_checks(checks()) if o.check.left_out}
    assert left_out["orders.shipped_equals_moves"] == 1
    assert left_out["billing.lines_equal_invoices"] == 1


@pytest.mark.promise("CO8")
def test_every_check_of_the_records_has_a_violation_planted_for_it():
    """``costs``, ``shipped_equals_moves`` and ``somebody_holds_it`` have tests of their own above."""
    planted = set().union(*(expected for *_, expected in PLANTED.values()))
    own = {"stock.costs_equal_moves", "orders.shipped_equals_moves", "orders.somebody_holds_it"}
    assert {one.name for one in checks() if one.name.startswith(CHECKED)} == planted | own
