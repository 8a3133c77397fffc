"""The roles a house begins with."""

from __future__ import annotations

import sqlalchemy as sa

from app.platform import access
from app.platform.access.models import Department, Role, RoleGrant
from app.platform.db import run, session
from app.surfaces.admin.standard_roles import DEPARTMENTS, ROLES, defaults, install_standard_roles
from tests.support.people import house


def grants_of(code):
    statement = sa.select(RoleGrant.permission, RoleGrant.row_scope).join(Role).where(Role.code == code)
    return {row.permission: row.row_scope for row in session.execute(statement)}


def test_departments_and_roles_are_there_once_however_often_it_is_done(app):
    assert run(install_standard_roles, house()) > len(DEPARTMENTS) + len(ROLES)
    assert run(install_standard_roles, house()) == 0
    assert session.scalars(sa.select(Department.code).order_by(Department.position)).all() == [
        d[0] for d in DEPARTMENTS
    ]
    assert set(session.scalars(sa.select(Role.code))) == {role[0] for role in ROLES}
    marks = session.execute(sa.select(Department.mark_en, Department.mark_zh).order_by(Department.position)).all()
    assert "".join(m.mark_en for m in marks) == "SPWLF"
    assert "".join(m.mark_zh for m in marks) == "销采仓运财"


def test_the_admin_may_everything_and_the_director_reads_it(app):
    run(install_standard_roles, house())
    assert grants_of("admin") == {code: "all" for code, _ in access.registry}
    director = grants_of("director")
    assert director["orders.order.read"] == "all"
    assert not any(code.startswith("access.") for code in director)


def test_every_default_names_a_permission_and_a_role_that_exist():
    known = {role[0] for role in ROLES}
    for role, wanted in defaults().items():
        assert role in known, role
        assert [code for code in wanted.grants if code not in access.registry] == [], role
        for code, scope in wanted.grants.items():
            assert scope in access.policy.scopes_of(access.registry.get(code)), (role, code, scope)


def test_what_an_admin_took_stays_taken_and_what_is_new_is_given(app):
    run(install_standard_roles, house())
    sales = session.scalars(sa.select(Role).where(Role.code == "sales")).one()
    grants = grants_of("sales")
    taken = "process.handoff.return"
    del grants[taken]
    run(access.service.update_grants, house(), role_id=sales.id, grants=grants, fields={})
    run(install_standard_roles, house())
    assert taken not in grants_of("sales")
    admin = session.scalars(sa.select(Role).where(Role.code == "admin")).one()
    everything = grants_of("admin")
    del everything[taken]
    run(access.service.update_grants, house(), role_id=admin.id, grants=everything, fields={})
    assert run(install_standard_roles, house()) >= 2
    assert grants_of("sales")[taken] == "department"
