"""Rights on the log. A record's own history needs none of these: it follows the rights on the record."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission
from app.platform.audit.models import AuditEntry


class Permissions(PermissionSet, package="audit"):
    """Reading what everybody did."""

    ENTRY_READ = permission("entry.read", N_("Read the audit log of the whole house"), reads=AuditEntry)
