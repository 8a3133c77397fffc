"""The sidebar and the quick bar, built from what packages register; each person sees only what they may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, request, url_for

from app.kernel.actor import Actor
from app.platform.access import can

_KEY = "handoff_menu"
#: departments with a colour of their own in the tokens; one added by an admin is grey with its letter
COLOURED = {"sales", "purchasing", "warehouse", "logistics", "finance"}

Text = Any  #: a str or a lazy translation


@dataclass(frozen=True, slots=True)
class Group:
    """A block of the sidebar. kind: ``top`` (no heading), ``department`` (folds, has a mark) or ``section``."""

    code: str
    label: Text
    kind: str = "section"
    letter: Text = ""
    position: int = 50

    @property
    def is_coloured(self) -> bool:
        """Whether the tokens know its colour."""
        return self.code in COLOURED


@dataclass(frozen=True, slots=True)
class Item:
    """A place to go.  permission: None opens it to everybody signed in.  count: a small number behind the words."""

    group: str
    label: Text
    endpoint: str
    permission: Any
    icon: str = "list"
    position: int = 50
    quick: int | None = None  #: place in the phone's bottom bar, 1 to 4
    key: str | None = None  #: e.g. ``g d``
    count: Callable[[Actor], int | None] | None = None
    values: tuple[tuple[str, Any], ...] = ()


@dataclass(slots=True)
class Menu:
    """All groups and items of one application."""

    groups: dict[str, Group] = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Link:
    """An item as the template draws it."""

    label: Text
    href: str
    icon: str
    is_current: bool
    count: int | None
    quick: int | None
    key: str | None


def of(app: Flask) -> Menu:
    """The menu of an application."""
    menu: Menu = app.extensions.setdefault(_KEY, Menu())
    return menu


def add_group(app: Flask, group: Group) -> None:
    """Register a block; the first registration of a code stays."""
    of(app).groups.setdefault(group.code, group)


def add_item(app: Flask, item: Item) -> None:
    """Register a place to go."""
    of(app).items.append(item)


def group_of(app: Flask, code: str) -> Group | None:
    """The registered group of a code."""
    return of(app).groups.get(code)


def _as_list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


def _link(item: Item, actor: Actor) -> Link:
    here = request.endpoint or ""
    if here == item.endpoint:
        same = all(request.args.getlist(name) == _as_list(value) for name, value in item.values)
    else:
        is_list = item.endpoint.endswith(".index_view")
        same = is_list and here.rpartition(".")[0] == item.endpoint.rpartition(".")[0]
    return Link(
        label=item.label,
        href=url_for(item.endpoint, **dict(item.values)),
        icon=item.icon,
        is_current=same,
        count=item.count(actor) if item.count else None,
        quick=item.quick,
        key=item.key,
    )


def sidebar(app: Flask, actor: Actor) -> list[tuple[Group, list[Link]]]:
    """Groups with the links this actor may open, in order; empty groups are left out."""
    menu = of(app)
    links: dict[str, list[Link]] = {}
    for item in sorted(menu.items, key=lambda item: item.position):
        if item.permission is None or can(actor, item.permission):
            links.setdefault(item.group, []).append(_link(item, actor))
    groups = sorted(menu.groups.values(), key=lambda group: group.position)
    return [(group, links[group.code]) for group in groups if group.code in links]
