"""Every check of returns finds the violation planted for it, and nothing else, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal as D  # noqa: N817  amounts are everywhere here

import pytest

from app.departments.finance import bills
from app.departments.finance.claims import post_debit_note
from app.departments.finance.refunds import refund_return
from app.departments.warehouse.returns.to_supplier import send_to_supplier
from app.platform.db import Base
from app.records.billing.models import InvoiceLine
from app.records.returns.models import (
    CustomerReturnFinding,
    CustomerReturnRefund,
    Outcome,
    SupplierReturnLine,
)
from tests.records.checking.test_planted import spoil
from tests.support import returned


@pytest.fixture
def world(make) -> Mapping[str, Base]:
    """Of 41 pieces 5 are back: 3 restocked and refunded, 2 held; of 100 bought 10 went back and are claimed."""
    order = returned.delivered(make, 41)
    returned.invoiced(make, order)
    found = returned.inspected(make, returned.here(make, order, 5), (3, "restock", "refund"), (2, "reject", "none"))
    (note,) = make.do(refund_return, return_id=found.id)
    came = returned.receipt(make, 100, rejected=4, price="3")
    make.do(
        bills.record_bill, receipt_id=came.id, supplier_number="B-1", billed_on=date(2026, 3, 2), net_total=D(288),
        tax_total=D("37.44"),
    )  # fmt: skip
    back = returned.back_to_supplier(make, came, 10, rejected=4)
    make.do(send_to_supplier, return_id=back.id)
    debit = make.do(post_debit_note, return_id=back.id)
    return {
        "return": make.again(found),
        "row": returned.lines(found)[0],
        "line": make.lines(order)[0],
        "restocked": make.all(CustomerReturnFinding, CustomerReturnFinding.outcome == Outcome.RESTOCK)[0],
        "refund": make.all(CustomerReturnRefund)[0],
        "credit": make.all(InvoiceLine, InvoiceLine.invoice_id == note.id)[0],
        "back_rejected": make.all(SupplierReturnLine, SupplierReturnLine.location_id.is_(None))[0],
        "back": make.all(SupplierReturnLine, SupplierReturnLine.location_id.is_not(None))[0],
        "debit": debit,
    }


#: what is spoiled -> (row, column, value as stored), and the checks that must see it
PLANTED: dict[str, tuple[str, str, int | str, set[str]]] = {
    "returned more": ("line", "returned", 6_000, {"returns.lines_equal_returns"}),
    "received more": (
        "row", "received", 6_000,
        {
            "returns.line_quantities", "returns.lines_equal_returns", "returns.received_equals_moves",
            "returns.state_follows_quantities",
        },
    ),
    "refunded more": (
        "row", "refunded", 4_000, {"returns.line_quantities"},
    ),
    "refunded less": (
        "row", "refunded", 2_000, {"returns.refunds_within_credit"},
    ),
    "finding": ("restocked", "quantity", 2_000, {"returns.findings_equal_lines"}),
    "credited beyond the note": ("refund", "quantity", 4_000, {"returns.refunds_within_credit"}),
    "state": ("return", "state", "closed", {"returns.state_follows_quantities"}),
    "refused with goods here": ("return", "state", "refused", {"returns.state_follows_quantities"}),
    "more rejected pieces than came": ("back_rejected", "quantity", 5_000, {"returns.supplier_within_receipts"}),
    "more than the moves say": ("back", "quantity", 11_000, {"returns.supplier_equals_moves"}),
    "debit note": ("debit", "net_total", 1, {"returns.debit_notes_add_up"}),
    "taken twice off the bill": ("debit", "settled", 339_001, {"returns.debit_notes_add_up"}),
}  # fmt: skip


def test_each_planted_violation_is_found_and_nothing_else(world):
    assert returned.broken_checks() == set()
    for name, (row, column, value, expected) in PLANTED.items():
        model, key = type(world[row]), world[row].id
        before = getattr(world[row], column)
        kept = model.__table__.c[column].type.process_bind_param(before, None) if isinstance(before, D) else before
        _set(model, column, value, key)
        assert returned.broken_checks(("returns.",)) == expected, name
        _set(model, column, kept, key)
    assert returned.broken_checks() == set()


def _set(model, column, value, key):
    written = f"'{value}'" if isinstance(value, str) else value
    spoil(model, f"UPDATE {model.__tablename__} SET {column} = {written} WHERE id = {key}")
