"""What the demo company buys: from a shortage to the supplier's bill."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import IntEnum

import sqlalchemy as sa

from app.departments.finance.bills import expected_amount, record_bill
from app.departments.purchasing.answers import record_one_date
from app.departments.purchasing.ordering import (
    Wanted,
    approve_purchase_order,
    draft_purchase_order,
    order_requisitions,
    send_purchase_order,
)
from app.departments.warehouse.putting_away import put_all_away
from app.departments.warehouse.receiving import Arrived, receive_goods
from app.kernel import clock
from app.platform.db import session
from app.records.catalog.models import Product
from app.records.parties.models import Party, PartyContact
from app.records.stock.models import Location, LocationKind, Warehouse
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, Receipt, Requisition, RequisitionState
from app.surfaces.demo.cast import ZONE, Cast, Story

RECEIVER, BOOKKEEPER = "wangjianguo", "wujing"


class Bought(IntEnum):
    """The stage a purchase has reached."""

    DRAFT = 1
    SENT = 2
    ACKNOWLEDGED = 3
    ARRIVED = 4
    PUT_AWAY = 5
    BILLED = 6


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase order.

    products: product -> quantity, or "" for what its open requisitions lack.  promised: calendar days after the order.
    arrives_days_ago: when the goods came.  billed_percent: of what was agreed.
    """

    supplier: str
    buyer: str
    days_ago: int
    at: str
    until: Bought
    products: tuple[tuple[str, str], ...]
    promised: int = 7
    arrives_days_ago: int = 0
    billed_percent: int = 100
    number: str = ""


B = Bought
PURCHASES = (
    Purchase("NBGD", "guzhenhua", 20, "10:00", B.ACKNOWLEDGED, (("FS-M16-80", ""),), promised=14),
    Purchase("LYZC", "qianmin", 8, "09:30", B.BILLED, (("BR-6205", ""),), 6, 3, number="ZC-260718"),
    Purchase("WZLX", "guzhenhua", 5, "10:30", B.ACKNOWLEDGED, (("CN-M12-8", ""),), promised=12),
    Purchase("NTAF", "luyiming", 5, "14:00", B.SENT, (("GL-NIT-L", "300"),)),
    Purchase("JHLT", "qianmin", 12, "09:20", B.PUT_AWAY, (("TL-CAL-150", "60"), ("TL-SD-6", "120")), 6, 4),
    Purchase("SHKN", "luyiming", 9, "11:00", B.ARRIVED, (("AD-TAPE-PU", "2000"), ("AD-GR-15", "60")), 5, 1),
    Purchase(
        "HYHR", "guzhenhua", 15, "13:20", B.BILLED, (("FW-M8", "30000"), ("FN-M8", "20000")), 5, 10, 103, "HR-5521"
    ),
    Purchase("WXZJ", "guzhenhua", 3, "15:00", B.ACKNOWLEDGED, (("FS-M8-40", "10000"),), promised=9),
    Purchase("LYZC", "qianmin", 1, "10:10", B.DRAFT, (("BR-6308", "120"),)),
)


class Buying:
    """One purchase, as far as it says."""

    def __init__(self, cast: Cast, purchase: Purchase) -> None:
        self.cast = cast
        self.purchase = purchase
        self.order_id = 0
        self.receipt_id = 0

    @property
    def root(self) -> tuple[str, int]:
        """What its hand-offs hang on."""
        return ("purchase_orders", self.order_id)

    def story(self) -> Story:
        """All of it."""
        purchase, cast = self.purchase, self.cast
        start = cast.moment(purchase.days_ago, purchase.at)
        yield start
        self._write()
        if purchase.until is Bought.DRAFT:
            return
        yield cast.later(start, 30)
        cast.do("guzhenhua", approve_purchase_order, purchase_order_id=self.order_id)
        cast.do(purchase.buyer, send_purchase_order, purchase_order_id=self.order_id)
        if purchase.until is Bought.SENT:
            return
        yield cast.later(start, 200)
        cast.do(
            purchase.buyer, record_one_date, purchase_order_id=self.order_id, person=self._contact(),
            arrives_on=start.astimezone(ZONE).date() + timedelta(days=purchase.promised),
        )  # fmt: skip
        if purchase.until is Bought.ACKNOWLEDGED:
            return
        yield from self._receive(cast.moment(purchase.arrives_days_ago, "08:50"))

    def _write(self) -> None:
        purchase = self.purchase
        supplier = session.scalars(sa.select(Party).where(Party.code == purchase.supplier)).one()
        products = {row[0]: row[1] for row in session.execute(sa.select(Product.code, Product.id))}
        asked = [products[code] for code, quantity in purchase.products if not quantity]
        if asked:
            ids = session.scalars(
                sa.select(Requisition.id).where(
                    Requisition.product_id.in_(asked), Requisition.state == RequisitionState.OPEN
                )
            ).all()
            order = self.cast.do(purchase.buyer, order_requisitions, supplier_id=supplier.id, requisition_ids=list(ids))
        else:
            warehouse = session.scalars(sa.select(Warehouse.id).where(Warehouse.is_default)).one()
            wanted = [Wanted(products[code], Decimal(quantity)) for code, quantity in purchase.products]
            order = self.cast.do(
                purchase.buyer, draft_purchase_order, supplier_id=supplier.id, warehouse_id=warehouse, lines=wanted
            )
        self.order_id = order.id

    def _contact(self) -> str:
        supplier = session.scalar(sa.select(PurchaseOrder.supplier_id).where(PurchaseOrder.id == self.order_id))
        return session.scalar(sa.select(PartyContact.name).where(PartyContact.party_id == supplier)) or ""

    def _receive(self, start: datetime) -> Story:
        purchase, cast = self.purchase, self.cast
        yield start
        cast.accept(RECEIVER, self.root, "H5")
        lines = session.scalars(
            sa.select(PurchaseOrderLine).where(PurchaseOrderLine.purchase_order_id == self.order_id)
        ).all()
        arrived = [Arrived(line_id=line.id, received=line.ordered) for line in lines]
        self.receipt_id = cast.do(
            RECEIVER,
            receive_goods,
            purchase_order_id=self.order_id,
            lines=arrived,
            delivery_note=f"送货单{self.order_id:04d}",
        ).id
        if purchase.until is Bought.ARRIVED:
            return
        yield cast.later(start, 20)
        shelf = session.scalars(
            sa.select(Location.id)
            .join(Warehouse, Warehouse.id == Location.warehouse_id)
            .where(Warehouse.is_default, Location.kind == LocationKind.STORAGE)
            .order_by(Location.walk_order)
            .limit(1)
        ).one()
        cast.do(RECEIVER, put_all_away, receipt_id=self.receipt_id, location_id=shelf)
        if purchase.until is Bought.PUT_AWAY:
            return
        yield cast.later(start, 240)
        self._bill()

    def _bill(self) -> None:
        receipt = session.get_one(Receipt, self.receipt_id)
        sums = expected_amount(session.get_one(PurchaseOrder, self.order_id), receipt)
        share = Decimal(self.purchase.billed_percent) / 100
        self.cast.accept(BOOKKEEPER, self.root, "H6")
        self.cast.do(
            BOOKKEEPER, record_bill, receipt_id=self.receipt_id, supplier_number=self.purchase.number,
            billed_on=clock.today("Asia/Shanghai"), net_total=(sums.net * share).quantize(Decimal("0.01")),
            tax_total=(sums.tax * share).quantize(Decimal("0.01")),
        )  # fmt: skip
