"""What stands around signing in: refusals in the log, guessing in parallel, cookies behind https, proxies, links."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from app import create_app
from app.kernel import clock
from app.kernel.errors import NotFound, NotPermitted, TooManyRequests
from app.platform.access import Permissions, door, links, passwords, service, web
from app.platform.access.models import FailedLogin, LoginSession, SignedLink, User
from app.platform.audit.models import AuditEntry
from app.platform.db import run, session
from app.surfaces.admin.housekeeping import forget_traces
from tests.support.people import PASSWORD, house, make_actor, make_user
from tests.surfaces.admin.test_sign_in import sign_in

HERE = door.Visit(address="192.0.2.1")


def entries(action):
    session.rollback()
    return session.scalars(sa.select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)).all()


@pytest.mark.promise("AL1", "LG1")
def test_signing_in_out_and_failing_stand_in_the_log_without_any_password(app, client):
    user = make_user(login="lin", name="Lin", language="en")
    sign_in(client, password="my secret guess")
    sign_in(client, login="my secret guess", password="x")
    sign_in(client)
    refused = entries("sign_in.refused")
    assert [(e.record_table, e.record_id) for e in refused] == [("users", user.id), (None, None)]
    entered = entries("sign_in")
    assert [(e.actor_name, e.user_id, e.address) for e in entered] == [("Lin", user.id, "127.0.0.1")]
    rows = session.execute(sa.select(AuditEntry.__table__)).all()
    assert "my secret guess" not in repr(rows)
    assert PASSWORD not in repr(rows)


@pytest.mark.promise("AZ13")
def test_a_refusal_names_the_person_and_the_right(app, client):
    user = make_user(login="lin", name="Lin", language="en")
    sign_in(client)
    assert client.get("/people/?q=secret").status_code == 403
    (entry,) = entries("refusal")
    assert (entry.user_id, entry.actor_name) == (user.id, "Lin")
    row = repr(session.execute(sa.select(AuditEntry.__table__).where(AuditEntry.id == entry.id)).one())
    assert "access.user.read" in row
    assert "/people/" in row
    assert "secret" not in row


@pytest.mark.promise("AU1")
def test_many_guesses_at_once_count_as_many(live_app, monkeypatch):
    make_user(login="lin")
    looked_at, outcomes = [], []
    monkeypatch.setattr(passwords, "matches", lambda *_: looked_at.append(1) and False)

    def guess():
        with live_app.app_context():
            try:
                door.sign_in("lin", "wrong password", visit=HERE)
            except service.WrongCredentials:
                outcomes.append("wrong")
            except TooManyRequests:
                outcomes.append("wait")

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["wait"] * 12 + ["wrong"] * 8
    assert len(looked_at) == 8


@pytest.mark.promise("SE5")
@pytest.mark.parametrize(
    ("address", "name"), [("https://h.example", "__Host-handoff"), ("http://h.example", "handoff")]
)
def test_the_cookie_is_bound_to_the_host_over_https_only(address, name):
    made = create_app({"TESTING": True, "DATABASE_URL": "sqlite://", "SECRET_KEY": "k" * 40, "PUBLIC_URL": address})
    assert made.config["SESSION_COOKIE_NAME"] == name
    assert made.config["SESSION_COOKIE_SECURE"] is address.startswith("https")
    assert (made.config["SESSION_COOKIE_DOMAIN"], made.config["SESSION_COOKIE_PATH"]) == (None, "/")


@pytest.mark.promise("AU1")
@pytest.mark.parametrize(("proxies", "believed"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_a_forwarded_address_counts_behind_named_proxies_only(proxies, believed):
    made = create_app(
        {"TESTING": True, "DATABASE_URL": "sqlite://", "SECRET_KEY": "k" * 40, "TRUSTED_PROXIES": proxies}
    )
    seen = []
    made.before_request_funcs[None].insert(0, lambda: seen.append(web.visit().address))
    made.test_client().get("/static/nothing", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert seen == [believed]


def test_a_link_is_revoked_once_and_only_with_the_right(app):
    token = run(service.invite_user, house(), user_id=make_user().id)
    link_id = session.scalar(sa.select(SignedLink.id))
    with pytest.raises(NotPermitted):
        run(service.revoke_link, make_actor([Permissions.LINK_READ]), signed_link_id=link_id)
    with pytest.raises(NotFound):
        run(service.revoke_link, make_actor({Permissions.LINK_REVOKE: "own"}), signed_link_id=link_id)
    assert links.open_link(token, links.PASSWORD)
    revoker = make_actor([Permissions.LINK_REVOKE])
    run(service.revoke_link, revoker, signed_link_id=link_id)
    with pytest.raises(links.LinkInvalid):
        links.open_link(token, links.PASSWORD)
    with pytest.raises(Exception, match="revoked"):
        run(service.revoke_link, revoker, signed_link_id=link_id)


def test_old_tries_and_sessions_are_forgotten(app):
    make_user(login="lin")
    start = clock.now()
    with clock.freeze(start - timedelta(days=40)):
        door.sign_in("lin", PASSWORD, visit=HERE)
        with pytest.raises(service.WrongCredentials):
            door.sign_in("zhou", "wrong password", visit=door.Visit(address="198.51.100.7"))
    with clock.freeze(start):
        door.sign_in("lin", PASSWORD, visit=HERE)
    assert run(forget_traces, house()) == {"tries": 1, "sessions": 1}
    assert session.scalar(sa.select(sa.func.count()).select_from(LoginSession)) == 1
    assert session.scalars(sa.select(FailedLogin)).all() == []
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == 1
