"""A1, A2, AZ9: people, roles, departments, settings and jobs over HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.platform.access import Permissions
from app.platform.access.models import Department, Role, RoleGrant, User, UserDepartment, UserRole
from app.platform.access.rights import ADMIN_RIGHTS
from app.platform.db import run, session
from app.platform.jobs.models import Job, JobState
from app.platform.settings import Permissions as Settings
from app.platform.settings.numbering import INVOICE
from app.records.stock.permissions import Permissions as Stock
from tests.support.people import actor_of, house, make_department, make_role, make_user
from tests.surfaces.admin.test_sign_in import sign_in, token_in

EVERY_RIGHT = [right for right in vars(Permissions).values() if hasattr(right, "code")]


@pytest.fixture
def admin(app, client):
    """Somebody with every right of access and settings, signed in."""
    user = make_user([*EVERY_RIGHT, Settings.READ, Settings.UPDATE], login="root", language="en")
    sign_in(client, "root")
    return user


def post(client, page, path, **data):
    return client.post(path, data={"csrf_token": token_in(client.get(page)), **data})


def text_of(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def roles_of(user_id):
    return set(session.scalars(sa.select(UserRole.role_id).where(UserRole.user_id == user_id)))


def test_a_person_is_added_gets_a_role_a_department_and_an_invitation(admin, client, app):
    form = {"login": "Gu.Zhenhua", "name": "顾振华", "email": "", "phone": "", "language": "zh_Hans_CN", "timezone": ""}
    made = post(client, "/people/new/", "/people/new/", **form)
    user_id = session.scalar(sa.select(User.id).where(User.login == "gu.zhenhua"))
    page = f"/people/{user_id}/"
    assert made.headers["Location"] == page
    role, sales = make_role([Permissions.USER_READ]), make_department("sales")
    assert post(client, page, f"{page}roles", role=role.id).status_code == 303
    assert post(client, page, f"{page}departments", department=sales.id, head=sales.id).status_code == 303
    assert roles_of(user_id) == {role.id}
    assert session.scalars(sa.select(UserDepartment.is_head)).all() == [True]
    shown = post(client, page, f"{page}invite").get_data(as_text=True)
    address = re.search(r'value="http://localhost(/welcome/[^"]+)"', shown).group(1)
    assert "顾振华" in text_of(app.test_client(), address)


def test_wrong_input_keeps_what_was_typed(admin, client):
    answer = post(client, "/people/new/", "/people/new/", login="two words", name="Somebody", email="nowhere")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "A login has letters, digits and . _ - + @ only." in text
    assert 'value="Somebody"' in text
    assert session.scalars(sa.select(User.login)).all() == ["root"]


@pytest.mark.promise("AZ9")
def test_nobody_extends_his_own_rights_on_the_screen_either(admin, client):
    extra = make_role([Settings.READ])
    held = roles_of(admin.id)
    page = f"/people/{admin.id}/"
    refused = post(client, page, f"{page}roles", role=[*held, extra.id])
    assert refused.status_code == 409
    assert "Nobody can extend his own rights" in refused.get_data(as_text=True)
    assert roles_of(admin.id) == held


def test_the_last_admin_is_told_so(admin, client):
    page = f"/people/{admin.id}/"
    refused = post(client, page, f"{page}roles")
    assert refused.status_code == 409
    assert "last person who may manage roles" in refused.get_data(as_text=True)
    make_user(ADMIN_RIGHTS)
    assert post(client, page, f"{page}roles").status_code == 303
    assert client.get("/people/").status_code == 302


def test_a_role_gets_rights_by_its_form_and_the_matrix_shows_them(admin, client):
    role = make_role({"access.user.read": "all"})
    path = f"/roles/{role.id}/grants"
    chosen = {"g:access.session.read": "all", "g:access.user.read": "", "version_seen": role.version}
    assert post(client, path, path, **chosen).status_code == 303
    grants = session.execute(sa.select(RoleGrant.permission, RoleGrant.row_scope).where(RoleGrant.role_id == role.id))
    assert grants.all() == [("access.session.read", "all")]
    assert "See who is signed in where" in text_of(client, f"/roles/{role.id}/")
    assert "See who is signed in where" in text_of(client, "/access/matrix")
    late = post(client, path, path, **chosen)
    assert late.status_code == 409
    assert "Somebody changed this record" in late.get_data(as_text=True)


@pytest.mark.promise("AZ9")
@pytest.mark.parametrize("field", ["g:no.such.right", "g:access.user.read", "f:users.password_hash"])
def test_a_forged_grant_is_refused_and_nothing_changes(admin, client, field):
    role = make_role({"access.role.read": "all"})
    path = f"/roles/{role.id}/grants"
    refused = post(client, path, path, **{"version_seen": role.version, field: "moon"})
    assert refused.status_code == 422
    assert actor_of(make_user(roles=[role])).permissions == {"access.role.read": frozenset({"all"})}


def test_the_explanation_names_the_roles(admin, client):
    role = make_role([Permissions.USER_READ])
    with_it, without = make_user(roles=[role], name="Qian Min"), make_user(name="Lu Yiming")
    address = "/access/explain?person={}&permission=access.user.read"
    assert "Yes. Qian Min may: Open the list of people with their roles" in text_of(client, address.format(with_it.id))
    no = text_of(client, address.format(without.id))
    assert "No. Lu Yiming may not: Open the list of people with their roles" in no
    assert "Other roles that grant it:" in no
    assert "alert" not in text_of(client, "/access/explain?person=x&permission=nothing").split("<main")[1]


def test_a_department_is_added_renamed_and_closed(admin, client):
    form = {"code": "quality", "name_en": "Quality", "name_zh": "质检", "mark_en": "", "mark_zh": "", "position": "60"}
    assert post(client, "/departments/new/", "/departments/new/", **form).status_code == 302
    row = session.scalars(sa.select(Department)).one()
    assert (row.code, row.mark_en, row.mark_zh) == ("quality", "Q", "质")
    row_id = row.id
    page = f"/departments/{row_id}/edit/"
    changed = {**form, "name_en": "Quality assurance", "version_seen": 1}
    assert post(client, page, page, **changed).status_code == 302
    assert post(client, page, page, **changed).status_code == 409
    step = "/departments/action/close/"
    assert post(client, f"{step}?id={row_id}", step, id=row_id, _go=1).status_code in {302, 303}
    assert session.get(Department, row_id).is_active is False


def groups_in(page: str) -> dict[str, list[str]]:
    """Department in the sidebar -> addresses of its views; the mark's letter stands before the name."""
    found = re.findall(
        r"<details[^>]*><summary>(.*?)</summary>(.*?)</details>", page.split("</nav>", maxsplit=1)[0], re.DOTALL
    )
    return {
        " ".join(re.sub(r"<[^>]+>", " ", head).split()): re.findall(r'href="([^"]+)"', links) for head, links in found
    }


def test_an_added_department_has_its_group_with_what_its_roles_may_open(admin, client, app):
    form = {
        "code": "quality",
        "name_en": "Quality",
        "name_zh": "质检",
        "mark_en": "QA",
        "mark_zh": "",
        "position": "60",
    }
    assert post(client, "/departments/new/", "/departments/new/", **form).status_code == 302
    assert groups_in(text_of(client, "/departments/")) == {}
    role = make_role([Stock.LEVEL_READ, Stock.MOVE_READ])
    make_user(roles=[role], departments=["quality"], login="ma", language="en")
    views = ["/warehouse/stock/", "/warehouse/moves/"]
    member = app.test_client()
    sign_in(member, "ma")
    assert groups_in(text_of(member, views[0])) == {"QA Quality": views}
    assert groups_in(text_of(client, "/departments/")) == {}  # who may not see stock is not led there
    make_user([*EVERY_RIGHT, Stock.LEVEL_READ], login="keeper", language="zh_Hans_CN")
    keeper = app.test_client()
    sign_in(keeper, "keeper")
    assert groups_in(text_of(keeper, "/departments/")) == {"仓 仓库": views[:1], "质 质检": views[:1]}


def test_settings_are_saved_together_or_not_at_all(admin, client):
    bad = post(client, "/settings", "/settings", **{"s:numbering.invoice": "R{n:06}", "s:numbering.credit_note": "CN"})
    assert bad.status_code == 422
    assert "A pattern has {n}" in bad.get_data(as_text=True)
    assert 'value="R{n:06}"' in bad.get_data(as_text=True)
    assert INVOICE.value() == "INV-{yy}-{n:05}"
    assert post(client, "/settings", "/settings", **{"s:numbering.invoice": "R{n:06}"}).status_code == 303
    assert INVOICE.value() == "R{n:06}"
    hidden = post(client, "/settings", "/settings", **{"s:demo.sign_in": "on"})
    assert hidden.status_code == 422


def test_settings_are_read_without_the_right_to_change_them(app, client):
    make_user([Settings.READ], login="reader", language="en")
    sign_in(client, "reader")
    assert "Save settings" not in text_of(client, "/settings")
    token = token_in(client.get("/account"))
    refused = client.post("/settings", data={"csrf_token": token, "s:numbering.invoice": "R{n:06}"})
    assert refused.status_code == 403
    assert INVOICE.value() == "INV-{yy}-{n:05}"


def test_a_dead_job_is_tried_again_from_the_screen(app, client):
    make_user({"jobs.job.list": "all", "jobs.job.manage": "all"}, login="root", language="en")

    def add(_actor):
        now = datetime(2026, 3, 2, tzinfo=UTC)
        job = Job(name="test.job.fail", args={}, state=JobState.DEAD, asked_by="x", created_at=now, run_at=now)
        job.last_error = "It broke <b>here</b>"
        session.add(job)
        session.flush()
        return job.id

    job_id = run(add, house())
    sign_in(client, "root")
    assert "It broke &lt;b&gt;here&lt;/b&gt;" in text_of(client, f"/jobs/{job_id}/")
    assert post(client, f"/jobs/{job_id}/", "/jobs/action/retry/", id=job_id).status_code in {302, 303}
    session.expire_all()
    assert session.get(Job, job_id).state is JobState.QUEUED


def test_every_screen_speaks_chinese(app, client):
    user = make_user([*EVERY_RIGHT, Settings.READ], login="root", language="zh_Hans_CN")
    sign_in(client, "root")
    for path, word in {
        "/people/": "人员",
        f"/people/{user.id}/": "角色",
        "/departments/": "部门",
        "/roles/": "角色",
        "/access/matrix": "谁可以做什么",
        "/access/explain": "能不能",
        "/settings": "设置",
        "/account": "我的账号",
    }.items():
        assert word in text_of(client, path).split("<main")[1], path
    assert session.scalar(sa.select(Role.id)) is not None
