"""A forgotten password, with a real mail server on this machine."""

from __future__ import annotations

import re
import socket
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from app.kernel import clock
from app.platform import mail
from app.platform.access import Permissions
from app.platform.access.models import User
from app.platform.audit import AuditEntry
from app.platform.db import session
from app.platform.jobs import Job, JobState, drain
from tests.support.people import make_user
from tests.surfaces.admin.test_sign_in import sign_in, token_in

NEW = "seven green lamps"
SAID = "If there is such an account with a mail address, a link is on its way to it."


class Letterbox:
    """What the server took."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  the library's name
        self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"


@pytest.fixture
def letters(app, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Letterbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    for name, value in {
        "SMTP_HOST": "127.0.0.1", "SMTP_PORT": port, "SMTP_SECURITY": "none", "MAIL_FROM": "house@example.com",
        "PUBLIC_URL": "https://house.example.com",
    }.items():  # fmt: skip
        monkeypatch.setitem(app.config, name, value)
    yield box.letters
    controller.stop()


@pytest.fixture
def lin(app):
    return make_user([Permissions.USER_READ], login="lin", name="Lin", language="en", email="Lin@example.com")


def ask(client, typed, **headers):
    data = {"csrf_token": token_in(client.get("/forgotten")), "login": typed}
    answer = client.post("/forgotten", data=data, headers=headers)
    page = client.get("/sign-in").get_data(as_text=True)
    drain()
    return answer.status_code, answer.headers.get("Location"), SAID in page


def link_in(letter):
    return re.search(r"https://house\.example\.com(/reset/\S+)", letter.get_content()).group(1)


@pytest.mark.promise("AU6")
def test_the_link_opens_once_and_ends_other_sessions(lin, letters, client):
    other = client.application.test_client()
    sign_in(other)
    assert ask(client, "lin", **{"X-Forwarded-Host": "evil.example"}) == (303, "/sign-in", True)
    [(to, letter)] = letters
    assert (to, letter["From"], letter["Subject"]) == (
        ["Lin@example.com"],
        "house@example.com",
        "Choose a new password",
    )
    assert "evil" not in letter.as_string()
    path = link_in(letter)
    assert (
        client.post(path, data={"csrf_token": token_in(client.get(path)), "new": "short", "again": "short"}).status_code
        == 422
    )
    data = {"csrf_token": token_in(client.get(path)), "new": NEW, "again": NEW}
    assert client.post(path, data=data).headers["Location"] == "/sign-in"
    assert other.get("/account").status_code == 302
    assert client.get(path).status_code == 404
    assert sign_in(client, password=NEW).status_code == 303
    actions = session.scalars(sa.select(AuditEntry.action).where(AuditEntry.row_id == lin.id)).all()
    assert "password.link_sent" in actions
    assert "password.changed" in actions


@pytest.mark.promise("AU6")
def test_a_link_is_dead_after_half_an_hour_and_after_another_one(lin, letters, client):
    ask(client, "LIN")
    ask(client, "lin@EXAMPLE.com")
    first, second = (link_in(letter) for _, letter in letters)
    assert (client.get(first).status_code, client.get(second).status_code) == (404, 200)
    assert client.get(second.replace("/reset/", "/welcome/")).status_code == 404
    with clock.freeze(clock.now() + timedelta(minutes=31)):
        assert client.get(second).status_code == 404


@pytest.mark.promise("AU2")
def test_everybody_reads_the_same_and_is_written_down_the_same(lin, letters, client):
    make_user(login="silent", name="Silent")
    make_user(login="gone", name="Gone", email="gone@example.com", is_active=False)
    said = {ask(client, typed) for typed in ("lin", "silent", "gone", "nobody", "x@y.example", "\x00'--", "")}
    assert said == {(303, "/sign-in", True)}
    assert [to for to, _ in letters] == [["Lin@example.com"]]
    assert "nobody" not in str(session.scalars(sa.select(Job.args)).all())


@pytest.mark.promise("AU6")
def test_nobody_is_flooded(lin, letters, client):
    for count in range(10):
        status, *_ = ask(client, "lin")
        assert status == 303, count
    assert len(letters) == 5
    assert ask(client, "lin")[0] == 429
    assert session.get(User, lin.id).access_version == 1


@pytest.mark.promise("OE5")
def test_nothing_typed_becomes_a_header_or_a_second_recipient(app, letters):
    name = "Lin\r\nBcc: evil@example.com\r\n\r\nhttps://evil.example"
    mail.send("lin@example.com", f"Order {name}", f"Hello {name}")
    [(to, letter)] = letters
    assert (to, letter["Bcc"]) == (["lin@example.com"], None)
    assert letter["Subject"] == "Order Lin Bcc: evil@example.com https://evil.example"
    assert letter.get_content_type() == "text/plain"
    for bad in ("a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "<a@b.example>", "a", "a b@c.example"):
        with pytest.raises(ValueError, match="not one plain mail address"):
            mail.composed(bad, "x", "y")


def test_without_a_mail_server_nothing_is_promised(lin, client, app, letters, monkeypatch):
    monkeypatch.setitem(app.config, "SMTP_PORT", 1)
    ask(client, "lin")
    assert session.scalars(sa.select(Job.state).where(Job.name == "access.password_link.send")).all() == [
        JobState.QUEUED
    ]
    monkeypatch.setitem(app.config, "SMTP_HOST", "")
    assert "Ask an administrator" in client.get("/forgotten").get_data(as_text=True)
