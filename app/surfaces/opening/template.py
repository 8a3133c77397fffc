"""An empty workbook with the sheets and headings of the opening balances."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from app.surfaces.opening.sheets import CONTROL, KINDS

WIDTH = 18


def write_template(path: Path, *, language: int = 0) -> None:
    """Write it.  language: 0 English, 1 Chinese."""
    with xlsxwriter.Workbook(path) as book:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for kind in KINDS:
            sheet = book.add_worksheet(kind.titles[language])
            label = CONTROL[language]
            sheet.write(0, 0, label[0].upper() + label[1:], bold)
            sheet.freeze_panes(3, 0)
            for place, one in enumerate(kind.fields):
                is_day = one.kind.python_type.__name__ == "date"
                sheet.set_column(place, place, WIDTH, day if is_day else None)
                sheet.write(2, place, one.headings[language], bold)
