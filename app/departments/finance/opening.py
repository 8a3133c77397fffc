"""What customers owe and what suppliers get on the day of the cut-over, each with its due date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.finance.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.records.billing.models import OPENING_KEY, Invoice, InvoiceLine, InvoiceState
from app.records.parties.models import Party, PriceBasis
from app.records.supply.models import BillState, SupplierBill

ZERO = Decimal(0)
#: numbers of the old system never meet those of our own series
PREFIX = "OB-"


def open_receivable(
    actor: Actor, *, company_id: int, customer_id: int, number: str, amount: Decimal, currency: str, rate: Decimal,
    issued_on: date, due_on: date,
) -> bool:  # fmt: skip
    """Bring in what a customer still owes on an invoice of the system before; whether it was new.

    amount: still open, tax included; the tax itself was declared there.
    Raises: NotPermitted, NotFound, InvalidInput (fields; the number came before with other values).
    """
    require(actor, Permissions.INVOICE_POST)
    customer = locks.get(Party, customer_id)
    _refuse(amount, issued_on, due_on, is_right=customer.is_customer, who=customer.name)
    key = f"{OPENING_KEY}{customer_id}:{clean(number, 40)}"[:80]
    known = session.scalar(sa.select(Invoice).where(Invoice.intake_key == key))
    if known is not None:
        _same((known.gross_total, known.currency, known.due_on), (amount, currency, due_on))
        return False
    made = Invoice(
        number=f"{PREFIX}{clean(number, 36)}",
        state=InvoiceState.POSTED,
        company_id=company_id,
        customer_id=customer.id,
        currency=currency,
        rate=rate,
        price_basis=PriceBasis.EXCLUDED,
        net_total=amount,
        tax_total=ZERO,
        gross_total=amount,
        issued_on=issued_on,
        due_on=due_on,
        billing_title=customer.billing_title or customer.name,
        billing_tax_number=customer.tax_number,
        posted_at=clock.now(),
        posted_by=actor.name,
        intake_key=key,
    )
    made.lines = [
        InvoiceLine(
            position=1, description=clean(number, 300), quantity=Decimal(1), unit_price=amount, tax_percent=ZERO,
            net=amount, tax=ZERO, gross=amount,
        )
    ]  # fmt: skip
    session.add(made)
    session.flush()
    return True


def open_payable(
    actor: Actor, *, company_id: int, supplier_id: int, number: str, amount: Decimal, currency: str, rate: Decimal,
    issued_on: date, due_on: date,
) -> bool:  # fmt: skip
    """Bring in what a supplier still gets for a bill of the system before; whether it was new.

    Raises: NotPermitted, NotFound, InvalidInput (fields; the number came before with other values).
    """
    require(actor, Permissions.BILL_RECORD)
    supplier = locks.get(Party, supplier_id)
    _refuse(amount, issued_on, due_on, is_right=supplier.is_supplier, who=supplier.name)
    number = clean(number, 80)
    mine = (SupplierBill.supplier_id == supplier_id, SupplierBill.supplier_number == number)
    known = session.scalar(sa.select(SupplierBill).where(*mine))
    if known is not None:
        _same((known.gross_total, known.currency, known.due_on), (amount, currency, due_on))
        return False
    session.add(
        SupplierBill(
            company_id=company_id, supplier_id=supplier_id, supplier_number=number, state=BillState.MATCHED,
            currency=currency, rate=rate, net_total=amount, tax_total=ZERO, gross_total=amount, billed_on=issued_on,
            due_on=due_on,
        )
    )  # fmt: skip
    session.flush()
    return True


def _refuse(amount: Decimal, issued_on: date, due_on: date, *, is_right: bool, who: str) -> None:
    problems: dict[str, Message | str] = {}
    if not is_right:
        problems["party"] = Message(N_("%(who)s is not of this kind: look at customer and supplier."), who=who)
    if amount <= 0:
        problems["amount"] = N_("Open amounts are more than 0.")
    if due_on < issued_on:
        problems["due"] = N_("Due before it was issued.")
    if problems:
        raise InvalidInput(problems)


def _same(before: tuple[object, ...], now: tuple[object, ...]) -> None:
    if before != now:
        raise InvalidInput({"number": N_("This was brought in before with other values.")})
