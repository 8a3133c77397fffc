"""People: who has an account, with which roles, in which departments, and where they are signed in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask import Flask, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.access import Department, Permissions, User, can, service, web
from app.platform.access.models import LoginSession, Role, UserDepartment, UserRole
from app.platform.access.service.second_factor import has_factor
from app.platform.access.service.sessions import is_open
from app.platform.backoffice import (
    ButtonAction,
    DepartmentView,
    OptionField,
    Picker,
    Required,
    TextField,
    add_picker,
    add_view,
    page,
)
from app.platform.backoffice.i18n import LANGUAGES
from app.platform.backoffice.identifiers import parse_all
from app.platform.db import run, session
from app.platform.process.permissions import Permissions as Process
from app.surfaces.admin.account import zones
from app.surfaces.admin.wording import description_of, name_of


def _languages() -> list[tuple[str, str]]:
    return [(code, name) for code, (name, _) in LANGUAGES.items()]


class PeopleDesk(DepartmentView, model=User):
    """Everybody with an account."""

    slug = "people"
    title = lazy_gettext("People")
    menu_group = "setup"
    menu_icon = "users"
    menu_position = 10
    new_label = lazy_gettext("New person")
    list_permission = Permissions.USER_READ
    create_permission, create_use_case = Permissions.USER_CREATE, service.create_user
    edit_permission, edit_use_case = Permissions.USER_UPDATE, service.update_user
    columns = ("login", "name", "email", "phone", "is_active")
    details = ("login", "name", "email", "phone", "language", "timezone", "is_active", "created_at", "updated_at")
    sortable = ("login",)
    default_sort = "login"
    filters = ("is_active",)
    search_columns = ("login", "name")
    form_fields = (
        ("login", TextField(lazy_gettext("Login"), [Required()])),
        ("name", TextField(lazy_gettext("Name"), [Required()])),
        "email",
        "phone",
        ("language", OptionField(lazy_gettext("Language"), options=_languages, blank=True)),
        ("timezone", OptionField(lazy_gettext("Time zone"), options=zones, blank=True)),
    )
    actions = (
        ButtonAction(
            "close",
            lazy_gettext("Close access"),
            Permissions.USER_DEACTIVATE,
            service.deactivate_user,
            confirm=lazy_gettext(
                "The person is signed out everywhere at once and cannot sign in. Roles stay as they are."
            ),
            when=lambda user: user.is_active,
            needs=("is_active",),
            is_danger=True,
            icon="lock",
        ),
        ButtonAction(
            "reopen",
            lazy_gettext("Reopen access"),
            Permissions.USER_DEACTIVATE,
            service.reactivate_user,
            when=lambda user: not user.is_active,
            needs=("is_active",),
        ),
    )
    details_template = "admin/person.html"

    def row_label(self, row: Any) -> str:
        """The name; it need not be unique, the login stands below it."""
        return str(row.name)

    def details_context(self, row: Any) -> dict[str, Any]:
        """Roles, departments and sessions, as far as the reader may see them."""
        roles = session.scalars(sa.select(Role).order_by(Role.id)).all()
        held = set(session.scalars(sa.select(UserRole.role_id).where(UserRole.user_id == row.id)))
        places = session.scalars(sa.select(Department).order_by(Department.position, Department.id)).all()
        rows = session.scalars(sa.select(UserDepartment).where(UserDepartment.user_id == row.id))
        is_in = {member.department_id: member.is_head for member in rows}
        sessions = session.scalars(
            sa.select(LoginSession)
            .join(User, User.id == LoginSession.user_id)
            .where(LoginSession.user_id == row.id, is_open())
            .order_by(LoginSession.id.desc())
            .limit(50)
        ).all()
        return {
            "roles": roles,
            "held": held,
            "places": places,
            "is_in": is_in,
            "sessions": sessions,
            "has_factor": has_factor(row.id),
            "rights": Permissions,
            "may": can,
            "name_of": name_of,
            "description_of": description_of,
        }


def _back(user_id: int) -> ResponseReturnValue:
    flash(gettext("Saved."), "success")
    return redirect(url_for("people.details_view", row_id=user_id), code=303)


def set_roles(actor: Actor, user_id: int) -> ResponseReturnValue:
    """The ticked roles become the person's roles."""
    run(service.set_roles, actor, user_id=user_id, role_ids=parse_all(request.form.getlist("role")))
    return _back(user_id)


def set_departments(actor: Actor, user_id: int) -> ResponseReturnValue:
    """The ticked departments become the person's departments."""
    ids, heads = parse_all(request.form.getlist("department")), set(parse_all(request.form.getlist("head")))
    run(service.set_departments, actor, user_id=user_id, departments={key: key in heads for key in ids})
    return _back(user_id)


def end_sessions(actor: Actor, user_id: int) -> ResponseReturnValue:
    """Sign the person out everywhere."""
    run(service.end_sessions_of, actor, user_id=user_id)
    return _back(user_id)


def invite(actor: Actor, user_id: int) -> ResponseReturnValue:
    """Show the link with which the person chooses a password; it is shown this once."""
    token = run(service.invite_user, actor, user_id=user_id)
    user = session.get(User, user_id)
    if user is None:
        raise NotFound
    address = web.public_address("invitation", token=token)
    answer = make_response(render_template("admin/invited.html", user=user, address=address))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def remove_factor(actor: Actor, user_id: int) -> ResponseReturnValue:
    """The phone is lost: the person signs in with the password alone and sets up another."""
    run(service.remove_factor, actor, user_id=user_id)
    return _back(user_id)


def _note(user: Any) -> str:
    return str(user.login)


def register(app: Flask) -> None:
    """The view, its own steps and the picker."""
    add_view(app, PeopleDesk)
    add_picker(
        app,
        Picker(
            "users",
            User,
            (Permissions.USER_READ, Process.HAND_OFF_READ),
            lambda user: str(user.name),
            search=("login", "name"),
            note=_note,
            criteria=lambda _actor: User.is_active.is_(True),
            order_by="login",
        ),
    )
    steps = (
        ("roles", Permissions.USER_ROLES, set_roles),
        ("departments", Permissions.USER_DEPARTMENTS, set_departments),
        ("sessions/end", Permissions.SESSION_END, end_sessions),
        ("invite", Permissions.USER_INVITE, invite),
        ("second-factor/remove", Permissions.USER_FACTOR, remove_factor),
    )
    for path, permission, step in steps:
        page(
            app,
            f"/people/<int:user_id>/{path}",
            permission=permission,
            methods=("POST",),
            endpoint=f"people_{step.__name__}",
        )(step)
