"""Orders from a file or a pasted sheet: read whole, every problem named with its row and column, nothing written.

One row is one order line. Rows with the same customer and the same number of theirs, one after the other or not, are
one order. Headings are understood in English and Chinese.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.departments.sales import parsing
from app.departments.sales.values import LineValues
from app.kernel.errors import InvalidInput, Message
from app.kernel.sheets import unguarded
from app.kernel.text import N_
from app.platform.db import session
from app.platform.imports.workbook import OLD_OFFICE, read_sheets
from app.records.parties.models import Party

MOST_ROWS = 5_000
MOST_SIGNS = 2_000_000
MOST_BYTES = 3 * MOST_SIGNS
TOO_MUCH = Message(N_("That is too much at once; use the import of tables for it."))
#: heading -> cell; compared folded and without blanks
HEADINGS = {
    "customer": "customer", "客户": "customer", "客户编号": "customer",
    "number": "number", "ordernumber": "number", "po": "number", "客户订单号": "number", "订单号": "number",
    "product": "product", "code": "product", "产品": "product", "料号": "product", "产品编号": "product",
    "part": "part", "partnumber": "part", "客户料号": "part",
    "quantity": "quantity", "qty": "quantity", "数量": "quantity",
    "unit": "unit", "单位": "unit",
    "price": "price", "unitprice": "price", "单价": "price",
    "discount": "discount", "折扣": "discount",
    "reason": "reason", "折扣原因": "reason",
    "date": "date", "wanted": "date", "交期": "date", "要求日期": "date",
    "description": "description", "说明": "description",
    "kind": "kind", "类型": "kind",
}  # fmt: skip
NEEDED = ("customer", "quantity")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One problem of the file.  row: as in the sheet, headings are row 1; column: the heading."""

    row: int
    column: str
    message: Message


@dataclass(slots=True)
class SheetOrder:
    """One order found in the file."""

    customer_id: int
    customer: str
    number: str
    lines: list[LineValues] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """What was found; apply only when nothing is wrong."""

    orders: list[SheetOrder] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)

    @property
    def line_count(self) -> int:
        """How many lines all orders have."""
        return sum(len(order.lines) for order in self.orders)

    def blame(self, row: int, cell: str, message: Message) -> None:
        """Name a problem under the heading as it was written."""
        self.wrong.append(Wrong(row, self.headings.get(cell, cell), message))


def text_of(content: bytes) -> str:
    """The cells of an uploaded file as text: of a workbook its first sheet that is not empty, else of a CSV file.

    Raises: InvalidInput naming why it cannot be read: not one of them, a password, damaged, too large.
    """
    if len(content) > MOST_BYTES:
        raise InvalidInput({"file": TOO_MUCH})
    if not content.startswith((b"PK", OLD_OFFICE)):
        return decode(content)
    sheet = next((one for one in read_sheets(content) if any(any(row) for row in one.rows)), None)
    if sheet is None:
        return ""
    if len(sheet.rows) > MOST_ROWS + 1:
        raise InvalidInput({"file": Message(N_("At most %(most)s rows at once."), most=MOST_ROWS)})
    text = io.StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\n").writerows(sheet.rows)
    return text.getvalue()


def decode(content: bytes) -> str:
    """Text of a CSV file: UTF-8 with or without mark, UTF-16, else the Chinese code page of spreadsheets.

    Raises: InvalidInput when it is none of them.
    """
    encodings = ["utf-16"] if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" not in text:
            return text
    said = N_("This is neither a workbook (.xlsx) nor a CSV file. Save the sheet as one of them, or paste its cells.")
    raise InvalidInput({"file": Message(said)})


def read_sheet(text: str) -> Reading:
    """Read a CSV or pasted cells.  Raises: InvalidInput when it has no usable headings or is too large."""
    rows = _cells(text)
    if not rows:
        raise InvalidInput({"text": Message(N_("There is nothing in it."))})
    found = Reading()
    columns: dict[int, str] = {}
    for at, heading in enumerate(rows[0]):
        cell = HEADINGS.get("".join(parsing.normal(heading).casefold().split()).replace("_", ""))
        if cell and cell not in found.headings:
            columns[at] = cell
            found.headings[cell] = heading.strip()
    missing = [name for name in NEEDED if name not in found.headings]
    if missing or not {"product", "part", "description"} & found.headings.keys():
        raise InvalidInput(
            {"text": Message(N_("The first row must name the columns: customer, product or part, quantity."))}
        )
    customers = _customers(
        {row[at].strip() for row in rows[1:] for at, cell in columns.items() if cell == "customer" and at < len(row)}
    )
    orders: dict[tuple[int, str], SheetOrder] = {}
    for row_number, row in enumerate(rows[1:], start=2):
        cells = {cell: row[at] if at < len(row) else "" for at, cell in columns.items()}
        if any(text.strip() for text in cells.values()):
            _read_row(found, orders, row_number, cells, customers)
    found.orders = list(orders.values())
    return found


def _cells(text: str) -> list[list[str]]:
    if len(text) > MOST_SIGNS:
        raise InvalidInput({"text": TOO_MUCH})
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    separator = max("\t;,", key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator)
    try:
        rows = [[unguarded(cell) for cell in row] for _, row in zip(range(MOST_ROWS + 2), reader, strict=False)]
    except csv.Error as problem:
        raise InvalidInput({"text": Message(N_("The file cannot be read: %(why)s"), why=str(problem))}) from problem
    if len(rows) > MOST_ROWS + 1:
        raise InvalidInput({"text": Message(N_("At most %(most)s rows at once."), most=MOST_ROWS)})
    return rows if any(any(cell.strip() for cell in row) for row in rows) else []


def _customers(names: set[str]) -> dict[str, Party]:
    """Customers by code, else by name where the name is one customer's only."""
    wanted = {name for name in names if name}
    rows = list(
        session.scalars(
            sa.select(Party).where(Party.is_customer.is_(True), Party.code.in_(wanted) | Party.name.in_(wanted))
        )
    )
    by_name: dict[str, list[Party]] = {}
    for party in rows:
        by_name.setdefault(party.name, []).append(party)
    found = {name: parties[0] for name, parties in by_name.items() if len(parties) == 1}
    return found | {party.code: party for party in rows}


def _read_row(
    found: Reading, orders: dict[tuple[int, str], SheetOrder], row: int, cells: Mapping[str, str],
    customers: Mapping[str, Party],
) -> None:  # fmt: skip
    name = cells.get("customer", "").strip()
    customer = customers.get(name)
    if customer is None:
        said = N_("Name the customer.") if not name else N_("We know no customer “%(customer)s”.")
        found.blame(row, "customer", Message(said, **({"customer": name[:80]} if name else {})))
    try:
        line = parsing.read_line(cells)
    except InvalidInput as refusal:
        for cell, message in refusal.fields.items():
            found.blame(row, cell, message)
        return
    if customer is None:
        return
    number = cells.get("number", "").strip()[:80]
    order = orders.setdefault((customer.id, number), SheetOrder(customer.id, customer.name, number))
    order.lines.append(line)
    order.rows.append(row)


def blame_lines(found: Reading, order: SheetOrder, refusal: InvalidInput) -> None:
    """Turn ``lines.3.unit`` of one order into the row and column of the sheet."""
    for path, message in refusal.fields.items():
        head, _, rest = path.partition(".")
        position, _, cell = rest.partition(".")
        row = order.rows[int(position) - 1] if head == "lines" and position.isdigit() else order.rows[0]
        found.blame(row, parsing.CELL_OF.get(cell, cell) or head, message)


def header_of(order: SheetOrder, **more: Any) -> dict[str, Any]:
    """What ``take_order`` is told about this order."""
    return {"customer_id": order.customer_id, "customer_order_number": order.number, "lines": order.lines, **more}
