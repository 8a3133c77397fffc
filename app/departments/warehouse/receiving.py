"""Goods come in: booked at the receiving place at what they cost, then put away and given to who waits for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from app.departments.warehouse import rules
from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.putting_away import announce_if_all_put_away
from app.departments.warehouse.refusals import PurchaseOrderNotOpen, ReceiptKeyTaken
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message
from app.kernel.quantity import plain
from app.kernel.text import N_, clean
from app.platform.access import require
from app.platform.db import locks, session
from app.platform.events import publish
from app.platform.settings.registry import setting
from app.records.catalog.models import Product, ProductKind
from app.records.numbers import document_number
from app.records.stock import ledger, places
from app.records.stock.models import Lot, MoveKind, Warehouse
from app.records.supply.events import GoodsArrived, GoodsPutAway
from app.records.supply.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    PurchaseState,
    Receipt,
    ReceiptLine,
    ReceiptState,
)

HUNDRED = Decimal(100)
OVER_RECEIPT_PERCENT = setting(
    "warehouse.over_receipt_percent",
    Decimal,
    Decimal(5),
    N_("How many percent more than ordered may be received"),
    check=lambda percent: None if 0 <= percent <= HUNDRED else Message(N_("Between 0 and 100.")),
)
EXPECTING = (PurchaseState.SENT, PurchaseState.ACKNOWLEDGED, PurchaseState.PARTLY_RECEIVED)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What came of one purchase order line, base units; two lots of a line are two of these."""

    line_id: int
    received: Decimal
    rejected: Decimal = ZERO
    reject_reason: str = ""
    lot: str = ""
    expires_on: date | None = None


def receive_goods(
    actor: Actor,
    *,
    purchase_order_id: int,
    lines: Sequence[Arrived],
    delivery_note: str = "",
    occurred_on: date | None = None,
    intake_key: str | None = None,
) -> Receipt:
    """Book a delivery: good pieces lie at the receiving place, what was expected shrinks.

    occurred_on: what the delivery note says, not later than today.  intake_key: the same key twice is the same receipt.
    Raises: NotPermitted, NotFound, PurchaseOrderNotOpen, ReceiptKeyTaken, InvalidInput naming every bad line.
    """
    order = locks.lock(PurchaseOrder, purchase_order_id)
    require(actor, Permissions.RECEIPT_BOOK, order)
    known = _known(intake_key)
    if known is not None:
        if known.purchase_order_id != order.id:
            raise ReceiptKeyTaken
        return known
    if order.state not in EXPECTING and order.state is not PurchaseState.RECEIVED:
        raise PurchaseOrderNotOpen(number=order.number or order.id, state=order.state)
    ordered = _lines_of(order)
    arrived = [line for line in lines if line.received or line.rejected]
    happened = _checked(order, ordered, arrived, occurred_on)
    receipt = Receipt(
        purchase_order_id=order.id,
        warehouse_id=order.warehouse_id,
        delivery_note=clean(delivery_note, 80),
        occurred_on=happened,
        arrived_at=clock.now(),
        booked_by=actor.name,
        intake_key=intake_key or None,
    )
    session.add(receipt)
    session.flush()
    receipt.number = document_number("GR", receipt.id)
    _book(order, receipt, ordered, arrived)
    order.state = (
        PurchaseState.PARTLY_RECEIVED if any(line.incoming for line in ordered.values()) else PurchaseState.RECEIVED
    )
    session.flush()
    publish(GoodsArrived(receipt_id=receipt.id, purchase_order_id=order.id))
    if all(line.received == line.rejected + line.put_away for line in _receipt_lines(receipt)):
        receipt.state = ReceiptState.PUT_AWAY
        session.flush()
        publish(GoodsPutAway(receipt_id=receipt.id, purchase_order_id=order.id))
        announce_if_all_put_away(order)
    return receipt


def _known(intake_key: str | None) -> Receipt | None:
    return session.scalar(sa.select(Receipt).where(Receipt.intake_key == intake_key)) if intake_key else None


def _lines_of(order: PurchaseOrder) -> dict[int, PurchaseOrderLine]:
    rows = session.scalars(
        sa.select(PurchaseOrderLine)
        .where(PurchaseOrderLine.purchase_order_id == order.id)
        .order_by(PurchaseOrderLine.position)
        .execution_options(populate_existing=True)
    )
    return {line.id: line for line in rows}


def _receipt_lines(receipt: Receipt) -> list[ReceiptLine]:
    statement = sa.select(ReceiptLine).where(ReceiptLine.receipt_id == receipt.id).order_by(ReceiptLine.id)
    return list(session.scalars(statement.execution_options(populate_existing=True)))


def _checked(
    order: PurchaseOrder, ordered: Mapping[int, PurchaseOrderLine], arrived: Sequence[Arrived], occurred_on: date | None
) -> date:
    """The day it happened.  Raises: InvalidInput."""
    warehouse = session.get_one(Warehouse, order.warehouse_id)
    today = clock.today(warehouse.company.timezone)
    problems: dict[str, Message | str] = {}
    if occurred_on is not None and occurred_on > today:
        problems["occurred_on"] = N_("This day has not come yet.")
    if not arrived:
        problems["lines"] = N_("Say what arrived: at least one line needs a quantity.")
    so_far: dict[int, Decimal] = defaultdict(Decimal)
    for place, line in enumerate(arrived, start=1):
        target = ordered.get(line.line_id)
        if target is None:
            problems[f"lines.{place}.line_id"] = N_("This line is not on the purchase order.")
            continue
        so_far[target.id] += line.received
        problems.update(_problems(f"lines.{place}", line, target, so_far[target.id]))
    if problems:
        raise InvalidInput(problems)
    return occurred_on or today


def _problems(place: str, line: Arrived, target: PurchaseOrderLine, coming: Decimal) -> dict[str, Message | str]:
    found: dict[str, Message | str] = {}
    tolerance = OVER_RECEIPT_PERCENT.value()
    most = rules.most_receivable(target.ordered, target.cancelled, tolerance)
    if line.received <= 0:
        found[f"{place}.received"] = N_("A quantity above 0 is needed.")
    elif target.received + coming > most:
        found[f"{place}.received"] = Message(
            N_(
                "At most %(most)s %(unit)s may still arrive: %(expected)s are expected, and %(percent)s %% more is allowed."
            ),
            most=plain(max(ZERO, most - target.received)),
            unit=target.product.base_unit.code,
            expected=plain(target.incoming),
            percent=plain(tolerance),
        )
    if not ZERO <= line.rejected <= line.received:
        found[f"{place}.rejected"] = N_("Between 0 and what arrived.")
    elif line.rejected and not line.reject_reason.strip():
        found[f"{place}.reject_reason"] = N_("Say why it was rejected.")
    if target.product.is_lot_tracked and line.received > line.rejected and not line.lot.strip():
        found[f"{place}.lot"] = N_("This product is tracked by lot: enter the lot on the goods.")
    return found


def _book(
    order: PurchaseOrder, receipt: Receipt, ordered: Mapping[int, PurchaseOrderLine], arrived: Sequence[Arrived]
) -> None:
    """Receipt lines, the purchase order's quantities, what is expected, and the moves with their cost."""
    expected_less: dict[int, Decimal] = defaultdict(Decimal)
    moves: list[ledger.NewMove] = []
    place = places.receiving_place(receipt.warehouse_id)
    for line in arrived:
        target = ordered[line.line_id]
        before = target.incoming
        target.received += line.received
        target.rejected += line.rejected
        expected_less[target.product_id] += target.incoming - before
        lot = _lot(target.product, line)
        good = line.received - line.rejected
        cost = rules.receipt_cost(target.net, target.ordered, order.rate)
        is_stocked = target.product.kind is ProductKind.STOCKED
        if not is_stocked:
            target.put_away += good
        session.add(
            ReceiptLine(
                receipt_id=receipt.id,
                purchase_order_line_id=target.id,
                product_id=target.product_id,
                lot_id=lot.id if lot else None,
                received=line.received,
                rejected=line.rejected,
                reject_reason=clean(line.reject_reason, 200),
                put_away=ZERO if is_stocked else good,
                unit_cost=cost,
            )
        )
        if good and is_stocked:
            moves.append(
                ledger.NewMove(
                    product_id=target.product_id, location_id=place.id, lot_id=lot.id if lot else None, quantity=good,
                    kind=MoveKind.RECEIPT, occurred_on=receipt.occurred_on, unit_cost=cost,
                    document=("receipts", receipt.id),
                )
            )  # fmt: skip
    session.flush()
    places.change_incoming(receipt.warehouse_id, dict(expected_less))
    ledger.book(moves)


def _lot(product: Product, line: Arrived) -> Lot | None:
    """The lot by its code, made when it is new.  Raises: InvalidInput when it is known with another expiry."""
    code = clean(line.lot, 60)
    if not product.is_lot_tracked or not code:
        return None
    found = session.scalar(sa.select(Lot).where(Lot.product_id == product.id, Lot.code == code))
    if found is None:
        found = Lot(product_id=product.id, code=code, expires_on=line.expires_on)
        session.add(found)
        session.flush()
    elif line.expires_on and found.expires_on and found.expires_on != line.expires_on:
        raise InvalidInput(
            {"lines": Message(N_("Lot %(lot)s expires on %(day)s."), lot=code, day=found.expires_on.isoformat())}
        )
    elif line.expires_on and not found.expires_on:
        found.expires_on = line.expires_on
    return found
