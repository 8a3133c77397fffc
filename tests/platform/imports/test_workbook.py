"""Workbooks from outside: their texts, and files that would do harm."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from app.kernel.errors import InvalidInput
from app.platform.imports import workbook
from app.platform.imports.workbook import read_sheets


def made(*cells):
    """A workbook with (row, column, value) on its first sheet, 0-based."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet("库存")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for row, column, value in cells:
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value, day)
        else:
            sheet.write(row, column, value)
    book.close()
    return content.getvalue()


def altered(content, change, *, drop=(), add=()):
    """The same archive with the text of its first sheet changed."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name not in drop:
                new.writestr(name, change(text) if name.endswith("sheet1.xml") else text)
        for name, text in add:
            new.writestr(name, text)
    return result.getvalue()


GOOD = made(
    (2, 0, "料号"),
    (2, 1, "Qty"),
    (3, 0, "000123"),
    (3, 1, 0.1 + 0.2),
    (5, 0, datetime.fromisoformat("2026-03-31")),
    (5, 1, 7),
)


def test_cells_are_the_texts_of_a_csv_file_and_rows_keep_their_numbers():
    (sheet,) = read_sheets(GOOD)
    assert sheet.name == "库存"
    assert sheet.rows == (
        ("", ""), ("", ""), ("料号", "Qty"), ("000123", "0.3"), ("", ""), ("2026-03-31", "7"),
    )  # fmt: skip
    assert list(sheet.records(heading_row=3)) == [
        (4, {"料号": "000123", "Qty": "0.3"}),
        (6, {"料号": "2026-03-31", "Qty": "7"}),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no,archive\n", "This is not an .xlsx workbook."),
        (GOOD[:-200], "This is not an .xlsx workbook."),
        (altered(GOOD, bytes, drop=("xl/workbook.xml",)), "This is not an .xlsx workbook."),
        (altered(GOOD, bytes, add=[("content.xml", b"<a/>")]), "This is not an .xlsx workbook."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "This is a workbook of the old kind"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "The workbook has a password.",
        ),
        (altered(GOOD, lambda text: text.replace(b'r="B6"', b'r="XFD1048576"')), "A sheet has more than 4000000 cells."),
        (altered(GOOD, lambda text: text.replace(b'r="B6"', b'r="!"')), "This workbook cannot be read"),
        (altered(GOOD, lambda text: text.replace(b'r="B6"', b'r="B6" t="e"')), "The formula in cell B6 gives an error"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_or_would_do_harm_is_refused_in_a_sentence(content, sentence):
    with pytest.raises(InvalidInput) as refused:
        read_sheets(content, "sheet")
    assert str(refused.value.fields["sheet"]).startswith(sentence)


@pytest.mark.parametrize(
    ("limit", "most", "sentence"),
    [
        ("MOST_BYTES", 1_000, "The file is larger than"),
        ("MOST_UNPACKED", 2_000_000, "Unpacked, the workbook is larger than"),
        ("MOST_PARTS", 3, "This workbook is damaged."),
    ],
)
def test_an_oversized_file_is_refused_before_the_reader_gets_it(monkeypatch, limit, most, sentence):
    monkeypatch.setattr(workbook, limit, most)
    monkeypatch.delattr(workbook, "CalamineWorkbook")
    with pytest.raises(InvalidInput) as refused:
        read_sheets(altered(GOOD, bytes, add=[("xl/bomb.xml", bytes(2_000_001))]))
    assert str(refused.value.fields["file"]).startswith(sentence)
