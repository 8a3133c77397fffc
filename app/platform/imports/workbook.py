"""XLSX workbooks as sheets of texts, the same texts a CSV file would hold.

Whoever sends a file decides what is in it, so the archive is looked through before the reader, which keeps a whole
sheet in memory, gets it: how large it unpacks, how many parts and how wide and long its sheets are. Every refusal is a
sentence that says what to do.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_

MOST_BYTES = 30_000_000
MOST_UNPACKED = 300_000_000
MOST_PARTS = 2_000
#: of one sheet, from its first column and row to its last: the reader keeps room for all of them
MOST_CELLS = 4_000_000
#: longest text of a cell that a sheet program writes
LONGEST_TEXT = 32_767
CHUNK = 1 << 18
OVERLAP = 256
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: parts that would make the reader take the file for another format
OTHER_FORMATS = {"xl/workbook.bin", "content.xml"}
_place = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_row = re.compile(rb"""<(?:\w+:)?row\b[^>]{0,200}?\sr\s*=\s*["']([0-9]{1,7})["']""")
#: a formula that gives no value; the reader would take it for an empty cell
_error = re.compile(rb"""<(?:\w+:)?c\b[^>]{0,200}?\st\s*=\s*["']e["']""")
_cell = re.compile(rb"<(?:\w+:)?c[\s/>]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. Row n of the sheet is ``rows[n - 1]``; cells are texts as in a CSV file, empty ones are empty."""

    name: str
    rows: tuple[tuple[str, ...], ...]

    def records(self, heading_row: int = 1) -> Iterator[tuple[int, dict[str, str]]]:
        """(number of the row, heading -> text) of every row below the headings that is not empty."""
        headings = [heading.strip() for heading in self.rows[heading_row - 1]] if len(self.rows) >= heading_row else []
        for number, row in enumerate(self.rows[heading_row:], start=heading_row + 1):
            if any(row):
                yield number, {heading: text for heading, text in zip(headings, row, strict=False) if heading}


def read_sheets(content: bytes, place: str = "file") -> list[Sheet]:
    """All sheets of a workbook.  place: field a refusal is told at.  Raises: InvalidInput."""
    try:
        return _read(content)
    except Refused as problem:
        raise InvalidInput({place: problem.sentence}) from None


class Refused(Exception):
    """A file that is not read; carries the sentence."""

    def __init__(self, text: str, **data: Any) -> None:
        self.sentence = Message(text, **data)
        super().__init__(str(self.sentence))


def _read(content: bytes) -> list[Sheet]:
    if len(content) > MOST_BYTES:
        raise Refused(N_("The file is larger than %(most)s MB. Split it."), most=MOST_BYTES // 1_000_000)
    if content.startswith(OLD_OFFICE):
        if ENCRYPTED in content:
            raise Refused(N_("The workbook has a password. Save it without one, and send that file."))
        raise Refused(N_("This is a workbook of the old kind (.xls). Save it as .xlsx."))
    _look_through(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [Sheet(name, _texts(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)))
                for name in workbook.sheet_names]  # fmt: skip
    except (CalamineError, ValueError, OverflowError, OSError) as problem:
        raise Refused(N_("This workbook cannot be read: %(problem)s."), problem=str(problem)[:200]) from None
    except BaseException as problem:
        # the reader's own alarm is no Exception; to us it is one more file that is damaged
        if type(problem).__name__ != "PanicException":
            raise
        raise Refused(N_("This workbook is damaged.")) from None


def _look_through(content: bytes) -> None:
    """Unpack every part without keeping it.  Raises: Refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names or names & OTHER_FORMATS:
                raise Refused(N_("This is not an .xlsx workbook."))
            if len(parts) > MOST_PARTS or len(names) != len(parts):
                raise Refused(N_("This workbook is damaged."))
            if any(part.flag_bits & 0x1 for part in parts):
                raise Refused(N_("The workbook has a password. Save it without one, and send that file."))
            if sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise Refused(N_("Unpacked, the workbook is larger than %(most)s MB."), most=MOST_UNPACKED // 1_000_000)
            for part in parts:
                with archive.open(part) as opened:
                    _measure(opened)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, ValueError, OSError, RuntimeError):
        raise Refused(N_("This is not an .xlsx workbook.")) from None


def _measure(part: Any) -> None:
    """Read a part to its end, which proves its stated size, and refuse what would take too much room.

    A sheet may lie under any name, so each part is looked at as if it were one.
    """
    rows = columns = cells = 0
    kept = b""
    while chunk := part.read(CHUNK):
        text = kept + chunk
        if found := _error.search(text):
            place = _place.search(found.group())
            where = b"".join(place.groups()).decode() if place else "?"
            raise Refused(N_("The formula in cell %(cell)s gives an error instead of a value."), cell=where)
        rows = max([rows, *(int(found) for found in _row.findall(text))])
        for letters, number in _place.findall(text):
            columns, rows = max(columns, _column(letters)), max(rows, int(number))
        cells += len(_cell.findall(chunk))
        if rows * columns > MOST_CELLS or cells > MOST_CELLS:
            raise Refused(
                N_("A sheet has more than %(most)s cells. Remove what lies far right and far down, or split it."),
                most=MOST_CELLS,
            )
        kept = text[-OVERLAP:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _texts(rows: list[list[Any]]) -> tuple[tuple[str, ...], ...]:
    made = [tuple(text_of_cell(cell) for cell in row) for row in rows]
    while made and not any(made[-1]):
        made.pop()
    return tuple(made)


def text_of_cell(value: Any) -> str:
    """The text of a cell: numbers with a point and the 15 digits sheet programs keep, dates as 2026-03-31."""
    if isinstance(value, str):
        return value.strip()[:LONGEST_TEXT]
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        text = format(Decimal(format(value, ".15g")), "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
