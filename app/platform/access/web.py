"""Who sends this request: cookie -> session row -> person -> frozen Actor, in one short read transaction.

Flask's cookie is signed and holds a random id and the CSRF secret, nothing else; the row in ``login_sessions`` decides.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from flask import Flask, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import LoginManager
from werkzeug.middleware.proxy_fix import ProxyFix

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.errors import NotPermitted
from app.kernel.text import N_, clean
from app.platform.access.door import Visit
from app.platform.access.grants import actor_for
from app.platform.access.models import LoginSession, User
from app.platform.access.reading import house_reading, read_as
from app.platform.access.service import second_factor, sessions
from app.platform.access.tokens import digest
from app.platform.db import run, session

_ID = "sid"
#: of a session that waits for the code of the second factor; never looked at as a session
_WAITING = "waits"
#: answered without asking who sends them
UNASKED = {"static", "assets", "healthz", "readyz"}
#: what a person may open before he has chosen his own password
PASSWORD_PAGE = "account_password"  # noqa: S105  an endpoint
BEFORE_PASSWORD = {PASSWORD_PAGE, "sign_out", "language"}
#: what a person may open before he has set up the second factor that a role of his requires
FACTOR_PAGE = "account_second_factor"
BEFORE_FACTOR = {FACTOR_PAGE, "account_second_factor_offer", *BEFORE_PASSWORD}
login_manager = LoginManager()


class PasswordToChange(NotPermitted):
    """The password was given by an admin and is to be replaced first."""

    code = "password_to_change"
    default_message = N_("Choose your own password first.")


class FactorToSetUp(NotPermitted):
    """A role of the person requires a second factor, and there is none yet."""

    code = "second_factor_to_set_up"
    default_message = N_("Set up your second factor first.")


@dataclass(frozen=True)
class SignedIn:
    """The person behind the cookie, for Flask-Login and the shell."""

    id: int
    name: str
    login: str
    theme: str | None
    session_id: int
    last_seen_at: datetime
    must_change_password: bool
    must_set_up_factor: bool
    actor: Actor

    is_authenticated: ClassVar[bool] = True
    is_active: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False

    def get_id(self) -> str:
        """For Flask-Login."""
        return str(self.id)


def visit() -> Visit:
    """Where this request comes from. X-Forwarded-For counts only behind as many proxies as the settings name."""
    if "request_id" not in g:
        g.request_id = secrets.token_hex(6)
    return Visit(
        address=(request.remote_addr or "unknown")[:64],
        agent=clean(request.headers.get("User-Agent"), 200) or None,
        request_id=g.request_id,
    )


def find(token: str, here: Visit, zone: str) -> SignedIn | None:
    """The signed-in person, or None when the session is not open (any more)."""
    with house_reading():
        statement = (
            sa.select(
                LoginSession.id,
                LoginSession.last_seen_at,
                User,
                sa.and_(second_factor.is_required(), ~second_factor.is_set_up()).label("lacks_factor"),
            )
            .join(User, User.id == LoginSession.user_id)
            .where(LoginSession.token_hash == digest(token), sessions.is_open())
        )
        row = session.execute(statement).first()
        found = row and SignedIn(
            id=row.User.id,
            name=row.User.name,
            login=row.User.login,
            theme=row.User.theme,
            session_id=row.id,
            last_seen_at=row.last_seen_at,
            must_change_password=row.User.must_change_password,
            must_set_up_factor=bool(row.lacks_factor),
            actor=actor_for(
                row.User,
                surface="web",
                request_id=here.request_id,
                address=here.address,
                language=row.User.language or "",
                timezone=row.User.timezone or zone,
            ),
        )
    session.rollback()
    session.expunge_all()
    return found or None


def signed_in() -> SignedIn | None:
    """The person of this request."""
    found: SignedIn | None = g.get("signed_in")
    return found


def remember(token: str) -> None:
    """Put a new session's id into the cookie; whatever the cookie held before, a chosen id included, is gone."""
    cookie.clear()
    cookie[_ID] = token


def remember_waiting(token: str) -> None:
    """Put a session that waits for its code into the cookie, under a name that opens nothing."""
    cookie.clear()
    cookie[_WAITING] = token


def waiting() -> tuple[int, int] | None:
    """(session, person) of a browser whose password was right and whose code is still to come."""
    token = cookie.get(_WAITING)
    if not isinstance(token, str):
        return None
    with house_reading():
        row = session.execute(
            sa.select(LoginSession.id, LoginSession.user_id).where(
                LoginSession.token_hash == digest(token),
                LoginSession.awaits_code,
                LoginSession.ended_at.is_(None),
                LoginSession.expires_at > clock.now(),
            )
        ).first()
    session.rollback()
    return (row.id, row.user_id) if row else None


def forget() -> None:
    """Empty the cookie."""
    cookie.clear()


def safe_target(target: str | None, fallback: str = "/") -> str:
    """``target`` if it leads to a page of this house, else ``fallback``.

    Only a path may be given: no scheme, host, backslash, blank or control character; browsers read those in their
    own ways.
    """
    if not target or not target.startswith("/") or len(target) > 2000:
        return fallback
    path = target.partition("?")[0].partition("#")[0]
    if "//" in path or "\\" in target or any(ord(sign) <= 0x20 or ord(sign) == 0x7F for sign in target):
        return fallback
    return target


def public_address(endpoint: str, **values: Any) -> str:
    """An address to hand to somebody outside.

    In production it begins with PUBLIC_URL: the Host header is what the sender of the request says it is. Elsewhere it
    is the address in use, so that a trial in the office works from a phone.
    """
    config = current_app.config
    is_production = config.get("HANDOFF_ENV") == "production"
    base = str(config["PUBLIC_URL"]) if is_production else request.host_url
    return base.rstrip("/") + url_for(endpoint, **values)


def init_app(app: Flask) -> None:
    """Ask every request who sends it."""
    if app.config.get("TRUSTED_PROXIES"):
        hops = int(app.config["TRUSTED_PROXIES"])
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    secure = bool(app.config.get("SESSION_COOKIE_SECURE"))
    app.config.update(
        SESSION_COOKIE_NAME="__Host-handoff" if secure else "handoff",
        SESSION_COOKIE_DOMAIN=None,
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    login_manager.session_protection = None
    login_manager.init_app(app, add_context_processor=False)
    login_manager.request_loader(_for_flask_login)
    app.before_request(_ask)
    app.context_processor(lambda: {"signed_in": signed_in()})


def _for_flask_login(_request: Any) -> SignedIn | None:
    return signed_in()


def _ask() -> ResponseReturnValue | None:
    g.signed_in = None
    read_as(None)
    if request.endpoint in UNASKED:
        return None
    token = cookie.get(_ID)
    if not isinstance(token, str):
        return None
    found = find(token, visit(), request_zone())
    if found is None:
        forget()
        return None
    g.signed_in = found
    g.actor = found.actor
    if found.last_seen_at < clock.now() - sessions.TOUCH:
        run(sessions.touch, found.actor, session_id=found.session_id)
    read_as(found.actor)
    return _first_things(found)


def request_zone() -> str:
    """Time zone of who has chosen none."""
    zone: str = current_app.config.get("DEFAULT_TIMEZONE") or "UTC"
    return zone


def _first_things(found: SignedIn) -> ResponseReturnValue | None:
    """Password and second factor come before everything else."""
    if found.must_change_password:
        page, allowed = PASSWORD_PAGE, BEFORE_PASSWORD
    elif found.must_set_up_factor:
        page, allowed = FACTOR_PAGE, BEFORE_FACTOR
    else:
        return None
    if request.endpoint in allowed:
        return None
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for(page), code=303)
    if found.must_change_password:
        raise PasswordToChange
    raise FactorToSetUp
