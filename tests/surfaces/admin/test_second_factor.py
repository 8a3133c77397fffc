"""AU8: where a second factor is set up or required, no door opens without it."""

from __future__ import annotations

import re
from contextlib import ExitStack
from datetime import timedelta

import pyotp
import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.errors import NotPermitted
from app.platform.access import Permissions, codes, service
from app.platform.access.models import LoginSession, RecoveryCode, Role, SecondFactor, User
from app.platform.audit import AuditEntry
from app.platform.db import run, session
from tests.support.people import PASSWORD, actor_of, house, make_role, make_user
from tests.surfaces.admin.test_sign_in import sign_in, token_in

PAGE, CODE = "/account/second-factor", "/sign-in/code"


@pytest.fixture
def now():
    """The clock stands still where a new half minute begins; ``now(seconds)`` moves it on."""
    start = clock.now().replace(second=0, microsecond=0)
    with ExitStack() as held:

        def move(seconds):
            held.enter_context(clock.freeze(clock.now() + timedelta(seconds=seconds)))

        held.enter_context(clock.freeze(start))
        yield move


@pytest.fixture
def lin(app, now):
    return make_user([Permissions.USER_READ], login="lin", name="Lin", language="en")


def phone(user):
    """The code the person's phone shows now."""
    row = session.scalars(sa.select(SecondFactor).where(SecondFactor.user_id == user.id)).one()
    secret = codes.shared_secret(user.id, row.salt)
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()))


def post(client, path, page=None, **data):
    return client.post(path, data={"csrf_token": token_in(client.get(page or path)), **data})


def set_up(client, user):
    """Through the pages; the recovery codes."""
    assert post(client, f"{PAGE}/offer", PAGE).status_code == 303
    answer = post(client, PAGE, what="confirm", code=phone(user))
    assert answer.status_code == 200, answer.text
    return re.findall(r"<li>((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})</li>", answer.text)


@pytest.mark.promise("AU8")
def test_after_set_up_a_password_opens_nothing_before_the_code(lin, client, now):
    sign_in(client)
    assert len(set(set_up(client, lin))) == 10
    now(60)
    post(client, "/sign-out", "/account")
    answer = sign_in(client, next="/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in/code?next=/account")
    for path in ("/account", "/people/", PAGE, "/desk/", "/search/"):
        assert client.get(path).status_code == 302
    with client.session_transaction() as cookie:
        cookie["sid"] = cookie["waits"]
    assert client.get("/account").status_code == 302
    sign_in(client, next="/account")
    assert post(client, CODE, code="000000").status_code == 422
    assert post(client, f"{CODE}?next=/account", code=phone(lin)).headers["Location"] == "/account"
    assert client.get("/account").status_code == 200
    actions = set(session.scalars(sa.select(AuditEntry.action).where(AuditEntry.row_id == lin.id)))
    assert {"second_factor.set_up", "sign_in.password", "sign_in.refused", "sign_in"} <= actions


@pytest.mark.promise("AU8")
def test_a_code_is_good_once_and_the_next_one_follows(lin, client, now):
    sign_in(client)
    set_up(client, lin)
    used = phone(lin)
    post(client, "/sign-out", "/account")
    sign_in(client)
    assert post(client, CODE, code=used).status_code == 422
    now(30)
    assert post(client, CODE, code=phone(lin)).status_code == 303


@pytest.mark.promise("AU8", "AU1")
def test_codes_are_guessed_slowly_and_the_wait_ends(lin, client, now):
    sign_in(client)
    set_up(client, lin)
    post(client, "/sign-out", "/account")
    sign_in(client)
    assert [post(client, CODE, code=f"{n:06}").status_code for n in range(9)] == [422] * 8 + [429]
    now(60)
    assert post(client, CODE, code=phone(lin)).status_code == 429
    now(600)
    assert client.get(CODE).headers["Location"] == "/sign-in"


@pytest.mark.promise("AU8")
def test_a_recovery_code_opens_once(lin, client, now):
    sign_in(client)
    sheet = set_up(client, lin)
    for expected in (303, 422):
        client.delete_cookie("handoff")
        sign_in(client)
        assert post(client, CODE, code=sheet[0].lower().replace("-", " ")).status_code == expected
    left = sa.select(sa.func.count()).where(RecoveryCode.used_at.is_(None))
    assert session.scalar(left) == 9


@pytest.mark.promise("AU8")
def test_a_role_that_requires_it_comes_before_everything_else(lin, client, now):
    role = make_role([Permissions.USER_READ])
    names = {"role_id": role.id, "name_en": "Role", "name_zh": "角色"}
    run(service.update_role, house(), **names, requires_second_factor=True)
    run(service.set_roles, house(), user_id=lin.id, role_ids=[role.id])
    sign_in(client)
    assert client.get("/people/").headers["Location"] == PAGE
    assert client.post("/people/1/roles", data={"csrf_token": token_in(client.get(PAGE))}).status_code == 403
    set_up(client, lin)
    assert client.get("/people/").status_code == 200
    now(60)
    assert post(client, PAGE, what="drop", code=phone(lin)).status_code == 409
    assert session.scalar(sa.select(sa.func.count()).select_from(SecondFactor)) == 1
    assert session.get(Role, role.id).requires_second_factor


@pytest.mark.promise("AU8", "SE3")
def test_setting_up_and_giving_up(lin, client, now):
    other = client.application.test_client()
    sign_in(client)
    sign_in(other)
    set_up(client, lin)
    assert other.get("/account").status_code == 302
    now(60)
    renewed = post(client, PAGE, what="renew", code=phone(lin))
    assert renewed.status_code == 200
    now(60)
    assert post(client, PAGE, what="drop", code="123456").status_code == 422
    assert post(client, PAGE, what="drop", code=phone(lin)).status_code == 303
    assert session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode)) == 0
    client.delete_cookie("handoff")
    assert sign_in(client).headers["Location"] == "/admin/"


@pytest.mark.promise("AU8", "AL7")
def test_an_admin_helps_when_the_phone_is_lost_and_cannot_help_himself(lin, client, now):
    sign_in(client)
    set_up(client, lin)
    admin = make_user([Permissions.USER_FACTOR, Permissions.USER_READ])
    with pytest.raises(NotPermitted):
        run(service.remove_factor, actor_of(make_user([Permissions.USER_READ])), user_id=lin.id)
    with pytest.raises(service.OwnFactor):
        run(service.remove_factor, actor_of(admin), user_id=admin.id)
    run(service.remove_factor, actor_of(admin), user_id=lin.id)
    assert client.get("/account").status_code == 302
    assert sign_in(client, password=PASSWORD).headers["Location"] == "/admin/"
    entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
    removed = [entry for entry in entries if entry.action == "second_factor.removed"]
    assert [(entry.user_id, entry.row_id) for entry in removed] == [(admin.id, lin.id)]
    salts = [entry for entry in entries if entry.table_name == "second_factors" and "salt" in str(entry.changes)]
    assert all(len(str(entry.changes)) < 400 for entry in salts)


@pytest.mark.promise("AU8")
def test_a_waiting_session_ends_with_a_change_of_access(lin, client, now):
    sign_in(client)
    set_up(client, lin)
    now(60)
    client.delete_cookie("handoff")
    sign_in(client)
    run(service.deactivate_user, house(), user_id=lin.id)
    assert post(client, CODE, code=phone(lin)).headers["Location"] == "/sign-in"
    open_ones = sa.select(LoginSession.id).join(User).where(service.sessions.is_open())
    assert session.scalars(open_ones).all() == []
