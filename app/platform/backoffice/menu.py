"""The sidebar and the quick bar, built from what packages register; each person sees only what they may open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask, current_app, request, url_for

from app.kernel.actor import Actor
from app.platform.access import Permissions, can
from app.platform.backoffice.added_departments import added_departments

_KEY = "handoff_menu"
#: departments with a colour of their own in the tokens; one added by an admin is grey with its letter
COLOURED = {"sales", "purchasing", "warehouse", "logistics", "finance"}

#: not a department: the customer and others outside the house
OUTSIDE = "outside"

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
    """The group of a code: registered, or of a department that an admin added."""
    groups = of(app).groups
    if code in groups or code == OUTSIDE:
        return groups.get(code)
    one = added_departments([known.code for known in groups.values() if known.kind == "department"]).get(code)
    return Group(one.code, one.name, "department", one.letter, one.position) if one else None


def _as_list(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, (list, tuple)) else [str(value)]


def _href(endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    """Made once for each place the house is reached at: thirty of them on every page are dear."""
    known: dict[Any, str] = current_app.extensions.setdefault("handoff_menu_links", {})
    key = (request.script_root, endpoint, repr(values))
    if key not in known:
        known[key] = url_for(endpoint, **dict(values))
    return known[key]


def _link(item: Item, actor: Actor, menu: Menu) -> Link:
    here = request.endpoint or ""
    if here == item.endpoint:
        same = all(request.args.getlist(name) == _as_list(value) for name, value in item.values)
    else:
        # Of several entries that lead to one list, a page of that list belongs to none more than to the first.
        first = next(one for one in menu.items if one.endpoint == item.endpoint)
        is_list = item.endpoint.endswith(".index_view") and first is item
        same = is_list and here.rpartition(".")[0] == item.endpoint.rpartition(".")[0]
    return Link(
        label=item.label,
        href=_href(item.endpoint, item.values),
        icon=item.icon,
        is_current=same,
        count=item.count(actor) if item.count else None,
        quick=item.quick,
        key=item.key,
    )


def sidebar(app: Flask, actor: Actor) -> list[tuple[Group, list[Link]]]:
    """Groups with the links this actor may open, in order; empty groups are left out.

    The views a person opens for a department that an admin added stand in its group, not in that of a department the
    person does not belong to; who keeps the departments sees both.
    """
    menu = of(app)
    mine = [
        item
        for item in sorted(menu.items, key=lambda item: item.position)
        if item.permission is None or can(actor, item.permission)
    ]
    moved: set[int] = set()
    shown: list[tuple[Group, list[Link]]] = []
    for group, items in _added(menu, actor, mine):
        shown.append((group, _named_apart(menu, items, actor)))
        if group.code in actor.department_codes:
            moved.update(id(item) for item in items)
    links: dict[str, list[Link]] = {}
    for item in mine:
        if id(item) not in moved:
            links.setdefault(item.group, []).append(_link(item, actor, menu))
    shown.extend((group, links[group.code]) for group in menu.groups.values() if group.code in links)
    return sorted(shown, key=lambda pair: pair[0].position)


def _added(menu: Menu, actor: Actor, mine: list[Item]) -> Iterator[tuple[Group, list[Item]]]:
    """Groups of added departments for their people and for who keeps departments, with what their roles may open."""
    own = {code for code, group in menu.groups.items() if group.kind == "department"}
    if actor.department_codes <= own and not can(actor, Permissions.DEPARTMENT_UPDATE):
        return
    last = max((menu.groups[code].position for code in own), default=50)
    for one in sorted(added_departments(own).values(), key=lambda one: (one.position, one.code)):
        is_member = one.code in actor.department_codes
        if not is_member and not can(actor, Permissions.DEPARTMENT_UPDATE):
            continue
        items = [
            item
            for item in mine
            if item.group in own
            and item.permission is not None
            and item.permission.code in one.permissions
            and not (is_member and item.group in actor.department_codes)
        ]
        items.sort(key=lambda item: (menu.groups[item.group].position, item.position))
        if items:
            yield Group(one.code, one.name, "department", one.letter, last + 1), items


def _named_apart(menu: Menu, items: list[Item], actor: Actor) -> list[Link]:
    """Links with the department they come from behind words that stand twice."""
    words = Counter(str(item.label) for item in items)
    links = []
    for item in items:
        link = _link(item, actor, menu)
        if words[str(item.label)] > 1:
            link = replace(link, label=f"{item.label} · {menu.groups[item.group].label}")
        links.append(link)
    return links
