"""What a list, a details page and an export show of a row: one declaration per column, resolved once at start-up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import InstrumentedAttribute, joinedload, load_only, raiseload
from sqlalchemy.orm.interfaces import ORMOption

from app.platform.backoffice import format, html  # noqa: A004  the room's own word for it
from app.platform.db import Base
from app.platform.db.types import Scaled, UtcDateTime

Text = Any  #: a str or a lazy translation


class BadColumn(TypeError):
    """A view names a column that cannot work; found at start-up."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. Only ``name`` is needed: type, width and alignment follow from the model.

    name: attribute of the model or a path over many-to-one relations (``customer.name``); others need ``render``.
    render: row -> text or Markup (text is escaped).  needs: paths that ``render`` reads, loaded in the one statement.
    currency, unit: path of the attribute that holds it.  guard: field whose read right decides, if not the name.
    hide: ``wide`` (shown from 1600 px), ``xwide`` (1760 px) or ``mid`` (not on tablets).
    phone: place on the card of a phone, e.g. ``ph-r ph-2``; ``ph-hide`` leaves it out.
    """

    name: str
    label: Text = None
    render: Callable[[Any], Any] | None = None
    needs: tuple[str, ...] = ()
    currency: str | None = None
    unit: str | None = None
    guard: str | None = None
    width: str = ""
    hide: str = ""
    phone: str = ""
    is_numeric: bool = False
    export: bool = True


@dataclass(frozen=True, slots=True)
class Resolved:
    """A column with everything known about it."""

    spec: Column
    path: tuple[InstrumentedAttribute[Any], ...]  #: relations, then the column attribute; empty for a rendered one
    guards: tuple[tuple[type[Base], str], ...]  #: every model field a reader must be allowed to see
    label: Text
    css: str

    @property
    def name(self) -> str:
        """The declared name, also the sort key."""
        return self.spec.name

    @property
    def attribute(self) -> InstrumentedAttribute[Any] | None:
        """The mapped column behind it, if it has one."""
        return self.path[-1] if self.path else None

    def cell(self, row: Any) -> Markup:
        """The value as markup."""
        if self.spec.render is not None:
            shown = self.spec.render(row)
            return shown if isinstance(shown, Markup) else html.plain_text(shown)
        value = follow(row, self.name)
        if isinstance(value, datetime) and self.name.endswith("due_at"):
            return html.due_badge(value)
        if isinstance(value, StrEnum) and self.name.endswith(("state", "status")):
            return html.state_pill(value)
        if isinstance(value, Decimal):
            if self.spec.currency:
                return html.money(value, follow(row, self.spec.currency) or "")
            return html.quantity(value, follow(row, self.spec.unit) or "" if self.spec.unit else "")
        return show(value)


def follow(row: Any, path: str) -> Any:
    """The value at a dotted path; None as soon as one step is missing."""
    for step in path.split("."):
        if row is None:
            return None
        row = getattr(row, step)
    return row


def show(value: Any) -> Markup:
    """Any plain value as people read it."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, bool):
        return html.yes_no(value)
    if isinstance(value, StrEnum):
        return html.value_word(value)
    if isinstance(value, datetime):
        return html.time_tag(value)
    if isinstance(value, date):
        return html.day_tag(value)
    if isinstance(value, Decimal):
        return Markup(format.number(value))  # noqa: S704  digits and separators only
    if isinstance(value, (dict, list)):
        return html.plain_text(
            ", ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, dict) else ", ".join(map(str, value))
        )
    return html.plain_text(value)


def attribute_path(model: type[Base], path: str) -> tuple[InstrumentedAttribute[Any], ...]:
    """The attributes along a dotted path over many-to-one relations.  Raises: BadColumn."""
    found: list[InstrumentedAttribute[Any]] = []
    here: type[Base] = model
    steps = path.split(".")
    for index, step in enumerate(steps):
        attributes = sa.inspect(here).all_orm_descriptors
        prop = sa.inspect(here).attrs.get(step)
        if prop is None or step not in attributes:
            raise BadColumn(f"{model.__name__} has no mapped attribute {path!r}; give the column a render=")
        attribute: InstrumentedAttribute[Any] = getattr(here, step)
        relation = sa.inspect(here).relationships.get(step)
        if relation is not None:
            if relation.uselist or index == len(steps) - 1:
                raise BadColumn(f"{model.__name__}.{path}: name a column at the end of a many-to-one path")
            here = relation.mapper.class_
        elif index < len(steps) - 1:
            raise BadColumn(f"{model.__name__}.{path}: {step} is not a relation")
        found.append(attribute)
    return tuple(found)


def guards_of(model: type[Base], path: str) -> list[tuple[type[Base], str]]:
    """Every (model, field) along a path; a reader needs the right to each."""
    here: type[Base] = model
    guards: list[tuple[type[Base], str]] = []
    for step in path.split("."):
        guards.append((here, step))
        relation = sa.inspect(here).relationships.get(step)
        if relation is not None:
            here = relation.mapper.class_
    return guards


_NUMERIC = (Scaled, sa.Numeric, sa.Integer)
_WIDTHS: tuple[tuple[type[Any], str], ...] = (
    (sa.Enum, "w-state"), (UtcDateTime, "w-due"), (sa.Date, "w-date"), (sa.Boolean, "w-n"), (Scaled, "w-amt"),
    (sa.Integer, "w-num"),
)  # fmt: skip


def resolve(model: type[Base], wanted: Iterable[str | Column], labels: Callable[[str], Text]) -> tuple[Resolved, ...]:
    """Check and complete the declared columns.  Raises: BadColumn at start-up, never in front of a user."""
    specs = [Column(item) if isinstance(item, str) else item for item in wanted]
    return tuple(_resolve(model, spec, index, labels) for index, spec in enumerate(_on_the_card(specs)))


def _resolve(model: type[Base], spec: Column, index: int, labels: Callable[[str], Text]) -> Resolved:
    path: tuple[InstrumentedAttribute[Any], ...] = ()
    try:
        path = attribute_path(model, spec.name)
    except BadColumn:
        if spec.render is None:
            raise
    read = [*((spec.name,) if path else ()), *spec.needs, *filter(None, (spec.currency, spec.unit))]
    guards = [guard for item in read for guard in guards_of(model, item)]
    if spec.guard:
        guards.append((model, spec.guard))
    elif not path and hasattr(model, spec.name):
        guards.append((model, spec.name))
    kind = path[-1].type if path and spec.render is None else None
    numeric = spec.is_numeric or (isinstance(kind, _NUMERIC) and not path[-1].property.columns[0].foreign_keys)
    spec = replace(spec, width=spec.width or next((w for t, w in _WIDTHS if isinstance(kind, t)), ""))
    return Resolved(
        spec, path, tuple(dict.fromkeys(guards)), spec.label or labels(spec.name), _css(spec, index, numeric=numeric)
    )


def _css(spec: Column, index: int, *, numeric: bool) -> str:
    hide = f"ho-{spec.hide}" if spec.hide else ""
    clip = "" if numeric or spec.width or index == 0 else "ho-clip"
    return " ".join(filter(None, (spec.width, hide, "ho-num" if numeric else "", clip, spec.phone)))


def _on_the_card(specs: Sequence[Column]) -> list[Column]:
    """The columns with their places on a phone: who and what at the left, one thing at the top right."""
    corner_is_taken = any(spec.phone.split()[:1] == ["ph-r"] for spec in specs)
    usual = ("ph-l ph-1", "ph-full ph-3", "ph-l ph-4", "ph-r ph-5" if corner_is_taken else "ph-r ph-2")
    placed = {"": "ph-hide", "ph-r": "ph-r ph-2"}
    return [
        replace(
            spec, phone=usual[index] if not spec.phone and index < len(usual) else placed.get(spec.phone, spec.phone)
        )
        for index, spec in enumerate(specs)
    ]


def load_options(model: type[Base], paths: Sequence[str]) -> list[ORMOption]:
    """Load exactly these paths in the one statement; anything else raises instead of asking once per row."""
    return list(_load_options(model, tuple(dict.fromkeys(paths))))


@lru_cache(maxsize=512)
def _load_options(model: type[Base], paths: tuple[str, ...]) -> tuple[ORMOption, ...]:
    tree: dict[str, Any] = {}
    for path in paths:
        node = tree
        for step in path.split("."):
            node = node.setdefault(step, {})
    return tuple(_options(model, tree, None))


def _options(model: type[Base], tree: dict[str, Any], base: Any) -> list[ORMOption]:
    mapper = sa.inspect(model)
    plain = [getattr(model, name) for name in tree if name in mapper.columns]
    plain += [getattr(model, str(key.key)) for key in mapper.primary_key if key.key not in tree]
    if "version" in mapper.columns and "version" not in tree:
        plain.append(model.version)  # type: ignore[attr-defined]
    options: list[ORMOption] = []
    for name, below in tree.items():
        relation = mapper.relationships.get(name)
        if relation is None:
            continue
        attribute = getattr(model, name)
        step = joinedload(attribute) if base is None else base.joinedload(attribute)
        options.extend(_options(relation.mapper.class_, below, step))
    options.append(load_only(*plain, raiseload=True) if base is None else base.load_only(*plain, raiseload=True))
    options.append(raiseload("*") if base is None else base.raiseload("*"))
    return options
