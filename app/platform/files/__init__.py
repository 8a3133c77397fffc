"""Files on records: contents by hash, kinds by content, rights by record."""

from app.platform.files import housekeeping
from app.platform.files.models import StoredFile
from app.platform.files.permissions import Permissions
from app.platform.files.queries import files_of
from app.platform.files.service import attach_file, remove_file, require_sight, store
from app.platform.files.storage import Kept, keep
from app.platform.files.web import init_app, send

__all__ = [
    "Kept",
    "Permissions",
    "StoredFile",
    "attach_file",
    "files_of",
    "housekeeping",
    "init_app",
    "keep",
    "remove_file",
    "require_sight",
    "send",
    "store",
]
