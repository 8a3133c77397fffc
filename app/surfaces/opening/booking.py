"""Books a whole workbook of opening balances in one transaction, through the use cases of the departments."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from app.departments.finance.opening import open_payable, open_receivable
from app.departments.purchasing import answers, ordering
from app.departments.sales.errors import NotVerifiable
from app.departments.sales.rules import MAY_PASS
from app.departments.sales.service import confirmation, verification
from app.departments.sales.service.intake import company_of, rate_of, take_order
from app.departments.sales.values import LineValues
from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, InvalidInput, Message, RuleBroken
from app.kernel.text import N_
from app.platform.access import require
from app.platform.db import session
from app.platform.imports.permissions import Permissions
from app.records.catalog.models import Product
from app.records.orders.models import Channel, ConfirmedHow, Order, Origin
from app.records.parties.models import Party
from app.records.stock.ledger import NewMove, book
from app.records.stock.models import Location, Lot, MoveKind, StockMove, Warehouse
from app.records.supply.models import PurchaseOrder
from app.surfaces.opening.sheets import ORDERS, PAYABLES, PURCHASES, RECEIVABLES, STOCK, Table, Workbook

SOURCE = "opening"
#: why a problem that a person may let pass is let pass
AGREED = "agreed before the cut-over"
Values = dict[str, Any]
_line = re.compile(r"lines\.([0-9]{1,6})\.")


class OpeningRefused(RuleBroken):
    """Nothing was booked; every problem is named at its cell."""

    code = "opening.refused"
    status = 422

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        super().__init__(N_("%(count)s problem(s) in the workbook. Nothing was booked."), count=len(workbook.wrong))


class OnlyPreview(RuntimeError):
    """Ends a preview: everything it tried is undone."""

    def __init__(self, created: dict[str, int]) -> None:
        self.created = created
        super().__init__("preview")


def bring_in(actor: Actor, *, workbook: Workbook, on: date, is_preview: bool = False) -> dict[str, int]:
    """Book everything that is not there yet, all or nothing; how many of each kind are new.

    on: day of the cut-over.  is_preview: try everything, then undo it.
    Raises: NotPermitted, OpeningRefused (every problem), OnlyPreview (with what would be new).
    """
    require(actor, Permissions.RUN)
    created: dict[str, int] = {}
    if not workbook.wrong:
        books = _Books(actor, workbook, on)
        created = {table.kind.name: books.book(table) for table in sorted(workbook.tables, key=_place)}
    if workbook.wrong:
        raise OpeningRefused(workbook)
    if is_preview:
        raise OnlyPreview(created)
    return created


def _place(table: Table) -> int:
    return (STOCK, PURCHASES, ORDERS, RECEIVABLES, PAYABLES).index(table.kind)


@dataclass(slots=True)
class _Books:
    """One run over a workbook."""

    actor: Actor
    workbook: Workbook
    on: date
    _known: dict[tuple[type, str, int | None], Any] = field(default_factory=dict)

    def book(self, table: Table) -> int:
        """Book a sheet; how many records are new."""
        ways: dict[str, Callable[[Table], int]] = {
            STOCK.name: self._stock, PURCHASES.name: self._purchases, ORDERS.name: self._orders,
            RECEIVABLES.name: self._owed, PAYABLES.name: self._owed,
        }  # fmt: skip
        return ways[table.kind.name](table)

    # ------------------------------------------------------------------------------------------- looking up
    def _find(self, table: Table, row: int, name: str, model: Any, code: str, *, within: int | None = None) -> Any:
        """The record with this code; None, with the problem named, when there is none.  within: id of its warehouse."""
        key = (model, code, within)
        if key not in self._known:
            statement = sa.select(model).where(model.code == code)
            self._known[key] = session.scalar(statement.where(model.warehouse_id == within) if within else statement)
        if self._known[key] is None:
            self.workbook.blame(table, row, name, Message(N_("There is nothing with the code “%(code)s”."), code=code))
        return self._known[key]

    def _groups(self, table: Table) -> Iterator[tuple[str, list[tuple[int, Values]]]]:
        """Rows by number, in the order of the sheet."""
        groups: dict[str, list[tuple[int, Values]]] = defaultdict(list)
        for row, values in table.rows:
            groups[values["number"]].append((row, values))
        yield from groups.items()

    def _tried(self, table: Table, rows: list[tuple[int, Values]], action: Callable[[], bool]) -> int:
        """1 if it made something new; a refusal is named at its rows and undone."""
        try:
            with session.begin_nested():
                return int(action())
        except NotVerifiable as problem:
            for one in problem.problems:
                self.workbook.blame(table, _row_of(rows, one.position), "product", one.message)
        except InvalidInput as problem:
            for path, message in problem.fields.items():
                position = _line.match(path)
                row = _row_of(rows, int(position.group(1)) if position else None)
                self.workbook.blame(table, row, path.rpartition(".")[2], message)
        except HandoffError as problem:
            self.workbook.blame(table, rows[0][0], "number", Message(problem.message, **problem.data))
        return 0

    # ------------------------------------------------------------------------------------------------ stock
    def _stock(self, table: Table) -> int:
        moves: list[NewMove] = []
        seen: set[str] = set()
        for row, values in table.rows:
            move = self._move(table, row, values)
            if move is None or move.external is None:
                continue
            key = move.external[1]
            if key in seen:
                self.workbook.blame(table, row, "place", N_("This place and lot come more than once."))
            seen.add(key)
            mine = (StockMove.external_source == SOURCE, StockMove.external_key == key)
            known = session.scalar(sa.select(StockMove).where(*mine))
            if known is None:
                moves.append(move)
            elif (known.quantity, known.unit_cost) != (move.quantity, move.unit_cost):
                self.workbook.blame(table, row, "quantity", N_("This was brought in before with other values."))
        if not self.workbook.wrong:
            book(moves)
        return len(moves)

    def _move(self, table: Table, row: int, values: Values) -> NewMove | None:
        product = self._find(table, row, "product", Product, values["product"])
        warehouse = self._find(table, row, "warehouse", Warehouse, values["warehouse"])
        if warehouse is None:
            return None
        place = self._find(table, row, "place", Location, values["place"], within=warehouse.id)
        if values["quantity"] <= 0 or values["price"] < 0:
            self.workbook.blame(table, row, "quantity", N_("A quantity is larger than zero."))
            return None
        if product is None or place is None:
            return None
        names = (values["product"], values["warehouse"], values["place"], values["lot"])
        key = hashlib.sha256("\n".join(names).encode()).hexdigest()[:40]
        return NewMove(
            product_id=product.id, location_id=place.id, lot_id=self._lot(product.id, values), quantity=values["quantity"],
            kind=MoveKind.OPENING, occurred_on=self.on, unit_cost=values["price"], external=(SOURCE, key),
        )  # fmt: skip

    @staticmethod
    def _lot(product_id: int, values: Values) -> int | None:
        if not values["lot"]:
            return None
        found = session.scalar(sa.select(Lot).where(Lot.product_id == product_id, Lot.code == values["lot"]))
        if found is None:
            found = Lot(product_id=product_id, code=values["lot"], expires_on=values["expires"])
            session.add(found)
            session.flush()
        return found.id

    # ----------------------------------------------------------------------------------------------- orders
    def _orders(self, table: Table) -> int:
        created = 0
        for number, rows in self._groups(table):
            first = rows[0][1]
            customer = self._find(table, rows[0][0], "party", Party, first["party"])
            if any(values["party"] != first["party"] for _, values in rows):
                self.workbook.blame(table, rows[0][0], "party", N_("The rows of one order name different parties."))
            elif customer is not None:
                created += self._tried(table, rows, lambda n=number, c=customer, r=rows: self._order(n, c, r))  # type: ignore[misc]
        return created

    def _order(self, number: str, customer: Party, rows: list[tuple[int, Values]]) -> bool:
        first, key = rows[0][1], f"{SOURCE}:{customer.id}:{number}"
        is_known = session.scalar(sa.select(Order.id).where(Order.intake_key == key)) is not None
        order = take_order(
            self.actor,
            customer_id=customer.id,
            lines=[
                LineValues(
                    product_code=values["product"], quantity=values["quantity"], unit=values["unit"],
                    unit_price=values["price"], requested_date=values["date"],
                )
                for _, values in rows
            ],
            received_at=datetime.combine(first["received"], time(0), UTC),
            channel=Channel.FILE,
            origin=Origin.FILE,
            customer_order_number=first["reference"],
            intake_key=key,
            internal_note=number,
        )  # fmt: skip
        if is_known:
            return False
        for problem in verification.check_order(self.actor, order_id=order.id):
            if problem.code in MAY_PASS:  # prices, quantities and credit were agreed in the system before
                verification.allow_problem(
                    self.actor, order_id=order.id, problem=problem.code, reason=AGREED, line_id=problem.line_id
                )
        verification.verify_order(self.actor, order_id=order.id)
        confirmation.confirm_order(
            self.actor, order_id=order.id, how=ConfirmedHow.PHONE, person=first["person"] or self.actor.name
        )
        return True

    def _purchases(self, table: Table) -> int:
        created = 0
        for number, rows in self._groups(table):
            row, first = rows[0]
            supplier = self._find(table, row, "party", Party, first["party"])
            warehouse = self._find(table, row, "warehouse", Warehouse, first["warehouse"])
            products = [self._find(table, at, "product", Product, values["product"]) for at, values in rows]
            if any((v["party"], v["warehouse"]) != (first["party"], first["warehouse"]) for _, v in rows):
                self.workbook.blame(table, row, "party", N_("The rows of one order name different parties."))
            elif supplier and warehouse and all(products):
                ids = [product.id for product in products]
                created += self._tried(
                    table,
                    rows,
                    lambda n=number, s=supplier, w=warehouse, r=rows, i=ids: self._purchase(n, s, w, r, i),  # type: ignore[misc]
                )
        return created

    def _purchase(
        self, number: str, supplier: Party, warehouse: Warehouse, rows: list[tuple[int, Values]], products: list[int]
    ) -> bool:
        """Quantities are in the unit we buy in; with a date on every row the supplier has promised."""
        key = f"{supplier.id}:{number}"
        mine = (PurchaseOrder.external_source == SOURCE, PurchaseOrder.external_key == key)
        known = session.scalar(sa.select(PurchaseOrder).where(*mine))
        wanted = [(p, v["quantity"], v["price"]) for p, (_, v) in zip(products, rows, strict=True)]
        if known is not None:
            if [(line.product_id, line.entered_quantity, line.unit_price) for line in known.lines] != wanted:
                raise InvalidInput({"number": N_("This was brought in before with other values.")})
            return False
        lines = [ordering.Wanted(p, quantity, units=quantity, unit_price=price) for p, quantity, price in wanted]
        order = ordering.draft_purchase_order(
            self.actor, supplier_id=supplier.id, warehouse_id=warehouse.id, lines=lines
        )
        order.external_source, order.external_key, order.supplier_reference = SOURCE, key, number
        ordering.approve_purchase_order(self.actor, purchase_order_id=order.id)
        ordering.send_purchase_order(self.actor, purchase_order_id=order.id)
        dates = {line.id: values["date"] for line, (_, values) in zip(order.lines, rows, strict=True) if values["date"]}
        if len(dates) == len(rows):
            answers.record_answer(self.actor, purchase_order_id=order.id, person=supplier.name[:100], dates=dates)
        return True

    # ------------------------------------------------------------------------------------------------ money
    def _owed(self, table: Table) -> int:
        created = 0
        company = company_of()
        seen: set[tuple[str, str]] = set()
        for row, values in table.rows:
            party = self._find(table, row, "party", Party, values["party"])
            key = (values["party"], values["number"])
            if key in seen:
                self.workbook.blame(table, row, "number", N_("This key comes more than once in the file."))
            seen.add(key)
            if party is None:
                continue
            currency = values["currency"] or party.currency
            rate = rate_of(currency, company.currency)
            if rate is None:
                sentence = N_("There is no exchange rate from %(ours)s to %(theirs)s.")
                self.workbook.blame(table, row, "currency", Message(sentence, ours=currency, theirs=company.currency))
                continue
            created += self._tried(
                table,
                [(row, values)],
                lambda p=party, v=values, c=currency, r=rate: self._claim(table, p, v, c, r, company.id),  # type: ignore[misc]
            )
        return created

    def _claim(self, table: Table, party: Party, values: Values, currency: str, rate: Decimal, company_id: int) -> bool:
        said: Any = {
            "company_id": company_id, "number": values["number"], "amount": values["amount"], "currency": currency,
            "rate": rate, "issued_on": values["issued"], "due_on": values["due"],
        }  # fmt: skip
        if table.kind is RECEIVABLES:
            return open_receivable(self.actor, customer_id=party.id, **said)
        return open_payable(self.actor, supplier_id=party.id, **said)


def _row_of(rows: list[tuple[int, Values]], position: int | None) -> int:
    """The row of an order's line; the first one for what is about the whole order."""
    return rows[min(max(position or 1, 1), len(rows)) - 1][0]
