"""What an address gives away: to whoever reads a log, and to whoever sends a request."""

from __future__ import annotations

import json
import logging

import pytest
import sqlalchemy as sa

from app.kernel.errors import NotPermitted
from app.platform.access import Permissions, web
from app.platform.audit import AuditEntry
from app.platform.backoffice.security import safe_path
from app.platform.db import session
from tests.support.people import make_user


@pytest.mark.promise("LG1", "SD1")
def test_no_log_keeps_the_token_of_a_link(app):
    with app.test_request_context("/o/a-secret-token/"):
        assert safe_path() == "/o/(token)/"
    with app.test_request_context("/people/7/"):
        assert safe_path() == "/people/7/"


@pytest.mark.promise("LG1", "LG2")
def test_a_failure_behind_a_link_is_logged_without_its_token(app, client, monkeypatch, caplog, capsys):
    def fails(token):
        raise RuntimeError("broken on purpose")

    monkeypatch.setitem(app.view_functions, "track", fails)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/t/a-secret-token/")
    assert answer.status_code == 500
    written = caplog.text + "".join(capsys.readouterr())
    assert "/t/(token)/" in written
    assert "a-secret-token" not in written


@pytest.mark.promise("AZ13", "LG1")
def test_a_refusal_behind_a_link_is_kept_without_its_token(app, client, monkeypatch):
    def refuses(token):
        web.read_as(web_actor)
        raise NotPermitted

    web_actor = make_user([Permissions.USER_READ], name="Somebody")
    from tests.support.people import actor_of

    web_actor = actor_of(web_actor)
    monkeypatch.setitem(app.view_functions, "track", refuses)
    assert client.get("/t/a-secret-token/").status_code == 403
    entry = session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "refusal")).one()
    assert "/t/(token)/" in json.dumps(entry.changes)
    assert "a-secret-token" not in entry.changes


@pytest.mark.promise("AU6")
def test_in_production_no_request_says_where_the_house_is(app, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://house.example.com")
    with app.test_request_context("/", base_url="http://evil.example"):
        assert web.public_address("invitation", token="x") == "http://evil.example/welcome/x"
        monkeypatch.setitem(app.config, "HANDOFF_ENV", "production")
        assert web.public_address("invitation", token="x") == "https://house.example.com/welcome/x"
