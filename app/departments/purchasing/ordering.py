"""Purchase orders: from requisitions to a supplier, in the supplier's units, with a confirmed date per line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa

from app.departments.purchasing import rules
from app.departments.purchasing.errors import GoodsHaveArrived, NoSupplier, NothingToOrder, OtherCurrencyOrWarehouse
from app.departments.purchasing.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, WrongState
from app.kernel.money import line_amounts
from app.kernel.quantity import to_base
from app.kernel.states import Machine
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.catalog.models import Product, SupplierProduct
from app.records.numbers import document_number
from app.records.parties.models import Company, CurrencyRate, Party
from app.records.stock import places
from app.records.stock.models import Warehouse
from app.records.supply.events import PurchaseOrderCancelled, PurchaseOrderSent
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    Requisition,
    RequisitionState,
)

ZERO = Decimal(0)
S = PurchaseState
purchase_states: Machine[PurchaseState] = Machine(
    "purchase order",
    {
        S.DRAFT: {S.APPROVED, S.CANCELLED},
        S.APPROVED: {S.SENT, S.DRAFT, S.CANCELLED},
        S.SENT: {S.ACKNOWLEDGED, S.PARTLY_RECEIVED, S.RECEIVED, S.CANCELLED},
        S.ACKNOWLEDGED: {S.PARTLY_RECEIVED, S.RECEIVED, S.CANCELLED},
        S.PARTLY_RECEIVED: {S.RECEIVED, S.CLOSED_SHORT},
        S.RECEIVED: {S.CLOSED},
        S.CLOSED: set(),
        S.CLOSED_SHORT: set(),
        S.CANCELLED: set(),
    },
)
#: states in which the supplier owes us goods
OWED = frozenset({S.SENT, S.ACKNOWLEDGED, S.PARTLY_RECEIVED})


@dataclass(frozen=True, slots=True)
class Wanted:
    """One product to order.  quantity: base units.  units: purchase units, if a person chose them."""

    product_id: int
    quantity: Decimal
    requisition_id: int | None = None
    order_line_id: int | None = None
    units: Decimal | None = None
    unit_price: Decimal | None = None


def order_requisitions(actor: Actor, *, supplier_id: int, requisition_ids: Sequence[int]) -> PurchaseOrder:
    """Write a draft purchase order over what these requisitions still lack.

    Raises: NotPermitted, NotFound, NothingToOrder, NoSupplier, OtherCurrencyOrWarehouse, InvalidInput.
    """
    require(actor, Permissions.PURCHASE_DRAFT)
    found = locks.lock_all(Requisition, requisition_ids)
    for requisition in found:
        require(actor, Permissions.PURCHASE_DRAFT, requisition)
    if not found:
        raise InvalidInput({"requisition_ids": N_("Choose at least one requisition.")})
    if len({requisition.warehouse_id for requisition in found}) > 1:
        raise OtherCurrencyOrWarehouse
    wanted = []
    for requisition in found:
        left = requisition.quantity - requisition.ordered
        if requisition.state not in {RequisitionState.OPEN, RequisitionState.SOURCED} or left <= 0:
            raise NothingToOrder(number=requisition.number)
        wanted.append(Wanted(requisition.product_id, left, requisition.id))
    order = _draft(actor, supplier_id, found[0].warehouse_id, wanted)
    for requisition in found:
        requisition.ordered, requisition.state = requisition.quantity, RequisitionState.ORDERED
    session.flush()
    return order


def order_requisition(actor: Actor, *, requisition_id: int, supplier_id: int) -> PurchaseOrder:
    """Write a draft purchase order over one requisition.  Raises: as ``order_requisitions``."""
    return order_requisitions(actor, supplier_id=supplier_id, requisition_ids=[requisition_id])


def draft_purchase_order(
    actor: Actor, *, supplier_id: int, warehouse_id: int, lines: Sequence[Wanted]
) -> PurchaseOrder:
    """Write a draft by hand.  Raises: NotPermitted, NotFound, NoSupplier, OtherCurrencyOrWarehouse, InvalidInput."""
    require(actor, Permissions.PURCHASE_DRAFT)
    problems = {
        f"lines.{position}.quantity": N_("A quantity is larger than zero.")
        for position, line in enumerate(lines, start=1)
        if line.quantity <= 0
    }
    if not lines:
        problems["lines"] = N_("Enter at least one line.")
    if problems:
        raise InvalidInput(problems)
    return _draft(actor, supplier_id, warehouse_id, lines)


def approve_purchase_order(actor: Actor, *, purchase_order_id: int) -> PurchaseOrder:
    """Let it go to the supplier.  Raises: NotPermitted, NotFound, WrongState."""
    require(actor, Permissions.PURCHASE_APPROVE)
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.PURCHASE_APPROVE, order)
    purchase_states.move(order, S.APPROVED)
    session.flush()
    return order


def send_purchase_order(actor: Actor, *, purchase_order_id: int) -> PurchaseOrder:
    """Commit us: the goods count as incoming from now on.  Raises: NotPermitted, NotFound, WrongState."""
    require(actor, Permissions.PURCHASE_SEND)
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.PURCHASE_SEND, order)
    purchase_states.move(order, S.SENT)
    order.sent_at = clock.now()
    order.ordered_on = clock.today(session.get_one(Company, order.company_id).timezone)
    change_incoming(order, {line.id: line.incoming for line in order.lines})
    session.flush()
    publish(PurchaseOrderSent(purchase_order_id=order.id))
    return order


def cancel_purchase_order(actor: Actor, *, purchase_order_id: int, reason: str) -> PurchaseOrder:
    """Take the whole order back; its requisitions are open again.

    Raises: NotPermitted, NotFound, WrongState, GoodsHaveArrived, InvalidInput.
    """
    require(actor, Permissions.PURCHASE_CANCEL)
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.PURCHASE_CANCEL, order)
    if any(line.received > 0 for line in order.lines):
        raise GoodsHaveArrived(number=order.number)
    _give_up_rest(order, S.CANCELLED, reason)
    return order


def close_short(actor: Actor, *, purchase_order_id: int, reason: str) -> PurchaseOrder:
    """Stop waiting for what has not come; requisitions are open again for it.

    Raises: NotPermitted, NotFound, WrongState, InvalidInput.
    """
    require(actor, Permissions.PURCHASE_CANCEL)
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.PURCHASE_CANCEL, order)
    _give_up_rest(order, S.CLOSED_SHORT, reason)
    return order


def _give_up_rest(order: PurchaseOrder, state: PurchaseState, reason: str) -> None:
    why = clean(reason, 200)
    if not why:
        raise InvalidInput({"reason": N_("Say why: the supplier and the orders that wait will ask.")})
    purchase_states.require(order.state, state)
    lines = locks.lock_all(PurchaseOrderLine, (line.id for line in order.lines))
    left = {line.id: line.incoming for line in lines}
    if order.state in OWED:
        change_incoming(order, {line_id: -quantity for line_id, quantity in left.items()})
    for line in lines:
        line.cancelled += left[line.id]
    purchase_states.move(order, state)
    order.close_reason = why
    reopen_requisitions(lines, left, why)
    session.flush()
    publish(PurchaseOrderCancelled(purchase_order_id=order.id, reason=why))


def reopen_requisitions(lines: Sequence[PurchaseOrderLine], left: Mapping[int, Decimal], why: str) -> None:
    """What will not come is wanted again."""
    by_requisition = {line.requisition_id: left[line.id] for line in lines if line.requisition_id and left[line.id] > 0}
    for requisition in locks.lock_all(Requisition, by_requisition):
        requisition.ordered = max(ZERO, requisition.ordered - by_requisition[requisition.id])
        requisition.state, requisition.note = RequisitionState.EXCEPTION, why
        if _is_window_free(requisition):
            requisition.state = RequisitionState.OPEN


def _is_window_free(requisition: Requisition) -> bool:
    """Only one open requisition may stand for a product, warehouse and week."""
    other = sa.select(Requisition.id).where(
        Requisition.product_id == requisition.product_id,
        Requisition.warehouse_id == requisition.warehouse_id,
        Requisition.needed_by == requisition.needed_by,
        Requisition.state.in_((RequisitionState.OPEN, RequisitionState.SOURCED)),
        Requisition.id != requisition.id,
    )
    return session.execute(other).first() is None


def change_incoming(order: PurchaseOrder, quantities: Mapping[int, Decimal]) -> None:
    """Add to what is expected at the receiving place.  quantities: purchase order line id -> base units, signed."""
    products = {line.id: line.product_id for line in order.lines}
    changes: dict[int, Decimal] = defaultdict(Decimal)
    for line_id, quantity in quantities.items():
        changes[products[line_id]] += quantity
    places.change_incoming(order.warehouse_id, dict(changes))


def _draft(actor: Actor, supplier_id: int, warehouse_id: int, wanted: Sequence[Wanted]) -> PurchaseOrder:
    supplier = locks.get(Party, supplier_id)
    company = session.get_one(Company, session.get_one(Warehouse, warehouse_id).company_id)
    terms = [_terms(supplier, line.product_id) for line in wanted]
    if len({(term.currency, term.price_basis) for term in terms}) > 1:
        raise OtherCurrencyOrWarehouse
    order = PurchaseOrder(
        company_id=company.id,
        supplier_id=supplier.id,
        warehouse_id=warehouse_id,
        buyer_id=actor.user_id or supplier.buyer_id,
        currency=terms[0].currency,
        rate=rate_to(terms[0].currency, company),
        price_basis=terms[0].price_basis,
        payment_term_id=supplier.payment_term_id,
    )
    order.lines = [
        _line(position, pair, order, company) for position, pair in enumerate(zip(wanted, terms, strict=True), 1)
    ]
    order.net_total = sum((line.net for line in order.lines), ZERO)
    order.tax_total = sum((line.tax for line in order.lines), ZERO)
    order.gross_total = order.net_total + order.tax_total
    session.add(order)
    session.flush()
    order.number = document_number("PO", order.id)
    session.flush()
    return order


def _terms(supplier: Party, product_id: int) -> SupplierProduct:
    found = session.scalar(
        sa.select(SupplierProduct)
        .where(
            SupplierProduct.party_id == supplier.id,
            SupplierProduct.product_id == product_id,
            SupplierProduct.is_active.is_(True),
        )
        .order_by(SupplierProduct.rank, SupplierProduct.id)
        .limit(1)
    )
    if found is None:
        raise NoSupplier(supplier=supplier.name, product=locks.get(Product, product_id).name)
    return found


def _line(
    position: int, pair: tuple[Wanted, SupplierProduct], order: PurchaseOrder, company: Company
) -> PurchaseOrderLine:
    wanted, term = pair
    product = session.get_one(Product, wanted.product_id)
    units = wanted.units or rules.units_to_order(
        wanted.quantity, term.unit_factor, term.minimum_quantity, term.multiple_quantity
    )
    price = term.unit_price if wanted.unit_price is None else wanted.unit_price
    amounts = line_amounts(units, price, product.tax_percent, order.price_basis.value, order.currency)
    due = clock.today(company.timezone) + timedelta(days=term.lead_days)
    return PurchaseOrderLine(
        position=position,
        product_id=product.id,
        description=product.name,
        supplier_part_number=term.their_number,
        unit_id=term.unit_id,
        unit_factor=term.unit_factor,
        entered_quantity=units,
        ordered=to_base(units, term.unit_factor),
        unit_price=price,
        tax_percent=product.tax_percent,
        net=amounts.net,
        tax=amounts.tax,
        gross=amounts.gross,
        requested_date=due,
        requisition_id=wanted.requisition_id,
        order_line_id=wanted.order_line_id,
    )


def rate_to(currency: str, company: Company, on: date | None = None) -> Decimal:
    """Company currency for one unit of ``currency``: the newest rate known on the day; 1 for its own."""
    if currency == company.currency:
        return Decimal(1)
    day = on or clock.today(company.timezone)
    found = session.scalar(
        sa.select(CurrencyRate.rate)
        .where(
            CurrencyRate.from_currency == currency,
            CurrencyRate.to_currency == company.currency,
            CurrencyRate.valid_on <= day,
        )
        .order_by(CurrencyRate.valid_on.desc())
        .limit(1)
    )
    if found is None:
        raise InvalidInput({"currency": N_("Enter an exchange rate for this currency first.")})
    return found


def require_owed(order: PurchaseOrder) -> None:
    """Raises: WrongState unless the supplier owes us goods."""
    if order.state not in OWED:
        raise WrongState(state=order.state.value)
