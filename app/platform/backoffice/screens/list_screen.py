"""The list and the file made from it: what the address asks for, checked, then one page of rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.kernel.text import N_
from app.platform.access import scope
from app.platform.backoffice import columns as cols
from app.platform.backoffice import export as files
from app.platform.backoffice import filters as narrowing
from app.platform.backoffice import format, listing, searching  # noqa: A004  the room's own word for it
from app.platform.db import run

if TYPE_CHECKING:
    from app.platform.backoffice.view import DepartmentView

CURSORS = ("after", "before", "last")


@dataclass(slots=True)
class Asked:
    """What the address asks for, of what this view offers and this actor may read."""

    order: listing.Order
    place: listing.Place
    size: int
    text: str
    narrowed: list[narrowing.Active]
    sortable: list[str]
    offered: list[narrowing.Filter]


def asked(view: DepartmentView, actor: Actor) -> Asked:
    """Read the address; what is not offered is ignored, what cannot be read begins at the beginning."""
    args = request.args
    sortable = [name for name in view.sortable if view.may_read(actor, name)]
    wanted = args.get("sort", view.default_sort)
    if wanted.removeprefix("-") not in {*sortable, view.default_sort.removeprefix("-")}:
        wanted = view.default_sort
    if not view.may_read(actor, wanted.removeprefix("-")):
        wanted = "-id"
    attribute = cols.attribute_path(view.model, wanted.removeprefix("-"))[-1]
    order = listing.Order(attribute, wanted.removeprefix("-"), wanted.startswith("-"))
    place = listing.Place(
        after=listing.read_cursor(args.get("after"), order),
        before=listing.read_cursor(args.get("before"), order),
        at_end=args.get("last") == "1",
    )
    size = args.get("size", default=view.default_size, type=int)
    offered = [one for one in view.list_filters if one.own is not None or view.may_read(actor, one.name)]
    return Asked(
        order=order,
        place=place,
        size=size if size in listing.SIZES else view.default_size,
        text=args.get("q", "").strip()[: searching.LONGEST],
        narrowed=narrowing.active(offered, args),
        sortable=sortable,
        offered=offered,
    )


def criteria(view: DepartmentView, actor: Actor, wish: Asked) -> list[sa.ColumnElement[bool]]:
    """The view's own rows, the filters and the search.  Raises: InvalidInput."""
    parts = [*view.criteria(actor), *(narrowing.criterion(one, actor) for one in wish.narrowed)]
    if wish.text and searching.is_searchable(view.model, view.search_columns):
        readable = tuple(name for name in view.search_columns if view.may_read(actor, name))
        parts.append(searching.matches(view.model, wish.text, readable))
    return parts


def address(view: DepartmentView, drop: Sequence[str] = (), /, **change: Any) -> str:
    """This list's address with some parameters changed or dropped; a new order or filter starts at the beginning."""
    kept = [(k, v) for k, v in request.args.items(multi=True) if k not in {*drop, *change, *CURSORS}]
    kept += [(k, str(v)) for k, v in change.items() if v is not None]
    query = urlencode(kept)
    return view.address("index_view") + (f"?{query}" if query else "")


def paths_of(view: DepartmentView, columns: Sequence[cols.Resolved], actor: Actor) -> list[str]:
    """Everything that drawing these columns and their buttons reads."""
    paths = [path for column in columns for path in column_paths(column)]
    paths += view.needs
    paths += [path for action in view.actions_for(actor) for path in action.needs]
    paths += [view.list_columns[0].name] if view.list_columns[0].path else []
    return paths


def column_paths(column: cols.Resolved) -> list[str]:
    """Paths one column reads."""
    spec = column.spec
    own = [column.name] if column.path else []
    return [*own, *spec.needs, *filter(None, (spec.currency, spec.unit))]


def _drawn(
    rows: Sequence[Any], columns: Sequence[cols.Resolved], label: Callable[[Any], str], prefix: str, *, with_box: bool
) -> Markup:
    """The body of the table in one piece: in a template the loop over its cells costs more than the query.

    prefix: address that a row's id completes; the first cell leads there.
    """
    heads = [f'<td role="cell" class="{escape(column.css)}">' for column in columns]
    link = f'{heads[0]}<a class="ho-idlink" href="{escape(prefix)}'
    select = format.say(N_("Select %(label)s")) if with_box else ""
    parts: list[str] = []
    for row in rows:
        parts.append(f'<tr role="row" data-row="{row.id}">')
        if with_box:
            words = escape(select % {"label": label(row)})
            box = f'<input class="form-check-input" type="checkbox" name="id" value="{row.id}" aria-label="{words}">'
            parts.append(f'<td role="cell" class="ph-hide">{box}</td>')
        cells = [column.cell(row) for column in columns]
        first = f'{link}{row.id}/">{cells[0]}</a></td>' if prefix else f"{heads[0]}{cells[0]}</td>"
        parts += [first, *(f"{head}{cell}</td>" for head, cell in zip(heads[1:], cells[1:], strict=True)), "</tr>\n"]
    return Markup("".join(parts))  # noqa: S704  labels, classes and the address are escaped, cells are markup


def show(view: DepartmentView, actor: Actor) -> ResponseReturnValue:
    """The page."""
    wish = asked(view, actor)
    columns = view.visible(view.list_columns, actor)
    page = listing.read_page(
        view.model,
        criteria(view, actor, wish),
        scope(actor, view.model),
        wish.order,
        wish.place,
        wish.size,
        cols.load_options(view.model, paths_of(view, columns, actor)),
    )
    #: built once: url_for for each of 200 rows costs more than reading them
    prefix = view.address("index_view") if view.offers("details", actor) else ""
    rows = _drawn(page.rows, columns, view.row_label, prefix, with_box=bool(view.actions_for(actor)))
    return view.render(
        view.list_template,
        view=view,
        actor=actor,
        columns=columns,
        rows=rows,
        page=page,
        asked=wish,
        actions=view.actions_for(actor),
        address=lambda *drop, **change: address(view, drop, **change),
        sizes=listing.SIZES,
        is_searchable=searching.is_searchable(view.model, view.search_columns),
        may_create=view.offers("create", actor),
        may_export=view.offers("export", actor),
        return_here=request.full_path.rstrip("?"),
    )


def export(view: DepartmentView, actor: Actor, kind: str) -> ResponseReturnValue:
    """The same rows and fields as the list, as CSV.  Raises: NotFound for another kind."""
    if kind != "csv":
        raise NotFound
    wish = asked(view, actor)
    held = files.exported(view.visible(view.list_columns, actor))
    held = [(path, label) for path, label in held if view.may_read(actor, path)]
    parts = criteria(view, actor, wish)
    run(
        files.record_export,
        actor,
        table=view.model.__tablename__,
        columns=[path for path, _ in held],
        narrowed_by=request.query_string.decode("ascii", "replace")[:500],
    )
    direction = sa.desc if wish.order.descending else sa.asc
    query = files.selection(
        view.model, [path for path, _ in held], parts, [direction(wish.order.attribute), direction(view.model.id)]
    )
    pieces = files.stream(actor, query, [label for _, label in held], format.zone())
    name = f"{view.endpoint}-{clock.now().astimezone(format.zone()):%Y-%m-%d-%H%M}.csv"
    response = Response(pieces, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
