"""DepartmentView: the one base of all table screens. Every leak and trap of the scaffold below it is closed here.

How to write a department's screen (a complete one: app/surfaces/admin/customers.py)::

    class OrderDesk(DepartmentView, model=Order):
        department = "sales"                       # group of the sidebar and first part of the address
        slug = "orders"                            # /sales/orders/, endpoint "sales_orders"
        title = lazy_gettext("Orders")
        list_permission = Permissions.ORDER_LIST   # required; also opens a row unless read_permission is given
        columns = ("number", "customer.name", "state", Column("total", currency="currency"), "due_at")
        details = (*columns, "note")               # required when rows can be opened
        sortable = ("number", "due_at")            # only indexed columns, checked at start-up
        filters = ("state", "customer_id", "due_at")
        form_fields = ("customer_id", "note")      # from the model's column types, or (name, Field(...))
        create_permission, create_use_case = Permissions.ORDER_CREATE, service.enter_order
        edit_permission, edit_use_case = Permissions.ORDER_EDIT, service.edit_order
        actions = (ButtonAction("confirm", lazy_gettext("Confirm"), Permissions.ORDER_CONFIRM, service.confirm_order),)

    add_view(app, OrderDesk)                       # in the package's register(app)

What a use case gets. Create: the form's values as keywords. Edit: ``<id_argument>=id``, ``version=`` what the user saw
(if it takes one), and the values. Delete and actions: ``<id_argument>=id`` (and the action form's values).
``id_argument`` is ``order_id`` for a model called Order. Values are plain: str, int, Decimal, date, aware
datetime, enum member, id of a picked record. Fields that the actor may not write are neither shown nor passed, so a
use case gives them defaults.

Choosing a record in a form: a foreign key uses the picker registered under its table's name (``add_picker``); in a form
of your own write ``PickerField(label, picker="customers")``. Own templates: ``details_template`` with
``details_context(row)``; what it reads of relations is loaded with ``details_options``. No table? ``pages.page``.

Reading is scoped by the session (the actor's rows), columns by field rights; ``criteria(actor)`` narrows a view
further. In a list, a relation that was not named in columns or ``needs`` raises instead of asking the database once
per row.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import AdminViewMeta, expose
from flask_admin.contrib.sqla import ModelView
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.access import Permission, can, may_read_field, may_write_field, scope
from app.platform.backoffice import columns as cols
from app.platform.backoffice import filters as narrowing
from app.platform.backoffice import identifiers, labels, listing
from app.platform.backoffice.actions import ButtonAction
from app.platform.backoffice.forms import Form, field_for, has_own_default
from app.platform.backoffice.menu import Text
from app.platform.backoffice.pages import admit, current_actor
from app.platform.backoffice.pickers import has_picker
from app.platform.backoffice.screens import action_screen, form_screen, list_screen, row_screen
from app.platform.db import Base, db, session

FieldSpec = str | tuple[str, Any]


class BadView(TypeError):
    """A view that cannot work or says nothing about rights; the application does not start."""


class _ViewMeta(AdminViewMeta):
    """Lets a class statement name its model: ``class Desk(DepartmentView, model=Order)``."""

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any], **options: Any) -> _ViewMeta:
        return super().__new__(mcs, name, bases, members, **options)

    def __init__(cls, name: str, bases: tuple[type, ...], members: dict[str, Any], **options: Any) -> None:
        super().__init__(name, bases, members)


def snake(name: str) -> str:
    """``SalesOrder`` as ``sales_order``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class DepartmentView(ModelView, metaclass=_ViewMeta):
    """Base of every table screen; the module's text says how to use it."""

    model_class: ClassVar[type[Base]]
    department: ClassVar[str] = ""
    slug: ClassVar[str] = ""
    title: ClassVar[Text] = ""
    menu_icon: ClassVar[str] = "list"
    menu_position: ClassVar[int] = 50
    in_menu: ClassVar[bool] = True
    menu_group: ClassVar[str] = ""  #: default: the department
    menu_key: ClassVar[str] = ""
    menu_count: ClassVar[Callable[[Actor], int | None] | None] = None
    new_label: ClassVar[Text] = ""  #: words of the button that creates, "New" by default
    empty_hint: ClassVar[Text] = ""  #: what an empty list should tell: what comes next

    list_permission: ClassVar[Permission | None] = None
    read_permission: ClassVar[Permission | None] = None  #: default: list_permission
    create_permission: ClassVar[Permission | None] = None
    edit_permission: ClassVar[Permission | None] = None
    delete_permission: ClassVar[Permission | None] = None
    export_permission: ClassVar[Permission | None] = None
    create_use_case: ClassVar[Callable[..., Any] | None] = None
    edit_use_case: ClassVar[Callable[..., Any] | None] = None
    delete_use_case: ClassVar[Callable[..., Any] | None] = None
    id_argument: ClassVar[str] = ""

    columns: ClassVar[Sequence[str | cols.Column]] = ()
    details: ClassVar[Sequence[str | cols.Column]] = ()
    sortable: ClassVar[Sequence[str]] = ()
    default_sort: ClassVar[str] = "-id"
    filters: ClassVar[Sequence[str | narrowing.Choice]] = ()
    search_columns: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()  #: paths that buttons' ``when`` and row labels read
    labels: ClassVar[Mapping[str, Text]] = {}
    default_size: ClassVar[int] = listing.DEFAULT_SIZE

    form_fields: ClassVar[Sequence[FieldSpec]] = ()
    create_fields: ClassVar[Sequence[FieldSpec] | None] = None
    edit_fields: ClassVar[Sequence[FieldSpec] | None] = None
    create_form_class: ClassVar[type[Form] | None] = None
    edit_form_class: ClassVar[type[Form] | None] = None
    form_widths: ClassVar[Mapping[str, str]] = {}
    actions: ClassVar[Sequence[ButtonAction]] = ()

    list_template = "backoffice/list.html"
    details_template = "backoffice/details.html"
    create_template = "backoffice/form.html"
    edit_template = "backoffice/form.html"
    details_options: ClassVar[tuple[ORMOption, ...]] = ()

    def __init_subclass__(cls, model: type[Base] | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if model is not None:
            cls.model_class = model

    def __init__(self) -> None:
        if not hasattr(type(self), "model_class"):
            raise BadView(
                f"{type(self).__name__} names no model: class {type(self).__name__}(DepartmentView, model=...)"
            )
        self.id_name = self.id_argument or f"{snake(self.model_class.__name__)}_id"
        endpoint = f"{self.department}_{self.slug}" if self.department else self.slug
        if not self.slug or not re.fullmatch(r"[a-z][a-z0-9_]*", endpoint):
            raise BadView(f"{type(self).__name__} needs a slug of small letters, digits and underscores")
        super().__init__(
            self.model_class,
            db,
            name=self.title or self.model_class.__name__,
            endpoint=endpoint,
            url="/" + "/".join(filter(None, (self.department, self.slug.replace("_", "-")))),
        )
        self._check()

    # ------------------------------------------------------------------ start-up
    def _refresh_cache(self) -> None:
        """Nothing is scaffolded from the model: what is not declared is not shown, sorted, filtered or written."""
        for name in ("_list_columns", "_details_columns", "_export_columns"):
            setattr(self, name, [])
        for name in ("_sortable_columns", "_filters", "_filter_args"):
            setattr(self, name, {})

    def scaffold_auto_joins(self) -> list[Any]:
        """Declared columns say what is loaded."""
        return []

    def init_actions(self) -> None:
        """Actions are declared as ButtonActions; methods are not looked up by name."""
        for name in ("_actions", "_actions_data"):
            setattr(self, name, ())

    def _check(self) -> None:
        """Raises: BadView, BadColumn, TypeError: at start-up, not in front of a user."""
        me = type(self).__name__
        if self.list_permission is None:
            raise BadView(f"{me} declares no list_permission")
        if not self.columns:
            raise BadView(f"{me} declares no columns")
        for what in ("create", "edit", "delete"):
            if (getattr(self, f"{what}_permission") is None) != (getattr(type(self), f"{what}_use_case") is None):
                raise BadView(f"{me}: {what} needs both a permission and a use case")
        names = [action.name for action in self.actions]
        if len(set(names)) != len(names):
            raise BadView(f"{me} has two actions of one name")
        for name in (*self.sortable, self.default_sort.removeprefix("-")):
            if not listing.is_indexed(cols.attribute_path(self.model, name)[-1]):
                raise BadView(f"{me} sorts by {name}, which has no index")
        if self.default_size not in listing.SIZES:
            raise BadView(f"{me}: default_size is one of {listing.SIZES}")
        self.list_columns = cols.resolve(self.model, self.columns, self.label)
        self.details_columns = cols.resolve(self.model, self.details or self.columns, self.label)
        self.list_filters = narrowing.build(self.model, self.filters, self.label)

    @classmethod
    def exposed(cls) -> list[tuple[str, str, Sequence[str]]]:
        """(rule, method name, HTTP methods) of every endpoint."""
        return list(cls._urls)

    def finish(self) -> None:
        """Build the forms once all pickers are registered (``seal`` calls this).  Raises: UnknownType."""
        for what in ("create", "edit"):
            if self.use_case(what) is not None and not self.form_class(what)(formdata=None)._fields:
                raise BadView(f"{type(self).__name__} can {what} but declares no form fields")

    def label(self, name: str) -> Text:
        """Words for a field."""
        return labels.label_of(name, self.labels)

    # ------------------------------------------------------------------ the gate
    def permission_for(self, name: str, values: Mapping[str, Any]) -> Permission | None:
        """The right an endpoint needs; None where this view does not have such an endpoint."""
        if name == "action_view":
            action = self.action_named(str(values.get("action_name", "")))
            return action.permission if action else None
        return {
            "index_view": self.list_permission,
            "details_view": self.read_permission or self.list_permission,
            "create_view": self.create_permission,
            "edit_view": self.edit_permission,
            "delete_view": self.delete_permission,
            "export": self.export_permission,
        }.get(name)

    def _handle_view(self, name: str, **kwargs: Any) -> None:
        """The one gate before every endpoint.

        Raises: NotAuthenticated, NotFound where this view has no such endpoint, NotPermitted.
        """
        current_actor()
        needed = self.permission_for(name, kwargs)
        if needed is None:
            raise NotFound
        admit((needed,))

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Once: a TypeError inside a screen is the screen's, not a reason to call it again differently."""
        return fn(self, *args, **kwargs)

    def is_accessible(self) -> bool:
        """For menus."""
        actor = current_actor()
        return self.list_permission is not None and can(actor, self.list_permission)

    def offers(self, what: str, actor: Actor) -> bool:
        """Whether to show the button of create, edit, delete, export or details."""
        needed = self.permission_for({"export": "export"}.get(what, f"{what}_view"), {})
        return needed is not None and can(actor, needed)

    def render(self, template: str, **values: Any) -> str:
        """A page of this view, without the values that the scaffold's own templates want."""
        return render_template(template, admin_view=self, **values)

    # ------------------------------------------------------------------ rows
    def criteria(self, actor: Actor) -> Sequence[sa.ColumnElement[bool]]:
        """Which rows of the table this view is about, beside the actor's own rights."""
        return ()

    def select(self, actor: Actor) -> sa.Select[Any]:
        """All rows of this view that the actor may see."""
        return sa.select(self.model).where(scope(actor, self.model), *self.criteria(actor))

    def get_query(self) -> Any:
        """The same for whatever still asks in the old way."""
        actor = current_actor()
        return session.query(self.model).filter(scope(actor, self.model), *self.criteria(actor))

    def get_count_query(self) -> Any:
        """Counts go through the same criterion."""
        return self.get_query().with_entities(sa.func.count(self.model.id))

    def get_one(self, id: Any) -> Any:  # noqa: A002  the name of the method overridden
        """The row, or None when it does not exist, is not this actor's, or the id is garbage."""
        key = identifiers.parse(id)
        if key is None:
            return None
        statement = self.select(current_actor()).where(self.model.id == key).options(*self.details_options)
        return session.scalars(statement).unique().one_or_none()

    def row(self, raw: Any) -> Any:
        """The row.  Raises: NotFound."""
        found = self.get_one(raw)
        if found is None:
            raise NotFound
        return found

    def rows(self, raw: Sequence[Any]) -> list[Any]:
        """The rows of these ids in their order.  Raises: NotFound when one is missing, foreign or garbage."""
        ids = identifiers.parse_all(raw)
        statement = self.select(current_actor()).where(self.model.id.in_(ids))
        by_id = {row.id: row for row in session.scalars(statement).unique()}
        if len(by_id) != len(ids):
            raise NotFound
        return [by_id[key] for key in ids]

    def row_label(self, row: Any) -> str:
        """How a row is called in headings and results: its first column."""
        value = cols.follow(row, self.list_columns[0].name) if self.list_columns[0].path else None
        return str(value) if value is not None else f"#{row.id}"

    # ------------------------------------------------------------------ fields
    def visible(self, columns: Sequence[cols.Resolved], actor: Actor) -> list[cols.Resolved]:
        """The columns whose every field the actor may read."""
        return [c for c in columns if all(may_read_field(actor, model, name) for model, name in c.guards)]

    def may_read(self, actor: Actor, name: str) -> bool:
        """Whether the actor may see, sort or filter by a column of the model."""
        return all(may_read_field(actor, m, n) for m, n in cols.guards_of(self.model, name))

    def form_class(self, what: str) -> type[Form]:
        """The form for ``create`` or ``edit``."""
        return self._forms[what]

    @cached_property
    def _forms(self) -> dict[str, type[Form]]:
        given = {
            "create": (self.create_form_class, self.create_fields),
            "edit": (self.edit_form_class, self.edit_fields),
        }
        return {
            what: own or self._build(self.form_fields if fields is None else fields)
            for what, (own, fields) in given.items()
        }

    def _build(self, fields: Sequence[FieldSpec]) -> type[Form]:
        columns = sa.inspect(self.model).columns
        own = {n for n in fields if isinstance(n, str) and n in columns and has_own_default(columns[n])}
        made: dict[str, Any] = {"widths": dict(self.form_widths), "left_to_default": frozenset(own)}
        for spec in fields:
            if isinstance(spec, tuple):
                name, given = spec
                #: made anew, because WTForms orders fields by the moment they were made
                made[name] = type(given)(given.field_class, *given.args, **given.kwargs)
            else:
                made[spec] = field_for(
                    self.model, spec, self.label(spec), has_picker=lambda n: has_picker(current_app, n)
                )
        return type(f"{type(self).__name__}Form", (Form,), made)

    def make_form(self, what: str, actor: Actor, row: Any = None) -> Form:
        """A form without the fields this actor may not write."""
        form = self.form_class(what)(obj=row)
        form.without(
            [n for n in list(form._fields) if hasattr(self.model, n) and not may_write_field(actor, self.model, n)]
        )
        return form

    def use_case(self, what: str) -> Callable[..., Any] | None:
        """The declared function, not bound to the view."""
        found: Callable[..., Any] | None = getattr(type(self), f"{what}_use_case")
        return found

    def action_named(self, name: str) -> ButtonAction | None:
        """The declared action."""
        return next((action for action in self.actions if action.name == name), None)

    def actions_for(self, actor: Actor, row: Any = None) -> list[ButtonAction]:
        """Buttons to show: on a row's page those that fit the row, on a list those for many rows."""
        granted = [action for action in self.actions if can(actor, action.permission)]
        if row is None:
            return [action for action in granted if action.bulk]
        return [action for action in granted if action.single and action.fits(row)]

    # ------------------------------------------------------------------ never the scaffold's own writes
    def create_model(self, form: Any) -> Any:
        """Raises: BadView; the scaffold would commit by itself."""
        raise BadView("writes go through run(use_case, actor, **values)")

    def update_model(self, form: Any, model: Any) -> Any:
        """Raises: BadView; the scaffold would fill the live row before any check."""
        raise BadView("writes go through run(use_case, actor, **values)")

    def delete_model(self, model: Any) -> Any:
        """Raises: BadView."""
        raise BadView("writes go through run(use_case, actor, **values)")

    def ajax_lookup(self) -> ResponseReturnValue:
        """Not routed: pickers have one address with their own right, see pickers.py."""
        abort(404)

    def ajax_update(self) -> ResponseReturnValue:
        """Not routed: the scaffold's inline edit has no gate."""
        abort(404)

    # ------------------------------------------------------------------ endpoints
    def address(self, name: str, **values: Any) -> str:
        """Address of an endpoint of this view."""
        return url_for(f"{self.endpoint}.{name}", **values)

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list."""
        return list_screen.show(self, current_actor())

    @expose("/export/<kind>/")
    def export(self, kind: str) -> ResponseReturnValue:
        """The list as a file."""
        return list_screen.export(self, current_actor(), kind)

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> ResponseReturnValue:
        """An empty form; POST creates."""
        return form_screen.create(self, current_actor())

    @expose("/<row_id>/")
    def details_view(self, row_id: str) -> ResponseReturnValue:
        """One row."""
        return row_screen.details(self, current_actor(), self.row(row_id))

    @expose("/<row_id>/edit/", methods=("GET", "POST"))
    def edit_view(self, row_id: str) -> ResponseReturnValue:
        """The row's form; POST saves."""
        return form_screen.edit(self, current_actor(), self.row(row_id))

    @expose("/<row_id>/delete/", methods=("GET", "POST"))
    def delete_view(self, row_id: str) -> ResponseReturnValue:
        """Asks; POST deletes."""
        return row_screen.delete(self, current_actor(), self.row(row_id))

    @expose("/action/<action_name>/", methods=("GET", "POST"))
    def action_view(self, action_name: str) -> ResponseReturnValue:
        """The action's own step; POST does it."""
        action = self.action_named(action_name)
        if action is None:
            raise NotFound
        return action_screen.show(self, current_actor(), action, request.values.getlist("id"))

    def details_context(self, row: Any) -> dict[str, Any]:
        """More values for an own details template."""
        return {}


def views(app: Flask) -> list[DepartmentView]:
    """All registered views."""
    found: list[DepartmentView] = app.extensions.setdefault("handoff_views", [])
    return found
