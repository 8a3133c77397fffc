"""Screens with more than one row to fill in: take a return in, inspect it, send goods of a receipt back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Flask, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from app.departments.warehouse.pages import answer, posted, row_of, spoken
from app.departments.warehouse.permissions import Permissions
from app.departments.warehouse.returns import forms, inspecting, taking_in
from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, RuleBroken
from app.platform.backoffice import page
from app.platform.backoffice.identifiers import parse
from app.platform.db import run
from app.records.returns import queries
from app.records.returns.models import CustomerReturn, CustomerReturnFinding

ZERO = Decimal(0)
#: findings a line takes at once; another visit takes more
FINDINGS = 2


def _page_of(return_id: int) -> str:
    return url_for("warehouse_returns.details_view", row_id=return_id)


def _attempt(use_case: Callable[..., Any], actor: Actor, **values: Any) -> tuple[int, str]:
    """(200, "") when it went through, else the status and what to say."""
    try:
        run(use_case, actor, **values)
    except (InvalidInput, RuleBroken) as refusal:
        return refusal.status, spoken(refusal)
    return 200, ""


def _beside(return_id: int, entered: Mapping[int, Any]) -> list[tuple[queries.ReturnRow, Any]]:
    """The lines as they are after a refusal, each beside what was entered for it."""
    return [(one, entered[one.row.id]) for one in queries.return_rows(return_id) if one.row.id in entered]


# --------------------------------------------------------------------------------------------------------- take in
def receive(actor: Actor, return_id: int) -> ResponseReturnValue:
    """What came of each line, in the units it was sold in."""
    found = row_of(CustomerReturn, return_id)
    head = forms.DayForm(formdata=posted())
    rows = [(one, _came(one)) for one in queries.return_rows(return_id) if one.row.expected]
    status, problem = 200, ""
    if request.method == "POST":
        entered = {one.row.id: form for one, form in rows}
        status = 200 if all([head.validate(), *(form.validate() for _, form in rows)]) else 422
        if status == 200:
            status, problem = _attempt(
                taking_in.receive_return, actor, return_id=return_id, occurred_on=head.occurred_on.data,
                version=parse(request.form.get("version_seen")),
                quantities={one.row.id: _total(one, form) for one, form in rows},
            )  # fmt: skip
            if status == 200:
                flash(gettext("Booked. Now inspect it."), "success")
                return redirect(_page_of(return_id))
            found, rows = row_of(CustomerReturn, return_id), _beside(return_id, entered)
    return answer("warehouse/returns/receive.html", status, found=found, rows=rows, head=head, problem=problem)


def _came(one: queries.ReturnRow) -> Any:
    boxes, pieces = one.boxes(one.row.expected) if one.has_boxes else (ZERO, one.row.expected)
    return forms.CameForm(
        formdata=posted(), prefix=f"l{one.row.id}-", data={"boxes": boxes or None, "pieces": pieces or None}
    )


def _total(one: queries.ReturnRow, form: Any) -> Decimal:
    return (form.boxes.data or ZERO) * one.line.unit_factor + (form.pieces.data or ZERO)


# --------------------------------------------------------------------------------------------------------- inspect
def inspect(actor: Actor, return_id: int) -> ResponseReturnValue:
    """What becomes of the pieces of each line; two different findings fit at once."""
    found = row_of(CustomerReturn, return_id)
    rows = [
        (one, [_finding(one, number) for number in range(FINDINGS)])
        for one in queries.return_rows(return_id)
        if one.row.to_inspect
    ]
    status, problem = 200, ""
    if request.method == "POST":
        entered = {one.row.id: each for one, each in rows}
        valid = [form.validate() for _, each in rows for form in each]
        status = 200 if all(valid) else 422
        if status == 200:
            status, problem = _attempt(
                inspecting.inspect_return, actor, return_id=return_id,
                version=parse(request.form.get("version_seen")), findings=_findings(rows),
            )  # fmt: skip
            if status == 200:
                flash(gettext("Noted. Whoever has to act next is told."), "success")
                return redirect(_page_of(return_id))
            found, rows = row_of(CustomerReturn, return_id), _beside(return_id, entered)
    return answer("warehouse/returns/inspect.html", status, found=found, rows=rows, problem=problem)


def _finding(one: queries.ReturnRow, number: int) -> Any:
    begins = {"quantity": one.row.to_inspect} if number == 0 else {}
    return forms.FoundForm(formdata=posted(), prefix=f"l{one.row.id}-{number}-", data=begins)


def _findings(rows: Sequence[tuple[queries.ReturnRow, Sequence[Any]]]) -> list[inspecting.NewFinding]:
    made = []
    for one, each in rows:
        for form in each:
            if form.quantity.data and form.outcome.data in forms.CHOICES:
                outcome, remedy = forms.CHOICES[form.outcome.data]
                made.append(
                    inspecting.NewFinding(
                        line_id=one.row.id, quantity=form.quantity.data, outcome=outcome, remedy=remedy,
                        reason=form.reason.data or "", location_id=form.location_id.data,
                    )
                )  # fmt: skip
    return made


def take_finding_back(actor: Actor, finding_id: int) -> ResponseReturnValue:
    """Held goods are inspected anew."""
    finding = row_of(CustomerReturnFinding, finding_id)
    status, problem = _attempt(inspecting.take_finding_back, actor, finding_id=finding_id)
    flash(problem or gettext("The goods wait to be inspected again."), "success" if status == 200 else "error")
    return redirect(_page_of(finding.return_id))


def register(app: Flask) -> None:
    """The addresses."""
    both = ("GET", "POST")
    page(
        app, "/warehouse/returns/<int:return_id>/receive/", permission=Permissions.RETURN_RECEIVE, methods=both,
        endpoint="warehouse_return_receive",
    )(receive)  # fmt: skip
    page(
        app, "/warehouse/returns/<int:return_id>/inspect/", permission=Permissions.RETURN_INSPECT, methods=both,
        endpoint="warehouse_return_inspect",
    )(inspect)  # fmt: skip
    page(
        app, "/warehouse/findings/<int:finding_id>/back/", permission=Permissions.RETURN_INSPECT, methods=("POST",),
        endpoint="warehouse_finding_back",
    )(take_finding_back)  # fmt: skip
