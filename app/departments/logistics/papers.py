"""The delivery note: goes with the goods, is signed by who takes them, and leads the customer to where they are."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.departments.logistics.permissions import Permissions
from app.departments.logistics.tracking import tracking_token
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import Message
from app.kernel.text import N_
from app.platform.access import User
from app.platform.db import session
from app.platform.documents import Party as PaperParty
from app.platform.documents.printing import Printed, RecordPaper, public_address
from app.platform.settings.registry import setting
from app.records import papers
from app.records.orders.models import Order
from app.records.parties.models import Company, Party
from app.records.shipping import papers as shipping_papers
from app.records.shipping.documents import DeliveryNoteData, GoodsLine
from app.records.shipping.models import Package, Shipment, ShipmentState, Vehicle

S = ShipmentState
ZERO = Decimal(0)
CUBIC_CM = Decimal(1_000_000)
PAPER = setting(
    "logistics.delivery_note_paper",
    str,
    "a4",
    N_("Paper of delivery notes: a4, or three_part for continuous forms of 241 x 140 mm"),
    check=lambda paper: None if paper in {"a4", "three_part"} else Message(N_("Choose a4 or three_part.")),
)
#: the customer's page; its address belongs to the portal
TRACKING_PAGE = "track"


def _read(_actor: Actor, shipment: Shipment, _asked_in: str) -> Printed:
    language = shipping_papers.language_of(shipment)
    name = "送货单" if papers.is_chinese(language) else "Delivery note"
    link = public_address(TRACKING_PAGE, token=tracking_token(session.get_one(Order, shipment.order_id)))
    return Printed(delivery_note_of(shipment, language, link), language, f"{name} {shipment.number}")


def delivery_note_of(shipment: Shipment, language: str, link: str | None = None) -> DeliveryNoteData:
    """The paper's data: what leaves now, and what is still owed where it is not all."""
    order = session.get_one(Order, shipment.order_id)
    customer = session.get_one(Party, order.customer_id)
    zone = ZoneInfo(session.get_one(Company, order.company_id).timezone)
    packages = session.scalars(sa.select(Package).where(Package.shipment_id == shipment.id)).all()
    driver = session.get(User, shipment.driver_id) if shipment.driver_id else None
    vehicle = session.get(Vehicle, shipment.vehicle_id) if shipment.vehicle_id else None
    left = shipment.shipped_at.astimezone(zone).date() if shipment.shipped_at else None
    return DeliveryNoteData(
        **shipping_papers.head_of(shipment, language),
        issued_on=left or shipment.planned_on or clock.now().astimezone(zone).date(),
        customer=PaperParty(name=customer.name),
        lines=tuple(_line(one, language) for one in shipping_papers.agreed_lines(shipment) if one.row.packed),
        tracking_number=shipment.tracking_number,
        driver=driver.name if driver else "",
        vehicle=vehicle.plate if vehicle else "",
        packages=len(packages),
        weight_kg=sum((package.weight_kg or ZERO for package in packages), ZERO),
        volume_m3=sum((_volume(package) for package in packages), ZERO),
        note=order.customer_note,
        link=link,
        paper="three_part" if PAPER.value() == "three_part" else "a4",
    )


def _line(one: shipping_papers.AgreedLine, language: str) -> GoodsLine:
    line = one.line
    owed = line.to_ship - (one.row.packed - one.row.shipped)
    return GoodsLine(
        position=line.position,
        code=one.code,
        name=line.description,
        specification=line.specification,
        partner_code=line.customer_part_number,
        lot=one.lot,
        quantity=papers.counted(one.row.packed, one.base, one.unit, line.unit_factor, language),
        outstanding=papers.counted(owed, one.base, one.unit, line.unit_factor, language) if owed > 0 else None,
    )


def _volume(package: Package) -> Decimal:
    sides = (package.length_cm or ZERO, package.width_cm or ZERO, package.height_cm or ZERO)
    return (sides[0] * sides[1] * sides[2] / CUBIC_CM).quantize(Decimal("0.001"))


DELIVERY_NOTE = RecordPaper(
    "logistics.delivery_note.print", Shipment, Permissions.SHIPMENT_DISPATCH, purpose="delivery note", read=_read,
    states=(S.READY, S.SHIPPED, S.DELIVERED, S.FAILED),
)  # fmt: skip


def print_delivery_note(actor: Actor, *, shipment_id: int) -> int:
    """Have the delivery note made; the job's id.  Raises: NotPermitted, NotFound, WrongState."""
    return DELIVERY_NOTE.ask(actor, shipment_id)
