"""What a change of a confirmed order touches: stock, purchases, shipments, invoices, money.

An impact is data (kind, line, sentence with its values), so that it can be stored with the amendment and shown in the
reader's language later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.sales.values import plain as as_json
from app.kernel.money import LineAmounts
from app.kernel.quantity import plain
from app.kernel.text import N_
from app.platform.db import session
from app.records.billing.models import Invoice, InvoiceLine, InvoiceState
from app.records.catalog.models import Product
from app.records.orders.models import Order, OrderLine
from app.records.shipping.models import Shipment, ShipmentLine, ShipmentState
from app.records.stock.allocation import default_warehouse_id
from app.records.stock.models import Location, LocationKind, StockLevel
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, PurchaseState, Requisition, RequisitionOrigin

ZERO = Decimal(0)
UNDER_WAY = (
    ShipmentState.DRAFT,
    ShipmentState.PICKING,
    ShipmentState.PICKED,
    ShipmentState.PACKED,
    ShipmentState.READY,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A line as it would be."""

    line: OrderLine
    wanted: Decimal  #: base units, ordered less cancelled
    quantity: Decimal  #: entered units
    ordered: Decimal  #: base units
    unit_price: Decimal
    amounts: LineAmounts


def impact_of(order: Order, targets: Sequence[Target], added: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Everything the change touches, line by line.  added: column values of new lines."""
    found: list[dict[str, Any]] = []
    resized = [one for one in targets if one.wanted != one.line.wanted]
    ids = [one.line.id for one in resized]
    free = _free_stock(
        order, {one.line.product_id for one in resized if one.line.product_id} | {a["product_id"] for a in added}
    )
    links = _purchases(ids)
    shipments = _shipments([one.line.id for one in targets])
    invoices = _invoices([one.line.id for one in targets])
    for target in targets:
        line = target.line
        if target.wanted != line.wanted:
            found.extend(_stock(target, free.get(line.product_id or 0, ZERO)))
            found.extend(links[line.id])
            found.extend(shipments[line.id])
        if target.wanted < line.invoiced - line.credited:
            found.append(_note("invoice", line, N_("%(quantity)s are invoiced beyond that: finance owes a credit note."),
                               quantity=plain(line.invoiced - line.credited - target.wanted)))  # fmt: skip
        found.extend(invoices[line.id])
    found.extend(_added(columns, free.get(columns["product_id"] or 0, ZERO)) for columns in added)
    found.append(_money(order, targets, added))
    return found


def _note(kind: str, line: OrderLine | None, sentence: str, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "line": line.position if line else None, "sentence": sentence, "data": as_json(data)}


def _stock(target: Target, free: Decimal) -> list[dict[str, Any]]:
    line = target.line
    if not line.needs_stock:
        return []
    to_ship = target.wanted - (line.shipped - line.failed)
    if to_ship < line.allocated:
        back = line.allocated - to_ship
        return [_note("stock", line, N_("%(quantity)s held for this line go back to stock."), quantity=plain(back))]
    more = to_ship - line.allocated
    if more == 0:
        return []
    bound = min(more, free)
    found = []
    if bound > 0:
        found.append(_note("stock", line, N_("%(quantity)s more are free and will be held."), quantity=plain(bound)))
    if more > bound:
        found.append(
            _note("stock", line, N_("%(quantity)s are short: purchasing is asked."), quantity=plain(more - bound))
        )
    return found


def _added(columns: Mapping[str, Any], free: Decimal) -> dict[str, Any]:
    note = _note("stock", None, N_("New: %(quantity)s of %(product)s, of which %(free)s are free."),
                 quantity=plain(columns["ordered"]), product=columns["description"],
                 free=plain(min(columns["ordered"], free)))  # fmt: skip
    return {**note, "line": columns["position"]}


def _free_stock(order: Order, product_ids: set[int]) -> dict[int, Decimal]:
    warehouse_id = order.warehouse_id or default_warehouse_id()
    rows = session.execute(
        sa.select(StockLevel.product_id, sa.func.sum(StockLevel.on_hand), sa.func.sum(StockLevel.allocated))
        .join(Location, Location.id == StockLevel.location_id)
        .where(
            StockLevel.product_id.in_({key for key in product_ids if key}),
            Location.warehouse_id == warehouse_id,
            Location.kind == LocationKind.STORAGE,
        )
        .group_by(StockLevel.product_id)
    )
    return {product_id: on_hand - allocated for product_id, on_hand, allocated in rows}


def _purchases(line_ids: Sequence[int]) -> dict[int | None, list[dict[str, Any]]]:
    found: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    orders = session.execute(
        sa.select(PurchaseOrderLine.order_line_id, PurchaseOrder.number, PurchaseOrderLine.ordered, Product.code)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .join(Product, Product.id == PurchaseOrderLine.product_id)
        .where(PurchaseOrderLine.order_line_id.in_(line_ids), PurchaseOrder.state != PurchaseState.CANCELLED)
    )
    for line_id, number, ordered, code in orders:
        data = {"number": number or "", "quantity": plain(ordered), "product": code}
        found[line_id].append({"kind": "purchase", "line": None, "data": data,
                               "sentence": N_("%(number)s buys %(quantity)s of %(product)s for this line.")})  # fmt: skip
    wishes = session.execute(
        sa.select(RequisitionOrigin.order_line_id, Requisition.number, RequisitionOrigin.quantity)
        .join(Requisition, Requisition.id == RequisitionOrigin.requisition_id)
        .where(RequisitionOrigin.order_line_id.in_(line_ids), RequisitionOrigin.quantity > 0)
    )
    for line_id, number, quantity in wishes:
        found[line_id].append({"kind": "purchase", "line": None,
                               "data": {"number": number or "", "quantity": plain(quantity)},
                               "sentence": N_("%(number)s asks purchasing for %(quantity)s.")})  # fmt: skip
    return found


def _shipments(line_ids: Sequence[int]) -> dict[int | None, list[dict[str, Any]]]:
    found: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(
        sa.select(ShipmentLine.order_line_id, Shipment.number, ShipmentLine.planned)
        .join(Shipment, Shipment.id == ShipmentLine.shipment_id)
        .where(ShipmentLine.order_line_id.in_(line_ids), Shipment.state.in_(UNDER_WAY))
    )
    for line_id, number, planned in rows:
        found[line_id].append({"kind": "shipment", "line": None,
                               "data": {"number": number or "", "quantity": plain(planned)},
                               "sentence": N_("%(number)s with %(quantity)s of it is being prepared.")})  # fmt: skip
    return found


def _invoices(line_ids: Sequence[int]) -> dict[int | None, list[dict[str, Any]]]:
    found: dict[int | None, list[dict[str, Any]]] = defaultdict(list)
    rows = session.execute(
        sa.select(InvoiceLine.order_line_id, Invoice.number, InvoiceLine.quantity)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.order_line_id.in_(line_ids), Invoice.state == InvoiceState.POSTED)
    )
    for line_id, number, quantity in rows:
        found[line_id].append({"kind": "invoice", "line": None,
                               "data": {"number": number or "", "quantity": plain(quantity)},
                               "sentence": N_("%(quantity)s of it stand on %(number)s.")})  # fmt: skip
    return found


def _money(order: Order, targets: Sequence[Target], added: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    after = order.gross_total
    after += sum((one.amounts.gross - one.line.gross for one in targets), ZERO)
    after += sum((columns["gross"] for columns in added), ZERO)
    return _note(
        "money", None, N_("The order total goes from %(before)s to %(after)s %(currency)s."),
        before=f"{order.gross_total:,.2f}", after=f"{after:,.2f}", currency=order.currency,
    )  # fmt: skip
