"""Requisitions: one per product, warehouse and week of need, each shortage in it once, for a named buyer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.purchasing import rules
from app.departments.purchasing.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, WrongState
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.access.models import Department, User, UserDepartment
from app.platform.db import locks, session
from app.platform.events import publish
from app.records.catalog.models import Product, ProductCategory, ProductState, SupplierProduct
from app.records.numbers import document_number
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Party
from app.records.stock.allocation import default_warehouse_id
from app.records.stock.models import StockLevel
from app.records.supply.events import RequisitionRaised
from app.records.supply.models import Requisition, RequisitionOrigin, RequisitionState

ZERO = Decimal(0)
#: states in which a requisition still stands for its shortages
STANDING = (RequisitionState.OPEN, RequisitionState.SOURCED, RequisitionState.ORDERED, RequisitionState.EXCEPTION)
GATHERING = (RequisitionState.OPEN, RequisitionState.SOURCED)


def raise_requisition(
    actor: Actor,
    *,
    product_id: int,
    quantity: Decimal,
    needed_by: date,
    warehouse_id: int | None = None,
    note: str = "",
) -> Requisition:
    """Ask for goods by hand.  quantity: base units.  Raises: NotPermitted, InvalidInput."""
    require(actor, Permissions.REQUISITION_RAISE)
    problems: dict[str, Message | str] = {}
    product = session.get(Product, product_id)
    if product is None or not product.is_purchased or product.state is ProductState.DISCONTINUED:
        problems["product_id"] = N_("This product cannot be bought.")
    if quantity <= 0:
        problems["quantity"] = N_("A quantity is larger than zero.")
    if needed_by < clock.now().date():
        problems["needed_by"] = N_("This day has passed.")
    warehouse = warehouse_id or default_warehouse_id()
    if warehouse is None:
        problems["warehouse_id"] = N_("Enter a warehouse first.")
    if problems or warehouse is None:
        raise InvalidInput(problems)
    found = _gather(product_id, warehouse, rules.need_window(needed_by), quantity)
    found.note = clean(note, 300) or found.note
    session.flush()
    return found


def request_shortage(order: Order, line: OrderLine, quantity: Decimal) -> Requisition | None:
    """Request what a line lacks, less what standing requisitions ask for it already; None when nothing is missing."""
    if line.product_id is None:
        return None
    locks.lock(Product, line.product_id)
    missing = quantity - requested_for(line.id)
    warehouse_id = order.warehouse_id or default_warehouse_id()
    if missing <= 0 or warehouse_id is None:
        return None
    needed = max(line.requested_date or order.requested_date or clock.now().date(), clock.now().date())
    found = _gather(line.product_id, warehouse_id, rules.need_window(needed), missing)
    origin = session.scalar(
        sa.select(RequisitionOrigin).where(
            RequisitionOrigin.requisition_id == found.id, RequisitionOrigin.order_line_id == line.id
        )
    )
    if origin is None:
        session.add(RequisitionOrigin(requisition_id=found.id, order_line_id=line.id, quantity=missing))
    else:
        origin.quantity += missing
    session.flush()
    return found


def requested_for(line_id: int) -> Decimal:
    """What standing requisitions ask for a line."""
    total = session.scalar(
        sa.select(sa.func.sum(RequisitionOrigin.quantity))
        .join(Requisition, Requisition.id == RequisitionOrigin.requisition_id)
        .where(RequisitionOrigin.order_line_id == line_id, Requisition.state.in_(STANDING))
    )
    return total or ZERO


def cancel_requisition(actor: Actor, *, requisition_id: int, reason: str) -> Requisition:
    """Give a requisition up.  Raises: NotPermitted, NotFound, WrongState, InvalidInput."""
    require(actor, Permissions.REQUISITION_RAISE)
    found = locks.lock(Requisition, requisition_id)
    require(actor, Permissions.REQUISITION_RAISE, found)
    if found.state not in GATHERING:
        raise WrongState(state=found.state.value)
    if not clean(reason, 300):
        raise InvalidInput({"reason": N_("Say why nobody needs it any more.")})
    found.state, found.note = RequisitionState.CANCELLED, clean(reason, 300)
    session.flush()
    return found


def replenish(actor: Actor) -> list[int]:
    """Requisitions for stock below its reorder point: up to the point plus safety stock; ids of those raised or raised more.

    available = on hand - allocated + incoming + standing requisitions, so that nothing is asked for twice.
    """
    require(actor, Permissions.REQUISITION_RAISE)
    warehouse_id = default_warehouse_id()
    if warehouse_id is None:
        return []
    missing = _missing_below_point()
    needed = rules.need_window(clock.now().date())
    products = locks.lock_all(Product, missing)
    return [_gather(product.id, warehouse_id, needed, missing[product.id]).id for product in products]


def _missing_below_point() -> dict[int, Decimal]:
    """Product -> what it lacks up to reorder point plus safety stock, for those below their point."""
    products = session.execute(
        sa.select(Product.id, Product.reorder_point, Product.safety_stock).where(
            Product.reorder_point.is_not(None), Product.state == ProductState.ACTIVE, Product.is_purchased.is_(True)
        )
    ).all()
    on_hand = _sums(StockLevel.product_id, StockLevel.on_hand - StockLevel.allocated + StockLevel.incoming)
    standing = Requisition.state.in_(GATHERING)
    asked = _sums(Requisition.product_id, Requisition.quantity - Requisition.ordered, standing)
    found = {}
    for product_id, point, safety in products:
        available = on_hand.get(product_id, ZERO) + asked.get(product_id, ZERO)
        if point is not None and available < point:
            found[product_id] = point + (safety or ZERO) - available
    return found


def _sums(
    key: sa.SQLColumnExpression[int], value: sa.ColumnElement[Decimal], *where: sa.ColumnElement[bool]
) -> dict[int, Decimal]:
    rows = session.execute(sa.select(key, sa.func.sum(value)).where(*where).group_by(key))
    return {row[0]: row[1] for row in rows}


def _gather(product_id: int, warehouse_id: int, needed_by: date, quantity: Decimal) -> Requisition:
    """Add to the standing requisition of the window, or start one. The product's row is locked, so one wins the race."""
    locks.lock(Product, product_id)
    found = session.scalar(
        sa.select(Requisition)
        .where(
            Requisition.product_id == product_id,
            Requisition.warehouse_id == warehouse_id,
            Requisition.needed_by == needed_by,
            Requisition.state.in_(GATHERING),
        )
        .with_for_update()
    )
    if found is None:
        found = Requisition(
            product_id=product_id,
            warehouse_id=warehouse_id,
            needed_by=needed_by,
            quantity=quantity,
            buyer_id=buyer_of(product_id),
        )
        session.add(found)
        session.flush()
        found.number = document_number("RQ", found.id)
        session.flush()
        publish(RequisitionRaised(requisition_id=found.id, buyer_id=found.buyer_id))
    else:
        found.quantity += quantity
        session.flush()
    return found


def buyer_of(product_id: int) -> int | None:
    """The person to tell: the product's buyer, its category's, its first supplier's, else the head of purchasing."""
    product = session.get_one(Product, product_id)
    category = session.get(ProductCategory, product.category_id) if product.category_id else None
    supplier = session.scalar(
        sa.select(Party.buyer_id)
        .join(SupplierProduct, SupplierProduct.party_id == Party.id)
        .where(SupplierProduct.product_id == product_id, Party.buyer_id.is_not(None))
        .order_by(SupplierProduct.rank, SupplierProduct.id)
        .limit(1)
    )
    head = (
        sa.select(User.id)
        .join(UserDepartment, UserDepartment.user_id == User.id)
        .join(Department, Department.id == UserDepartment.department_id)
        .where(Department.code == "purchasing", User.is_active.is_(True))
        .order_by(UserDepartment.is_head.desc(), User.id)
        .limit(1)
    )
    return product.buyer_id or (category.buyer_id if category else None) or supplier or session.scalar(head)
