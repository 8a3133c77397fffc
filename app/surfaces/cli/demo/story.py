"""What happened at the demo company in the last weeks: orders at every step, told by the use cases people use.

Dates are relative to today; the same seed tells the same story. The clock stands at the moment each person acts, so that
hand-offs, due times and the audit log are what they would be in a house that has worked for weeks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.departments.finance import invoicing, payments
from app.departments.logistics import delivering, dispatching
from app.departments.purchasing import ordering
from app.departments.sales.service import confirmation, holds, intake, verification
from app.departments.sales.values import LineValues
from app.departments.warehouse import packing, picking, planning
from app.kernel import clock
from app.platform.access import house_reading
from app.platform.db import run, session
from app.records.billing.models import Invoice, InvoiceState
from app.records.orders.models import Channel, Order
from app.records.parties.models import Party
from app.records.shipping.models import Carrier
from app.records.supply.models import Requisition
from app.surfaces.cli.demo.goods import PRODUCTS
from app.surfaces.cli.demo.people import ZONE, acting

R = TypeVar("R")
#: how far an order of the story has come
TAKEN, SENT, CONFIRMED, PICKED, READY, LEFT, DELIVERED, INVOICED, PAID = range(9)
#: (working days ago, how far): the older, the further
ORDERS = (
    *((days, PAID) for days in (24, 23, 22, 21, 20, 19, 18, 17, 16, 15)),
    *((days, INVOICED) for days in (14, 13, 12, 11, 10, 9)),
    *((days, DELIVERED) for days in (8, 8, 7)),
    *((days, LEFT) for days in (6, 5, 5)),
    *((days, READY) for days in (5, 4)),
    *((days, PICKED) for days in (4, 3, 3)),
    *((days, CONFIRMED) for days in (3, 2, 2, 1)),
    *((days, SENT) for days in (3, 2, 1)),
    *((days, TAKEN) for days in (2, 1, 1)),
)
CHANNELS = (Channel.CHAT, Channel.PHONE, Channel.MAIL, Channel.FORM)


@dataclass
class Teller:
    """Moves the clock forward while people act."""

    now: datetime
    random: Random
    last: datetime = field(default_factory=clock.now)

    def act(self, login: str, use_case: Callable[..., R], *, after: int = 20, **values: Any) -> R:
        """``after`` working minutes later the person does it; never later than the moment the demo is loaded."""
        self.now = min(later(self.now, after + self.random.randrange(15)), self.last)
        with clock.freeze(self.now):
            return run(use_case, acting(login), **values)


def later(moment: datetime, minutes: int) -> datetime:
    """Minutes on between nine and six on weekdays, good enough for a story."""
    moved = moment + timedelta(minutes=minutes)
    while moved.weekday() > 4 or moved.time() >= time(18):
        moved = datetime.combine(moved.date() + timedelta(days=1), time(9, 10), moved.tzinfo)
    return moved


def days_ago(count: int) -> datetime:
    """Nine o'clock so many weekdays before today."""
    day = clock.today(ZONE)
    while count:
        day -= timedelta(days=1)
        count -= day.weekday() < 5
    return datetime.combine(day, time(9), ZoneInfo(ZONE))


def tell() -> int:
    """Let it happen, the oldest first; how many orders."""
    random = Random(2026)  # noqa: S311  a story, not a secret
    with house_reading():
        customers = session.scalars(sa.select(Party.id).where(Party.is_customer).order_by(Party.id)).all()
        carriers = session.scalars(sa.select(Carrier.id).where(~Carrier.is_own_fleet).order_by(Carrier.id)).all()
    for number, (days, reach) in enumerate(ORDERS):
        teller = Teller(days_ago(days) + timedelta(minutes=random.randrange(200)), random)
        _one_order(teller, customers[number % len(customers)], carriers[number % len(carriers)], reach)
    _gloves(random, customers)
    _waiting(random, customers)
    _buy(random)
    return len(ORDERS) + 4


def _lines(random: Random) -> list[LineValues]:
    chosen = random.sample([p for p in PRODUCTS if p[0] != "ST-DQ-L"], random.randint(1, 4))
    return [
        LineValues(product_code=p[0], quantity=Decimal(max(1, p[5] // random.choice((120, 90, 60))))) for p in chosen
    ]


def _take(teller: Teller, customer_id: int, lines: list[LineValues], login: str) -> int:
    received = teller.now
    order = teller.act(
        login,
        intake.take_order,
        after=60,
        customer_id=customer_id,
        lines=lines,
        received_at=received,
        channel=teller.random.choice(CHANNELS),
        customer_order_number=f"PO-{teller.random.randrange(10000, 99999)}",
    )
    return int(order.id)


def _one_order(teller: Teller, customer_id: int, carrier_id: int, reach: int) -> None:
    seller = teller.random.choice(("linxiaowen", "zhoulei", "shenjiayi"))
    order_id = _take(teller, customer_id, _lines(teller.random), seller)
    if reach == TAKEN:
        return
    teller.act("linxiaowen", verification.verify_order, order_id=order_id)
    if reach == SENT:
        teller.act(seller, confirmation.send_for_confirmation, order_id=order_id)
        return
    teller.act(seller, confirmation.confirm_order, after=45, order_id=order_id, person="采购经理")
    if reach == CONFIRMED or not _is_ready_for_finance(order_id):
        return
    shipment = teller.act("wangjianguo", planning.plan_shipment, after=40, order_id=order_id)
    teller.act("sunxiaojun", picking.pick_all, after=60, shipment_id=shipment.id)
    if reach == PICKED:
        return
    teller.act("zhaoguifang", packing.pack, after=40, shipment_id=shipment.id)
    teller.act("wangjianguo", packing.hand_to_logistics, shipment_id=shipment.id)
    if reach == READY:
        return
    waybill = f"SJ{teller.random.randrange(10**9, 10**10)}"
    teller.act(
        "xuhaibo", dispatching.assign_transport, shipment_id=shipment.id, carrier_id=carrier_id, tracking_number=waybill
    )
    teller.act("xuhaibo", dispatching.dispatch, after=90, shipment_id=shipment.id)
    if reach == LEFT:
        return
    teller.act("mashifu", delivering.deliver, after=500, shipment_id=shipment.id, received_by="收货员")
    if reach >= INVOICED:
        _bill(teller, order_id, is_paid=reach == PAID)


def _is_ready_for_finance(order_id: int) -> bool:
    with house_reading():
        return bool(session.scalar(sa.select(Order.billing_confirmed_at.is_not(None)).where(Order.id == order_id)))


def _bill(teller: Teller, order_id: int, *, is_paid: bool) -> None:
    with house_reading():
        drafts = session.scalars(
            sa.select(Invoice).where(Invoice.order_id == order_id, Invoice.state == InvoiceState.DRAFT)
        ).all()
    for draft in drafts:
        invoice = teller.act("wujing", invoicing.post_invoice, after=120, invoice_id=draft.id)
        if is_paid:
            paid_at = min(later(teller.now, 2000), teller.last).astimezone(ZoneInfo(ZONE))
            teller.act(
                "zhengliping",
                payments.record_payment,
                after=2000,
                party_id=invoice.customer_id,
                amount=invoice.gross_total,
                currency=invoice.currency,
                occurred_on=paid_at.date(),
                order_id=order_id,
                allocations={invoice.id: invoice.gross_total},
                reference=f"网银 {invoice.number}",
            )


def _gloves(random: Random, customers: Any) -> None:
    """A promotion that ran over: more nitrile gloves ordered than there are."""
    for customer_id, boxes in ((customers[1], 420), (customers[6], 380), (customers[8], 240)):
        teller = Teller(days_ago(2) + timedelta(minutes=random.randrange(120)), random)
        lines = [LineValues(product_code="ST-DQ-L", quantity=Decimal(boxes))]
        order_id = _take(teller, customer_id, lines, "shenjiayi")
        teller.act("linxiaowen", verification.verify_order, order_id=order_id)
        teller.act("shenjiayi", confirmation.confirm_order, order_id=order_id, person="采购经理")


def _waiting(random: Random, customers: Any) -> None:
    """An order on hold, with its reason."""
    teller = Teller(days_ago(4), random)
    order_id = _take(teller, customers[3], _lines(random), "zhoulei")
    teller.act("linxiaowen", verification.verify_order, order_id=order_id)
    teller.act("linxiaowen", holds.hold_order, order_id=order_id, reason="图纸版本待客户确认")


def _buy(random: Random) -> None:
    """Purchasing has seen the shortage and written to the supplier."""
    with house_reading():
        wanted = session.scalars(sa.select(Requisition).where(Requisition.state == "open").limit(1)).all()
        supplier_id = session.scalar(sa.select(Party.id).where(Party.code == "S0006"))
    if not wanted:
        return
    teller = Teller(days_ago(1) + timedelta(hours=1), random)
    ids = [requisition.id for requisition in wanted]
    order = teller.act("qianmin", ordering.order_requisitions, supplier_id=supplier_id, requisition_ids=ids)
    teller.act("guzhenhua", ordering.approve_purchase_order, purchase_order_id=order.id)
    teller.act("qianmin", ordering.send_purchase_order, purchase_order_id=order.id)
