"""Orders: the quantities of a line fit together, and agree with shipments, invoices, moves and the order's state."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.checks import check
from app.platform.process.models import FlowTrigger, HandOff, TriggerAction
from app.records.billing.events import BillingDiffers
from app.records.billing.models import Invoice, InvoiceKind, InvoiceState
from app.records.checking.sums import differing, filled, total, zero
from app.records.orders.models import QUANTITIES, LineKind, LineSource, Order, OrderHold, OrderLine, Origin
from app.records.orders.states import CLOSED, OrderState
from app.records.parties.models import BillingPolicy
from app.records.shipping.models import ShipmentLine
from app.records.stock.models import MoveKind, StockMove
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    Requisition,
    RequisitionOrigin,
    RequisitionState,
)

orders, lines, shipped = Order.__table__, OrderLine.__table__, ShipmentLine.__table__
moves, holds, hand_offs, invoices = (
    StockMove.__table__, OrderHold.__table__, HandOff.__table__, Invoice.__table__,
)  # fmt: skip
triggers, purchases, purchase_lines = FlowTrigger.__table__, PurchaseOrder.__table__, PurchaseOrderLine.__table__
requisitions, origins = Requisition.__table__, RequisitionOrigin.__table__
L = lines.c
GOODS = (LineKind.PRODUCT, LineKind.SAMPLE)
S = OrderState
#: goods of these are expected
OWED = (PurchaseState.SENT, PurchaseState.ACKNOWLEDGED, PurchaseState.PARTLY_RECEIVED)
_lines_with_orders = lines.join(orders, orders.c.id == L.order_id)
entered = orders.c.origin != Origin.IMPORT


def imported_orders() -> sa.Select[Any]:
    """History keeps its source's quantities without moves, shipments and invoices of ours."""
    return sa.select(orders.c.id).where(orders.c.origin == Origin.IMPORT)


@check("orders.line_quantities", "The quantities of a line fit into each other, and none is below zero.")
def line_quantities() -> sa.Select[Any]:
    """The rules of the table's constraints, proved again."""
    none = zero(L.ordered)
    broken = [
        *(L[name] < none for name in QUANTITIES),
        L.cancelled > L.ordered,
        L.allocated + L.shipped - L.failed > L.ordered - L.cancelled,
        L.failed > L.shipped,
        L.delivered > L.shipped - L.failed,
        L.returned > L.delivered,
        L.credited > L.invoiced,
    ]
    return sa.select(L.id, L.order_id, *(L[name] for name in QUANTITIES)).where(sa.or_(*broken)).order_by(L.id)


@check("orders.not_over_billed", "No line is invoiced beyond what its policy allows.", left_out=imported_orders)
def not_over_billed() -> sa.Select[Any]:
    """Gross basis: ordered, or shipped; a later return or cancel is a credit due, not a violation.

    Neither is an amendment below what was invoiced, as long as finance has it as open work.
    """
    being_put_right = sa.exists().where(
        hand_offs.c.root_table == "orders",
        hand_offs.c.root_id == orders.c.id,
        hand_offs.c.ended_at.is_(None),
        triggers.c.flow_step_id == hand_offs.c.step_id,
        triggers.c.event == BillingDiffers.name,
        triggers.c.action == TriggerAction.OPEN,
    )
    by_shipment = sa.and_(orders.c.billing_policy != BillingPolicy.ORDERED, L.kind.in_(GOODS))
    basis = sa.case((by_shipment, L.shipped), else_=L.ordered)
    return (
        sa.select(L.id, L.order_id, L.invoiced, L.credited, basis.label("basis"))
        .select_from(_lines_with_orders)
        .where(entered, L.invoiced - L.credited > basis, ~being_put_right)
        .order_by(L.id)
    )


@check("orders.totals_equal_lines", "The totals of an order are the sums of its lines.", left_out=imported_orders)
def totals_equal_lines() -> sa.Select[Any]:
    """Net, tax and gross; history keeps what its source says, also where the source has no lines."""
    summed = (
        sa.select(L.order_id, *(total(L[name]).label(name) for name in ("net", "tax", "gross")))
        .group_by(L.order_id)
        .subquery()
    )
    source = orders.outerjoin(summed, summed.c.order_id == orders.c.id)
    names = ("net", "tax", "gross")
    pairs = [(f"{name}_total", orders.c[f"{name}_total"], filled(summed.c[name])) for name in names]
    return differing(orders.c.id, source, pairs).where(entered)


@check(
    "orders.lines_equal_shipments",
    "What left, arrived or came back is the sum over shipments.",
    left_out=imported_orders,
)
def lines_equal_shipments() -> sa.Select[Any]:
    """Cumulative quantities of the line against those of its shipment lines."""
    names = ("shipped", "delivered", "failed")
    summed = (
        sa.select(shipped.c.order_line_id, *(total(shipped.c[name]).label(name) for name in names))
        .group_by(shipped.c.order_line_id)
        .subquery()
    )
    source = _lines_with_orders.outerjoin(summed, summed.c.order_line_id == L.id)
    query = differing(L.id, source, [(name, L[name], filled(summed.c[name])) for name in names])
    return query.where(entered)


@check(
    "orders.shipped_equals_moves",
    "What left and came back of a line is what the stock moves say.",
    left_out=imported_orders,
)
def shipped_equals_moves() -> sa.Select[Any]:
    """Goods of our own stock only: a drop-shipped line moves nothing here."""
    quantity = moves.c.quantity
    out, back = moves.c.kind == MoveKind.SHIPMENT, moves.c.kind == MoveKind.FAILED_DELIVERY
    summed = (
        sa.select(moves.c.order_line_id, total(quantity, out).label("out"), total(quantity, back).label("back"))
        .where(moves.c.order_line_id.is_not(None))
        .group_by(moves.c.order_line_id)
        .subquery()
    )
    source = _lines_with_orders.outerjoin(summed, summed.c.order_line_id == L.id)
    none = zero(L.shipped)
    query = differing(
        L.id, source, [("shipped", L.shipped, none - filled(summed.c.out)), ("failed", L.failed, filled(summed.c.back))]
    )
    return query.where(entered, L.kind.in_(GOODS), L.source != LineSource.DROP_SHIP)


@check(
    "orders.state_follows_quantities",
    "The state the system sets is the one the quantities ask for.",
    left_out=imported_orders,
)
def state_follows_quantities() -> sa.Select[Any]:
    """Confirmed: nothing began. In fulfilment: something is owed. Fulfilled: nothing is."""
    mine = L.order_id == orders.c.id
    owes = sa.exists().where(
        mine, L.kind.in_(GOODS), L.ordered > L.cancelled, L.ordered - L.cancelled > L.shipped - L.failed
    )
    none = zero(L.allocated)
    began = sa.exists().where(mine, sa.or_(L.allocated > none, L.shipped > none))
    asked = sa.case(
        (~owes, S.FULFILLED.value),
        (sa.or_(began, orders.c.state != S.CONFIRMED), S.IN_FULFILMENT.value),
        else_=S.CONFIRMED.value,
    )
    said = sa.cast(orders.c.state, sa.String())
    return (
        sa.select(orders.c.id, orders.c.number, said.label("state"), asked.label("state_asked_for"))
        .where(entered, orders.c.state.in_((S.CONFIRMED, S.IN_FULFILMENT, S.FULFILLED)), said != asked)
        .order_by(orders.c.id)
    )


@check(
    "orders.somebody_holds_it",
    "Every open order is somebody's work, or says what it waits for.",
    left_out=imported_orders,
)
def somebody_holds_it() -> sa.Select[Any]:
    """An open hand-off; else a hold, the customer's answer, promised goods that are bought, or the payment."""
    handed = sa.exists().where(
        hand_offs.c.root_table == "orders", hand_offs.c.root_id == orders.c.id, hand_offs.c.ended_at.is_(None)
    )
    held = sa.exists().where(holds.c.order_id == orders.c.id, holds.c.released_at.is_(None))
    at_customer = sa.and_(orders.c.state == S.VERIFIED, orders.c.sent_at.is_not(None))
    to_be_paid = sa.exists().where(
        invoices.c.order_id == orders.c.id,
        invoices.c.kind == InvoiceKind.INVOICE,
        invoices.c.state == InvoiceState.POSTED,
        invoices.c.settled < invoices.c.gross_total,
    )
    promised_goods = sa.exists().where(
        L.order_id == orders.c.id,
        L.promised_date.is_not(None),
        origins.c.order_line_id == L.id,
        requisitions.c.id == origins.c.requisition_id,
        requisitions.c.state == RequisitionState.ORDERED,
    )
    on_its_way = sa.exists().where(
        L.order_id == orders.c.id,
        L.promised_date.is_not(None),
        L.allocated + L.shipped - L.failed < L.ordered - L.cancelled,
        purchase_lines.c.product_id == L.product_id,
        purchase_lines.c.ordered - purchase_lines.c.cancelled > purchase_lines.c.received,
        purchases.c.id == purchase_lines.c.purchase_order_id,
        purchases.c.state.in_(OWED),
    )
    return (
        sa.select(orders.c.id, orders.c.number, orders.c.state)
        .where(
            entered,
            orders.c.state.not_in(CLOSED),
            ~handed,
            ~held,
            ~at_customer,
            ~promised_goods,
            ~on_its_way,
            ~to_be_paid,
        )
        .order_by(orders.c.id)
    )
