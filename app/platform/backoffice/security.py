"""What every answer and every write must satisfy: headers, a nonce, one origin, one CSRF check, bounded input."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from flask_wtf import CSRFProtect

from app.kernel.errors import NotPermitted
from app.kernel.text import N_

SAFE = {"GET", "HEAD", "OPTIONS"}
csrf = CSRFProtect()

DEFAULTS: dict[str, Any] = {
    #: a form may stay open all day; the token ends with the session
    "WTF_CSRF_TIME_LIMIT": None,
    #: one file with the form around it
    "MAX_CONTENT_LENGTH": 32 * 1024 * 1024,
    "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
    #: an order of 500 lines with eight fields each
    "MAX_FORM_PARTS": 8000,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
}


class ForeignOrigin(NotPermitted):
    """A write that another site's page sent."""

    code = "foreign_origin"
    default_message = N_("This request came from another site and was refused.")


def nonce() -> str:
    """The nonce of this answer; scripts without it do not run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    value: str = g.csp_nonce
    return value


def request_id() -> str:
    """The id under which this request is found in the logs; shown on error pages."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    value: str = g.request_id
    return value


def safe_path() -> str:
    """The path of this request for logs: a link's token is a right, and no log keeps it."""
    token = (request.view_args or {}).get("token")
    return request.path.replace(str(token), "(token)") if token else request.path


def _policy() -> str:
    return (
        f"default-src 'none'; script-src 'nonce-{nonce()}'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def refuse_foreign_writes() -> None:
    """Raises: ForeignOrigin when a browser says that the write comes from elsewhere. Programs send no such header."""
    if request.method in SAFE or "Authorization" in request.headers:
        return
    origin = request.headers.get("Origin")
    if origin is not None:
        if origin == "null" or urlsplit(origin).netloc.lower() != request.host.lower():
            raise ForeignOrigin
    elif request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        raise ForeignOrigin


def add_headers(response: Response) -> Response:
    """The same headers on every answer; private pages are never kept by a browser or a proxy."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _policy())
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("X-Frame-Options", "DENY")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
    headers.setdefault("X-Request-Id", request_id())
    if request.endpoint not in {"assets", "static"}:
        headers.setdefault("Cache-Control", "no-store")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def init_app(app: Flask) -> None:
    """Install the limits, the checks and the headers."""
    for name, value in DEFAULTS.items():
        if app.config.get(name) is None or name not in app.config:
            app.config[name] = value
    app.before_request(refuse_foreign_writes)
    csrf.init_app(app)
    app.after_request(add_headers)
    app.jinja_env.globals["csp_nonce"] = nonce
