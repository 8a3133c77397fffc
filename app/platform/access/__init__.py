"""Who may do what: people, roles, permissions, row scopes, field rights, scoped reading."""

from app.kernel.actor import Actor, ActorKind, FieldRight
from app.platform.access.grants import actor_for, everything
from app.platform.access.models import Department, User
from app.platform.access.permissions import Permission, PermissionSet, permission, registry
from app.platform.access.policy import (
    can,
    follows,
    guard_field,
    may_read_field,
    may_write_field,
    open_to_all,
    require,
    require_fields,
    row_scope,
    scope,
    scoped_by,
)
from app.platform.access.reading import house_reading, read_as, reader
from app.platform.access.rights import Permissions

__all__ = [
    "Actor",
    "ActorKind",
    "Department",
    "FieldRight",
    "Permission",
    "PermissionSet",
    "Permissions",
    "User",
    "actor_for",
    "can",
    "everything",
    "follows",
    "guard_field",
    "house_reading",
    "may_read_field",
    "may_write_field",
    "open_to_all",
    "permission",
    "read_as",
    "reader",
    "registry",
    "require",
    "require_fields",
    "row_scope",
    "scope",
    "scoped_by",
]
