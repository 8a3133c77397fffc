"""Who may look at and change settings."""

from __future__ import annotations

from app.kernel.text import N_
from app.platform.access import PermissionSet, permission
from app.platform.settings.models import StoredSetting


class Permissions(PermissionSet, package="settings"):
    """Rights on settings."""

    READ = permission("setting.read", N_("Open the settings of the house"), reads=StoredSetting)
    UPDATE = permission("setting.update", N_("Change the settings of the house"))
