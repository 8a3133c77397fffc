"""Who may import."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission
from app.platform.imports.models import ImportRow, ImportRun


class Permissions(PermissionSet, package="imports"):
    """Rights to bring data in by file."""

    RUN = permission("run", N_("Import records from files"), reads=(ImportRun, ImportRow))


DEFAULT_GRANTS = {"admin": {Permissions.RUN: "all"}}
DEFAULT_FIELDS: dict[str, dict[str, tuple[bool, bool]]] = {}
