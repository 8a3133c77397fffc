"""Every address of the application as visits a test can make, and what the policy says about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, NumberConverter

from app.platform.access import Permission
from app.platform.backoffice import DepartmentView, policies, views
from app.platform.backoffice.pages import Policy

#: a row that does not exist
NOWHERE = 999_999_999
READS = ("GET",)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request.  needs: any of these opens it; None: everybody signed in; (): the view has no such endpoint."""

    endpoint: str
    method: str
    address: str
    policy: Policy
    needs: tuple[Permission, ...] | None
    view: DepartmentView | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    def is_open_to(self, permissions: Mapping[str, Any]) -> bool:
        """Whether a person with these permissions passes the gate."""
        return self.needs is None or any(right.code in permissions for right in self.needs)


def visits(app: Flask, rows: Mapping[type, int] | None = None) -> list[Visit]:
    """Every rule with every method, its places filled.  rows: model -> id to put where a view names a row."""
    found: list[Visit] = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for values in _fillings(app, rule, rows or {}):
            with app.test_request_context():
                address = app.url_map.bind("localhost").build(rule.endpoint, values)
            methods = sorted(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
            found.extend(_visit(app, rule, method, address, values) for method in methods)
    return found


def _view_of(app: Flask, endpoint: str) -> DepartmentView | None:
    name = endpoint.rpartition(".")[0]
    return next((view for view in views(app) if view.endpoint == name), None)


def _visit(app: Flask, rule: Rule, method: str, address: str, values: Mapping[str, Any]) -> Visit:
    policy, view = policies(app)[rule.endpoint], _view_of(app, rule.endpoint)
    needs: tuple[Permission, ...] | None = policy.permissions
    if view is not None:
        needed = view.permission_for(rule.endpoint.rpartition(".")[2], values)
        needs = (needed,) if needed is not None else ()
    elif policy.kind != "permission":
        needs = None
    return Visit(rule.endpoint, method, address, policy, needs, view)


def _fillings(app: Flask, rule: Rule, rows: Mapping[type, int]) -> Iterator[dict[str, Any]]:
    view = _view_of(app, rule.endpoint)
    values: dict[str, Any] = {name: _value(rule, name) for name in rule.arguments}
    if view is not None and "row_id" in values:
        values["row_id"] = rows.get(view.model_class, NOWHERE)
    if view is not None and "action_name" in values:
        yield from ({"action_name": action.name} for action in view.actions)
        return
    yield values


def _value(rule: Rule, name: str) -> Any:
    converter = rule._converters[name]
    if isinstance(converter, NumberConverter):
        return NOWHERE
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return {"kind": "csv"}.get(name, "nothing")
