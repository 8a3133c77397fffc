"""The sheets of a workbook with opening balances: their columns in both languages, their control totals, their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.kernel.errors import Message
from app.kernel.money import round_to
from app.kernel.text import N_
from app.platform.db.types import money_type, price_type, quantity_type
from app.platform.imports.values import Unreadable, number_of, typed
from app.platform.imports.workbook import Sheet, read_sheets

CONTROL = ("control total", "控制总额")
CENTS = 2
MONEY_PLACES = 4


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its headings in English and Chinese, and what its cells hold."""

    name: str
    headings: tuple[str, str]
    kind: sa.types.TypeEngine[Any]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Kind:
    """One table of the cut-over. The control total is the sum of ``amount``, or of ``quantity`` times ``price``."""

    name: str
    titles: tuple[str, str]
    fields: tuple[Field, ...]
    worth: tuple[str, ...]

    def amount(self, values: Mapping[str, Any]) -> Decimal:
        """What a row adds to the control total."""
        found = Decimal(1)
        for name in self.worth:
            found *= values.get(name) or Decimal(0)
        return round_to(found, MONEY_PLACES)


def _text(name: str, english: str, chinese: str, *, length: int = 80, required: bool = True) -> Field:
    return Field(name, (english, chinese), sa.String(length), required)


def _number(name: str, english: str, chinese: str, kind: sa.types.TypeEngine[Any], *, required: bool = True) -> Field:
    return Field(name, (english, chinese), kind, required)


def _day(name: str, english: str, chinese: str, *, required: bool = True) -> Field:
    return Field(name, (english, chinese), sa.Date(), required)


_PRODUCT = _text("product", "Product", "产品编号", length=40)
_QUANTITY = _number("quantity", "Quantity", "数量", quantity_type())
_PRICE = _number("price", "Unit price", "单价", price_type())
_CURRENCY = _text("currency", "Currency", "币种", length=3, required=False)
_CUSTOMER, _SUPPLIER = (
    _text("party", "Customer", "客户编号", length=40),
    _text("party", "Supplier", "供应商编号", length=40),
)
_OWED = (
    _number("amount", "Open amount", "未结金额", money_type()), _CURRENCY, _day("issued", "Issued", "开票日期"),
    _day("due", "Due", "到期日"),
)  # fmt: skip
STOCK = Kind(
    "stock",
    ("Stock", "库存"),
    (
        _PRODUCT, _text("warehouse", "Warehouse", "仓库", length=40), _text("place", "Place", "库位", length=40),
        _text("lot", "Lot", "批次", length=60, required=False), _day("expires", "Expires", "有效期", required=False),
        _QUANTITY, _number("price", "Unit cost", "单位成本", price_type()),
    ),
    ("quantity", "price"),
)  # fmt: skip
PURCHASES = Kind(
    "purchases",
    ("Purchase orders", "采购订单"),
    (
        _text("number", "Number", "单号", length=40), _SUPPLIER, _text("warehouse", "Warehouse", "仓库", length=40), _PRODUCT,
        _QUANTITY, _PRICE, _day("date", "Promised", "承诺交期", required=False),
    ),
    ("quantity", "price"),
)  # fmt: skip
ORDERS = Kind(
    "orders",
    ("Sales orders", "销售订单"),
    (
        _text("number", "Number", "单号", length=40), _CUSTOMER,
        _text("reference", "Customer's number", "客户订单号", required=False), _day("received", "Received", "接单日期"), _PRODUCT,
        _QUANTITY, _text("unit", "Unit", "单位", length=40, required=False), _PRICE,
        _day("date", "Wanted", "要求日期", required=False), _text("person", "Confirmed by", "确认人", required=False),
    ),
    ("quantity", "price"),
)  # fmt: skip
RECEIVABLES = Kind(
    "receivables",
    ("Receivables", "应收"),
    (_text("number", "Number", "单号", length=36), _CUSTOMER, *_OWED),
    ("amount",),
)
PAYABLES = Kind("payables", ("Payables", "应付"), (_text("number", "Number", "单号"), _SUPPLIER, *_OWED), ("amount",))
#: in the order in which they are booked: orders take from the stock
KINDS = (STOCK, PURCHASES, ORDERS, RECEIVABLES, PAYABLES)


@dataclass(frozen=True, slots=True)
class Wrong:
    """One problem at its place; row 0 is the sheet as a whole."""

    sheet: str
    row: int
    column: str
    message: Message


@dataclass(slots=True)
class Table:
    """The rows of one sheet."""

    kind: Kind
    sheet: str
    headings: dict[str, str]  #: field -> heading as it was written
    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    total: Decimal = Decimal(0)


@dataclass(slots=True)
class Workbook:
    """What was read, and everything that is wrong with it."""

    tables: list[Table] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    def blame(self, table: Table, row: int, name: str, message: Message | str) -> None:
        """Name a problem under the heading as it was written."""
        said = message if isinstance(message, Message) else Message(message)
        self.wrong.append(Wrong(table.sheet, row, table.headings.get(name, name), said))

    def table(self, kind: Kind) -> Table | None:
        """The sheet of a kind, if there is one."""
        return next((table for table in self.tables if table.kind is kind), None)


def normal(text: str) -> str:
    """A heading as it is compared."""
    return " ".join(text.casefold().replace("_", " ").replace("：", "").replace(":", "").split())


def read_workbook(content: bytes) -> Workbook:
    """Every sheet that is one of ours; the others are left alone.  Raises: InvalidInput when it cannot be read."""
    found = Workbook()
    by_title = {normal(title): kind for kind in KINDS for title in kind.titles}
    for sheet in read_sheets(content, "workbook"):
        kind = by_title.get(normal(sheet.name))
        if kind is not None:
            if found.table(kind) is not None:
                found.wrong.append(Wrong(sheet.name, 0, "", Message(N_("There is another sheet of this kind."))))
                continue
            _read(found, kind, sheet)
    if not found.tables and not found.wrong:
        titles = ", ".join(title for kind in KINDS for title in kind.titles)
        found.wrong.append(Wrong("", 0, "", Message(N_("No sheet is one of these: %(titles)s."), titles=titles)))
    return found


def _read(found: Workbook, kind: Kind, sheet: Sheet) -> None:
    names = {normal(heading): one.name for one in kind.fields for heading in one.headings}
    at = next((place for place, row in enumerate(sheet.rows) if _fits(row, names)), None)
    if at is None:
        if any(any(row) for row in sheet.rows):
            found.wrong.append(Wrong(sheet.name, 0, "", Message(N_("No row of this sheet names its columns."))))
        return
    columns = {place: names[normal(text)] for place, text in enumerate(sheet.rows[at]) if normal(text) in names}
    table = Table(kind, sheet.name, {name: sheet.rows[at][place] for place, name in columns.items()})
    found.tables.append(table)
    missing = [one for one in kind.fields if one.required and one.name not in table.headings]
    for one in missing:
        found.blame(table, at + 1, one.headings[0], N_("This column is needed."))
    if not missing:
        for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
            if any(row):
                _read_row(found, table, number, {name: row[place] for place, name in columns.items()})
    _compare(found, table, sheet.rows[:at])


def _fits(row: Sequence[str], names: Mapping[str, str]) -> bool:
    return len({names[normal(text)] for text in row if normal(text) in names}) >= 3


def _read_row(found: Workbook, table: Table, number: int, texts: Mapping[str, str]) -> None:
    values: dict[str, Any] = {}
    for one in table.kind.fields:
        text = texts.get(one.name, "").strip()
        try:
            values[one.name] = typed(text, one.kind)
        except Unreadable as problem:
            found.blame(table, number, one.name, problem.sentence)
            continue
        if one.required and not text:
            found.blame(table, number, one.name, N_("This value is needed."))
    table.total += table.kind.amount(values)
    table.rows.append((number, values))


def _controls(rows: Sequence[Sequence[str]]) -> Iterator[tuple[int, str]]:
    for number, row in enumerate(rows, start=1):
        for label, value in pairwise(row):
            if normal(label) in CONTROL:
                yield number, value


def _compare(found: Workbook, table: Table, above: Sequence[Sequence[str]]) -> None:
    """The control total, above the headings, must be what the rows come to."""
    if not table.rows:
        return
    given = next(_controls(above), None)
    if given is None:
        found.blame(table, 0, CONTROL[0], N_("Write the control total of the old system above the columns."))
        return
    number, text = given
    try:
        control = number_of(text.replace(",", ""))
    except Unreadable as problem:
        found.blame(table, number, CONTROL[0], problem.sentence)
        return
    if round_to(control, CENTS) != round_to(table.total, CENTS):
        sentence = Message(
            N_("The control total says %(control)s, the rows come to %(total)s."),
            control=format(round_to(control, CENTS), "f"),
            total=format(round_to(table.total, CENTS), "f"),
        )
        found.blame(table, number, CONTROL[0], sentence)
