"""Makes what a test needs, and nothing else: ``make.order(state="confirmed")``, ``make.actor("sales")``.

Every call is a unit of work of its own; what it gives back is a detached snapshot (``make.again(row)`` reads it afresh).
Defaults are the smallest thing that is right: one company in renminbi, prices with 13 % tax included, pieces.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Any, TypeVar

import sqlalchemy as sa

import app as house_package
from app.kernel import clock
from app.kernel.actor import Actor, ActorKind, FieldRight
from app.kernel.money import line_amounts
from app.platform.access import Department, User, everything
from app.platform.access.models import Role, RoleField, RoleGrant, UserDepartment, UserRole
from app.platform.db import Base, run, session
from app.platform.events import publish
from app.records.catalog.models import (
    CustomerPart,
    PriceList,
    PriceListItem,
    Product,
    ProductCategory,
    ProductUnit,
    SupplierProduct,
    Unit,
)
from app.records.numbers import document_number
from app.records.orders.events import OrderConfirmed, OrderReceived
from app.records.orders.fulfilment import lines_of
from app.records.orders.models import Channel, ConfirmedHow, LineKind, LineSource, Order, OrderLine
from app.records.orders.states import OrderState
from app.records.parties.models import Company, Currency, Party, PartyAddress, PartyContact, PaymentTerm, PriceBasis
from app.records.stock import allocation, ledger
from app.records.stock.models import Location, LocationKind, Lot, MoveKind, StockLevel, Warehouse

M = TypeVar("M", bound=Base)
R = TypeVar("R")

_numbers = count(1)
#: role -> department it works in
ROLE_DEPARTMENT = {
    "sales": "sales",
    "sales_manager": "sales",
    "purchasing": "purchasing",
    "warehouse": "warehouse",
    "logistics": "logistics",
    "finance": "finance",
}
DEPARTMENTS = ("sales", "purchasing", "warehouse", "logistics", "finance")
PASSWORD = "correct horse battery"
ORDERED_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  #: a Monday, nine in the morning in Shanghai
_CONFIRMED_STATES = frozenset(
    {
        OrderState.CONFIRMED,
        OrderState.IN_FULFILMENT,
        OrderState.FULFILLED,
        OrderState.COMPLETED,
        OrderState.CLOSED_SHORT,
    }
)


@cache
def _default_rights() -> tuple[dict[str, dict[str, str]], dict[str, dict[str, FieldRight]]]:
    """role -> permission -> scope, and role -> guarded field -> right, over every room's ``permissions`` module."""
    grants: dict[str, dict[str, str]] = defaultdict(dict)
    fields: dict[str, dict[str, FieldRight]] = defaultdict(dict)
    for found in pkgutil.walk_packages(house_package.__path__, "app."):
        if not found.name.endswith(".permissions") or found.name.startswith("app.platform.access"):
            continue
        module = importlib.import_module(found.name)
        for role, granted in getattr(module, "DEFAULT_GRANTS", {}).items():
            grants[role].update({str(code): scope for code, scope in granted.items()})
        for key, by_role in getattr(module, "DEFAULT_FIELDS", {}).items():
            for role, (read, write) in by_role.items():
                fields[role][key] = FieldRight(read=read, write=write)
    return dict(grants), dict(fields)


def house() -> Actor:
    """The house itself, with every right."""
    return everything("tests", ActorKind.CLI, "cli")


def _snapshots(statement: sa.Select[tuple[M]]) -> list[M]:
    """What is in the database now, detached, so that a later rollback does not empty it."""
    session.rollback()
    session.expunge_all()
    found = list(session.scalars(statement))
    session.expunge_all()
    return found


class Make:
    """The factory a test gets as ``make``."""

    PASSWORD = PASSWORD

    # ------------------------------------------------------------------------------------------- machinery
    def do(self, use_case: Callable[..., R], actor: Actor | None = None, **values: Any) -> R:
        """``run`` as the house, or as ``actor``."""
        return run(use_case, actor or house(), **values)

    def row(self, model: type[M], **values: Any) -> M:
        """One row of any model."""

        def add(_actor: Actor, **_: Any) -> M:
            found = model(**values)
            session.add(found)
            session.flush()
            return found

        return run(add, house())

    def again(self, row: M) -> M:
        """The same row as it is in the database now."""
        model, key = type(row), sa.inspect(row).identity
        found = _snapshots(sa.select(model).where(model.id == key[0]))  # type: ignore[attr-defined]
        assert found, f"{model.__name__} {key[0]} is gone"
        return found[0]

    def change(self, row: M, **values: Any) -> M:
        """Set columns of a row, past every rule but the database's."""

        def alter(_actor: Actor) -> M:
            found = session.get_one(type(row), sa.inspect(row).identity)
            for name, value in values.items():
                setattr(found, name, value)
            session.flush()
            return found

        return run(alter, house())

    def all(self, model: type[M], *criteria: Any) -> list[M]:
        """Every row as it is in the database now, by id."""
        return _snapshots(sa.select(model).where(*criteria).order_by(model.id))  # type: ignore[attr-defined]

    def count(self, model: type[Base], *criteria: Any) -> int:
        """How many rows there are."""
        session.rollback()
        return session.scalar(sa.select(sa.func.count()).select_from(model).where(*criteria)) or 0

    def _one(self, model: type[M], key: str, value: str, **values: Any) -> M:
        found = _snapshots(sa.select(model).where(getattr(model, key) == value))
        return found[0] if found else self.row(model, **{key: value, **values})

    # ---------------------------------------------------------------------------------------------- people
    def actor(self, role: str | None = "sales", **values: Any) -> Actor | None:
        """Somebody of this role, without rows; ``None`` is nobody.  values: fields of the Actor."""
        if role is None:
            return None
        grants, fields = _default_rights()
        department = ROLE_DEPARTMENT.get(role)
        defaults = {
            "name": f"the {role}",
            "kind": ActorKind.USER,
            "permissions": MappingProxyType({code: frozenset({s}) for code, s in grants.get(role, {}).items()}),
            "field_rights": MappingProxyType(fields.get(role, {})),
            "department_codes": frozenset({department} if department else ()),
            "surface": "web",
        }
        return Actor(**{**defaults, **values})

    def house(self) -> Actor:
        """The house itself, with every right."""
        return house()

    def role(self, code: str) -> Role:
        """The role with the grants the departments declare for it."""
        found = self._one(Role, "code", code, name_en=code.title(), name_zh=code)
        grants, fields = _default_rights()

        def grant(_actor: Actor) -> None:
            if session.scalar(sa.select(RoleGrant.id).where(RoleGrant.role_id == found.id).limit(1)):
                return
            session.add_all(
                RoleGrant(role_id=found.id, permission=name, row_scope=scope)
                for name, scope in grants.get(code, {}).items()
            )
            for key, right in fields.get(code, {}).items():
                table, _, name = key.rpartition(".")
                session.add(
                    RoleField(
                        role_id=found.id, table_name=table, field_name=name, may_read=right.read, may_write=right.write
                    )
                )

        run(grant, house())
        return found

    def department(self, code: str = "sales") -> Department:
        """The department of this code."""
        return self._one(
            Department, "code", code, name_en=code.title(), name_zh=code, mark_en=code[0].upper(), mark_zh=code[0]
        )

    def user(self, role: str | None = "sales", *, is_head: bool = False, **values: Any) -> User:
        """A person of this role with rows, who can sign in with ``make.PASSWORD``."""
        from tests.support import people

        number = next(_numbers)
        defaults = {"login": f"{role}{number}", "name": f"{(role or 'person').title()} {number}"}
        made = self.row(User, **{"password_hash": people.password_hash(), **defaults, **values})
        if role is not None:
            self.row(UserRole, user_id=made.id, role_id=self.role(role).id)
            if department := ROLE_DEPARTMENT.get(role):
                place = self.department(department)
                self.row(UserDepartment, user_id=made.id, department_id=place.id, is_head=is_head)
        return made

    def acting_user(self, role: str = "sales", **values: Any) -> Actor:
        """A person with rows, as an actor."""
        from tests.support import people

        return people.actor_of(self.user(role, **values))

    # --------------------------------------------------------------------------------------------- parties
    def company(self, **values: Any) -> Company:
        """The legal entity of the house; the same one until ``code`` says otherwise."""
        defaults = {"name": "华东器材有限公司", "name_en": "Huadong Supplies", "currency": "CNY", "is_default": True}
        return self._one(Company, "code", values.pop("code", "HQ"), **{**defaults, **values})

    def currency(self, code: str) -> Currency:
        """A currency."""
        return self._one(Currency, "code", code, name=code)

    def payment_term(self, code: str = "NET30", **values: Any) -> PaymentTerm:
        """Thirty days after the invoice, unless said otherwise."""
        defaults = {"name_en": "Net 30 days", "name_zh": "月结30天", "days": 30}
        return self._one(PaymentTerm, "code", code, **{**defaults, **values})

    def party(self, **values: Any) -> Party:
        """Somebody we trade with."""
        number = next(_numbers)
        defaults = {
            "code": f"P{number:04d}",
            "name": f"贸易伙伴{number}",
            "currency": "CNY",
            "price_basis": PriceBasis.INCLUDED,
            "email": f"party{number}@example.com",
        }
        return self.row(Party, **{**defaults, **values})

    def customer(self, *, address: bool = True, **values: Any) -> Party:
        """A customer with terms and one address; ``credit_limit``, ``billing_policy`` ... as asked."""
        defaults: dict[str, Any] = {"is_customer": True}
        if "payment_term_id" not in values:
            defaults["payment_term_id"] = self.payment_term().id
        made = self.party(**{**defaults, **values})
        if address:
            self.address(made)
        return made

    def supplier(self, **values: Any) -> Party:
        """A supplier."""
        return self.party(**{"is_supplier": True, "price_basis": PriceBasis.EXCLUDED, "lead_days": 7, **values})

    def carrier(self, **values: Any) -> Party:
        """A carrier."""
        return self.party(**{"is_carrier": True, **values})

    def address(self, party: Party, **values: Any) -> PartyAddress:
        """A place of a party."""
        defaults = {
            "line1": "人民路1号",
            "city": "上海",
            "recipient": "收货人",
            "phone": "021-5555",
            "is_default": True,
        }
        return self.row(PartyAddress, **{"party_id": party.id, **defaults, **values})

    def contact(self, party: Party, **values: Any) -> PartyContact:
        """A person at a party."""
        return self.row(PartyContact, **{"party_id": party.id, "name": "王经理", "is_default": True, **values})

    # --------------------------------------------------------------------------------------------- catalog
    def unit(self, code: str = "pcs", *, decimals: int = 0) -> Unit:
        """A unit; pieces are whole."""
        return self._one(
            Unit, "code", code, name_en=code, name_zh={"pcs": "件", "box": "盒"}.get(code, code), decimals=decimals
        )

    def category(self, **values: Any) -> ProductCategory:
        """A group of products."""
        number = next(_numbers)
        return self.row(ProductCategory, **{"code": f"C{number}", "name": f"Group {number}", **values})

    def product(
        self,
        *,
        units: Mapping[str, Decimal | int] | None = None,
        price: Decimal | str | None = None,
        stock: Decimal | int | None = None,
        **values: Any,
    ) -> Product:
        """A product in pieces.

        units: other units -> base units in one (``{"box": 12}``).  price: on the default list.  stock: on hand, free.
        """
        number = next(_numbers)
        defaults = {"code": f"ART-{number:04d}", "name": f"螺丝 M{number}", "base_unit_id": self.unit().id}
        made = self.row(Product, **{**defaults, **values})
        for code, factor in (units or {}).items():
            self.row(ProductUnit, product_id=made.id, unit_id=self.unit(code).id, factor=Decimal(factor))
        if price is not None:
            self.price(made, price)
        if stock is not None:
            self.stock(made, stock)
        return made

    def price_list(self, code: str = "LIST", **values: Any) -> PriceList:
        """The default list in renminbi, tax included."""
        defaults = {"name": "Price list", "currency": "CNY", "price_basis": PriceBasis.INCLUDED, "is_default": True}
        return self._one(PriceList, "code", code, **{**defaults, **values})

    def price(self, product: Product, unit_price: Decimal | str, **values: Any) -> PriceListItem:
        """A price per base unit on the default list, or on ``price_list_id``."""
        if "price_list_id" not in values:
            values["price_list_id"] = self.price_list().id
        return self.row(PriceListItem, product_id=product.id, unit_price=Decimal(unit_price), **values)

    def customer_part(self, customer: Party, product: Product, number: str) -> CustomerPart:
        """The customer's own number for a product."""
        return self.row(CustomerPart, party_id=customer.id, product_id=product.id, their_number=number)

    def supplier_product(self, supplier: Party, product: Product, **values: Any) -> SupplierProduct:
        """A product a supplier offers, in its base unit unless said otherwise."""
        defaults = {"unit_id": product.base_unit_id, "unit_price": Decimal(5), "currency": supplier.currency}
        return self.row(SupplierProduct, **{"party_id": supplier.id, "product_id": product.id, **defaults, **values})

    # ----------------------------------------------------------------------------------------------- stock
    def warehouse(self, code: str = "MAIN", **values: Any) -> Warehouse:
        """The default warehouse of the company."""
        if "company_id" not in values:
            values["company_id"] = self.company().id
        return self._one(
            Warehouse, "code", code, **{"name": f"Warehouse {code}", "is_default": code == "MAIN", **values}
        )

    def location(
        self,
        code: str = "A-01",
        *,
        warehouse: Warehouse | None = None,
        kind: LocationKind = LocationKind.STORAGE,
        **values: Any,
    ) -> Location:
        """A place in a warehouse; the same code is the same place."""
        house_id = (warehouse or self.warehouse()).id
        found = _snapshots(sa.select(Location).where(Location.warehouse_id == house_id, Location.code == code))
        return found[0] if found else self.row(Location, warehouse_id=house_id, code=code, kind=kind, **values)

    def stock(
        self,
        product: Product,
        quantity: Decimal | int = 100,
        *,
        location: Location | None = None,
        lot: Lot | None = None,
        unit_cost: Decimal | str = "1",
        occurred_on: date = date(2026, 1, 1),
    ) -> StockLevel:
        """Opening stock through the ledger."""
        place = location or self.location()
        move = ledger.NewMove(
            product_id=product.id,
            location_id=place.id,
            lot_id=lot.id if lot else None,
            quantity=Decimal(quantity),
            kind=MoveKind.OPENING,
            occurred_on=occurred_on,
            unit_cost=Decimal(unit_cost),
        )
        run(lambda _actor: ledger.book([move]), house())
        return self.level(product, place)

    def level(self, product: Product, location: Location | None = None) -> StockLevel:
        """What lies at a place now."""
        place = location or self.location()
        here = sa.select(StockLevel).where(StockLevel.product_id == product.id, StockLevel.location_id == place.id)
        return _snapshots(here)[0]

    # ---------------------------------------------------------------------------------------------- orders
    def line(
        self, product: Product | None = None, quantity: Decimal | int = 10, price: Decimal | str = "10", **values: Any
    ) -> dict[str, Any]:
        """Values of an order line for ``make.order(lines=[...])``; quantity and price in the entered unit."""
        kind = values.get("kind", LineKind.PRODUCT)
        if product is None and kind in {LineKind.PRODUCT, LineKind.SAMPLE}:
            product = self.product()
        return {"product": product, "quantity": Decimal(quantity), "price": Decimal(price), **values}

    def order(
        self,
        state: OrderState | str = OrderState.DRAFT,
        *,
        customer: Party | None = None,
        lines: Sequence[Mapping[str, Any]] | None = None,
        allocate: bool = False,
        announce: bool = False,
        **values: Any,
    ) -> Order:
        """An order in a state, made of rows.

        lines: from ``make.line(...)``; default: ten pieces of a new product at 10.00.  allocate: bind free stock.
        announce: publish ``OrderReceived`` (and ``OrderConfirmed``), so that whoever listens acts.
        """
        buyer = customer or self.customer()
        wanted = [dict(line) for line in (lines if lines is not None else [self.line()])]
        company = self.company()
        self.warehouse()
        return run(
            _order, house(),
            state=OrderState(state), company_id=company.id, customer=buyer, lines=wanted,
            allocate=allocate, announce=announce, values=values,
        )  # fmt: skip

    def lines(self, order: Order) -> list[OrderLine]:
        """Its lines as they are now, by position."""
        here = sa.select(OrderLine).where(OrderLine.order_id == sa.inspect(order).identity[0])
        return _snapshots(here.order_by(OrderLine.position))


def _order(
    actor: Actor, *, state: OrderState, company_id: int, customer: Party, lines: list[dict[str, Any]],
    allocate: bool, announce: bool, values: dict[str, Any],
) -> Order:  # fmt: skip
    address = session.scalar(sa.select(PartyAddress.id).where(PartyAddress.party_id == customer.id).limit(1))
    defaults: dict[str, Any] = {
        "company_id": company_id,
        "customer_id": customer.id,
        "state": state,
        "channel": Channel.CHAT,
        "received_at": ORDERED_AT,
        "currency": customer.currency,
        "price_basis": customer.price_basis,
        "payment_term_id": customer.payment_term_id,
        "billing_policy": customer.billing_policy,
        "billing_title": customer.name,
        "billing_address_id": address,
        "shipping_address_id": address,
    }
    if state in _CONFIRMED_STATES:
        defaults |= {
            "verified_at": ORDERED_AT + timedelta(minutes=10),
            "confirmed_at": ORDERED_AT + timedelta(minutes=30),
            "confirmed_how": ConfirmedHow.PHONE,
            "confirmed_by": "王经理",
        }
    elif state is OrderState.VERIFIED:
        defaults["verified_at"] = ORDERED_AT + timedelta(minutes=10)
    order = Order(**{**defaults, **values})
    session.add(order)
    session.flush()
    order.number = order.number or document_number("SO", order.id)
    for position, line in enumerate(lines, start=1):
        session.add(_line(order, position, line))
    session.flush()
    made = lines_of(order.id)
    order.net_total, order.tax_total, order.gross_total = (
        sum((getattr(line, name) for line in made), Decimal(0)) for name in ("net", "tax", "gross")
    )
    if announce:
        publish(OrderReceived(order_id=order.id, occurred_at=order.received_at))
    if allocate:
        allocation.allocate(order, made)
    if announce and state in _CONFIRMED_STATES:
        publish(OrderConfirmed(order_id=order.id, how="phone", person=order.confirmed_by, occurred_at=clock.now()))
    session.flush()
    return order


def _line(order: Order, position: int, given: dict[str, Any]) -> OrderLine:
    product: Product | None = given.pop("product")
    quantity, price = given.pop("quantity"), given.pop("price")
    factor = Decimal(given.get("unit_factor", 1))
    tax = Decimal(given.pop("tax_percent", product.tax_percent if product else 13))
    amounts = line_amounts(
        quantity, price, tax, order.price_basis.value, order.currency,
        discount_percent=given.get("discount_percent", Decimal(0)),
        discount_amount=given.get("discount_amount", Decimal(0)),
    )  # fmt: skip
    return OrderLine(
        **{
            "order_id": order.id,
            "position": position,
            "kind": LineKind.PRODUCT,
            "source": LineSource.STOCK,
            "product_id": product.id if product else None,
            "description": product.name if product else "",
            "unit_id": product.base_unit_id if product else None,
            "entered_quantity": quantity,
            "ordered": quantity * factor,
            "unit_price": price,
            "tax_percent": tax,
            "net": amounts.net,
            "tax": amounts.tax,
            "gross": amounts.gross,
            **given,
        }
    )
