"""AU1-AU8, SE1-SE7 over HTTP: what a browser sees."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from app.kernel.errors import NotPermitted
from app.platform.access import Permissions, service
from app.platform.access.models import LoginSession, User
from app.platform.audit import AuditEntry
from app.platform.db import run, session
from app.surfaces.admin.signing_in import open_demo_doors
from app.surfaces.admin.standard_roles import install_standard_roles
from tests.support.people import PASSWORD, actor_of, house, make_user


def token_in(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True)).group(1)


def sign_in(client, login="lin", password=PASSWORD, headers=None, **more):
    token = token_in(client.get("/sign-in"))
    data = {"csrf_token": token, "login": login, "password": password, **more}
    return client.post("/sign-in", data=data, headers=headers)


def cookie_of(client):
    return client.get_cookie("handoff").value


@pytest.fixture
def lin(app):
    return make_user([Permissions.USER_READ], login="lin", name="林晓雯", language="en")


def test_a_page_asks_to_sign_in_and_leads_back(lin, client):
    refused = client.get("/account?tab=1")
    assert refused.status_code == 302
    assert refused.headers["Location"] == "/sign-in?next=%2Faccount%3Ftab%3D1"
    assert sign_in(client, next="/account?tab=1").headers["Location"] == "/account?tab=1"
    page = client.get("/account")
    assert page.status_code == 200
    assert "林晓雯" in page.get_data(as_text=True)


@pytest.mark.promise("AU7")
@pytest.mark.parametrize("outside", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_next_never_leads_out(lin, client, outside):
    assert sign_in(client, next=outside).headers["Location"] == "/admin/"


@pytest.mark.promise("SE6")
def test_a_write_without_account_is_401_and_without_token_400(lin, client):
    token = token_in(client.get("/sign-in"))
    assert client.post("/account", data={"csrf_token": token, "theme": "dark"}).status_code == 401
    sign_in(client)
    assert client.post("/account", data={"theme": "dark"}).status_code == 400
    assert session.get(User, lin.id).theme is None


def test_wrong_password_says_so_and_keeps_nothing(lin, client):
    answer = sign_in(client, password="wrong password")
    assert answer.status_code == 401
    text = answer.get_data(as_text=True)
    assert "Login or password is wrong. 7 tries left" in text
    assert "wrong password" not in text.replace("Login or password is wrong", "")
    assert session.scalars(sa.select(LoginSession)).all() == []


@pytest.mark.promise("AU1")
def test_fifteen_wrong_passwords_with_another_forwarded_address_each_are_throttled(lin, client):
    codes = [
        sign_in(client, password="wrong password", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code
        for n in range(15)
    ]
    assert codes == [401] * 8 + [429] * 7
    refused = sign_in(client)
    assert refused.status_code == 429
    assert 800 < int(refused.headers["Retry-After"]) <= 901


@pytest.mark.promise("SE1", "SE2")
def test_the_cookie_is_new_at_sign_in_and_worthless_after_sign_out(lin, client):
    before = client.get("/sign-in") and cookie_of(client)
    sign_in(client)
    inside = cookie_of(client)
    assert inside != before
    client.post("/sign-out", data={"csrf_token": token_in(client.get("/account"))})
    assert client.get("/account").status_code == 302
    client.set_cookie("handoff", inside)
    assert client.get("/account").status_code == 302


def test_a_forged_cookie_opens_nothing(lin, client):
    sign_in(client)
    inside = cookie_of(client)
    payload, stamp, mac = inside.split(".")
    for forged in (f"{payload}.{stamp}.{'A' if mac[0] != 'A' else 'B'}{mac[1:]}", payload, "x" * 60, ""):
        client.set_cookie("handoff", forged)
        assert client.get("/account").status_code == 302


@pytest.mark.promise("SE5")
def test_cookie_and_page_headers(lin, client):
    answer = sign_in(client)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
    assert client.get("/account").headers["Cache-Control"] == "no-store"


@pytest.mark.promise("SE3")
def test_closing_an_account_acts_on_the_next_request(lin, client):
    sign_in(client)
    assert client.get("/account").status_code == 200
    run(service.deactivate_user, house(), user_id=lin.id)
    assert client.get("/account").status_code == 302


def test_a_given_password_must_be_replaced_before_anything_else(app, client):
    user = make_user([Permissions.USER_READ], login="lin", language="en", must_change_password=True)
    sign_in(client)
    assert client.get("/account").headers["Location"] == "/account/password"
    page = client.get("/account/password")
    assert "Choose your own password first" in page.get_data(as_text=True)
    token = token_in(page)
    assert client.post("/account", data={"csrf_token": token, "theme": "dark"}).status_code == 403
    wrong = {"csrf_token": token, "old": PASSWORD, "new": "handoff123", "again": "handoff123"}
    refused = client.post("/account/password", data=wrong)
    assert refused.status_code == 422
    assert "little more than a name" in refused.get_data(as_text=True)
    differ = client.post("/account/password", data={**wrong, "new": "seven green lamps"})
    assert "The two differ." in differ.get_data(as_text=True)
    done = client.post("/account/password", data={**wrong, "new": "seven green lamps", "again": "seven green lamps"})
    assert done.headers["Location"] == "/account"
    assert client.get("/account").status_code == 200
    assert not session.get(User, user.id).must_change_password


@pytest.mark.promise("SE7")
def test_own_sessions_are_listed_and_ended_and_other_peoples_are_not(lin, client, app):
    other = app.test_client()
    sign_in(client)
    sign_in(other)
    stranger = make_user(login="zhou")
    third = app.test_client()
    sign_in(third, "zhou")
    mine = session.scalars(
        sa.select(LoginSession.id).where(LoginSession.user_id == lin.id).order_by(LoginSession.id)
    ).all()
    foreign = session.scalar(sa.select(LoginSession.id).where(LoginSession.user_id == stranger.id))
    token = token_in(client.get("/account"))
    post = {"csrf_token": token, "session_id": foreign}
    assert client.post("/account/sessions/end", data=post).status_code == 404
    assert third.get("/account").status_code == 200
    assert client.post("/account/sessions/end", data={**post, "session_id": mine[1]}).status_code == 303
    assert other.get("/account").status_code == 302
    assert client.get("/account").status_code == 200


def test_preferences_change_ones_own_screens(lin, client):
    sign_in(client)
    token = token_in(client.get("/account"))
    wrong = client.post("/account", data={"csrf_token": token, "language": "tlh", "timezone": "", "theme": ""})
    assert wrong.status_code == 422
    data = {"csrf_token": token, "language": "zh_Hans_CN", "timezone": "Europe/Berlin", "theme": "dark"}
    assert client.post("/account", data=data).status_code == 303
    page = client.get("/account").get_data(as_text=True)
    assert 'lang="zh-Hans"' in page
    assert session.get(User, lin.id).timezone == "Europe/Berlin"


@pytest.mark.promise("AZ8")
def test_who_acts_comes_from_the_session_alone(lin, client):
    other = make_user(login="other", name="Other")
    sign_in(client)
    claims = {
        "user": "other", "user_id": other.id, "id": other.id, "login": "root", "actor": "other", "created_by": other.id,
        "role": "admin", "role_ids": "1", "department": "finance", "is_active": "0", "must_change_password": "0",
        "access_version": "9", "password_hash": "x",
    }  # fmt: skip
    headers = {"X-User": "other", "X-Remote-User": "other", "Remote-User": "other", "X-Forwarded-User": "other"}
    form = {"csrf_token": token_in(client.get("/account")), "language": "en", "timezone": "", "theme": "dark"}
    answer = client.post(f"/account?user_id={other.id}&as=other", data={**form, **claims}, headers=headers)
    assert answer.status_code == 303
    assert (session.get(User, other.id).theme, session.get(User, other.id).is_active) == (None, True)
    mine = session.get(User, lin.id)
    assert (mine.theme, mine.login, mine.access_version, mine.must_change_password) == ("dark", "lin", 1, False)
    entry = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.user_id, entry.table_name, entry.row_id) == (lin.id, "users", lin.id)


@pytest.mark.promise("AU6")
def test_an_invitation_opens_once(app, client):
    user = make_user(login="lin", name="Lin", password_hash=None)
    token = run(service.invite_user, house(), user_id=user.id)
    page = client.get(f"/welcome/{token}")
    assert "Lin" in page.get_data(as_text=True)
    data = {"csrf_token": token_in(page), "new": "seven green lamps", "again": "seven green lamps"}
    assert client.post(f"/welcome/{token}", data=data).headers["Location"] == "/sign-in"
    assert client.get(f"/welcome/{token}").status_code == 404
    assert client.get("/welcome/guess").status_code == 404
    assert sign_in(client, password="seven green lamps").status_code == 303


@pytest.mark.promise("AU4")
def test_one_click_sign_in_exists_in_the_demo_only(lin, client, app):
    run(install_standard_roles, house())
    data = {"csrf_token": token_in(client.get("/sign-in")), "login": "lin"}
    assert "Demo" not in client.get("/sign-in").get_data(as_text=True)
    assert client.post("/sign-in/demo", data=data).status_code == 404
    with pytest.raises(NotPermitted):
        run(open_demo_doors, actor_of(lin))
    run(open_demo_doors, house())
    assert "林晓雯" in client.get("/sign-in").get_data(as_text=True)
    app.config["HANDOFF_ENV"] = "production"
    assert client.post("/sign-in/demo", data=data).status_code == 404
    app.config["HANDOFF_ENV"] = "testing"
    assert client.post("/sign-in/demo", data=data).status_code == 303
    assert client.get("/account").status_code == 200


@pytest.mark.promise("AU4")
def test_a_house_without_people_says_how_to_begin(app, client):
    assert "flask user create-admin" in client.get("/sign-in").get_data(as_text=True)
    make_user()
    assert "flask user create-admin" not in client.get("/sign-in").get_data(as_text=True)


def test_last_seen_moves_with_use(lin, client):
    sign_in(client)
    long_ago = sa.func.max(LoginSession.last_seen_at)
    first = session.scalar(sa.select(long_ago))
    client.get("/account")
    assert session.scalar(sa.select(long_ago)) == first
    assert actor_of(lin).user_id == lin.id
