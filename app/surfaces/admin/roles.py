"""Roles: what each may do, as a matrix and as a form, and why a person may or may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.kernel.actor import Actor
from app.kernel.errors import HandoffError, NotFound
from app.platform import access
from app.platform.access import Permission, Permissions, User, actor_for, can, house_reading, service
from app.platform.access.models import Role, RoleField, RoleGrant, UserRole
from app.platform.access.policy import guarded_fields, scopes_of
from app.platform.backoffice import Column, DepartmentView, Item, Required, TextField, add_view, page, sentence
from app.platform.backoffice.identifiers import parse
from app.platform.db import run, session
from app.surfaces.admin.wording import description_of, name_of, package_name, scope_word

NONE = ""


class RoleDesk(DepartmentView, model=Role):
    """All roles."""

    slug = "roles"
    title = lazy_gettext("Roles")
    menu_group = "setup"
    menu_icon = "lock"
    menu_position = 30
    new_label = lazy_gettext("New role")
    list_permission = Permissions.ROLE_READ
    create_permission, create_use_case = Permissions.ROLE_UPDATE, service.create_role
    edit_permission, edit_use_case = Permissions.ROLE_UPDATE, service.update_role
    delete_permission, delete_use_case = Permissions.ROLE_UPDATE, service.delete_role
    columns = (
        "code",
        "name_en",
        "name_zh",
        Column("description", render=description_of),
        "requires_second_factor",
        "updated_at",
    )
    sortable = ("code",)
    default_sort = "code"
    search_columns = ("code", "name_en", "name_zh")
    names = (
        ("name_en", TextField(lazy_gettext("Name, English"), [Required()])),
        ("name_zh", TextField(lazy_gettext("Name, Chinese"))),
        "description",
    )
    edit_fields = (*names, "requires_second_factor")
    create_fields = (
        (
            "code",
            TextField(lazy_gettext("Code"), [Required()], description=lazy_gettext("Small letters; stays for good")),
        ),
        *names,
    )
    labels = {"requires_second_factor": lazy_gettext("Requires a second factor")}
    details_template = "admin/role.html"

    def row_label(self, row: Any) -> str:
        """The name in the reader's language."""
        return name_of(row)

    def details_context(self, row: Any) -> dict[str, Any]:
        """What the role grants, and who has it."""
        people = session.scalars(
            sa.select(User)
            .join(UserRole, UserRole.user_id == User.id)
            .where(UserRole.role_id == row.id)
            .order_by(User.login)
        )
        return {
            "groups": list(_groups({row.id: _grants()[row.id]}, only_granted=True)),
            "fields": _fields().get(row.id, {}),
            "guarded": guarded_fields(),
            "people": people.all(),
            "may": can,
            "rights": Permissions,
            "scope_word": scope_word,
            "description_of": description_of,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """One permission with what each role has of it.  scopes: role id -> row scope or nothing."""

    permission: Permission
    scopes: dict[int, str]
    offered: list[str]


def _grants() -> dict[int, dict[str, str]]:
    """Role id -> permission -> row scope."""
    found: dict[int, dict[str, str]] = {role_id: {} for role_id in session.scalars(sa.select(Role.id))}
    for row in session.scalars(sa.select(RoleGrant)):
        found.setdefault(row.role_id, {})[row.permission] = row.row_scope
    return found


def _fields() -> dict[int, dict[str, str]]:
    """Role id -> guarded field -> read or write."""
    found: dict[int, dict[str, str]] = {}
    for row in session.scalars(sa.select(RoleField)):
        right = "write" if row.may_write else "read" if row.may_read else NONE
        found.setdefault(row.role_id, {})[f"{row.table_name}.{row.field_name}"] = right
    return found


def _groups(grants: dict[int, dict[str, str]], *, only_granted: bool = False) -> Iterator[tuple[str, str, list[Line]]]:
    """(package, its name, lines) over all permissions."""
    everything = [permission for _, permission in access.registry]
    for package, permissions in groupby(everything, key=lambda p: p.code.partition(".")[0]):
        lines = [
            Line(p, {role: held.get(p.code, NONE) for role, held in grants.items()}, scopes_of(p)) for p in permissions
        ]
        if only_granted:
            lines = [line for line in lines if any(line.scopes.values())]
        if lines:
            yield package, package_name(package), lines


def matrix(actor: Actor) -> ResponseReturnValue:
    """All permissions against all roles."""
    roles = session.scalars(sa.select(Role).order_by(Role.id)).all()
    counted = sa.select(UserRole.role_id, sa.func.count()).group_by(UserRole.role_id)
    with house_reading():
        people = {row[0]: row[1] for row in session.execute(counted)}
    return render_template(
        "admin/matrix.html",
        roles=roles,
        people=people,
        groups=list(_groups(_grants())),
        guarded=guarded_fields(),
        fields=_fields(),
        may_change=can(actor, Permissions.ROLE_GRANTS),
        may_explain=can(actor, Permissions.EXPLAIN),
        name_of=name_of,
        scope_word=scope_word,
    )


def _role(role_id: int) -> Role:
    found = session.get(Role, role_id) if parse(role_id) else None
    if found is None:
        raise NotFound
    return found


def grants(actor: Actor, role_id: int) -> ResponseReturnValue:
    """The form of one role; POST makes the role have exactly what was chosen."""
    role = _role(role_id)
    if request.method == "GET":
        return _grants_page(role)
    chosen = {k.removeprefix("g:"): v for k, v in request.form.items() if k.startswith("g:") and v}
    fields: Any = {k.removeprefix("f:"): v for k, v in request.form.items() if k.startswith("f:") and v}
    try:
        run(
            service.update_grants, actor, role_id=role_id, grants=chosen, fields=fields,
            version=parse(request.form.get("version_seen")),
        )  # fmt: skip
    except HandoffError as refused:
        return make_response(_grants_page(_role(role_id), chosen, fields, refused), refused.status)
    flash(gettext("Saved. Everybody with this role signs in again."), "success")
    return redirect(url_for("roles.details_view", row_id=role_id), code=303)


def _grants_page(
    role: Role,
    chosen: dict[str, str] | None = None,
    fields: dict[str, str] | None = None,
    refused: HandoffError | None = None,
) -> str:
    held = _grants()[role.id] if chosen is None else chosen
    with house_reading():
        holders = session.scalar(sa.select(sa.func.count()).where(UserRole.role_id == role.id)) or 0
    return render_template(
        "admin/grants.html",
        role=role,
        holders=holders,
        groups=list(_groups({role.id: held})),
        guarded=guarded_fields(),
        fields=_fields().get(role.id, {}) if fields is None else fields,
        problem=sentence(refused) if refused else "",
        problems={k: sentence(v) for k, v in getattr(refused, "fields", {}).items()},
        name_of=name_of,
        scope_word=scope_word,
    )


def explain(actor: Actor) -> ResponseReturnValue:
    """May they, and why?"""
    people = session.scalars(sa.select(User).order_by(User.login).limit(2000)).all()
    person = next((one for one in people if one.id == parse(request.args.get("person"))), None)
    permission = access.registry.find(request.args.get("permission", ""))
    answer = _explanation(person, permission) if person is not None and permission is not None else None
    return render_template(
        "admin/explain.html",
        people=people,
        groups=list(_groups({})),
        person=person,
        permission=permission,
        answer=answer,
        name_of=name_of,
        scope_word=scope_word,
    )


def _explanation(person: User, permission: Permission) -> dict[str, Any]:
    """Which of the person's roles grant it, which others would, and what else stands in the way."""
    with house_reading():
        them = actor_for(person, surface="explain")
        held = session.scalars(
            sa.select(Role).join(UserRole, UserRole.role_id == Role.id).where(UserRole.user_id == person.id)
        )
        mine = list(held)
        rows = session.execute(
            sa.select(Role, RoleGrant.row_scope)
            .join(RoleGrant, RoleGrant.role_id == Role.id)
            .where(RoleGrant.permission == permission.code)
            .order_by(Role.id)
        ).all()
    ids = {role.id for role in mine}
    return {
        "may": person.is_active and can(them, permission),
        "roles": mine,
        "by": [(role, row_scope) for role, row_scope in rows if role.id in ids],
        "others": [(role, row_scope) for role, row_scope in rows if role.id not in ids],
        "departments": sorted(them.department_codes),
    }


def register(app: Flask) -> None:
    """The view, the matrix, the form and the explanation."""
    add_view(app, RoleDesk)
    page(
        app, "/access/matrix", permission=Permissions.ROLE_READ, endpoint="access_matrix",
        menu=Item("setup", lazy_gettext("Who may do what"), "access_matrix", Permissions.ROLE_READ, "shield", 32),
    )(matrix)  # fmt: skip
    page(
        app,
        "/roles/<int:role_id>/grants",
        permission=Permissions.ROLE_GRANTS,
        methods=("GET", "POST"),
        endpoint="role_grants",
    )(grants)
    page(
        app, "/access/explain", permission=Permissions.EXPLAIN, endpoint="access_explain",
        menu=Item("setup", lazy_gettext("May they, and why?"), "access_explain", Permissions.EXPLAIN, "info", 34),
    )(explain)  # fmt: skip
