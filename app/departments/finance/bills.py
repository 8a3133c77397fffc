"""Supplier bills matched to order and receipt (H6): quantity from the receipt, price from the order.

What went back to the supplier before its bill came is not expected on it; a bill that asks for it all the same is an
exception, and once it is accepted, the return is claimed with a debit note.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance import claims, rules
from app.departments.finance.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.parties.models import PaymentTerm
from app.records.returns.models import SupplierReturnState
from app.records.supply.events import ReceiptMatched
from app.records.supply.models import (
    BillState,
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    ReceiptState,
    SupplierBill,
)

ZERO = Decimal(0)
#: a bill may differ by so much of its currency without a question (rounding of the supplier)
TOLERANCE = Decimal("0.05")


def record_bill(
    actor: Actor,
    *,
    receipt_id: int,
    supplier_number: str,
    billed_on: date,
    net_total: Decimal,
    tax_total: Decimal,
) -> SupplierBill:
    """Book a supplier's bill for one receipt and match it.

    A bill that fits is matched and closes H6; one that does not is kept as an exception that says what differs.
    Raises: NotPermitted, NotFound, InvalidInput; ConstraintBroken when this number is booked already.
    """
    require(actor, Permissions.BILL_RECORD)
    receipt = locks.get(Receipt, receipt_id)
    order = locks.lock(PurchaseOrder, receipt.purchase_order_id)
    receipt = locks.lock(Receipt, receipt_id)
    require(actor, Permissions.BILL_RECORD, receipt)
    number = clean(supplier_number, 80)
    problems: dict[str, Message | str] = {}
    if not number:
        problems["supplier_number"] = N_("Enter the number on the supplier's bill.")
    if net_total < 0 or tax_total < 0:
        problems["net_total"] = N_("Amounts on a bill are not negative.")
    if problems:
        raise InvalidInput(problems)
    expected = expected_amount(order, receipt)
    difference = net_total + tax_total - expected.gross
    fits = abs(difference) <= TOLERANCE
    term = session.get(PaymentTerm, order.payment_term_id) if order.payment_term_id else None
    bill = SupplierBill(
        company_id=order.company_id,
        supplier_id=order.supplier_id,
        supplier_number=number,
        purchase_order_id=order.id,
        receipt_id=receipt.id,
        state=BillState.MATCHED if fits else BillState.EXCEPTION,
        currency=order.currency,
        rate=order.rate,
        net_total=net_total,
        tax_total=tax_total,
        gross_total=net_total + tax_total,
        billed_on=billed_on,
        due_on=rules.due_date(
            billed_on, term.days if term else 0, from_end_of_month=bool(term and term.from_end_of_month)
        ),
        problem="" if fits else _problem(order, receipt, difference),
    )
    session.add(bill)
    session.flush()
    if fits:
        gone = claims.sent_back_of(receipt.id, SupplierReturnState.SENT)
        _match(order, receipt, gone)
        for found in claims.waiting_returns(receipt):
            claims.settle_return(found, number)
    return bill


def _problem(order: PurchaseOrder, receipt: Receipt, difference: Decimal) -> str:
    """By how much the bill differs, with what went back and may be the reason."""
    returns = ", ".join(found.number or "" for found in claims.waiting_returns(receipt))
    return f"{difference:+f} {order.currency}" + (f" ({returns})" if returns else "")


def accept_difference(actor: Actor, *, bill_id: int, reason: str) -> SupplierBill:
    """Let a bill pass that does not fit, with a reason.  Raises: NotPermitted, NotFound, InvalidInput."""
    require(actor, Permissions.BILL_RECORD)
    found = locks.get(SupplierBill, bill_id)
    order = locks.lock(PurchaseOrder, found.purchase_order_id or 0)
    receipt = locks.lock(Receipt, found.receipt_id or 0)
    bill = locks.lock(SupplierBill, bill_id)
    require(actor, Permissions.BILL_RECORD, bill)
    if not clean(reason, 200) or bill.state is not BillState.EXCEPTION:
        raise InvalidInput({"reason": N_("Say why the difference is accepted.")})
    bill.problem = f"{bill.problem}: {clean(reason, 200)}"[:300]
    bill.state = BillState.MATCHED
    _match(order, receipt, {})
    for sent_back in claims.waiting_returns(receipt):
        claims.announce_claim(sent_back)
    return bill


def expected_amount(order: PurchaseOrder, receipt: Receipt) -> rules.LineAmounts:
    """What the supplier should ask for the good part of a receipt that is still here, in the order's currency."""
    rows = session.execute(
        sa.select(ReceiptLine.id, ReceiptLine.received, ReceiptLine.rejected, PurchaseOrderLine)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == ReceiptLine.purchase_order_line_id)
        .where(ReceiptLine.receipt_id == receipt.id)
        .order_by(ReceiptLine.id)
    )
    gone = claims.sent_back_of(receipt.id, SupplierReturnState.SENT)
    return rules.total(
        claims.worth(order, line, received - rejected - gone.get(line_id, ZERO))
        for line_id, received, rejected, line in rows
    )


def _match(order: PurchaseOrder, receipt: Receipt, gone: Mapping[int, Decimal]) -> None:
    """gone: receipt line -> base units that went back, and that the bill leaves out."""
    rows = session.execute(
        sa.select(ReceiptLine.id, ReceiptLine.purchase_order_line_id, ReceiptLine.received, ReceiptLine.rejected).where(
            ReceiptLine.receipt_id == receipt.id
        )
    ).all()
    lines = {line.id: line for line in locks.lock_all(PurchaseOrderLine, (row[1] for row in rows))}
    for receipt_line_id, line_id, received, rejected in rows:
        lines[line_id].billed += received - rejected - gone.get(receipt_line_id, ZERO)
    receipt.state = ReceiptState.MATCHED
    session.flush()
    publish(ReceiptMatched(receipt_id=receipt.id, purchase_order_id=order.id))
