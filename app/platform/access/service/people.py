"""People: who has a login, in which departments and with which roles."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from zoneinfo import available_timezones

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, Message, WrongState
from app.kernel.text import N_, clean
from app.platform.access import links
from app.platform.access.models import Department, Role, User, UserDepartment, UserRole
from app.platform.access.policy import require
from app.platform.access.rights import Permissions
from app.platform.access.service import guards
from app.platform.db import note, session

LANGUAGES = ("en", "zh_Hans_CN")
THEMES = ("light", "dark")
LIMITS = {"login": 80, "name": 100, "email": 254, "phone": 40, "language": 12, "timezone": 60, "theme": 8}
_email = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_login = re.compile(r"[\w.@+-]+")


def login_key(login: str) -> str:
    """A login as it is stored and compared: one line, lower case, at most 80 characters."""
    return clean(login, 80).casefold()[:80]


def checked(values: Mapping[str, str | None]) -> dict[str, str | None]:
    """Cleaned values of a person's fields.  Raises: InvalidInput with every problem at its field."""
    made: dict[str, str | None] = {key: clean(text, LIMITS[key]) or None for key, text in values.items()}
    problems: dict[str, Message] = {}
    if "login" in made:
        made["login"] = key = login_key(made["login"] or "")
        if not _login.fullmatch(key):
            problems["login"] = Message(N_("A login has letters, digits and . _ - + @ only."))
    if "name" in made and not made["name"]:
        problems["name"] = Message(N_("Enter the name."))
    if made.get("email") and not _email.fullmatch(str(made["email"])):
        problems["email"] = Message(N_("Enter an address such as name@example.com."))
    if made.get("language") and made["language"] not in LANGUAGES:
        problems["language"] = Message(N_("This language is not available."))
    if made.get("timezone") and made["timezone"] not in available_timezones():
        problems["timezone"] = Message(N_("Choose a time zone from the list."))
    if made.get("theme") and made["theme"] not in THEMES:
        problems["theme"] = Message(N_("Choose light, dark, or as the system."))
    if problems:
        raise InvalidInput(problems)
    return made


def create_user(
    actor: Actor,
    *,
    login: str,
    name: str,
    email: str | None = None,
    phone: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
    password_hash: str | None = None,
    must_change_password: bool = False,
) -> User:
    """Add a person without any right. Without a password nobody signs in until the invitation is used.

    Raises: NotPermitted, InvalidInput, ConstraintBroken (login taken).
    """
    require(actor, Permissions.USER_CREATE)
    values = checked(
        {"login": login, "name": name, "email": email, "phone": phone, "language": language, "timezone": timezone}
    )
    user = User(**values, password_hash=password_hash, must_change_password=must_change_password)
    session.add(user)
    session.flush()
    return user


def update_user(actor: Actor, *, user_id: int, version: int | None = None, **values: str | None) -> User:
    """Change login, name, email, phone, language or time zone; what is not named stays.

    Raises: NotPermitted, NotFound, InvalidInput, Conflict, ConstraintBroken.
    """
    require(actor, Permissions.USER_UPDATE)
    unknown = set(values) - (LIMITS.keys() - {"theme"})
    if unknown:
        raise InvalidInput({name: Message(N_("This cannot be changed here.")) for name in sorted(unknown)})
    made = checked(values)
    user = guards.locked(actor, Permissions.USER_UPDATE, User, user_id)
    guards.expect_version(user, version, made)
    for name, value in made.items():
        setattr(user, name, value)
    session.flush()
    return user


def set_roles(actor: Actor, *, user_id: int, role_ids: Sequence[int]) -> User:
    """Let a person have exactly these roles.

    Raises: NotPermitted, NotFound, OwnRights (adding to oneself), LastAdmin, InvalidInput (unknown role).
    """
    require(actor, Permissions.USER_ROLES)
    guards.lock_admin_roles()
    user = guards.locked(actor, Permissions.USER_ROLES, User, user_id)
    wanted = set(role_ids)
    if set(session.scalars(sa.select(Role.id).where(Role.id.in_(wanted)))) != wanted:
        raise InvalidInput({"role_ids": Message(N_("One of these roles does not exist."))})
    held = {row.role_id: row for row in session.scalars(sa.select(UserRole).where(UserRole.user_id == user_id))}
    guards.refuse_raising_oneself(actor, [user_id], adds=bool(wanted - set(held)))
    if wanted == set(held):
        return user
    admins = guards.admin_ids()
    for role_id in sorted(set(held) - wanted):
        session.delete(held[role_id])
    session.add_all(UserRole(user_id=user_id, role_id=role_id) for role_id in sorted(wanted - set(held)))
    guards.keep_an_admin(admins)
    guards.end_access_of([user_id])
    session.refresh(user)
    return user


def set_departments(actor: Actor, *, user_id: int, departments: Mapping[int, bool]) -> User:
    """Put a person into exactly these departments.  departments: id -> whether as its head.

    Raises: NotPermitted, NotFound, OwnRights, InvalidInput.
    """
    user = guards.locked(actor, Permissions.USER_DEPARTMENTS, User, user_id)
    if set(session.scalars(sa.select(Department.id).where(Department.id.in_(departments)))) != set(departments):
        raise InvalidInput({"departments": Message(N_("One of these departments does not exist."))})
    rows = session.scalars(sa.select(UserDepartment).where(UserDepartment.user_id == user_id))
    held = {row.department_id: row for row in rows}
    before = {key: row.is_head for key, row in held.items()}
    raises = any(key not in before or (head and not before[key]) for key, head in departments.items())
    guards.refuse_raising_oneself(actor, [user_id], adds=raises)
    if before == dict(departments):
        return user
    for key in sorted(set(held) - set(departments)):
        session.delete(held[key])
    for key, head in sorted(departments.items()):
        if key in held:
            held[key].is_head = head
        else:
            session.add(UserDepartment(user_id=user_id, department_id=key, is_head=head))
    guards.end_access_of([user_id])
    session.refresh(user)
    return user


def deactivate_user(actor: Actor, *, user_id: int) -> User:
    """Close a person's access at once; the record stays, since the log and old orders name it.

    Raises: NotPermitted, NotFound, WrongState (closed already), LastAdmin.
    """
    require(actor, Permissions.USER_DEACTIVATE)
    guards.lock_admin_roles()
    user = guards.locked(actor, Permissions.USER_DEACTIVATE, User, user_id)
    if not user.is_active:
        raise WrongState(state="closed")
    admins = guards.admin_ids()
    user.is_active = False
    guards.keep_an_admin(admins)
    guards.end_access_of([user_id])
    session.refresh(user)
    return user


def reactivate_user(actor: Actor, *, user_id: int) -> User:
    """Let a person in again, with the roles of before.  Raises: NotPermitted, NotFound, WrongState."""
    user = guards.locked(actor, Permissions.USER_DEACTIVATE, User, user_id)
    if user.is_active:
        raise WrongState(state="open")
    user.is_active = True
    guards.end_access_of([user_id])
    session.refresh(user)
    return user


def invite_user(actor: Actor, *, user_id: int, days: int = 3) -> str:
    """A link, good once, with which the person chooses a password; the token, shown to the inviter only now.

    Older links of the person die.  Raises: NotPermitted, NotFound, WrongState (access is closed).
    """
    user = guards.locked(actor, Permissions.USER_INVITE, User, user_id)
    if not user.is_active:
        raise WrongState(state="closed")
    links.revoke_links(links.PASSWORD, User.__tablename__, user_id)
    note("user.invited", subject=(User.__tablename__, user_id))
    return links.make_link(
        links.PASSWORD,
        User.__tablename__,
        user_id,
        valid_for=timedelta(days=days),
        facts={"access_version": user.access_version},
        party_name=user.name,
    )
