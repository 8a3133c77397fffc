"""What admins change while the house runs: typed settings, and numbers without a gap."""

from app.platform.settings.numbering import next_number, number_at_the_end, numbered
from app.platform.settings.permissions import Permissions
from app.platform.settings.registry import Setting, registry, setting
from app.platform.settings.service import update_setting, update_settings

__all__ = [
    "Permissions",
    "Setting",
    "next_number",
    "number_at_the_end",
    "numbered",
    "registry",
    "setting",
    "update_setting",
    "update_settings",
]
