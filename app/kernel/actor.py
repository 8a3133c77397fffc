"""Who acts. A frozen value made once per request, job run or command; nobody acts without one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType


class ActorKind(StrEnum):
    """On which door the actor came in."""

    USER = "user"
    PORTAL = "portal"
    JOB = "job"
    RULE = "rule"
    IMPORT = "import"
    CLI = "cli"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class FieldRight:
    """What a role says about a guarded field."""

    read: bool = False
    write: bool = False


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, link, job, rule or command with what it may do.

    permissions: permission code -> names of the row scopes it is granted with (``all``, ``department``, ``own`` ...).
    field_rights: ``table.field`` -> right, for guarded fields only; what is missing is refused.
    subject: for a portal link the only record it is about, as (table, id).
    """

    name: str
    kind: ActorKind
    user_id: int | None = None
    permissions: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    field_rights: Mapping[str, FieldRight] = field(default_factory=lambda: MappingProxyType({}))
    department_ids: frozenset[int] = frozenset()
    headed_department_ids: frozenset[int] = frozenset()
    department_codes: frozenset[str] = frozenset()
    subject: tuple[str, int] | None = None
    on_behalf: str | None = None
    surface: str = "code"
    request_id: str | None = None
    address: str | None = None
    reason: str | None = None
    language: str = "en"
    timezone: str = "UTC"

    def because(self, reason: str) -> Actor:
        """The same actor, with a reason that goes into the audit log."""
        return replace(self, reason=reason)
