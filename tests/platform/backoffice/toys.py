"""A tiny shop for the tests of the base view: two tables of their own metadata, so that no migration knows them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from flask_babel import lazy_gettext
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.actor import Actor, ActorKind, FieldRight
from app.kernel.errors import Conflict, InvalidInput, Message, RuleBroken
from app.platform.access import Permission, guard_field, policy, require, require_fields, row_scope
from app.platform.access.permissions import registry
from app.platform.backoffice import ButtonAction, Choice, Column, DepartmentView, Form, ParagraphField, Picker, Required
from app.platform.db import Base, Keyed, Timestamped, Versioned, session
from app.platform.db.base import NAMES
from app.platform.db.types import Scaled, UtcDateTime, enum_column


class ToyBase(Base):
    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMES)


class ToyState(StrEnum):
    DRAFT = "draft"
    ON_SALE = "on_sale"
    GONE = "gone"


class Shop(Keyed, ToyBase):
    __tablename__ = "toy_shops"
    name: Mapped[str] = mapped_column(sa.String(100), index=True)
    keeper_id: Mapped[int]


class Toy(Keyed, Versioned, Timestamped, ToyBase):
    __tablename__ = "toys"
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    shop_id: Mapped[int] = mapped_column(sa.ForeignKey("toy_shops.id", ondelete="RESTRICT"), index=True)
    state: Mapped[ToyState] = enum_column(ToyState, default=ToyState.DRAFT)
    price: Mapped[Decimal | None] = mapped_column(Scaled(4), index=True)
    currency: Mapped[str] = mapped_column(sa.String(3), default="CNY")
    margin: Mapped[Decimal | None] = mapped_column(Scaled(4), index=True)
    made_on: Mapped[date | None] = mapped_column(sa.Date())
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), index=True)
    is_fragile: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(sa.Text())
    shop: Mapped[Shop] = relationship()


LIST = Permission("toys.toy.list", "See toys", (Toy, Shop))
EDIT = Permission("toys.toy.edit", "Change toys")
DELETE = Permission("toys.toy.delete", "Throw toys away")
SELL = Permission("toys.toy.sell", "Sell toys")
EXPORT = Permission("toys.toy.export", "Export toys")
EVERY = (LIST, EDIT, DELETE, SELL, EXPORT)


def make_toy(actor: Actor, *, code: str, name: str, shop_id: int, **values) -> Toy:
    require(actor, EDIT)
    toy = Toy(code=code, name=name, shop_id=shop_id, **values)
    session.add(toy)
    session.flush()
    return toy


def change_toy(actor: Actor, *, toy_id: int, version: int, **values) -> Toy:
    toy = session.get_one(Toy, toy_id)
    require(actor, EDIT, toy)
    require_fields(actor, Toy, values)
    if toy.version != version:
        raise Conflict
    if values.get("name") == "forbidden":
        raise InvalidInput({"name": Message("Not %(name)s, please.", name="forbidden")})
    if values.get("name") == "broken":
        raise RuleBroken("Toys are never %(name)s.", name="broken")
    for name, value in values.items():
        setattr(toy, name, value)
    return toy


def delete_toy(actor: Actor, *, toy_id: int) -> None:
    toy = session.get_one(Toy, toy_id)
    require(actor, DELETE, toy)
    session.delete(toy)


def sell_toy(actor: Actor, *, toy_id: int) -> Toy:
    toy = session.get_one(Toy, toy_id)
    require(actor, SELL, toy)
    if toy.state is ToyState.GONE:
        raise RuleBroken("%(code)s is gone already.", code=toy.code)
    toy.state = ToyState.GONE
    return toy


def return_toy(actor: Actor, *, toy_id: int, reason: str) -> Toy:
    toy = session.get_one(Toy, toy_id)
    require(actor, SELL, toy)
    toy.state, toy.note = ToyState.ON_SALE, reason
    return toy


class ReturnForm(Form):
    reason = ParagraphField("Reason", [Required()])


class ToyDesk(DepartmentView, model=Toy):
    department = "sales"
    slug = "toys"
    title = lazy_gettext("Toys")
    list_permission = LIST
    create_permission, create_use_case = EDIT, make_toy
    edit_permission, edit_use_case = EDIT, change_toy
    delete_permission, delete_use_case = DELETE, delete_toy
    export_permission = EXPORT
    columns = (
        "code",
        "name",
        "state",
        Column("price", currency="currency"),
        "shop.name",
        "margin",
        "due_at",
        "made_on",
    )
    details = (*columns, "is_fragile", "note")
    sortable = ("code", "price", "margin", "due_at")
    filters = (
        "state", "shop_id", "price", "margin", "made_on", "due_at", "is_fragile", "name",
        Choice("size", "Size", {"dear": ("Dear", lambda actor: Toy.price > Decimal(50))}),
    )  # fmt: skip
    search_columns = ("code", "name")
    form_fields = ("code", "name", "shop_id", "state", "price", "margin", "made_on", "due_at", "is_fragile", "note")
    actions = (
        ButtonAction("sell", "Sell", SELL, sell_toy, key="s"),
        ButtonAction(
            "return",
            "Return",
            SELL,
            return_toy,
            form=ReturnForm,
            when=lambda row: row.state is ToyState.GONE,
            needs=("state",),
        ),
    )


SHOPS = Picker("toy_shops", Shop, (LIST,), lambda shop: shop.name, search=("name",))


@contextlib.contextmanager
def open_shop() -> Iterator[None]:
    """Rights of the toys exist only while these tests run: other tests look at all declared rights."""
    for one in EVERY:
        registry.add(one.code, one)
    row_scope(Toy, "own")(lambda actor: Toy.shop_id.in_(sa.select(Shop.id).where(Shop.keeper_id == actor.user_id)))
    row_scope(Shop, "own")(lambda actor: Shop.keeper_id == actor.user_id)
    guard_field(Toy, "margin", "Margin of toys")
    try:
        yield
    finally:
        for one in EVERY:
            del registry._items[one.code]
        for name in ("toys:own", "toy_shops:own"):
            del policy._scopes._items[name]
        del policy._guarded["toys.margin"]


def keeper(*permissions: Permission, scope: str = "own", user_id: int = 1, margin: str = "", **more) -> Actor:
    """A person; margin: ``r`` or ``w``."""
    rights = {"toys.margin": FieldRight(read=bool(margin), write=margin == "w")} if margin else {}
    return Actor(
        name="Kim",
        kind=ActorKind.USER,
        user_id=user_id,
        permissions={one.code: frozenset({scope}) for one in permissions},
        field_rights=rights,
        surface="screen",
        **more,
    )
