"""Screens that are not a table: nothing can be registered without saying who may open it.

    @page(app, "/desk/", permission=Permissions.DESK_OPEN, menu=Item("home", _("My desk"), "desk", ...))
    def desk(actor: Actor) -> str:
        return render_template("home/desk.html", ...)

    @public_page(app, "/t/<token>/", why="the signed link is the right")
    def track(token: str) -> str: ...

``seal(app)`` at the end of the wiring refuses to start an application with an address nobody declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import NotAuthenticated, NotFound, NotPermitted
from app.platform.access import Permission, can, reader
from app.platform.backoffice.menu import Item, add_item
from app.platform.backoffice.security import csrf

_KEY = "handoff_policies"
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Policy:
    """Who may reach an endpoint.

    kind: permission, signed_in, public, view (its own gate) or own (a gate of its package).
    """

    kind: str
    permissions: tuple[Permission, ...] = ()
    why: str = ""


class Undeclared(RuntimeError):
    """An address without a policy; the application does not start."""


def policies(app: Flask) -> dict[str, Policy]:
    """Endpoint -> policy."""
    found: dict[str, Policy] = app.extensions.setdefault(_KEY, {})
    return found


def declare(app: Flask, endpoint: str, policy: Policy) -> None:
    """Say who may reach an endpoint; once."""
    if policies(app).get(endpoint, policy) != policy:
        raise ValueError(f"endpoint {endpoint!r} has two policies")
    policies(app)[endpoint] = policy


def current_actor() -> Actor:
    """The person of this request.  Raises: NotAuthenticated for a visitor or a portal link."""
    actor = reader()
    if actor is None or actor.kind is not ActorKind.USER:
        raise NotAuthenticated
    return actor


def admit(permissions: Iterable[Permission]) -> Actor:
    """The person, who has at least one of the permissions.  Raises: NotAuthenticated, NotPermitted."""
    actor = current_actor()
    wanted = tuple(permissions)
    if wanted and not any(can(actor, one) for one in wanted):
        raise NotPermitted(permission=wanted[0].code)
    return actor


def may_open(endpoint: str) -> bool:
    """Whether this person may open a page of another room that may not be there; for links. A view has its own gate."""
    policy, actor = policies(current_app).get(endpoint), reader()
    return policy is not None and actor is not None and any(can(actor, one) for one in policy.permissions)


def _several(permission: Permission | Iterable[Permission] | None) -> tuple[Permission, ...]:
    if permission is None:
        return ()
    return (permission,) if isinstance(permission, Permission) else tuple(permission)


def page(
    app: Flask,
    rule: str,
    *,
    permission: Permission | Iterable[Permission] | None,
    methods: Iterable[str] = ("GET",),
    endpoint: str | None = None,
    menu: Item | None = None,
) -> Callable[[F], F]:
    """Register ``function(actor, **values)`` for people with one of the permissions.

    permission: None opens it to everybody signed in.
    """
    wanted = _several(permission)

    def register(function: F) -> F:
        name = endpoint or function.__name__

        @wraps(function)
        def guarded(**values: Any) -> ResponseReturnValue:
            answer: ResponseReturnValue = function(admit(wanted), **values)
            return answer

        app.add_url_rule(rule, name, guarded, methods=list(methods))
        declare(app, name, Policy("permission" if wanted else "signed_in", wanted))
        if menu is not None:
            add_item(app, menu)
        return function

    return register


def public_page(
    app: Flask,
    rule: str,
    *,
    why: str,
    methods: Iterable[str] = ("GET",),
    endpoint: str | None = None,
    with_csrf: bool = False,
) -> Callable[[F], F]:
    """Register a page that needs no account. why: what protects it instead, read by the contract test and by people.

    with_csrf: keep the CSRF check (sign-in); a page opened by a signed link carries its right in the address and sets
    no cookie, so there is nothing a foreign page could ride on.
    """

    def register(function: F) -> F:
        name = endpoint or function.__name__
        app.add_url_rule(rule, name, function, methods=list(methods))
        declare(app, name, Policy("public", why=why))
        if not with_csrf:
            csrf.exempt(f"{function.__module__}.{function.__name__}")
        return function

    return register


def refuse_undeclared() -> None:
    """Raises: NotFound for an endpoint that was added after the seal or around it."""
    if request.endpoint is not None and request.endpoint not in policies(current_app):
        raise NotFound


def seal(app: Flask) -> None:
    """Check at the end of the wiring that every address has a policy.  Raises: Undeclared naming the addresses."""
    missing = sorted({str(rule) for rule in app.url_map.iter_rules() if rule.endpoint not in policies(app)})
    if missing:
        raise Undeclared(f"no policy for {', '.join(missing)}: register with page(), public_page() or declare()")
