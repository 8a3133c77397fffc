"""Debit notes: what went back to a supplier is taken off the bill, and claimed as far as the bill is settled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance import rules
from app.departments.finance.errors import NoBillYet
from app.departments.finance.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.money import LineAmounts, line_amounts
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.numbers import document_number
from app.records.parties.models import Company
from app.records.returns.events import ClaimDue, SupplierReturnSettled
from app.records.returns.models import (
    DebitNote,
    DebitNoteLine,
    SupplierReturn,
    SupplierReturnLine,
    SupplierReturnState,
    supplier_return_states,
)
from app.records.supply.models import (
    BillState,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    SupplierBill,
)

ZERO = Decimal(0)


def post_debit_note(actor: Actor, *, return_id: int) -> DebitNote:
    """Take what went back off the supplier's bill, at the price it was bought for; the rest of it is claimed.

    Raises: NotPermitted, NotFound, WrongState (not sent, or settled: the second of two clicks), NoBillYet.
    """
    require(actor, Permissions.DEBIT_NOTE)
    order_id = session.scalar(sa.select(SupplierReturn.purchase_order_id).where(SupplierReturn.id == return_id))
    if order_id is None:
        raise NotFound(record=SupplierReturn.__tablename__, id=return_id)
    order = locks.lock(PurchaseOrder, order_id)
    found = locks.lock(SupplierReturn, return_id)
    require(actor, Permissions.DEBIT_NOTE, found)
    supplier_return_states.require(found.state, SupplierReturnState.SETTLED)
    bill = _bill_of(found)
    today = clock.today(session.get_one(Company, order.company_id).timezone)
    note = DebitNote(
        supplier_return_id=found.id, bill_id=bill.id, company_id=order.company_id, supplier_id=order.supplier_id,
        currency=order.currency, rate=order.rate, issued_on=today, posted_by=actor.name,
    )  # fmt: skip
    parts = _lines(order, found)
    note.lines = [line for line, _ in parts]
    sums = rules.total(LineAmounts(line.net, line.tax, line.gross) for line in note.lines)
    note.net_total, note.tax_total, note.gross_total = sums.net, sums.tax, sums.gross
    note.settled = min(sums.gross, bill.gross_total - bill.settled)
    bill.settled += note.settled
    for line, bought in parts:
        bought.billed = max(ZERO, bought.billed - line.quantity)
    session.add(note)
    session.flush()
    note.number = document_number("DN", note.id)
    settle_return(found, note.number)
    return note


def _bill_of(found: SupplierReturn) -> SupplierBill:
    """The receipt's bill that finance agreed to, locked.  Raises: NoBillYet."""
    bill_id = session.scalar(
        sa.select(SupplierBill.id)
        .where(
            SupplierBill.receipt_id == found.receipt_id,
            SupplierBill.state.in_((BillState.MATCHED, BillState.POSTED)),
        )
        .order_by(SupplierBill.id.desc())
        .limit(1)
    )
    if bill_id is None:
        raise NoBillYet(number=found.number)
    return locks.lock(SupplierBill, bill_id)


def _lines(order: PurchaseOrder, found: SupplierReturn) -> list[tuple[DebitNoteLine, PurchaseOrderLine]]:
    """Goods that were stock, each at the difference between what the bill is worth with and without it."""
    rows = session.execute(
        sa.select(SupplierReturnLine, ReceiptLine, PurchaseOrderLine)
        .join(ReceiptLine, ReceiptLine.id == SupplierReturnLine.receipt_line_id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == ReceiptLine.purchase_order_line_id)
        .where(SupplierReturnLine.return_id == found.id, SupplierReturnLine.location_id.is_not(None))
        .order_by(SupplierReturnLine.id)
    )
    gone = sent_back_of(found.receipt_id, SupplierReturnState.SETTLED)
    made: list[tuple[DebitNoteLine, PurchaseOrderLine]] = []
    for line, came, bought in rows:
        before = came.received - came.rejected - gone.get(came.id, ZERO)
        after = before - line.quantity
        gone[came.id] = gone.get(came.id, ZERO) + line.quantity
        whole, rest = worth(order, bought, before), worth(order, bought, after)
        net, tax = whole.net - rest.net, whole.tax - rest.tax
        made.append(
            (
                DebitNoteLine(
                    position=len(made) + 1, return_line_id=line.id, quantity=line.quantity, net=net, tax=tax,
                    gross=net + tax,
                ),
                bought,
            )
        )  # fmt: skip
    return made


def worth(order: PurchaseOrder, line: PurchaseOrderLine, quantity: Decimal) -> LineAmounts:
    """What ``quantity`` base units of a purchase order line cost, in the order's currency."""
    return line_amounts(
        quantity / line.unit_factor, line.unit_price, line.tax_percent, order.price_basis.value, order.currency,
        discount_percent=line.discount_percent,
    )  # fmt: skip


def sent_back_of(receipt_id: int, *states: SupplierReturnState) -> dict[int, Decimal]:
    """Receipt line -> how much of its good goods went back, over returns in these states; base units."""
    rows = session.execute(
        sa.select(SupplierReturnLine.receipt_line_id, sa.func.sum(SupplierReturnLine.quantity))
        .join(SupplierReturn, SupplierReturn.id == SupplierReturnLine.return_id)
        .where(
            SupplierReturn.receipt_id == receipt_id,
            SupplierReturn.state.in_(states),
            SupplierReturnLine.location_id.is_not(None),
        )
        .group_by(SupplierReturnLine.receipt_line_id)
    )
    return {row[0]: row[1] for row in rows}


def waiting_returns(receipt: Receipt) -> Sequence[SupplierReturn]:
    """Returns of a receipt that left and that no bill and no debit note takes into account yet, locked."""
    ids = session.scalars(
        sa.select(SupplierReturn.id).where(
            SupplierReturn.receipt_id == receipt.id, SupplierReturn.state == SupplierReturnState.SENT
        )
    )
    return locks.lock_all(SupplierReturn, ids)


def settle_return(found: SupplierReturn, settled_by: str) -> None:
    """Nothing is open between the supplier and us about a locked return."""
    supplier_return_states.move(found, SupplierReturnState.SETTLED)
    found.settled_by = settled_by
    session.flush()
    publish(SupplierReturnSettled(return_id=found.id, purchase_order_id=found.purchase_order_id))


def announce_claim(found: SupplierReturn) -> None:
    """The bill asks for goods that went back: finance claims them."""
    publish(ClaimDue(return_id=found.id, purchase_order_id=found.purchase_order_id))
