"""Orders from a workbook: the same cells as from a CSV file, and files that would do harm."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from functools import cache

import pytest
import xlsxwriter

from app.departments.sales import sheet_intake
from app.departments.sales.views import importing
from app.records.orders.models import Order, OrderLine

HEADINGS = ["客户", "客户订单号", "料号", "数量", "单价", "交期"]


def workbook(*rows, sheets=1) -> bytes:
    """A workbook whose last sheet has these rows; those before it are empty."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd"})
    for _ in range(sheets):
        sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return content.getvalue()


@pytest.fixture
def send(shop, sign_in):
    """Upload a file; ``what`` is check or apply."""
    client = sign_in()
    client.application.config["WTF_CSRF_ENABLED"] = False

    def upload(content: bytes, what="check", name="orders.xlsx"):
        return client.post("/sales/order-sheet/", data={"file": (io.BytesIO(content), name), "what": what, "text": ""})

    yield upload
    client.application.config["WTF_CSRF_ENABLED"] = True


def test_a_workbook_is_taken_like_a_csv_file(shop, send):
    rows = [shop.customer.code, "PO-1", shop.product.code, 10, 10.5, datetime.fromisoformat("2026-12-01")]
    content = workbook(HEADINGS, rows, [*rows[:3], 2.5, "", ""], sheets=2)
    checked = send(content)
    assert "1 orders with 2 lines" in checked.get_data(as_text=True)
    assert shop.make.count(Order) == 0
    assert send(content, "apply").status_code == 302
    assert send(content, "apply").status_code == 302
    (order,) = shop.make.all(Order)
    first, second = shop.make.lines(order)
    assert (first.entered_quantity, first.unit_price, first.requested_date) == (10, Decimal("10.5"), date(2026, 12, 1))
    assert (second.entered_quantity, second.unit_price) == (Decimal("2.5"), Decimal(10))
    assert (order.channel.value, order.customer_order_number) == ("file", "PO-1")


def test_a_problem_is_named_by_the_row_and_heading_of_the_sheet(shop, send):
    content = workbook(HEADINGS, [shop.customer.code, "", shop.product.code, 1], ["?", "", shop.product.code, "x"])
    answer = send(content, "apply")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert '<td class="ho-num">3</td><td>数量</td>' in page
    assert shop.make.count(Order) == shop.make.count(OrderLine) == 0


@cache
def bomb() -> bytes:
    """A sheet of 400 MB in a file of 400 kB."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(40):
                sheet.write(b" " * 10_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (bomb, "Unpacked, the workbook is larger than 300 MB."),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "has a password"),
        (lambda: workbook(HEADINGS)[:-300], "This is not an .xlsx workbook."),
        (workbook, "There is nothing in it."),
        (lambda: workbook(["a", "b"]), "The first row must name the columns"),
        (lambda: b"\x00\x01\x02\x03", "This is neither a workbook (.xlsx) nor a CSV file."),
        (lambda: workbook(*[[number] for number in range(5_002)]), "At most 5000 rows at once."),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_a_sentence(shop, send, content, sentence):
    answer = send(content())
    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (422, True)
    assert shop.make.count(Order) == 0


def test_an_oversized_file_is_refused_unread(shop, send, monkeypatch):
    monkeypatch.setattr(importing, "MOST_BYTES", 100)
    monkeypatch.setattr(sheet_intake, "MOST_BYTES", 100)
    answer = send(b"x" * 101, name="orders.csv")
    assert (answer.status_code, "That is too much at once" in answer.get_data(as_text=True)) == (422, True)
