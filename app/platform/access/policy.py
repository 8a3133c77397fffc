"""One policy for list, details, form, picker, bulk, export, print, history, search, API and command.

``require`` and ``can`` decide inside use cases; ``scope`` is the same answer as SQL for screens; ``readable`` and
``writable`` speak of fields. Unknown means no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import NotFound, NotPermitted
from app.kernel.registry import Registry
from app.platform.access.permissions import Permission, reading
from app.platform.db import Base, session

ScopeRule = Callable[[Actor], "sa.ColumnElement[bool]"]

#: scope name + table -> which rows it reaches
_scopes: Registry[ScopeRule] = Registry("row scope")
#: child table -> (foreign key column of the child, parent model): the child follows its parent
_parents: dict[type[Base], tuple[str, type[Base]]] = {}
#: models with a rule of their own
_rules: dict[type[Base], ScopeRule] = {}
#: models everybody who is signed in may read (currencies, units, departments)
_open: set[type[Base]] = set()
#: guarded fields: ``table.field``
_guarded: dict[str, str] = {}

ALL = "all"
#: the one record a signed link is about
SUBJECT = "subject"


def row_scope(model: type[Base], name: str) -> Callable[[ScopeRule], ScopeRule]:
    """Register which rows of ``model`` the scope ``name`` reaches for an actor."""
    return lambda rule: _scopes.add(f"{model.__tablename__}:{name}", rule)


def follows(child: type[Base], column: str, parent: type[Base]) -> None:
    """Rows of ``child`` are seen by whoever sees their ``parent`` row."""
    _parents[child] = (column, parent)


def scoped_by(model: type[Base], rule: ScopeRule) -> None:
    """``rule`` alone says which rows of ``model`` an actor sees: for rows that hang on records of several tables."""
    _rules[model] = rule


def open_to_all(*models: type[Base]) -> None:
    """Reference data that every actor may read."""
    _open.update(models)


def guard_field(model: type[Base], field: str, sentence: str) -> None:
    """A field that needs a right of its own, in every role that shall see it."""
    if not hasattr(model, field):
        raise ValueError(f"{model.__tablename__} has no field {field}")
    _guarded[f"{model.__tablename__}.{field}"] = sentence


def guarded_fields() -> dict[str, str]:
    """``table.field`` -> sentence for admins."""
    return dict(sorted(_guarded.items()))


def scope_names(model: type[Base]) -> list[str]:
    """Row scopes an admin can choose for ``model``."""
    prefix = f"{model.__tablename__}:"
    return [ALL, *(name.removeprefix(prefix) for name, _ in _scopes if name.startswith(prefix))]


def scopes_of(permission: Permission) -> list[str]:
    """Row scopes an admin can choose for a permission: those of the models it lets a person see, else all there are."""
    if permission.reads:
        return list(dict.fromkeys(name for model in permission.reads for name in scope_names(model)))
    return [ALL, *sorted({name.partition(":")[2] for name, _ in _scopes})]


def is_readable_model(model: type[Base]) -> bool:
    """Whether anybody declared who may read ``model``."""
    return model in _open or model in _parents or model in _rules or any(True for _ in reading(model))


def _criterion(actor: Actor, model: type[Base], names: Iterable[str]) -> sa.ColumnElement[bool]:
    """Rows of ``model`` the named scopes reach; a scope the model does not know reaches nothing."""
    parts: list[sa.ColumnElement[bool]] = []
    for name in sorted(set(names)):
        if name == ALL:
            return sa.true()
        rule = _scopes.find(f"{model.__tablename__}:{name}")
        if rule is not None:
            parts.append(rule(actor))
    return sa.or_(*parts) if parts else sa.false()


def scope(actor: Actor, model: type[Base]) -> sa.ColumnElement[bool]:
    """Which rows of ``model`` the actor may see, as an SQL criterion: ``true()`` for all, ``false()`` for none."""
    if model in _open:
        return sa.true()
    if model in _rules:
        return _rules[model](actor)
    names = [name for granted in reading(model) for name in actor.permissions.get(granted.code, ())]
    own = _criterion(actor, model, names) if names else sa.false()
    if actor.subject and actor.subject[0] == model.__tablename__:
        own = sa.or_(own, model.id == actor.subject[1])  # type: ignore[attr-defined]
    if model not in _parents or _is(own, sa.true()):
        return own
    column, parent = _parents[model]
    from_parent = scope(actor, parent)
    if _is(from_parent, sa.true()) or (_is(from_parent, sa.false()) and _is(own, sa.false())):
        return from_parent
    reached = getattr(model, column).in_(sa.select(parent.id).where(from_parent))  # type: ignore[attr-defined]
    return sa.or_(own, reached)


def _is(criterion: sa.ColumnElement[bool], constant: sa.ColumnElement[bool]) -> bool:
    return type(criterion) is type(constant)


def can(actor: Actor, permission: Permission, obj: Base | None = None) -> bool:
    """Whether the actor has the right, and, with ``obj``, whether the right reaches this row."""
    names = actor.permissions.get(permission.code)
    if not names:
        return False
    if obj is None or ALL in names:
        return True
    model = type(obj)
    if SUBJECT in names and actor.subject == (model.__tablename__, obj.id):  # type: ignore[attr-defined]
        return True
    criterion = _criterion(actor, model, names)
    if _is(criterion, sa.false()):
        return False
    statement = sa.select(sa.literal(1)).select_from(model).where(model.id == obj.id, criterion)  # type: ignore[attr-defined]
    return session.execute(statement).first() is not None


def require(actor: Actor, permission: Permission, obj: Base | None = None) -> None:
    """Raises: NotPermitted without the right, NotFound when the right does not reach this row."""
    if permission.code not in actor.permissions:
        raise NotPermitted(permission=permission.code)
    if obj is not None and not can(actor, permission, obj):
        raise NotFound(record=type(obj).__tablename__, id=obj.id)  # type: ignore[attr-defined]


def may_read_field(actor: Actor, model: type[Base], field: str) -> bool:
    """Whether the actor may see a field; unguarded fields follow the row."""
    key = f"{model.__tablename__}.{field}"
    right = actor.field_rights.get(key)
    return key not in _guarded or bool(right and (right.read or right.write))


def may_write_field(actor: Actor, model: type[Base], field: str) -> bool:
    """Whether the actor may change a field."""
    key = f"{model.__tablename__}.{field}"
    right = actor.field_rights.get(key)
    return key not in _guarded or bool(right and right.write)


def require_fields(actor: Actor, model: type[Base], fields: Iterable[str]) -> None:
    """Raises: NotPermitted naming the first field the actor may not write."""
    for field in fields:
        if not may_write_field(actor, model, field):
            raise NotPermitted(permission=f"{model.__tablename__}.{field}")
