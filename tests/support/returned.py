"""Delivered orders and their returns, at every stage, for tests."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.finance import invoicing
from app.departments.logistics.delivering import deliver
from app.departments.purchasing.returning import GoingBack, request_supplier_return
from app.departments.sales.returns.requesting import authorise_return, request_return
from app.departments.warehouse.putting_away import put_all_away
from app.departments.warehouse.receiving import Arrived, receive_goods
from app.departments.warehouse.returns.inspecting import NewFinding, inspect_return
from app.departments.warehouse.returns.taking_in import receive_return
from app.kernel import clock
from app.platform.checks import checks, run_checks
from app.records.orders.models import Order
from app.records.parties.models import BillingPolicy
from app.records.returns.models import CustomerReturn, CustomerReturnLine, Outcome, Remedy, SupplierReturn
from app.records.supply.models import Receipt, ReceiptLine
from tests.support import goods
from tests.support.factories import Make

D = Decimal
CHECKED = ("orders.", "stock.", "billing.", "supply.", "returns.")


def broken_checks(prefixes: tuple[str, ...] = CHECKED) -> set[str]:
    """Names of what ``flask check`` would find; who holds an order is left out, because no flow is installed."""
    wanted = [one for one in checks() if one.name.startswith(prefixes)]
    found = {outcome.check.name for outcome in run_checks(wanted) if not outcome.is_good}
    return found - {"orders.somebody_holds_it"}


def delivered(make: Make, quantity: int = 41, price: str = "18.6", *, stock: int = 100, **values: Any) -> Order:
    """An order of one product, delivered in full; ``unit_cost`` of its stock is 7."""
    line = {name: values.pop(name) for name in ("unit_factor", "unit_id") if name in values}
    product = values.pop("product", None) or make.product()
    make.stock(product, stock, unit_cost="7")
    make.currency("CNY")
    defaults = {"billing_policy": BillingPolicy.DELIVERED, "billing_confirmed_at": clock.now()}
    order = goods.held_order(make, product, quantity, **{**defaults, **values}) if not line else make.order(
        "in_fulfilment", lines=[make.line(product, quantity, price, **line)], allocate=True, **{**defaults, **values}
    )  # fmt: skip
    shipment = goods.shipped(make, order)
    make.do(deliver, shipment_id=shipment.id, received_by="李四")
    return make.again(order)


def invoiced(make: Make, order: Order) -> Any:
    """Its invoice, posted; the draft made itself when the goods left."""
    from app.records.billing.models import Invoice

    draft = make.all(Invoice, Invoice.order_id == order.id)[-1]
    return make.do(invoicing.post_invoice, invoice_id=draft.id)


def asked(make: Make, order: Order, quantity: int | Decimal = 5, **values: Any) -> CustomerReturn:
    """A return of the order's first line."""
    line = make.lines(order)[0]
    return make.do(request_return, order_id=order.id, quantities={line.id: D(quantity)}, reason="scratched", **values)


def authorised(make: Make, order: Order, quantity: int | Decimal = 5) -> CustomerReturn:
    """... that may come."""
    return make.do(authorise_return, return_id=asked(make, order, quantity).id)


def lines(found: CustomerReturn) -> list[CustomerReturnLine]:
    """The return's lines as they are now."""
    return goods._all(
        sa.select(CustomerReturnLine).where(CustomerReturnLine.return_id == found.id).order_by(CustomerReturnLine.id)
    )


def here(make: Make, order: Order, quantity: int | Decimal = 5) -> CustomerReturn:
    """... and has arrived."""
    found = authorised(make, order, quantity)
    return make.do(receive_return, return_id=found.id, quantities={lines(found)[0].id: D(quantity)})


def finding(
    found: CustomerReturn, quantity: int | Decimal, outcome: Outcome, remedy: Remedy, location_id: int | None = None
) -> NewFinding:
    """Of the return's first line."""
    return NewFinding(
        line_id=lines(found)[0].id, quantity=D(quantity), outcome=outcome, remedy=remedy, reason="looked at it",
        location_id=location_id,
    )  # fmt: skip


def inspected(make: Make, found: CustomerReturn, *parts: tuple[int, str, str]) -> CustomerReturn:
    """Findings (quantity, outcome, remedy); restocked goods go to the shelf A-01."""
    shelf = make.location().id
    findings: Sequence[NewFinding] = [
        finding(found, quantity, Outcome(outcome), Remedy(remedy), shelf if outcome == "restock" else None)
        for quantity, outcome, remedy in parts
    ]
    return make.do(inspect_return, return_id=found.id, findings=findings)


def receipt(make: Make, received: int = 100, rejected: int = 0, price: str = "3", **values: Any) -> Receipt:
    """Goods of one product that came and lie on the shelf A-01."""
    product = values.pop("product", None) or make.product()
    order = goods.purchase_order(make, (product, received, price))
    line = goods.po_lines(order)[0]
    came = make.do(
        receive_goods, purchase_order_id=order.id,
        lines=[Arrived(line_id=line.id, received=D(received), rejected=D(rejected), reject_reason="bent")],
    )  # fmt: skip
    make.do(put_all_away, receipt_id=came.id, location_id=make.location().id)
    return make.again(came)


def receipt_line(found: Receipt) -> ReceiptLine:
    """Its line."""
    return goods._all(sa.select(ReceiptLine).where(ReceiptLine.receipt_id == found.id))[0]


def back_to_supplier(
    make: Make, found: Receipt, quantity: int = 10, *, rejected: int = 0, **values: Any
) -> SupplierReturn:
    """A return of so many pieces from the shelf, and of so many that were rejected."""
    line = receipt_line(found)
    parts = [GoingBack(receipt_line_id=line.id, quantity=D(rejected))]
    parts.append(GoingBack(receipt_line_id=line.id, quantity=D(quantity), location_id=make.location().id))
    return make.do(request_supplier_return, receipt_id=found.id, parts=parts, reason="cracks", **values)
