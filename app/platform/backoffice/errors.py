"""Every refusal and every failure as one kind of answer: a page in plain words, or JSON for programs.

The status comes from the error, the sentence from the catalogs, the id from the request. A traceback goes to the log
only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
import structlog
from flask import Flask, Response, current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext
from werkzeug.exceptions import HTTPException, InternalServerError

from app.kernel.actor import Actor, ActorKind
from app.kernel.errors import HandoffError, InvalidInput, NotAuthenticated, NotPermitted, TooManyRequests
from app.kernel.text import N_
from app.platform.access import house_reading, reader, registry
from app.platform.access.models import Role, RoleGrant
from app.platform.backoffice.security import request_id, safe_path
from app.platform.backoffice.wording import sentence
from app.platform.db import session

_KEY = "handoff_refusal_hooks"
log = structlog.get_logger(__name__)

RefusalHook = Callable[[Actor | None, HandoffError], None]

#: status -> (heading, what to do)
WORDS: dict[int, tuple[str, str]] = {
    400: (N_("This request cannot be read"), N_("Go back, load the page again and repeat the last step.")),
    401: (N_("Please sign in"), N_("This page is for people with an account.")),
    403: (N_("You may not do this"), N_("Ask an administrator for the right if your work needs it.")),
    404: (N_("Nothing here"), N_("There is no such record, or it is not yours to see.")),
    405: (N_("This address does not do that"), N_("Use the buttons of the page instead of its address.")),
    409: (N_("This is not possible now"), N_("Nothing was changed.")),
    413: (N_("That is too much at once"), N_("Send a smaller file, or fewer rows.")),
    415: (N_("This kind of content is not understood"), N_("Send a form or JSON.")),
    422: (N_("Something entered cannot be used"), N_("Go back and correct it; what you entered is still there.")),
    429: (N_("Too many attempts"), N_("Wait a little, then try again.")),
    500: (
        N_("Something went wrong on our side"),
        N_("Nothing was changed. If it happens again, give an administrator this id."),
    ),
    502: (N_("Another system did not answer"), N_("Nothing was changed. Try again in a few minutes.")),
    503: (N_("Not available for a moment"), N_("Try again in a few minutes.")),
}  # fmt: skip


@dataclass(slots=True)
class Problem:
    """What the answer says."""

    status: int
    code: str
    title: str
    text: str
    fields: dict[str, str] = field(default_factory=dict)
    permission: str = ""
    granted_to: list[str] = field(default_factory=list)  #: roles that hold the permission
    headers: dict[str, str] = field(default_factory=dict)


def on_refusal(app: Flask, hook: RefusalHook) -> None:
    """Call ``hook(actor, error)`` for each 401 and 403, after the request's own work was rolled back."""
    hooks: list[RefusalHook] = app.extensions.setdefault(_KEY, [])
    hooks.append(hook)


def wants_json() -> bool:
    """Programs get JSON: the API, and whoever prefers it to HTML."""
    if request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes
    return accepted["application/json"] > accepted["text/html"]


def roles_with(permission: str) -> list[str]:
    """Names of the roles that hold a permission, in the reader's language: whom to ask."""
    name = Role.name_zh if str(get_locale()).startswith("zh") else Role.name_en
    statement = sa.select(name).join(RoleGrant, RoleGrant.role_id == Role.id).where(RoleGrant.permission == permission)
    with house_reading():
        return list(session.scalars(statement.distinct().order_by(name).limit(8)))


def problem_of(error: HandoffError) -> Problem:
    """An error of the house as an answer."""
    title, _ = WORDS.get(error.status, WORDS[500])
    problem = Problem(error.status, error.code, gettext(title), sentence(error))
    if isinstance(error, InvalidInput):
        problem.fields = {name: sentence(message) for name, message in error.fields.items()}
    if isinstance(error, NotPermitted):
        granted = registry.find(str(error.data.get("permission", "")))
        if granted is not None:
            problem.permission = gettext(granted.sentence)
            problem.granted_to = [] if wants_json() else roles_with(granted.code)
    if isinstance(error, TooManyRequests) and "seconds" in error.data:
        problem.headers["Retry-After"] = str(error.data["seconds"])
    return problem


def answer(problem: Problem) -> Response:
    """The problem as JSON, as a part for htmx, or as a page."""
    if wants_json():
        body: dict[str, Any] = {"code": problem.code, "message": problem.text, "id": request_id()}
        if problem.fields:
            body["fields"] = problem.fields
        response = make_response({"error": body}, problem.status)
    else:
        _, advice = WORDS.get(problem.status, WORDS[500])
        part = "HX-Request" in request.headers and "HX-Boosted" not in request.headers
        actor = reader()
        response = make_response(
            render_template(
                "backoffice/_error.html" if part else "backoffice/error.html",
                problem=problem,
                advice=gettext(advice),
                error_id=request_id(),
                in_shell=problem.status < 500 and actor is not None and actor.kind is ActorKind.USER,
            ),
            problem.status,
        )
    response.headers.update(problem.headers)
    return response


def _to_login() -> Response | None:
    endpoint = current_app.config.get("LOGIN_ENDPOINT", "sign_in")
    if request.method != "GET" or wants_json() or endpoint not in current_app.view_functions:
        return None
    here = request.full_path.rstrip("?")
    target = f"{url_for(endpoint)}?{urlencode({'next': here})}"
    if "HX-Request" in request.headers:
        return make_response("", 401, {"HX-Redirect": target})
    return make_response(redirect(target))


def handle_refusal(error: HandoffError) -> ResponseReturnValue:
    """A HandoffError that no screen caught."""
    actor = reader()
    session.rollback()
    if isinstance(error, (NotAuthenticated, NotPermitted)):
        for hook in current_app.extensions.get(_KEY, []):
            hook(actor, error)
    if error.status >= 500:
        log.error("failed", code=error.code, error=str(error), request_id=request_id())
    if isinstance(error, NotAuthenticated) and not (actor and actor.kind is ActorKind.PORTAL):
        redirected = _to_login()
        if redirected is not None:
            return redirected
    return answer(problem_of(error))


def handle_http(error: HTTPException) -> ResponseReturnValue:
    """What Flask and Werkzeug refuse by themselves (no such address, too large, wrong method, CSRF)."""
    status = error.code or 500
    if status < 400:
        return error.get_response()
    title, advice = WORDS.get(status, WORDS[400 if status < 500 else 500])
    problem = Problem(status, f"http_{status}", gettext(title), gettext(advice))
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        problem.headers["Allow"] = ", ".join(sorted(allowed))
    return answer(problem)


def handle_failure(error: InternalServerError) -> ResponseReturnValue:
    """A mistake of ours: the cause goes to the log under the id that the page shows."""
    cause = error.original_exception
    log.error("failed", request_id=request_id(), path=safe_path(), method=request.method, exc_info=cause)
    session.rollback()
    title, advice = WORDS[500]
    return answer(Problem(500, "error", gettext(title), gettext(advice)))


def handle_no_database(error: Exception) -> ResponseReturnValue:
    """The database is away, full or too busy: nobody is let in, nothing was changed, and it is worth trying again."""
    log.error("no_database", request_id=request_id(), path=safe_path(), method=request.method, error=str(error))
    session.remove()
    title, advice = WORDS[503]
    return answer(Problem(503, "unavailable", gettext(title), gettext(advice), headers={"Retry-After": "5"}))


def _said_by_the_handler(exc_info: Any) -> None:
    """Flask's own line would repeat the failure with the whole address, and with it a link's token."""


def init_app(app: Flask) -> None:
    """Register the handlers."""
    setattr(app, "log_exception", _said_by_the_handler)  # noqa: B010  a method of one object, replaced by intent
    for lost in (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
        app.register_error_handler(lost, handle_no_database)
    app.register_error_handler(HandoffError, handle_refusal)
    app.register_error_handler(HTTPException, handle_http)
    app.register_error_handler(InternalServerError, handle_failure)
