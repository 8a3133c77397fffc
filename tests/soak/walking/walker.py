"""One walk: every step is foreseen by the second opinion, done by the house, and compared."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.strategies import SearchStrategy

from app.departments.finance.queries import receivables_by_age
from app.kernel import clock
from app.kernel.errors import HandoffError
from app.platform.checks import checks, run_checks
from app.platform.db import run, session
from app.records.billing.models import Invoice, InvoiceLine, Payment, Settlement
from app.records.orders.models import Order, OrderLine
from app.records.shipping.models import PickTask, Shipment, ShipmentLine
from app.records.stock.models import Location, StockLevel
from tests.soak.oracle import House, Refused, Shelf
from tests.soak.walking.world import EXPECTED, START, World
from tests.support.factories import Make

T = TypeVar("T")
QUANTITIES = (
    "ordered", "cancelled", "allocated", "picked", "packed", "shipped", "delivered", "failed", "invoiced", "credited",
)  # fmt: skip
#: steps after which pick lists shrink with what is held
CUTTING = {"apply_amendment", "cancel_part", "cancel_order", "close_short"}
ZONE = ZoneInfo("Asia/Shanghai")


def chance(weight: int, *, when: Callable[[Any], Any] | None = None, **drawn: SearchStrategy[Any]) -> Callable[[T], T]:
    """A step of walks.  weight: how often it is tried.  when: whether it can mean anything now.  drawn: its values."""

    def mark(method: T) -> T:
        method.chance = Chance(weight, when or (lambda _: True), drawn)  # type: ignore[attr-defined]
        return method

    return mark


@dataclass(frozen=True)
class Chance:
    """How a step is drawn."""

    weight: int
    when: Callable[[Any], Any]
    drawn: dict[str, SearchStrategy[Any]]


def dec(value: Fraction) -> Decimal:
    """A fraction that is a decimal, as one."""
    return Decimal(value.numerator) / Decimal(value.denominator)


class Walker(RuleBasedStateMachine):
    """What all walks share; rules are in the classes beside."""

    world: World
    connection: sa.Connection
    counted: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.place = self.connection.begin_nested()
        self.make = Make()
        self.actors = {role: self.make.actor(role) for role in
                       ("sales", "sales_manager", "warehouse", "logistics", "finance")}  # fmt: skip
        self.now = START
        self.house = House()
        self.house.book.shelves = {code: Shelf(expected=Fraction(EXPECTED)) for code in self.world.products}
        self.keys = 0

    @property
    def book(self):
        return self.house.book

    def teardown(self) -> None:
        """No walk ends with a broken law, and none leaves a trace."""
        try:
            broken = [f"{one.check.name}: {one.rows}" for one in run_checks(checks()) if not one.is_good]
            assert broken == [], broken
        finally:
            session.rollback()
            session.expunge_all()
            self.place.rollback()

    # ----------------------------------------------------------------------------------------------- choosing
    def choose(self, number: int, likely: Sequence[T], everything: Sequence[T] = ()) -> T | None:
        """One of those a step is meant for; every eighth time one of all, so that refusals are tried as well."""
        pool = everything if everything and (number % 8 == 7 or not likely) else likely
        return pool[number // 8 % len(pool)] if pool else None

    # ------------------------------------------------------------------------------------------------ stepping
    def step(self, role: str, use_case: Callable[..., Any], foresee: Callable[[], Any], **values: Any) -> Any:
        """Do it in the house and on paper; both do it, or both refuse and nothing changes."""
        self.now += timedelta(minutes=1)
        self.house.moment = int(self.now.timestamp())
        self.house.day = self.now.astimezone(ZONE).toordinal()
        refused, before = None, copy.deepcopy(self.book)
        try:
            foresee()
        except Refused as why:
            refused, self.house.book = str(why), before
        result, error = None, None
        with clock.freeze(self.now):
            try:
                result = run(use_case, self.actors[role], **values)
            except HandoffError as problem:
                error = problem
        name = use_case.__name__
        note(f"{name} {values} -> {error!r} {error or ''} {refused or ''}")
        self.counted[f"{name} refused" if error else name] += 1
        assert (error is None) == (refused is None), f"{name}: the house says {error!r} {error}, the oracle {refused}"
        self.compare(name)
        return result

    # ----------------------------------------------------------------------------------------------- comparing
    @staticmethod
    def rows(*columns: Any) -> Sequence[Any]:
        """All rows, by the first column."""
        return session.execute(sa.select(*columns).order_by(columns[0])).all()

    def compare(self, name: str) -> None:
        """Everything the book says is in the database, and nothing else."""
        session.rollback()
        session.expunge_all()
        self._learn_ids()
        self._compare_shipments(name)
        self._compare_claims()
        self._compare_lines()
        self._compare_stock()
        self._compare_payments()

    def _learn_ids(self) -> None:
        """Numbers come from the house; what is new was made in the order the book has it."""
        known = {line.id for order in self.book.orders for line in order.lines}
        new = [row for row in self.rows(OrderLine.id, OrderLine.order_id) if row.id not in known]
        unnamed = [(order, line) for order in self.book.orders for line in order.lines if not line.id]
        for (order, line), row in zip(unnamed, new, strict=True):
            line.id, order.id = row.id, row.order_id
        known = {one.id for one in self.book.shipments}
        made = [row.id for row in self.rows(Shipment.id) if row.id not in known]
        for shipment, shipment_id in zip((one for one in self.book.shipments if not one.id), made, strict=True):
            shipment.id = shipment_id

    def _compare_lines(self) -> None:
        in_house = {row.id: row for row in self.rows(OrderLine.id, *(getattr(OrderLine, one) for one in QUANTITIES),
                                                     OrderLine.net, OrderLine.tax)}  # fmt: skip
        on_paper = {line.id: line for order in self.book.orders for line in order.lines}
        assert in_house.keys() == on_paper.keys()
        for line_id, line in on_paper.items():
            row = in_house[line_id]
            said = {one: Fraction(getattr(row, one)) for one in (*QUANTITIES, "net", "tax")}
            net, tax = line.totals
            foreseen = {**{one: getattr(line, one) for one in QUANTITIES}, "net": net, "tax": tax}
            assert _shown(said) == _shown(foreseen), f"line {line_id} of {line.product or line.kind}"
        states = {row.id: (row.state.value, Fraction(row.gross_total))
                  for row in self.rows(Order.id, Order.state, Order.gross_total)}  # fmt: skip
        assert states == {order.id: (order.state, order.gross) for order in self.book.orders}

    def _compare_stock(self) -> None:
        levels = session.execute(
            sa.select(StockLevel.product_id, Location.kind, StockLevel.on_hand, StockLevel.allocated,
                      StockLevel.incoming)
            .join(Location, Location.id == StockLevel.location_id)
        ).all()  # fmt: skip
        found: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        codes = {product_id: code for code, product_id in self.world.products.items()}
        for product_id, kind, on_hand, allocated, incoming in levels:
            shelf = found[codes[product_id]]
            shelf[kind.value] += Fraction(on_hand)
            shelf["reserved"] += Fraction(allocated)
            shelf["expected"] += Fraction(incoming)
        for code, shelf in self.book.shelves.items():
            foreseen = {"storage": shelf.storage, "receiving": shelf.receiving, "blocked": shelf.blocked,
                        "reserved": self.book.reserved(code), "expected": shelf.expected}  # fmt: skip
            assert _shown({one: found[code][one] for one in foreseen}) == _shown(foreseen), code
            assert self.book.free(code) >= 0, "more is promised than there is"

    def _compare_shipments(self, name: str) -> None:
        left: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
        tasks = sa.select(PickTask.shipment_id, ShipmentLine.order_line_id, PickTask.quantity, PickTask.picked,
                          PickTask.short).join(ShipmentLine, ShipmentLine.id == PickTask.shipment_line_id)  # fmt: skip
        for shipment_id, line_id, quantity, picked, short in session.execute(tasks):
            left[shipment_id, line_id] += Fraction(quantity - picked - short)
        states = {row.id: row.state.value for row in self.rows(Shipment.id, Shipment.state)}
        assert states.keys() == {one.id for one in self.book.shipments}
        for shipment in self.book.shipments:
            listed = {line_id: left[shipment.id, line_id] for line_id in shipment.parts}
            foreseen = {line_id: part.left for line_id, part in shipment.parts.items()}
            if shipment.state in {"draft", "picking"} and listed != foreseen:
                assert name in CUTTING, f"{name} changed a pick list: {listed}, not {foreseen}"
                assert all(listed[one] <= foreseen[one] for one in listed)
                self.house.lists_were_cut(shipment, listed)
            assert states[shipment.id] == shipment.state, f"shipment {shipment.id}"
        for order in self.book.orders:
            for line in order.lines:
                assert self.house.planable(line) >= 0, "a pick list takes what is not held"
        columns = ("picked", "shipped", "delivered", "failed", "invoiced")
        parts = self.rows(ShipmentLine.id, ShipmentLine.shipment_id, ShipmentLine.order_line_id,
                          *(getattr(ShipmentLine, one) for one in columns))  # fmt: skip
        on_paper = {one.id: one for one in self.book.shipments}
        for row in parts:
            part = on_paper[row.shipment_id].parts[row.order_line_id]
            said = {one: Fraction(getattr(row, one)) for one in columns}
            assert _shown(said) == _shown({one: getattr(part, one) for one in columns}), f"shipment {row.shipment_id}"

    def _compare_claims(self) -> None:
        rows = self.rows(Invoice.id, Invoice.order_id, Invoice.state, Invoice.settled, Invoice.gross_total)
        parts: dict[int, list[Any]] = defaultdict(list)
        for row in self.rows(InvoiceLine.id, InvoiceLine.invoice_id, InvoiceLine.order_line_id, InvoiceLine.quantity,
                             InvoiceLine.net, InvoiceLine.tax):  # fmt: skip
            parts[row.invoice_id].append(row)
        assert len(rows) == len(self.book.claims), f"{len(rows)} papers, not {len(self.book.claims)}"
        for row, claim in zip(rows, self.book.claims, strict=True):
            claim.id = row.id
            said = (row.order_id, row.state.value, Fraction(row.settled), Fraction(row.gross_total))
            assert said == (claim.order.id, claim.state, claim.settled, claim.gross), f"paper {row.id}"
            assert len(parts[row.id]) == len(claim.lines)
            for part, line in zip(parts[row.id], claim.lines, strict=True):
                line.id = part.id
                told = (part.order_line_id, Fraction(part.quantity), Fraction(part.net), Fraction(part.tax))
                assert told == (line.line.id, line.quantity, line.net, line.tax), f"line {part.id} of paper {row.id}"

    def _compare_payments(self) -> None:
        rows = self.rows(Payment.id, Payment.amount, Payment.allocated)
        assert len(rows) == len(self.book.payments)
        settled: dict[int, list[Fraction]] = defaultdict(list)
        for row in self.rows(Settlement.id, Settlement.payment_id, Settlement.amount):
            settled[row.payment_id].append(Fraction(row.amount))
        for row, payment in zip(rows, self.book.payments, strict=True):
            payment.id = row.id
            assert (Fraction(row.amount), Fraction(row.allocated)) == (payment.amount, payment.used)
            assert settled[row.id] == [amount for _, amount in payment.parts]
        owed: dict[int, Fraction] = defaultdict(Fraction)
        for age in receivables_by_age(self.now.date()):
            owed[age.party_id] += Fraction(age.total)
        for customer in self.world.customers:
            assert owed[customer.id] == self.book.receivable(customer.id), "receivable"


def _shown(values: dict[str, Fraction]) -> dict[str, str]:
    return {name: str(dec(value)) if value.denominator in _TIDY else str(value) for name, value in values.items()}


_TIDY = {2**a * 5**b for a in range(8) for b in range(8)}
