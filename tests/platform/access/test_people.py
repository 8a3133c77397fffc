"""AZ9 and the use cases on people, roles and departments: only with the right, nobody raises himself, an admin is left."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from app.kernel.errors import Conflict, InvalidInput, NotFound, NotPermitted, RuleBroken, WrongState
from app.platform.access import service
from app.platform.access.models import Department, Role, RoleField, RoleGrant, User, UserDepartment, UserRole
from app.platform.access.rights import ADMIN_RIGHTS, Permissions
from app.platform.access.service import guards
from app.platform.db import run, session
from tests.support.people import actor_of, house, make_actor, make_department, make_role, make_user

TABLES = (User, Role, RoleGrant, RoleField, UserRole, UserDepartment, Department)


def everything_stored():
    session.rollback()
    return {m.__tablename__: session.execute(sa.select(m.__table__).order_by(m.id)).all() for m in TABLES}


CASES = {
    Permissions.USER_CREATE: lambda a, t: run(service.create_user, a, login="new", name="New"),
    Permissions.USER_UPDATE: lambda a, t: run(service.update_user, a, user_id=t["user"], name="Other"),
    Permissions.USER_ROLES: lambda a, t: run(service.set_roles, a, user_id=t["user"], role_ids=[t["role"]]),
    Permissions.USER_DEPARTMENTS: lambda a, t: run(
        service.set_departments, a, user_id=t["user"], departments={t["department"]: True}
    ),
    Permissions.USER_DEACTIVATE: lambda a, t: run(service.deactivate_user, a, user_id=t["user"]),
    Permissions.USER_INVITE: lambda a, t: run(service.invite_user, a, user_id=t["user"]),
    Permissions.ROLE_UPDATE: lambda a, t: run(service.create_role, a, code="packer", name_en="Packer"),
    Permissions.ROLE_GRANTS: lambda a, t: run(
        service.update_grants, a, role_id=t["role"], grants={"access.role.read": "all"}, fields={}
    ),
    Permissions.DEPARTMENT_UPDATE: lambda a, t: run(service.create_department, a, code="quality", name_en="Quality"),
}


@pytest.mark.promise("AZ9")
@pytest.mark.parametrize("right", CASES, ids=str)
def test_each_use_case_asks_for_its_right_and_changes_nothing_without(app, right):
    things = {"user": make_user().id, "role": make_role().id, "department": make_department("sales").id}
    others = [one for one in CASES if one is not right]
    without, with_it = make_actor(others), make_actor([right])
    before = everything_stored()
    with pytest.raises(NotPermitted):
        CASES[right](without, things)
    assert everything_stored() == before
    CASES[right](with_it, things)


def test_a_new_person_has_a_folded_login_and_no_right(app):
    user = run(service.create_user, house(), login="  Lin.X ", name=" 林晓雯\n", email="lin@example.com")
    assert (user.login, user.name, user.email, user.password_hash) == ("lin.x", "林晓雯", "lin@example.com", None)
    assert actor_of(user).permissions == {}
    with pytest.raises(RuleBroken, match="already a person with this login"):
        run(service.create_user, house(), login="LIN.X", name="Another")


def test_all_problems_of_a_person_are_named_at_their_fields(app):
    with pytest.raises(InvalidInput) as refused:
        run(service.create_user, house(), login="a b", name=" ", email="x", language="tlh", timezone="Moon/Base")
    assert sorted(refused.value.fields) == ["email", "language", "login", "name", "timezone"]


def test_update_refuses_other_columns_and_an_old_version_with_both_values(app):
    user = make_user(login="lin", name="Lin")
    with pytest.raises(InvalidInput):
        run(service.update_user, house(), user_id=user.id, password_hash="x")
    with pytest.raises(InvalidInput):
        run(service.update_user, house(), user_id=user.id, is_active="")
    run(service.update_user, house(), user_id=user.id, version=1, name="Lin Hao")
    with pytest.raises(Conflict) as refused:
        run(service.update_user, house(), user_id=user.id, version=1, name="Lin Mei", phone=None)
    assert refused.value.changes == {"name": ("Lin Hao", "Lin Mei")}
    with pytest.raises(NotFound):
        run(service.update_user, house(), user_id=999_999, name="X")


@pytest.mark.promise("AZ9")
def test_nobody_gives_himself_a_role_or_a_department_but_may_give_them_up(app):
    extra = make_role([Permissions.USER_CREATE])
    user = make_user([Permissions.USER_ROLES, Permissions.USER_DEPARTMENTS], departments=["sales"])
    own = session.scalar(sa.select(UserRole.role_id).where(UserRole.user_id == user.id))
    sales, finance = make_department("sales").id, make_department("finance").id
    before = everything_stored()
    for change in (
        lambda a: run(service.set_roles, a, user_id=user.id, role_ids=[own, extra.id]),
        lambda a: run(service.set_departments, a, user_id=user.id, departments={sales: False, finance: False}),
        lambda a: run(service.set_departments, a, user_id=user.id, departments={sales: True}),
    ):
        with pytest.raises(service.OwnRights):
            change(actor_of(user))
    assert everything_stored() == before
    run(service.set_departments, actor_of(user), user_id=user.id, departments={})
    assert actor_of(user).department_ids == frozenset()


@pytest.mark.promise("AZ9")
def test_nobody_widens_a_role_he_has_but_may_narrow_it(app):
    user = make_user({Permissions.ROLE_GRANTS: "all", Permissions.SESSION_READ: "own"})
    role_id = session.scalar(sa.select(UserRole.role_id).where(UserRole.user_id == user.id))
    actor = actor_of(user)
    for grants in (
        {"access.role.grants": "all", "access.session.read": "all"},
        {"access.role.grants": "all", "access.session.read": "own", "access.user.create": "all"},
    ):
        with pytest.raises((service.OwnRights, InvalidInput)):
            run(service.update_grants, actor, role_id=role_id, grants=grants, fields={})
    run(service.update_grants, actor, role_id=role_id, grants={"access.role.grants": "all"}, fields={})
    assert actor_of(user).permissions == {"access.role.grants": frozenset({"all"})}


def test_grants_are_checked_against_what_exists(app):
    role = make_role()
    with pytest.raises(InvalidInput) as refused:
        run(
            service.update_grants,
            house(),
            role_id=role.id,
            grants={"no.such.right": "all", "access.role.read": "moon"},
            fields={"users.shoe_size": "read"},
        )
    assert sorted(refused.value.fields) == ["fields.users.shoe_size", "grants.access.role.read", "grants.no.such.right"]


def test_a_role_that_somebody_has_is_not_removed(app):
    role = make_role([Permissions.USER_READ])
    user = make_user(roles=[role])
    with pytest.raises(service.RoleInUse, match="1 people"):
        run(service.delete_role, house(), role_id=role.id)
    run(service.set_roles, house(), user_id=user.id, role_ids=[])
    run(service.delete_role, house(), role_id=role.id)
    assert session.get(Role, role.id) is None


@pytest.mark.promise("AZ9")
@pytest.mark.parametrize("way", ["roles", "close", "grants"])
def test_the_last_admin_stays(app, way):
    role = make_role(ADMIN_RIGHTS)
    user = make_user(roles=[role])
    make_user(roles=[role], is_active=False)
    ways = {
        "roles": lambda: run(service.set_roles, house(), user_id=user.id, role_ids=[]),
        "close": lambda: run(service.deactivate_user, house(), user_id=user.id),
        "grants": lambda: run(
            service.update_grants, house(), role_id=role.id, grants={"access.user.roles": "all"}, fields={}
        ),
    }
    before = everything_stored()
    with pytest.raises(service.LastAdmin):
        ways[way]()
    assert everything_stored() == before
    make_user(roles=[make_role(ADMIN_RIGHTS)])
    ways[way]()


@pytest.mark.promise("AZ9")
def test_two_admins_who_demote_each_other_at_once_leave_one(live_app):
    role = make_role(ADMIN_RIGHTS)
    users = [make_user(roles=[role]) for _ in range(2)]
    actors = [actor_of(user) for user in users]
    gate, outcomes = threading.Barrier(2), []

    def demote(actor, user_id):
        with live_app.app_context():
            gate.wait(10)
            try:
                run(service.set_roles, actor, user_id=user_id, role_ids=[])
                outcomes.append("done")
            except service.LastAdmin:
                outcomes.append("refused")

    threads = [
        threading.Thread(target=demote, args=pair) for pair in zip(actors, [users[1].id, users[0].id], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    session.rollback()
    assert sorted(outcomes) == ["done", "refused"]
    assert len(guards.admin_ids()) == 1


def test_a_closed_account_opens_again_once(app):
    user = make_user()
    run(service.deactivate_user, house(), user_id=user.id)
    with pytest.raises(WrongState):
        run(service.deactivate_user, house(), user_id=user.id)
    assert run(service.reactivate_user, house(), user_id=user.id).is_active
    with pytest.raises(WrongState):
        run(service.reactivate_user, house(), user_id=user.id)


def test_own_preferences_are_ones_own_and_checked(app):
    user = make_user()
    run(service.set_preferences, actor_of(user), language="zh_Hans_CN", timezone="Europe/Berlin", theme="dark")
    fresh = session.get(User, user.id)
    assert (fresh.language, fresh.timezone, fresh.theme, fresh.access_version) == (
        "zh_Hans_CN",
        "Europe/Berlin",
        "dark",
        1,
    )
    with pytest.raises(InvalidInput) as refused:
        run(service.set_preferences, actor_of(user), language="xx", timezone="Nowhere", theme="pink")
    assert sorted(refused.value.fields) == ["language", "theme", "timezone"]
    with pytest.raises(NotPermitted):
        run(service.set_preferences, house(), language=None, timezone=None, theme=None)


def test_a_departments_mark_follows_its_name_unless_given(app):
    made = run(service.create_department, house(), code="Quality", name_en="Quality", name_zh="质检")
    assert (made.code, made.mark_en, made.mark_zh, made.position) == ("quality", "Q", "质", 100)
    changed = run(
        service.update_department, house(), department_id=made.id, version=1,
        name_en="Quality", name_zh="质量", mark_zh="量", position=60,
    )  # fmt: skip
    assert (changed.name_zh, changed.mark_zh, changed.position) == ("质量", "量", 60)
    with pytest.raises(Conflict):
        run(service.update_department, house(), department_id=made.id, version=1, name_en="Q", name_zh="Q")
    with pytest.raises(InvalidInput):
        run(service.create_department, house(), code="9 lives", name_en="X")
