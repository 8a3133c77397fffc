"""What the warehouse looks at: levels, who holds them, pick lists, and why something is short."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from app.kernel.quantity import plain
from app.platform.db import session
from app.platform.db.types import NOTHING
from app.records.catalog.models import Product, Unit
from app.records.orders.models import Order, OrderLine
from app.records.parties.models import Party
from app.records.shipping.holding import IN_HOUSE
from app.records.shipping.models import PickTask, Shipment, ShipmentLine
from app.records.stock.models import Allocation, Location, LocationKind, Lot, StockLevel
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, PurchaseState, Receipt, ReceiptLine

ZERO = Decimal(0)
#: what a screen needs of order lines to count them in the units that were agreed
COUNTED = (selectinload(OrderLine.product).selectinload(Product.base_unit), selectinload(OrderLine.unit))
COMING = (
    PurchaseState.APPROVED,
    PurchaseState.SENT,
    PurchaseState.ACKNOWLEDGED,
    PurchaseState.PARTLY_RECEIVED,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds stock at a place, how much, since when; base units."""

    order_id: int
    order_number: str
    customer: str
    position: int
    quantity: Decimal
    picked: Decimal
    since: datetime

    @property
    def sentence(self) -> str:
        """``SO-26-00017/2: 40 since 2026-03-02``."""
        return f"{self.order_number}/{self.position}: {plain(self.quantity)} since {self.since.date().isoformat()}"


def _holders(*criteria: sa.ColumnElement[bool]) -> list[Holder]:
    rows = session.execute(
        sa.select(
            Order.id, Order.number, Party.name, OrderLine.position, Allocation.quantity, Allocation.picked,
            Allocation.created_at,
        )
        .select_from(Allocation)
        .join(OrderLine, OrderLine.id == Allocation.order_line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Party, Party.id == Order.customer_id)
        .join(StockLevel, StockLevel.id == Allocation.level_id)
        .where(Allocation.quantity > 0, *criteria)
        .order_by(Allocation.created_at, Allocation.id)
    )  # fmt: skip
    return [
        Holder(
            order_id=row[0], order_number=row[1] or str(row[0]), customer=row[2], position=row[3], quantity=row[4],
            picked=row[5], since=row[6],
        )
        for row in rows
    ]  # fmt: skip


def holders_of_level(level_id: int) -> list[Holder]:
    """Who holds stock at one place, longest first."""
    return _holders(Allocation.level_id == level_id)


def holders_of_product(product_id: int) -> list[Holder]:
    """Who holds a product anywhere, longest first."""
    return _holders(StockLevel.product_id == product_id)


def picked_at_level(level_id: int) -> Decimal:
    """What pickers took from a place and what has not left the house yet; the books still count it there."""
    statement = sa.select(sa.func.sum(Allocation.picked)).where(Allocation.level_id == level_id)
    return session.scalar(statement) or ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """A product in the house, base units."""

    product_id: int
    on_hand: Decimal = ZERO
    allocated: Decimal = ZERO
    available: Decimal = ZERO  #: free on the shelves; what is blocked or not yet put away is not
    incoming: Decimal = ZERO


def stock_of(product_ids: Collection[int], warehouse_id: int | None = None) -> dict[int, Stock]:
    """Product -> what there is of it, in one warehouse or all."""
    statement = (
        sa.select(
            StockLevel.product_id, Location.kind, sa.func.sum(StockLevel.on_hand), sa.func.sum(StockLevel.allocated),
            sa.func.sum(StockLevel.incoming),
        )
        .join(Location, Location.id == StockLevel.location_id)
        .where(StockLevel.product_id.in_(product_ids))
        .group_by(StockLevel.product_id, Location.kind)
    )  # fmt: skip
    if warehouse_id is not None:
        statement = statement.where(Location.warehouse_id == warehouse_id)
    found = {product_id: Stock(product_id=product_id) for product_id in product_ids}
    for product_id, kind, on_hand, allocated, incoming in session.execute(statement):
        before = found[product_id]
        free = on_hand - allocated if kind is LocationKind.STORAGE else ZERO
        found[product_id] = Stock(
            product_id=product_id,
            on_hand=before.on_hand + on_hand,
            allocated=before.allocated + allocated,
            available=before.available + free,
            incoming=before.incoming + incoming,
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What a supplier still owes; base units.  promised_date: None when nobody promised."""

    purchase_order_id: int
    number: str
    supplier: str
    quantity: Decimal
    promised_date: date | None


def coming(product_id: int) -> list[Coming]:
    """Open purchase order lines of a product, earliest promise first."""
    rows = session.execute(
        sa.select(PurchaseOrder.id, PurchaseOrder.number, Party.name, PurchaseOrderLine)
        .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
        .join(Party, Party.id == PurchaseOrder.supplier_id)
        .where(
            PurchaseOrderLine.product_id == product_id,
            PurchaseOrder.state.in_(COMING),
            PurchaseOrder.is_history.is_(False),
        )
        .order_by(PurchaseOrderLine.promised_date.is_(None), PurchaseOrderLine.promised_date, PurchaseOrderLine.id)
    )
    return [
        Coming(
            purchase_order_id=row[0],
            number=row[1] or str(row[0]),
            supplier=row[2],
            quantity=row[3].incoming,
            promised_date=row[3].promised_date,
        )
        for row in rows
        if row[3].incoming
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyShort:
    """Why an order line waits; base units."""

    line: OrderLine
    stock: Stock
    holders: Sequence[Holder]  #: other orders that hold the product
    coming: Sequence[Coming]
    promised_date: date | None


def why_short(order_line_id: int) -> WhyShort | None:
    """The explanation, or None for a line that the reader may not see or that needs no stock."""
    line = session.get(OrderLine, order_line_id)
    if line is None or not line.needs_stock or line.product_id is None:
        return None
    return WhyShort(
        line=line,
        stock=stock_of([line.product_id])[line.product_id],
        holders=[one for one in holders_of_product(line.product_id) if one.order_id != line.order_id],
        coming=coming(line.product_id),
        promised_date=line.promised_date,
    )


def orders_with_unplanned_stock() -> sa.Select[int]:
    """Ids of orders with an allocation of which no shipment in the house takes all."""
    planned = (
        sa.select(sa.func.coalesce(sa.func.sum(PickTask.quantity - PickTask.short), ZERO))
        .join(Shipment, Shipment.id == PickTask.shipment_id)
        .where(PickTask.allocation_id == Allocation.id, Shipment.state.in_(IN_HOUSE))
        .correlate(Allocation)
        .scalar_subquery()
    )
    return (
        sa.select(OrderLine.order_id)
        .join(Allocation, Allocation.order_line_id == OrderLine.id)
        .where(Allocation.quantity > NOTHING, Allocation.quantity > planned)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PickRow:
    """One place to go to; quantities in base units."""

    task_id: int
    shipment_id: int
    shipment_number: str
    order_number: str
    location: str
    walk_order: int
    product_code: str
    product_name: str
    barcode: str
    specification: str
    lot: str
    expires_on: date | None
    unit: str
    unit_zh: str
    agreed_unit: str  #: in which the order was taken
    agreed_unit_zh: str
    factor: Decimal  #: base units in one agreed unit
    weight_kg: Decimal  #: of one base unit, 0 where nobody said
    quantity: Decimal
    picked: Decimal
    short: Decimal
    is_done: bool

    @property
    def left(self) -> Decimal:
        """Still to take."""
        return self.quantity - self.picked - self.short


def pick_rows(shipment_ids: Collection[int]) -> list[PickRow]:
    """The pick list of one shipment or several, in walking order."""
    agreed = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(PickTask, Shipment.number, Order.number, Location, Product, Lot, Unit, OrderLine, agreed)
        .select_from(PickTask)
        .join(Shipment, Shipment.id == PickTask.shipment_id)
        .join(Order, Order.id == Shipment.order_id)
        .join(ShipmentLine, ShipmentLine.id == PickTask.shipment_line_id)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .join(StockLevel, StockLevel.id == PickTask.level_id)
        .join(Location, Location.id == StockLevel.location_id)
        .join(Product, Product.id == StockLevel.product_id)
        .join(Unit, Unit.id == Product.base_unit_id)
        .outerjoin(Lot, Lot.id == StockLevel.lot_id)
        .outerjoin(agreed, agreed.id == OrderLine.unit_id)
        .where(PickTask.shipment_id.in_(shipment_ids))
        .order_by(Location.walk_order, Location.code, Product.code, PickTask.id)
    )
    return [_pick_row(*row) for row in rows]


def _pick_row(
    task: PickTask, shipment: str | None, order: str | None, place: Location, product: Product, lot: Lot | None,
    unit: Unit, line: OrderLine, agreed: Unit | None,
) -> PickRow:  # fmt: skip
    return PickRow(
        task_id=task.id,
        shipment_id=task.shipment_id,
        shipment_number=shipment or str(task.shipment_id),
        order_number=order or "",
        location=place.code,
        walk_order=place.walk_order,
        product_code=product.code,
        product_name=product.name,
        barcode=product.barcode or "",
        specification=line.specification or product.specification,
        lot=lot.code if lot else "",
        expires_on=lot.expires_on if lot else None,
        unit=unit.name_en,
        unit_zh=unit.name_zh,
        agreed_unit=agreed.name_en if agreed else "",
        agreed_unit_zh=agreed.name_zh if agreed else "",
        factor=line.unit_factor,
        weight_kg=product.weight_kg or ZERO,
        quantity=task.quantity,
        picked=task.picked,
        short=task.short,
        is_done=task.is_done,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPutAway:
    """A receipt line that lies at the receiving place, with the shelf that suggests itself; base units."""

    receipt_line_id: int
    product_code: str
    product_name: str
    lot: str
    base_unit: Unit
    unit: Unit  #: in which it was bought
    factor: Decimal
    left: Decimal
    location_id: int | None
    location: str


def to_put_away(receipt: Receipt) -> list[ToPutAway]:
    """What is left of a receipt: to where most of the product lies already, else to the first shelf of the walk."""
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(ReceiptLine, Product.code, Product.name, Lot.code, base, Unit, PurchaseOrderLine.unit_factor)
        .join(Product, Product.id == ReceiptLine.product_id)
        .join(base, base.id == Product.base_unit_id)
        .join(PurchaseOrderLine, PurchaseOrderLine.id == ReceiptLine.purchase_order_line_id)
        .join(Unit, Unit.id == PurchaseOrderLine.unit_id)
        .outerjoin(Lot, Lot.id == ReceiptLine.lot_id)
        .where(ReceiptLine.receipt_id == receipt.id)
        .order_by(ReceiptLine.id)
    ).all()
    shelves = _suggested_shelves(receipt.warehouse_id, {row[0].product_id for row in rows})
    return [
        ToPutAway(
            receipt_line_id=line.id, product_code=code, product_name=name, lot=lot or "", left=left,
            base_unit=own, unit=unit, factor=factor,
            location_id=shelves[line.product_id][0], location=shelves[line.product_id][1],
        )
        for line, code, name, lot, own, unit, factor in rows
        if (left := line.received - line.rejected - line.put_away) > 0
    ]  # fmt: skip


def _suggested_shelves(warehouse_id: int, product_ids: Collection[int]) -> dict[int, tuple[int | None, str]]:
    storage = (
        Location.warehouse_id == warehouse_id,
        Location.kind == LocationKind.STORAGE,
        Location.is_active.is_(True),
    )
    first = session.execute(
        sa.select(Location.id, Location.code).where(*storage).order_by(Location.walk_order, Location.code).limit(1)
    ).first()
    default: tuple[int | None, str] = (first.id, first.code) if first else (None, "")
    known = session.execute(
        sa.select(StockLevel.product_id, Location.id, Location.code)
        .join(Location, Location.id == StockLevel.location_id)
        .where(*storage, StockLevel.product_id.in_(product_ids), StockLevel.on_hand > 0)
        .order_by(StockLevel.on_hand, StockLevel.id)
    )
    return {**dict.fromkeys(product_ids, default), **{row[0]: (row[1], row[2]) for row in known}}
