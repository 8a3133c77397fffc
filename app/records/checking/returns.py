"""Returns: quantities fit together, and agree with orders, moves, findings, credit notes, receipts and bills."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from app.platform.checks import check
from app.records.billing.models import InvoiceLine
from app.records.catalog.models import Product, ProductKind
from app.records.checking.orders import L, _lines_with_orders, entered, imported_orders
from app.records.checking.sums import differing, filled, total, zero
from app.records.returns.models import (
    RETURN_QUANTITIES,
    CustomerReturn,
    CustomerReturnFinding,
    CustomerReturnLine,
    CustomerReturnRefund,
    DebitNote,
    DebitNoteLine,
    Outcome,
    Remedy,
    ReturnState,
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnState,
)
from app.records.stock.models import MoveKind, StockMove
from app.records.supply.models import ReceiptLine, SupplierBill

returns, rows = CustomerReturn.__table__, CustomerReturnLine.__table__
findings, refunds, credit_lines = (
    CustomerReturnFinding.__table__, CustomerReturnRefund.__table__, InvoiceLine.__table__,
)  # fmt: skip
moves, products = StockMove.__table__, Product.__table__
sent, sent_lines, receipt_lines = SupplierReturn.__table__, SupplierReturnLine.__table__, ReceiptLine.__table__
notes, note_lines, bills = DebitNote.__table__, DebitNoteLine.__table__, SupplierBill.__table__
Q = rows.c


@check("returns.line_quantities", "The quantities of a return's line fit into each other, and none is below zero.")
def line_quantities() -> sa.Select[Any]:
    """The rules of the table's constraints, proved again."""
    broken = [
        *(Q[name] < zero(Q.requested) for name in RETURN_QUANTITIES),
        Q.received + Q.cancelled > Q.requested,
        Q.restocked + Q.scrapped + Q.repaired + Q.rejected > Q.received,
        Q.sent_back > Q.repaired + Q.rejected,
        Q.refundable + Q.replaced > Q.restocked + Q.scrapped,
        Q.refunded > Q.refundable,
    ]
    shown = (Q[name] for name in RETURN_QUANTITIES)
    return sa.select(Q.id, Q.return_id, *shown).where(sa.or_(*broken)).order_by(Q.id)


@check(
    "returns.lines_equal_returns",
    "What counts as returned of an order line is what came back for good.",
    left_out=imported_orders,
)
def lines_equal_returns() -> sa.Select[Any]:
    """Received, less sent back to the customer, less delivered anew without charge."""
    summed = (
        sa.select(
            Q.order_line_id,
            total(Q.received).label("received"),
            total(Q.sent_back).label("sent_back"),
            total(Q.replaced).label("replaced"),
        )
        .group_by(Q.order_line_id)
        .subquery()
    )
    source = _lines_with_orders.outerjoin(summed, summed.c.order_line_id == L.id)
    for_good = filled(summed.c.received) - filled(summed.c.sent_back) - filled(summed.c.replaced)
    return differing(L.id, source, [("returned", L.returned, for_good)]).where(entered)


@check("returns.received_equals_moves", "What is here of a return is what the stock moves say.")
def received_equals_moves() -> sa.Select[Any]:
    """Goods that are kept in stock only."""
    moved = (
        sa.select(moves.c.document_id, moves.c.order_line_id, total(moves.c.quantity).label("moved"))
        .where(moves.c.document_table == "customer_returns", moves.c.kind == MoveKind.CUSTOMER_RETURN)
        .group_by(moves.c.document_id, moves.c.order_line_id)
        .subquery()
    )
    mine = sa.and_(moved.c.document_id == Q.return_id, moved.c.order_line_id == Q.order_line_id)
    source = (
        rows.join(L.id.table, L.id == Q.order_line_id)
        .join(products, products.c.id == L.product_id)
        .outerjoin(moved, mine)
    )
    query = differing(Q.id, source, [("here", Q.received - Q.sent_back, filled(moved.c.moved))])
    return query.where(products.c.kind == ProductKind.STOCKED)


@check("returns.findings_equal_lines", "What became of the pieces of a return's line is the sum of its findings.")
def findings_equal_lines() -> sa.Select[Any]:
    """By outcome and by what the customer gets; findings that were taken back do not count."""
    f = findings.c
    counted = {
        "restocked": f.outcome == Outcome.RESTOCK, "scrapped": f.outcome == Outcome.SCRAP,
        "repaired": f.outcome == Outcome.REPAIR, "rejected": f.outcome == Outcome.REJECT,
        "refundable": f.remedy == Remedy.REFUND, "replaced": f.remedy == Remedy.REPLACE,
    }  # fmt: skip
    summed = (
        sa.select(f.line_id, *(total(f.quantity, which).label(name) for name, which in counted.items()))
        .where(f.taken_back_at.is_(None))
        .group_by(f.line_id)
        .subquery()
    )
    source = rows.outerjoin(summed, summed.c.line_id == Q.id)
    return differing(Q.id, source, [(name, Q[name], filled(summed.c[name])) for name in counted])


@check("returns.refunds_within_credit", "No return is credited beyond what it owes, nor beyond its credit note.")
def refunds_within_credit() -> sa.Select[Any]:
    """Per line of a return, and per line of a credit note."""
    by_line = sa.select(refunds.c.line_id, total(refunds.c.quantity).label("q")).group_by(refunds.c.line_id).subquery()
    by_note = (
        sa.select(refunds.c.credit_line_id, total(refunds.c.quantity).label("q"))
        .group_by(refunds.c.credit_line_id)
        .subquery()
    )
    of_lines = (
        sa.select(sa.literal("customer_return_lines").label("table"), Q.id, Q.refunded.label("most"), by_line.c.q)
        .join_from(rows, by_line, by_line.c.line_id == Q.id)
        .where(by_line.c.q > Q.refunded)
    )
    of_notes = (
        sa.select(sa.literal("invoice_lines"), credit_lines.c.id, credit_lines.c.quantity, by_note.c.q)
        .join_from(credit_lines, by_note, by_note.c.credit_line_id == credit_lines.c.id)
        .where(by_note.c.q > credit_lines.c.quantity)
    )
    both = sa.union_all(of_lines, of_notes).subquery()
    return sa.select(*both.c).order_by(both.c.table, both.c.id)


@check("returns.state_follows_quantities", "The state of a return is the one its quantities ask for.")
def state_follows_quantities() -> sa.Select[Any]:
    """Authorised: nothing is here. Received: something is awaited. Inspected: something is owed. Closed: nothing is."""
    mine = Q.return_id == returns.c.id
    none = zero(Q.requested)
    inspected = Q.restocked + Q.scrapped + Q.repaired + Q.rejected
    here = sa.exists().where(mine, Q.received > none)
    waits = sa.exists().where(mine, sa.or_(Q.requested - Q.cancelled > Q.received, Q.received > inspected))
    owes = sa.exists().where(mine, sa.or_(Q.repaired + Q.rejected > Q.sent_back, Q.refundable > Q.refunded))
    asked = sa.case(
        (~here, ReturnState.AUTHORISED.value),
        (waits, ReturnState.RECEIVED.value),
        (owes, ReturnState.INSPECTED.value),
        else_=ReturnState.CLOSED.value,
    )
    said = sa.cast(returns.c.state, sa.String())
    moving = (ReturnState.AUTHORISED, ReturnState.RECEIVED, ReturnState.INSPECTED, ReturnState.CLOSED)
    over = sa.and_(returns.c.state.not_in(moving), here)
    return (
        sa.select(returns.c.id, returns.c.number, said.label("state"), asked.label("state_asked_for"))
        .where(sa.or_(sa.and_(returns.c.state.in_(moving), said != asked), over))
        .order_by(returns.c.id)
    )


@check("returns.supplier_within_receipts", "No more goes back to a supplier than came.")
def supplier_within_receipts() -> sa.Select[Any]:
    """Rejected pieces and good ones, each for itself."""
    c = sent_lines.c
    summed = (
        sa.select(
            c.receipt_line_id,
            total(c.quantity, c.location_id.is_(None)).label("rejected"),
            total(c.quantity, c.location_id.is_not(None)).label("stocked"),
        )
        .join_from(sent_lines, sent, sent.c.id == c.return_id)
        .where(sent.c.state != SupplierReturnState.CANCELLED)
        .group_by(c.receipt_line_id)
        .subquery()
    )
    came = receipt_lines.c
    return (
        sa.select(came.id, came.received, came.rejected, summed.c.rejected.label("back_rejected"), summed.c.stocked)
        .join_from(receipt_lines, summed, summed.c.receipt_line_id == came.id)
        .where(sa.or_(summed.c.rejected > came.rejected, summed.c.stocked > came.received - came.rejected))
        .order_by(came.id)
    )


@check("returns.supplier_equals_moves", "What went back to a supplier from stock is what the stock moves say.")
def supplier_equals_moves() -> sa.Select[Any]:
    """Nothing before it is sent."""
    gone = sent.c.state.in_((SupplierReturnState.SENT, SupplierReturnState.SETTLED))
    asked = (
        sa.select(sent_lines.c.return_id, total(sent_lines.c.quantity).label("asked"))
        .where(sent_lines.c.location_id.is_not(None))
        .group_by(sent_lines.c.return_id)
        .subquery()
    )
    moved = (
        sa.select(moves.c.document_id, total(moves.c.quantity).label("moved"))
        .where(moves.c.document_table == "supplier_returns", moves.c.kind == MoveKind.SUPPLIER_RETURN)
        .group_by(moves.c.document_id)
        .subquery()
    )
    source = sent.outerjoin(asked, asked.c.return_id == sent.c.id).outerjoin(moved, moved.c.document_id == sent.c.id)
    none = zero(sent_lines.c.quantity)
    wanted = sa.case((gone, filled(asked.c.asked)), else_=none)
    return differing(sent.c.id, source, [("sent", wanted, none - filled(moved.c.moved))])


@check(
    "returns.debit_notes_add_up", "A debit note is the sum of its lines, and takes no more off a bill than is settled."
)
def debit_notes_add_up() -> sa.Select[Any]:
    """Net, tax and gross; and per bill, what debit notes took off it."""
    names = ("net", "tax", "gross")
    c = note_lines.c
    summed = sa.select(c.debit_note_id, *(total(c[n]).label(n) for n in names)).group_by(c.debit_note_id).subquery()
    taken = sa.select(notes.c.bill_id, total(notes.c.settled).label("taken")).group_by(notes.c.bill_id).subquery()
    wrong = [notes.c[f"{name}_total"] != filled(summed.c[name]) for name in names]
    wrong += [notes.c.settled > notes.c.gross_total, taken.c.taken > bills.c.settled]
    source = (
        notes.join(bills, bills.c.id == notes.c.bill_id)
        .join(taken, taken.c.bill_id == notes.c.bill_id)
        .outerjoin(summed, summed.c.debit_note_id == notes.c.id)
    )
    return (
        sa.select(notes.c.id, notes.c.gross_total, summed.c.gross, notes.c.settled, taken.c.taken, bills.c.settled)
        .select_from(source)
        .where(sa.or_(*wrong))
        .order_by(notes.c.id)
    )
