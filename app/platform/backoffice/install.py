"""Putting it together: what ``init_app`` installs, how a view is added, what ``seal`` checks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import Admin
from flask_admin.base import BaseView, expose
from flask_admin.theme import Theme
from flask_babel import lazy_gettext, lazy_pgettext
from jinja2 import FileSystemLoader
from werkzeug.routing import IntegerConverter

from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import NotPermitted
from app.platform.access import reader
from app.platform.backoffice import assets, errors, format, html, i18n, menu, pages, pickers, preferences, security  # noqa: A004
from app.platform.backoffice.columns import show
from app.platform.backoffice.view import DepartmentView, views

_ADMIN = "handoff_admin"

#: blocks of the sidebar every house has; packages add theirs
GROUPS = (
    menu.Group("home", "", "top", position=0),
    menu.Group("sales", lazy_gettext("Sales"), "department", lazy_pgettext("department mark", "S"), 10),
    menu.Group("purchasing", lazy_gettext("Purchasing"), "department", lazy_pgettext("department mark", "P"), 20),
    menu.Group("warehouse", lazy_gettext("Warehouse"), "department", lazy_pgettext("department mark", "W"), 30),
    menu.Group("logistics", lazy_gettext("Logistics"), "department", lazy_pgettext("department mark", "L"), 40),
    menu.Group("finance", lazy_gettext("Finance"), "department", lazy_pgettext("department mark", "F"), 50),
    menu.Group("master", lazy_gettext("Master data"), "section", position=60),
    menu.Group("improve", lazy_gettext("Improve"), "section", position=70),
    menu.Group("setup", lazy_gettext("Set up"), "section", position=80),
)


class _Root(BaseView):
    """Flask-Admin wants an index; ours leads to the first place this person may open."""

    def _handle_view(self, name: str, **kwargs: Any) -> None:
        pages.current_actor()

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """To the first entry of the sidebar."""
        return redirect(first_place(pages.current_actor()))


def first_place(actor: Actor) -> str:
    """Address of the first entry this person may open.  Raises: NotPermitted when there is none."""
    for _group, links in menu.sidebar(current_app, actor):
        return links[0].href
    raise NotPermitted


def _templates(app: Flask) -> None:
    folders = sorted(Path(app.root_path).glob("*/*/templates"))
    app.jinja_loader = FileSystemLoader([str(folder) for folder in folders])
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        ho=html,
        fmt=format,
        show_value=show,
        asset=assets.url,
        sidebar=_sidebar,
        shell_actor=_signed_in,
        request_id=security.request_id,
        languages=i18n.LANGUAGES,
        quick_links=_quick_links,
        has_endpoint=lambda name: name in app.view_functions,
        may_open=pages.may_open,
    )


def _signed_in() -> Actor | None:
    actor = reader()
    return actor if actor is not None and actor.kind is ActorKind.USER else None


def _sidebar() -> list[tuple[menu.Group, list[menu.Link]]]:
    actor = _signed_in()
    if "sidebar" not in g:  # the phone's bar shows some of the same links: they are counted once
        g.sidebar = menu.sidebar(current_app, actor) if actor is not None else []
    found: list[tuple[menu.Group, list[menu.Link]]] = g.sidebar
    return found


def _quick_links() -> list[menu.Link]:
    links = [link for _group, links in _sidebar() for link in links if link.quick is not None]
    return sorted(links, key=lambda link: link.quick or 0)[:4]


def _lookup(actor: Actor, name: str) -> ResponseReturnValue:
    """Search of a picker: at most 50 rows of this actor.  Raises: NotFound, NotPermitted."""
    picker = pickers.picker_named(name)
    if not picker.is_open_to(actor):
        raise NotPermitted(permission=picker.permission[0].code)
    limit = request.args.get("limit", default=pickers.SHOWN, type=int)
    found = picker.find(actor, request.args.get("q", ""), max(1, min(limit, pickers.LIMIT)))
    rows = [{"id": row.id, "text": picker.text(row), "note": picker.note(row) if picker.note else ""} for row in found]
    return jsonify(rows=rows)


class RowNumber(IntegerConverter):
    """``<int:...>`` in an address: what no database can hold is no address, and digits are ASCII."""

    regex = r"[0-9]{1,18}"


def init_app(app: Flask) -> None:
    """Headers, languages, errors, templates, static files, the admin root and the addresses of the shell."""
    app.url_map.converters["int"] = RowNumber
    security.init_app(app)
    i18n.init_app(app)
    errors.init_app(app)
    _templates(app)
    assets.init_app(app)
    app.before_request(pages.refuse_undeclared)
    for group in GROUPS:
        menu.add_group(app, group)
    app.extensions[_ADMIN] = Admin(
        app,
        name="Handoff",
        index_view=_Root(name="Handoff", endpoint="admin", url="/admin"),
        theme=Theme(folder="handoff", base_template="backoffice/page.html"),
        csp_nonce_generator=security.nonce,
    )
    pages.declare(app, "admin.index", pages.Policy("signed_in"))
    pages.declare(app, "assets", pages.Policy("public", why="stylesheet, scripts and icons"))
    if app.static_folder:
        pages.declare(app, "static", pages.Policy("public", why="stylesheet, scripts and icons"))
    pages.page(app, "/lookup/<name>", permission=None, endpoint="lookup")(_lookup)
    pages.page(app, "/", permission=None, endpoint="start")(lambda actor: redirect(first_place(actor)))
    preferences.init_app(app)


def add_view(app: Flask, view_class: type[DepartmentView]) -> DepartmentView:
    """Register a department's screen.  Raises: BadView and its like when it cannot work or declares no right."""
    with app.app_context():
        view = view_class()
        app.extensions[_ADMIN].add_view(view)
    for _url, name, _methods in view.exposed():
        policy = pages.Policy(
            "view", tuple(filter(None, (view.permission_for(name, {}),))), f"gate of {view_class.__name__}"
        )
        pages.declare(app, f"{view.endpoint}.{name}", policy)
    views(app).append(view)
    if view.in_menu:
        menu.add_item(
            app,
            menu.Item(
                group=view.menu_group or view.department or "setup",
                label=view.title,
                endpoint=f"{view.endpoint}.index_view",
                permission=view.list_permission,
                icon=view.menu_icon,
                position=view.menu_position,
                key=view.menu_key or None,
                count=view_class.menu_count,
            ),
        )
    return view


def seal(app: Flask) -> None:
    """Close the registration.  Raises: BadView, UnknownType, Undeclared: the application does not start half safe."""
    with app.app_context():
        for view in views(app):
            view.finish()
    pages.seal(app)
