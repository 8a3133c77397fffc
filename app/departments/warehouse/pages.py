"""Screens with more than one row to fill in: pick list, packages, receipt, put-away."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext, lazy_gettext
from sqlalchemy.orm import selectinload

from app.departments.warehouse import forms, packing, picking, putting_away, queries, receiving
from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.views import unit_name
from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, InvalidInput, NotFound, RuleBroken
from app.platform.backoffice import Form, Item, page, sentence
from app.platform.db import run, session
from app.records.catalog.counting import counting
from app.records.catalog.models import Product
from app.records.orders.models import OrderLine
from app.records.shipping.models import PickTask, Shipment, ShipmentLine, ShipmentState
from app.records.supply.models import PurchaseOrder, PurchaseOrderLine, Receipt

MOST_PACKAGES = 20
MOST_SHIPMENTS = 50
ZERO = Decimal(0)


def _shipment_page(shipment_id: int) -> str:
    return url_for("warehouse_shipments.details_view", row_id=shipment_id)


def row_of(model: Any, row_id: int, *options: Any) -> Any:
    """A row the reader may see.  Raises: NotFound."""
    found = session.scalars(sa.select(model).where(model.id == row_id).options(*options)).one_or_none()
    if found is None:
        raise NotFound(record=model.__tablename__, id=row_id)
    return found


def posted() -> Any:
    """What was sent; nothing sent is nothing entered, never the values a form begins with."""
    return request.form if request.method == "POST" else None


def answer(template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
    return make_response(render_template(template, **values), status)


# ------------------------------------------------------------------------------------------------------- pick list
def pick_list(_actor: Actor) -> ResponseReturnValue:
    """What to take, from where, in walking order: the shipments named, walked together, or all that are to pick."""
    given = "id" in request.args
    ids = request.args.getlist("id", type=int)[:MOST_SHIPMENTS]
    wanted = Shipment.id.in_(ids) if given else Shipment.state.in_(picking.PICKABLE)
    shipments = session.scalars(
        sa.select(Shipment).where(wanted).order_by(Shipment.planned_on, Shipment.id).limit(MOST_SHIPMENTS)
    ).all()
    if given and not shipments:
        raise NotFound(record=Shipment.__tablename__)
    return _pick_page(shipments)


def _pick_page(shipments: Sequence[Shipment], problem: str = "", status: int = 200) -> ResponseReturnValue:
    rows = queries.pick_rows([shipment.id for shipment in shipments])
    return answer(
        "warehouse/pages/pick.html", status,
        shipments=shipments, rows=rows, left=[row for row in rows if not row.is_done],
        done=[row for row in rows if row.is_done], problem=problem, zh=str(get_locale()).startswith("zh"),
        form=forms.FoundForm(formdata=None),
    )  # fmt: skip


def pick_task(actor: Actor, task_id: int) -> ResponseReturnValue:
    """A picker says that the goods of one place are in the cart, or what was there instead."""
    task = row_of(PickTask, task_id)
    walked = request.form.getlist("walk", type=int)[:MOST_SHIPMENTS] or [task.shipment_id]
    form = forms.FoundForm(formdata=posted()) if "found" in request.form else None
    if form is not None and not form.validate():
        return _pick_again(walked, " ".join(str(text) for field in form for text in field.errors), 422)
    try:
        if form is None:
            run(picking.pick, actor, task_id=task_id)
        else:
            found = form.found.data or ZERO
            run(picking.report_short, actor, task_id=task_id, found=found, reason=form.reason.data or "")
    except (InvalidInput, RuleBroken) as error:
        return _pick_again(walked, spoken(error), error.status)
    return redirect(url_for("warehouse_pick_list", id=walked))


def _pick_again(walked: Sequence[int], problem: str, status: int) -> ResponseReturnValue:
    shipments = session.scalars(sa.select(Shipment).where(Shipment.id.in_(walked)).order_by(Shipment.id)).all()
    return _pick_page(shipments, problem, status)


def spoken(error: HandoffError) -> str:
    if isinstance(error, InvalidInput) and error.fields:
        return " ".join(sentence(message) for message in error.fields.values())
    return sentence(error)


# -------------------------------------------------------------------------------------------------------- packages
def pack(actor: Actor, shipment_id: int) -> ResponseReturnValue:
    """What goes into which package."""
    shipment = row_of(Shipment, shipment_id)
    count = min(max(request.values.get("packages", 1, type=int), 1), MOST_PACKAGES)
    lines = _picked_lines(shipment_id)
    packages = [_PackageInput(number, [row for row, _ in lines]) for number in range(1, count + 1)]
    problem, status = "", 200
    if request.method == "POST":
        valid = [package.validate() for package in packages]
        try:
            _require_readable(valid)
            run(packing.pack, actor, shipment_id=shipment_id, packages=[package.value() for package in packages])
        except (InvalidInput, RuleBroken) as error:
            problem, status = spoken(error), error.status
            shipment, lines = row_of(Shipment, shipment_id), _picked_lines(shipment_id)
        else:
            flash(gettext("Packed."), "success")
            return redirect(_shipment_page(shipment_id))
    return answer(
        "warehouse/pages/pack.html", status,
        shipment=shipment, lines=lines, packages=packages, count=count, problem=problem,
        is_packable=shipment.state is ShipmentState.PICKED, most=MOST_PACKAGES,
    )  # fmt: skip


def _picked_lines(shipment_id: int) -> Sequence[Any]:
    statement = (
        sa.select(ShipmentLine, OrderLine)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id == shipment_id, ShipmentLine.picked > 0)
        .order_by(OrderLine.position)
        .options(*queries.COUNTED)
    )
    return session.execute(statement).all()


def _require_readable(valid: Sequence[bool]) -> None:
    if not all(valid):
        raise InvalidInput({})


class _PackageInput:
    """One package of the form: its own fields, and a quantity per line."""

    def __init__(self, number: int, lines: Sequence[ShipmentLine]) -> None:
        self.number = number
        self.form = forms.PackageForm(formdata=posted(), prefix=f"p{number}-")
        self.fields = {line.id: f"p{number}-q{line.id}" for line in lines}
        is_first_show = request.method == "GET" and number == 1
        self.entered = {
            line.id: request.form.get(self.fields[line.id], "") if not is_first_show else f"{line.picked.normalize():f}"
            for line in lines
        }
        self.contents: dict[int, Decimal] = {}

    def validate(self) -> bool:
        """Read the quantities; False when one is no number."""
        is_right = bool(self.form.validate())
        for line_id, text in self.entered.items():
            cell = forms.FoundForm(formdata=None)
            try:
                cell.found.process_formdata([text])
            except ValueError:
                is_right = False
            if cell.found.data:
                self.contents[line_id] = cell.found.data
        return is_right

    def value(self) -> packing.NewPackage:
        """For the use case."""
        given = self.form
        return packing.NewPackage(
            contents=self.contents, kind=given.kind.data or packing.DEFAULT_KIND, weight_kg=given.weight_kg.data,
            length_cm=given.length_cm.data, width_cm=given.width_cm.data, height_cm=given.height_cm.data,
        )  # fmt: skip


# --------------------------------------------------------------------------------------------------------- receipt
def receive(actor: Actor, purchase_order_id: int) -> ResponseReturnValue:
    """What came of each line, with lot and what was rejected."""
    order, lines = _expected(purchase_order_id)
    head = forms.DeliveryNoteForm(formdata=posted())
    rows = [(line, _arrived_form(line)) for line in lines]
    status, problem = 200, ""
    if request.method == "POST":
        if all([head.validate(), *(form.validate() for _, form in rows)]):
            chosen = [(line, form) for line, form in rows if form.received.data or form.rejected.data]
            try:
                receipt = run(
                    receiving.receive_goods, actor, purchase_order_id=purchase_order_id,
                    delivery_note=head.delivery_note.data or "", occurred_on=head.occurred_on.data,
                    intake_key=request.form.get("intake_key", "")[:80] or None,
                    lines=[_arrived(line.id, form) for line, form in chosen],
                )  # fmt: skip
            except (InvalidInput, RuleBroken) as error:
                status, problem = error.status, _place(error, head, [form for _, form in chosen])
                order, lines = _expected(purchase_order_id)
                rows = list(zip(lines, [form for _, form in rows], strict=True))
            else:
                flash(gettext("%(number)s is booked. Now put it away.", number=receipt.number), "success")
                return redirect(url_for("warehouse_put_away", receipt_id=receipt.id))
        else:
            status = 422
    return answer(
        "warehouse/pages/receive.html", status, order=order, rows=rows, head=head, problem=problem,
        intake_key=request.form.get("intake_key") or uuid.uuid4().hex, unit_name=unit_name,
    )  # fmt: skip


def _arrived_form(line: PurchaseOrderLine) -> forms.ArrivedForm:
    """In the unit of the purchase order, in pieces, or both: 3 boxes and 5 pieces."""
    form = forms.ArrivedForm(formdata=posted(), prefix=f"l{line.id}-", data={"received": line.incoming or None})
    counted = counting(line.product.base_unit, line.unit, line.unit_factor, str(get_locale()))
    form.received.count_in(counted)
    form.rejected.count_in(counted)
    return form


def _expected(purchase_order_id: int) -> tuple[PurchaseOrder, Sequence[PurchaseOrderLine]]:
    order = row_of(PurchaseOrder, purchase_order_id, selectinload(PurchaseOrder.supplier))
    product = selectinload(PurchaseOrderLine.product)
    lines = session.scalars(
        sa.select(PurchaseOrderLine)
        .where(PurchaseOrderLine.purchase_order_id == purchase_order_id)
        .options(product.selectinload(Product.base_unit), selectinload(PurchaseOrderLine.unit))
        .order_by(PurchaseOrderLine.position)
    ).all()
    return order, lines


def _arrived(line_id: int, form: Any) -> receiving.Arrived:
    return receiving.Arrived(
        line_id=line_id,
        received=form.received.data or ZERO,
        rejected=form.rejected.data or ZERO,
        reject_reason=form.reject_reason.data or "",
        lot=form.lot.data or "",
        expires_on=form.expires_on.data,
    )


def _place(error: HandoffError, head: Form, rows: Sequence[Form]) -> str:
    """Put each sentence at its field; what has none is the answer."""
    if not isinstance(error, InvalidInput):
        return sentence(error)
    rest = []
    for path, message in error.fields.items():
        parts = path.split(".")
        form: Form = rows[int(parts[1]) - 1] if len(parts) == 3 else head
        field = next((one for one in form if one.short_name == parts[-1]), None)
        if field is None:
            rest.append(sentence(message))
        else:
            field.errors = [*field.errors, sentence(message)]
    return " ".join(rest)


# -------------------------------------------------------------------------------------------------------- put-away
def _put_away_form(one: queries.ToPutAway) -> forms.PutAwayForm:
    first = {"location_id": one.location_id, "quantity": one.left}
    form = forms.PutAwayForm(formdata=posted(), prefix=f"r{one.receipt_line_id}-", data=first)
    form.quantity.count_in(counting(one.base_unit, one.unit, one.factor, str(get_locale())))
    return form


def put_away(actor: Actor, receipt_id: int) -> ResponseReturnValue:
    """Where each line goes; the place where most of the product lies suggests itself."""
    receipt = row_of(Receipt, receipt_id)
    left = queries.to_put_away(receipt)
    rows = [(one, _put_away_form(one)) for one in left]
    status, problem = 200, ""
    if request.method == "POST":
        valid = [form.validate() for _, form in rows]
        if all(valid):
            chosen = [(one, form) for one, form in rows if form.quantity.data and form.location_id.data]
            steps = [
                putting_away.PutAway(
                    receipt_line_id=one.receipt_line_id,
                    location_id=form.location_id.data or 0,
                    quantity=form.quantity.data,
                )
                for one, form in chosen
            ]
            try:
                run(putting_away.put_away, actor, receipt_id=receipt_id, steps=steps)
            except (InvalidInput, RuleBroken) as error:
                status, problem = error.status, _place(error, rows[0][1] if rows else Form(), [f for _, f in chosen])
                receipt = row_of(Receipt, receipt_id)
                typed = {one.receipt_line_id: form for one, form in rows}
                rows = [(one, typed[one.receipt_line_id]) for one in queries.to_put_away(receipt)]
            else:
                flash(gettext("Put away. Orders that waited have their goods."), "success")
                return redirect(url_for("warehouse_receipts.details_view", row_id=receipt_id))
        else:
            status = 422
    return answer("warehouse/pages/put_away.html", status, receipt=receipt, rows=rows, problem=problem)


def register(app: Flask) -> None:
    """The addresses."""
    walk = Item(
        "warehouse", lazy_gettext("Pick list"), "warehouse_pick_list", Permissions.SHIPMENT_PICK, "list", 15, quick=2
    )
    page(
        app, "/warehouse/pick-list/", permission=Permissions.SHIPMENT_PICK, endpoint="warehouse_pick_list", menu=walk,
    )(pick_list)  # fmt: skip
    page(
        app, "/warehouse/pick-tasks/<int:task_id>/", permission=Permissions.SHIPMENT_PICK, methods=("POST",),
        endpoint="warehouse_pick_task",
    )(pick_task)  # fmt: skip
    page(
        app, "/warehouse/shipments/<int:shipment_id>/pack/", permission=Permissions.SHIPMENT_PACK,
        methods=("GET", "POST"), endpoint="warehouse_pack",
    )(pack)  # fmt: skip
    page(
        app, "/warehouse/expected/<int:purchase_order_id>/receive/", permission=Permissions.RECEIPT_BOOK,
        methods=("GET", "POST"), endpoint="warehouse_receive",
    )(receive)  # fmt: skip
    page(
        app, "/warehouse/receipts/<int:receipt_id>/put-away/", permission=Permissions.RECEIPT_PUT_AWAY,
        methods=("GET", "POST"), endpoint="warehouse_put_away",
    )(put_away)  # fmt: skip
