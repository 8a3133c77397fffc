"""The warehouse's papers: the pick list for its own people, the packing slip for the customer's."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from app.departments.warehouse import queries
from app.departments.warehouse.documents import PickLine, PickListData
from app.departments.warehouse.permissions import Permissions
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.quantity import plain
from app.platform.db import session
from app.platform.documents import Quantity
from app.platform.documents.printing import Printed, RecordPaper, public_address
from app.records import papers
from app.records.parties.models import Company
from app.records.shipping import papers as shipping_papers
from app.records.shipping.documents import GoodsLine, PackageContent, PackingSlipData
from app.records.shipping.models import Package, PackageLine, Shipment, ShipmentState
from app.records.stock.models import Warehouse

S = ShipmentState
ZERO = Decimal(0)
#: the page on which the same list is worked off on a phone
WALK_PAGE = "warehouse_pick_list"


def _pick_list(_actor: Actor, shipment: Shipment, asked_in: str) -> Printed:
    name = "拣货单" if papers.is_chinese(asked_in) else "Pick list"
    return Printed(pick_list_of(shipment, asked_in), asked_in, f"{name} {shipment.number}")


def pick_list_of(shipment: Shipment, language: str) -> PickListData:
    """Where to go and what to take there, in walking order; what is done already is left out while anything is left."""
    warehouse = session.get_one(Warehouse, shipment.warehouse_id)
    company = session.get_one(Company, warehouse.company_id)
    rows = queries.pick_rows([shipment.id])
    left = [row for row in rows if not row.is_done] or rows
    return PickListData(
        number=shipment.number or "",
        printed_at=clock.now().astimezone(ZoneInfo(company.timezone)),
        leaves_on=shipment.planned_on,
        company=papers.letterhead(company, language).name,
        warehouse=warehouse.name,
        lines=tuple(_pick_line(row, language) for row in left),
        order_numbers=tuple(dict.fromkeys(row.order_number for row in rows)),
        weight_kg=sum((row.weight_kg * (row.left or row.picked) for row in left), ZERO),
        link=public_address(WALK_PAGE, id=shipment.id),
    )


def _pick_line(row: queries.PickRow, language: str) -> PickLine:
    zh = papers.is_chinese(language)
    base, unit = (row.unit_zh, row.agreed_unit_zh) if zh else (row.unit, row.agreed_unit)
    return PickLine(
        location=row.location,
        code=row.product_code,
        name=row.product_name,
        specification=row.specification,
        barcode=row.barcode,
        quantity=Quantity.of(row.left or row.picked, base, unit, row.factor),
        order_number=row.order_number,
        lot=row.lot,
        expires_on=row.expires_on.isoformat() if row.expires_on else "",
    )


def _packing_slip(_actor: Actor, shipment: Shipment, _asked_in: str) -> Printed:
    language = shipping_papers.language_of(shipment)
    name = "装箱单" if papers.is_chinese(language) else "Packing slip"
    return Printed(packing_slip_of(shipment, language), language, f"{name} {shipment.number}")


def packing_slip_of(shipment: Shipment, language: str) -> PackingSlipData:
    """What is in which package."""
    warehouse = session.get_one(Warehouse, shipment.warehouse_id)
    company = session.get_one(Company, warehouse.company_id)
    packages = session.scalars(
        sa.select(Package).where(Package.shipment_id == shipment.id).order_by(Package.position)
    ).all()
    return PackingSlipData(
        **shipping_papers.head_of(shipment, language),
        issued_on=(shipment.packed_at or clock.now()).astimezone(ZoneInfo(company.timezone)).date(),
        packages=tuple(_package(shipment, package, language) for package in packages),
    )


def _package(shipment: Shipment, package: Package, language: str) -> PackageContent:
    inside = session.execute(
        sa.select(PackageLine.shipment_line_id, PackageLine.quantity).where(PackageLine.package_id == package.id)
    )
    quantities = {line_id: quantity for line_id, quantity in inside}  # noqa: C416  rows are no pairs
    return PackageContent(
        number=f"{shipment.number}/{package.position}",
        kind=package.kind,
        weight_kg=package.weight_kg or ZERO,
        size=_size(package),
        lines=tuple(
            GoodsLine(
                position=one.line.position, code=one.code, name=one.line.description,
                specification=one.line.specification, partner_code=one.line.customer_part_number, lot=one.lot,
                quantity=papers.counted(quantities[one.row.id], one.base, one.unit, one.line.unit_factor, language),
            )
            for one in shipping_papers.agreed_lines(shipment)
            if one.row.id in quantities
        ),
    )  # fmt: skip


def _size(package: Package) -> str:
    sides = [side for side in (package.length_cm, package.width_cm, package.height_cm) if side]
    return f"{' × '.join(plain(side) for side in sides)} cm" if sides else ""


PICK_LIST = RecordPaper(
    "warehouse.pick_list.print", Shipment, Permissions.SHIPMENT_PICK, purpose="pick list", read=_pick_list,
    states=(S.DRAFT, S.PICKING, S.PICKED, S.PACKED, S.READY),
)  # fmt: skip
PACKING_SLIP = RecordPaper(
    "warehouse.packing_slip.print", Shipment, Permissions.SHIPMENT_PACK, purpose="packing slip", read=_packing_slip,
    states=(S.PACKED, S.READY, S.SHIPPED, S.DELIVERED, S.FAILED),
)  # fmt: skip


def print_pick_list(actor: Actor, *, shipment_id: int) -> int:
    """Have the pick list made; the job's id.  Raises: NotPermitted, NotFound, WrongState."""
    return PICK_LIST.ask(actor, shipment_id)


def print_packing_slip(actor: Actor, *, shipment_id: int) -> int:
    """Have the packing slip made; the job's id.  Raises: NotPermitted, NotFound, WrongState."""
    return PACKING_SLIP.ask(actor, shipment_id)
