"""Screens beside the tables: the delivery at the customer's door, and the link for the customer."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy.orm import selectinload
from werkzeug.datastructures import CombinedMultiDict

from app.departments.logistics import delivering, forms, tracking
from app.departments.logistics.permissions import Permissions
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotFound, RuleBroken
from app.platform.access.web import public_address
from app.platform.backoffice import page, sentence
from app.platform.db import run, session
from app.platform.files import Kept, keep
from app.records.orders.models import OrderLine
from app.records.shipping.models import Shipment, ShipmentLine, ShipmentState

ZERO = Decimal(0)


def _shipment(shipment_id: int) -> Shipment:
    found = session.scalars(
        sa.select(Shipment).where(Shipment.id == shipment_id).options(selectinload(Shipment.order))
    ).one_or_none()
    if found is None:
        raise NotFound(record=Shipment.__tablename__, id=shipment_id)
    return found


def deliver(actor: Actor, shipment_id: int) -> ResponseReturnValue:
    """Who took it, when, how much of each line, and a photo: one page for a phone at the door."""
    shipment = _shipment(shipment_id)
    lines = _lines(shipment_id)
    form = forms.DeliverForm(formdata=_posted())
    is_sent = request.method == "POST"
    entered = {
        row.id: request.form.get(f"q{row.id}", "") if is_sent else f"{row.shipped.normalize():f}" for row, _ in lines
    }
    problem, status = "", 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                run(
                    delivering.deliver, actor, shipment_id=shipment_id, received_by=form.received_by.data or "",
                    delivered_at=form.delivered_at.data, quantities=_quantities(entered), proof=_proof(form),
                    note=form.note.data or "",
                )  # fmt: skip
            except (InvalidInput, RuleBroken) as error:
                status, problem = error.status, _told(form, error)
                shipment, lines = _shipment(shipment_id), _lines(shipment_id)
            else:
                flash(gettext("Delivered."), "success")
                return redirect(url_for("logistics_shipments.details_view", row_id=shipment_id))
    body = render_template(
        "logistics/pages/deliver.html", shipment=shipment, lines=lines, form=form, entered=entered, problem=problem,
        is_on_way=shipment.state is ShipmentState.SHIPPED,
    )  # fmt: skip
    return make_response(body, status)


def _posted() -> Any:
    """Fields and files sent; nothing sent is nothing entered."""
    return CombinedMultiDict([request.files, request.form]) if request.method == "POST" else None


def _lines(shipment_id: int) -> Sequence[Any]:
    statement = (
        sa.select(ShipmentLine, OrderLine)
        .join(OrderLine, OrderLine.id == ShipmentLine.order_line_id)
        .where(ShipmentLine.shipment_id == shipment_id)
        .order_by(OrderLine.position)
    )
    return session.execute(statement).all()


def _quantities(entered: dict[int, str]) -> dict[int, Decimal]:
    """Raises: InvalidInput naming the line whose quantity is no number."""
    found = {}
    for line_id, text in entered.items():
        cell = forms.AssignForm(formdata=None).expected_cost
        cell.places = 3
        try:
            cell.process_formdata([text])
        except ValueError as error:
            raise InvalidInput({f"quantities.{line_id}": str(error)}) from None
        found[line_id] = cell.data or ZERO
    return found


def _proof(form: forms.DeliverForm) -> Kept | None:
    upload: Any = form.proof.data
    return keep(upload.stream, upload.filename, field="proof") if upload else None


def _told(form: forms.DeliverForm, error: InvalidInput | RuleBroken) -> str:
    """Sentences at their fields; the rest as one text."""
    if not isinstance(error, InvalidInput):
        return sentence(error)
    form.refuse(error)
    rest = list(form.general)
    form.general.clear()
    return " ".join(rest)


def customer_link(actor: Actor, shipment_id: int) -> ResponseReturnValue:
    """Make a link for the customer and show it once."""
    _shipment(shipment_id)
    token = run(tracking.make_tracking_link, actor, shipment_id=shipment_id)
    address = public_address("track", token=token)
    shipment = _shipment(shipment_id)
    body = render_template("logistics/pages/link.html", shipment=shipment, address=address, days=tracking.LINK_DAYS)
    return make_response(body, 200)


def register(app: Flask) -> None:
    """The addresses."""
    page(
        app, "/logistics/shipments/<int:shipment_id>/deliver/", permission=Permissions.SHIPMENT_DELIVER,
        methods=("GET", "POST"), endpoint="logistics_deliver",
    )(deliver)  # fmt: skip
    page(
        app, "/logistics/shipments/<int:shipment_id>/link/", permission=Permissions.TRACKING_LINK, methods=("POST",),
        endpoint="logistics_link",
    )(customer_link)  # fmt: skip
