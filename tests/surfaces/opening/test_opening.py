"""A house is brought into the state of its cut-over day by one workbook, all or nothing."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
import xlsxwriter

from app.kernel import clock
from app.kernel.actor import ActorKind
from app.kernel.errors import InvalidInput, NotPermitted
from app.platform.access import everything
from app.platform.checks import checks, run_checks
from app.platform.db import run, session
from app.platform.process.default_flow import install_default_flow
from app.records.billing.models import Invoice
from app.records.orders.models import Order
from app.records.orders.states import OrderState
from app.records.stock.models import Lot, ProductCost, StockMove
from app.records.supply.models import PurchaseOrder, PurchaseState, SupplierBill
from app.surfaces.admin.standard_roles import install_standard_roles
from app.surfaces.opening import OnlyPreview, OpeningRefused, bring_in, read_workbook, write_template

D = Decimal
CUT_OVER = date(2026, 1, 1)


def soon():
    return (clock.now() + timedelta(days=30)).date().isoformat()


@pytest.fixture
def house(make):
    """A company with a customer, a supplier, two products and their places."""
    run(install_standard_roles, make.house())
    run(install_default_flow, make.house())
    make.company()
    make.location("A-01")
    product, other = make.product(code="M8", price="2"), make.product(code="M10", price="3")
    customer = make.customer(code="KUN", price_basis="excluded")
    supplier = make.supplier(code="SUP")
    for one in (product, other):
        make.supplier_product(supplier, one)
    assert customer.is_customer
    return make


def sheets():
    """title -> (control total, rows with the headings first); half of it in Chinese."""
    return {
        "库存": ("1060.50", [
            ["产品编号", "仓库", "库位", "批次", "数量", "单位成本"],
            ["M8", "MAIN", "A-01", "L1", 100, 0.605],
            ["M10", "MAIN", "A-01", "", 500, "2"],
        ]),
        "Purchase orders": ("52", [
            ["Number", "Supplier", "Warehouse", "Product", "Quantity", "Unit price", "Promised"],
            ["PO-7", "SUP", "MAIN", "M8", 10, 4, soon()],
            ["PO-7", "SUP", "MAIN", "M10", 2, 6, soon()],
        ]),
        "销售订单": ("80", [
            ["单号", "客户编号", "客户订单号", "接单日期", "产品编号", "数量", "单价", "要求日期"],
            ["SO-1", "KUN", "K-99", "2025-12-20", "M8", 40, 2, soon()],
        ]),
        "应收": ("1500.25", [
            ["单号", "客户编号", "未结金额", "开票日期", "到期日"],
            ["R1", "KUN", 1000.25, "2025-11-30", "2025-12-30"],
            ["R2", "KUN", 500, "2025-12-15", "2026-01-15"],
        ]),
        "Payables": ("99.9", [
            ["Number", "Supplier", "Open amount", "Issued", "Due"],
            ["B1", "SUP", "99.90", "2025-12-01", "2026-01-30"],
        ]),
        "Notes": ("", [["whatever", "else"]]),
    }  # fmt: skip


def book_of(content):
    result = io.BytesIO()
    with xlsxwriter.Workbook(result, {"in_memory": True}) as book:
        for title, (control, rows) in content.items():
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, ["控制总额", control])
            for number, row in enumerate(rows, start=2):
                sheet.write_row(number, 0, row)
    return read_workbook(result.getvalue())


def importer():
    return everything("opening balances", ActorKind.IMPORT, "cli")


def bring(content, **options):
    return run(bring_in, importer(), workbook=book_of(content), on=CUT_OVER, **options)


def fix(content, title, control=None, rows=None):
    before = content[title]
    return {**content, title: (before[0] if control is None else control, rows or before[1])}


def test_a_workbook_becomes_the_state_of_the_day_and_again_changes_nothing(house):
    with pytest.raises(OnlyPreview) as preview:
        bring(sheets(), is_preview=True)
    new = {"stock": 2, "purchases": 1, "orders": 1, "receivables": 2, "payables": 1}
    assert preview.value.created == new
    assert house.count(StockMove) == house.count(Order) == house.count(Invoice) == 0
    assert bring(sheets()) == new
    session.rollback()
    assert session.execute(sa.select(sa.func.sum(StockMove.quantity), sa.func.sum(StockMove.value))).one() == (
        600,
        D("1060.5"),
    )
    assert session.scalars(sa.select(Lot.code)).all() == ["L1"]
    order = session.scalars(sa.select(Order)).one()
    assert (order.state, order.customer_order_number) == (OrderState.IN_FULFILMENT, "K-99")
    assert (order.lines[0].allocated, order.net_total, order.received_at.date()) == (40, 80, date(2025, 12, 20))
    purchase = session.scalars(sa.select(PurchaseOrder)).one()
    assert (purchase.state, purchase.net_total) == (PurchaseState.ACKNOWLEDGED, 52)
    claims = session.execute(sa.select(Invoice.number, Invoice.gross_total, Invoice.due_on).order_by(Invoice.id)).all()
    assert claims == [("OB-R1", D("1000.25"), date(2025, 12, 30)), ("OB-R2", 500, date(2026, 1, 15))]
    bill = session.scalars(sa.select(SupplierBill)).one()
    assert (bill.supplier_number, bill.gross_total, bill.due_on) == ("B1", D("99.9"), date(2026, 1, 30))
    assert bring(sheets()) == dict.fromkeys(new, 0)
    assert house.count(StockMove) == house.count(Invoice) == 2
    assert session.scalar(sa.select(sa.func.sum(ProductCost.value))) == D("1060.5")
    session.rollback()
    assert [outcome.check.name for outcome in run_checks(checks()) if not outcome.is_good] == []


def test_every_problem_is_named_at_its_cell_and_nothing_is_booked(house):
    content = fix(sheets(), "库存", "1", [
        ["产品编号", "仓库", "库位", "数量", "单位成本"], ["M8", "MAIN", "A-01", "x", 1], ["", "MAIN", "A-01", 5, "0.1234567"],
    ])  # fmt: skip
    content = fix(content, "应收", "", None)
    content = fix(
        content, "Payables", "7", [["Number", "Supplier", "Open amount", "Issued"], ["B1", "SUP", 7, "2025-12-01"]]
    )
    content["Purchase orders"] = ("0", [["Number"], ["PO-7"]])
    with pytest.raises(OpeningRefused) as refused:
        bring(content)
    told = [(wrong.sheet, wrong.row, wrong.column, str(wrong.message)) for wrong in refused.value.workbook.wrong]
    assert told == [
        ("库存", 4, "数量", "“x” is no number."),
        ("库存", 5, "产品编号", "This value is needed."),
        ("库存", 5, "单位成本", "0.1234567 has more than 6 decimals."),
        ("库存", 1, "control total", "The control total says 1.00, the rows come to 0.00."),
        ("Purchase orders", 0, "", "No row of this sheet names its columns."),
        ("应收", 1, "control total", "“” is no number."),
        ("Payables", 3, "Due", "This column is needed."),
    ]
    with pytest.raises(OpeningRefused) as refused:
        bring(fix(sheets(), "库存", "60.50", [*sheets()["库存"][1][:2], ["M99", "MAIN", "Z-9", "", 0, 1]]))
    told = [(wrong.row, wrong.column, str(wrong.message)) for wrong in refused.value.workbook.wrong]
    assert told[:2] == [
        (5, "产品编号", "There is nothing with the code “M99”."),
        (5, "库位", "There is nothing with the code “Z-9”."),
    ]
    assert house.count(StockMove) == house.count(Order) == house.count(Invoice) == house.count(SupplierBill) == 0


def test_what_a_department_refuses_is_named_at_its_row(house):
    rows = sheets()["销售订单"][1]
    content = fix(sheets(), "销售订单", "160", [*rows, ["SO-2", "SUP", "K-1", "2025-12-20", "M8", 40, 2, soon()]])
    content = fix(content, "应收", "-5", [sheets()["应收"][1][0], ["R1", "SUP", -5, "2025-11-30", "2025-10-30"]])
    with pytest.raises(OpeningRefused) as refused:
        bring(content)
    told = {(wrong.sheet, wrong.row, wrong.column) for wrong in refused.value.workbook.wrong}
    assert told == {
        ("销售订单", 5, "customer_id"),
        ("应收", 4, "客户编号"),
        ("应收", 4, "未结金额"),
        ("应收", 4, "到期日"),
    }
    assert house.count(StockMove) == house.count(Order) == 0


def test_the_same_numbers_with_other_values_are_refused(house):
    bring(sheets())
    rows = sheets()["应收"][1]
    with pytest.raises(OpeningRefused) as refused:
        bring(fix(sheets(), "应收", "1600.25", [*rows[:2], ["R2", "KUN", 600, "2025-12-15", "2026-01-15"]]))
    assert [str(wrong.message) for wrong in refused.value.workbook.wrong] == [
        "This was brought in before with other values."
    ]


def test_opening_balances_need_the_right_to_import(house):
    with pytest.raises(NotPermitted):
        run(bring_in, house.actor("sales"), workbook=book_of(sheets()), on=CUT_OVER)
    assert house.count(StockMove) == house.count(Invoice) == 0


@pytest.mark.parametrize("language", [0, 1])
def test_the_template_is_read_as_an_empty_workbook(tmp_path, language):
    path = tmp_path / "opening.xlsx"
    write_template(path, language=language)
    found = read_workbook(path.read_bytes())
    assert (len(found.tables), found.wrong) == (5, [])
    with pytest.raises(InvalidInput):
        read_workbook(b"PK")
