"""The rights of this package: people, roles, departments, sessions."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access.models import (
    Department,
    LoginSession,
    Role,
    RoleField,
    RoleGrant,
    SignedLink,
    User,
    UserDepartment,
    UserRole,
)
from app.platform.access.permissions import PermissionSet, permission
from app.platform.access.policy import open_to_all

#: names and departments of colleagues stand on every order and hand-off
open_to_all(Department, User, UserDepartment)


class Permissions(PermissionSet, package="access"):
    """Who may shape who may do what."""

    USER_READ = permission("user.read", N_("Open the list of people with their roles"), reads=UserRole)
    USER_CREATE = permission("user.create", N_("Add a person"))
    USER_UPDATE = permission("user.update", N_("Change a person's name, address and language"))
    USER_DEACTIVATE = permission("user.deactivate", N_("Close and reopen a person's access"))
    USER_INVITE = permission("user.invite", N_("Hand a person the link to choose a password"))
    USER_FACTOR = permission("user.factor", N_("Remove another person's second factor when the phone is lost"))
    USER_ROLES = permission("user.roles", N_("Give roles to a person and take them"))
    USER_DEPARTMENTS = permission("user.departments", N_("Put a person into departments"))
    ROLE_READ = permission("role.read", N_("Open roles and what they may do"), reads=(Role, RoleGrant, RoleField))
    ROLE_UPDATE = permission("role.update", N_("Add, rename and remove roles"))
    ROLE_GRANTS = permission("role.grants", N_("Change what a role may do"))
    EXPLAIN = permission("explain.read", N_("See why a person may or may not do something"))
    DEPARTMENT_READ = permission("department.read", N_("Open the list of departments"))
    DEPARTMENT_UPDATE = permission("department.update", N_("Add, rename and close departments"))
    SESSION_READ = permission("session.read", N_("See who is signed in where"), reads=LoginSession)
    SESSION_END = permission("session.end", N_("End another person's session"))
    LINK_READ = permission("link.read", N_("See which links without account are valid"), reads=SignedLink)
    LINK_REVOKE = permission("link.revoke", N_("Make a link without account invalid"))


#: whoever holds both shapes all rights: an admin. One such person is always left.
ADMIN_RIGHTS = (Permissions.USER_ROLES, Permissions.ROLE_GRANTS)
