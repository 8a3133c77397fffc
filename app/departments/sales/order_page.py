"""What the order page shows, read through the reader's rights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import get_locale, gettext
from markupsafe import Markup

from app.kernel import clock
from app.platform.access import Actor, house_reading
from app.platform.access.models import Department
from app.platform.backoffice import format as fmt
from app.platform.backoffice import html as draw
from app.platform.db import session
from app.platform.events import StoredEvent
from app.platform.files import StoredFile, files_of
from app.platform.process import HandOff, HandOffView, all_hand_offs_of
from app.platform.process.models import FlowStep
from app.records.catalog.models import Product, Unit
from app.records.orders import fulfilment
from app.records.orders.models import Amendment, AmendmentState, LineKind, Order, OrderAnswer, OrderHold, OrderLine
from app.records.returns.queries import returns_of_order

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as the page draws it."""

    line: OrderLine
    code: str
    unit: str
    base_unit: str
    bar: Markup
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A happening of the timeline."""

    at: datetime
    text: str
    department: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Leg:
    """One hand-off in the relay."""

    view: HandOffView
    department: str
    title: str
    needed: str
    css: str
    note: str


def context(actor: Actor, order: Order) -> dict[str, Any]:
    """Everything of the page beside the order itself."""
    lines = line_rows(order.id, is_bound=order.confirmed_at is not None)
    raw = [row.line for row in lines]
    legs = relay(order.id)
    running = [leg for leg in legs if leg.view.ended_at is None]
    return {
        "lines": lines,
        "legs": legs,
        "holders": sorted(
            running, key=lambda leg: (leg.view.clock.due_at is None, leg.view.clock.due_at or leg.view.offered_at)
        ),
        "hold": session.scalars(
            sa.select(OrderHold).where(OrderHold.order_id == order.id, OrderHold.released_at.is_(None))
        ).first(),
        "shipped": fulfilment.shipped_progress(raw),
        "billed": fulfilment.billed_progress(raw),
        "is_started": order.confirmed_at is not None,
        "answers": list(
            session.scalars(
                sa.select(OrderAnswer).where(OrderAnswer.order_id == order.id).order_by(OrderAnswer.id.desc())
            )
        ),
        "amendments": list(
            session.scalars(sa.select(Amendment).where(Amendment.order_id == order.id).order_by(Amendment.id.desc()))
        ),
        "proposed": AmendmentState.PROPOSED,
        "files": order_files(order.id),
        "timeline": timeline(order.id),
        "invoiced": invoiced_share(raw),
        "returns": returns_of_order(order.id),
        "is_returnable": any(line.delivered > line.returned for line in raw),
    }


def line_rows(order_id: int, *, is_bound: bool = True) -> list[LineRow]:
    """The lines with their product, units and bar; one statement.  is_bound: whether stock should be there by now."""
    base = sa.orm.aliased(Unit)
    rows = session.execute(
        sa.select(OrderLine, Product.code, Unit.code, base.code)
        .outerjoin(Product, Product.id == OrderLine.product_id)
        .outerjoin(Unit, Unit.id == OrderLine.unit_id)
        .outerjoin(base, base.id == Product.base_unit_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    )
    return [
        _line_row(line, code or "", unit or "", own or unit or "", is_bound=is_bound) for line, code, unit, own in rows
    ]


def _line_row(line: OrderLine, code: str, unit: str, base_unit: str, *, is_bound: bool) -> LineRow:
    parts = [part for part in progress_parts(line) if is_bound or part[0] != "short"]
    words = progress_words(line, parts)
    bar = Markup("")
    if line.kind is not LineKind.TEXT:
        bar = draw.quantity_bar(line.wanted, parts, words, large=True)
    return LineRow(line, code, unit, base_unit, bar, words)


def progress_parts(line: OrderLine) -> list[tuple[str, Decimal]]:
    """(stage, quantity) of a line, furthest first, for the bar."""
    gone = line.shipped - line.failed
    return [
        ("returned", line.returned),
        ("delivered", max(ZERO, line.delivered - line.returned)),
        ("shipped", max(ZERO, gone - line.delivered)),
        ("picked", min(line.picked, line.allocated)),
        ("allocated", max(ZERO, line.allocated - line.picked)),
        ("short", max(ZERO, line.shortage)),
    ]


def progress_words(line: OrderLine, parts: Sequence[tuple[str, Decimal]]) -> str:
    """The same in words."""
    if line.kind is LineKind.TEXT:
        return ""
    spoken = {
        "returned": gettext("returned"),
        "delivered": gettext("delivered"),
        "shipped": gettext("shipped"),
        "picked": gettext("picked"),
        "allocated": gettext("allocated"),
        "short": gettext("short"),
    }
    found = [f"{fmt.number(quantity)} {spoken[kind]}" for kind, quantity in parts if quantity > 0]
    if line.cancelled:
        found.append(gettext("%(quantity)s cancelled", quantity=fmt.number(line.cancelled)))
    return ", ".join(found) or gettext("open")


def invoiced_share(lines: Sequence[OrderLine]) -> Decimal:
    """Gross amount of what is invoiced and not credited."""
    return sum(
        (
            line.gross * (line.invoiced - line.credited) / line.ordered
            for line in lines
            if line.ordered and line.invoiced
        ),
        ZERO,
    ).quantize(Decimal("0.01"))


def relay(order_id: int) -> list[Leg]:
    """All hand-offs of an order, in the order they were offered. Who sees the order sees who holds it."""
    with house_reading():
        found = all_hand_offs_of(("orders", order_id), at=clock.now())
        codes = {row.id: row.code for row in session.execute(sa.select(Department.id, Department.code))}
    language = str(get_locale())
    return [_leg(view, codes.get(view.to_department_id, ""), language) for view in found]


def _leg(view: HandOffView, department: str, language: str) -> Leg:
    late = bool(view.clock.due_at and view.clock.due_at < clock.now())
    if view.ended_at is not None:
        css, note = "done", fmt.duration(view.ended_at - view.offered_at)
    else:
        css, note = ("late" if late else "now"), view.assignee or ""
    return Leg(view, department, view.title(language), view.needed(language), css, note)


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has to act next, for the list."""

    department: str
    title: str
    due_at: datetime | None


def holder_of(order: Order) -> Holder | None:
    """The first due open hand-off; read once for all orders of the page."""
    known: dict[int, Holder | None] = g.setdefault("order_holders", {})
    if order.id not in known:
        ids = {row.id for row in session.identity_map.values() if isinstance(row, Order)} | {order.id}
        known.update(dict.fromkeys(ids - known.keys()))
        known.update(_holders(ids))
    return known[order.id]


def _holders(order_ids: set[int]) -> dict[int, Holder]:
    title = FlowStep.title_zh if str(get_locale()).startswith("zh") else FlowStep.title_en
    statement = (
        sa.select(HandOff.root_id, Department.code, title, HandOff.due_at)
        .join(FlowStep, FlowStep.id == HandOff.step_id)
        .join(Department, Department.id == HandOff.to_department_id)
        .where(HandOff.root_table == "orders", HandOff.root_id.in_(order_ids), HandOff.ended_at.is_(None))
        .order_by(HandOff.due_at.is_(None), HandOff.due_at, HandOff.id)
    )
    found: dict[int, Holder] = {}
    with house_reading():
        for root_id, code, words, due_at in session.execute(statement):
            found.setdefault(root_id, Holder(code, words, due_at))
    return found


def order_files(order_id: int) -> list[StoredFile]:
    """Papers and scans of the order."""
    return files_of("orders", order_id)


#: what happened, for people; what is not named here does not belong on the timeline
def _sentences() -> dict[str, tuple[str, str]]:
    return {
        "orders.order.received": ("sales", gettext("took the order")),
        "orders.order.verified": ("sales", gettext("verified products, quantities and prices")),
        "orders.order.sent_for_confirmation": ("sales", gettext("sent the order to the customer")),
        "orders.order.change_asked": ("outside", gettext("asked for a change")),
        "orders.order.confirmed": ("outside", gettext("confirmed the order")),
        "orders.order.held": ("sales", gettext("put the order on hold")),
        "orders.order.released": ("sales", gettext("released the order")),
        "orders.order.amended": ("sales", gettext("changed the confirmed order")),
        "orders.order.cancelled": ("sales", gettext("cancelled the order")),
        "orders.order.closed_short": ("sales", gettext("closed the order short")),
        "orders.order.line_cancelled": ("sales", gettext("cancelled part of a line")),
        "orders.order.fulfilled": ("warehouse", gettext("everything has left")),
        "orders.order.completed": ("finance", gettext("delivered, billed and paid")),
        "orders.order.promised": ("purchasing", gettext("promised dates for short lines")),
        "stock.order.allocated": ("warehouse", gettext("stock was bound to the order")),
        "stock.order.covered": ("purchasing", gettext("every line is covered or promised")),
        "billing.order.set_up": ("finance", gettext("billing was set up")),
        "shipping.shipment.ready": ("warehouse", gettext("a shipment is ready")),
        "shipping.shipment.departed": ("logistics", gettext("a shipment has departed")),
        "shipping.shipment.delivered": ("logistics", gettext("a shipment was delivered")),
        "shipping.shipment.failed": ("logistics", gettext("a delivery failed")),
        "billing.invoice.posted": ("finance", gettext("posted an invoice")),
        "returns.return.requested": ("sales", gettext("entered a return")),
        "returns.return.authorised": ("sales", gettext("authorised the return")),
        "returns.return.refused": ("sales", gettext("refused the return")),
        "returns.return.cancelled": ("sales", gettext("called the return off")),
        "returns.return.received": ("warehouse", gettext("returned goods are here")),
        "returns.return.inspected": ("warehouse", gettext("inspected the returned goods")),
        "returns.return.sent_back": ("warehouse", gettext("sent the customer's own goods back")),
        "returns.return.refunded": ("finance", gettext("refunded the return")),
        "returns.return.replacement_due": ("sales", gettext("has the same goods delivered again without charge")),
    }


def timeline(order_id: int, limit: int = 60) -> list[Entry]:
    """What happened to the order, newest first; who sees the order sees its story."""
    known = _sentences()
    with house_reading():
        rows = session.execute(
            sa.select(StoredEvent.name, StoredEvent.occurred_at, StoredEvent.actor_name, StoredEvent.payload)
            .where(StoredEvent.root_table == "orders", StoredEvent.root_id == order_id, StoredEvent.name.in_(known))
            .order_by(StoredEvent.id.desc())
            .limit(limit)
        ).all()
    found = []
    for row in rows:
        department, words = known[row.name]
        who = row.payload.get("person") or row.actor_name
        body = row.payload.get("words") or row.payload.get("reason") or ""
        found.append(Entry(row.occurred_at, f"{who}: {words}", department, str(body)))
    return found
