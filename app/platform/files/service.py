"""Giving files to records and taking them away."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.actor import Actor
from app.kernel.errors import InvalidInput, NotFound
from app.kernel.text import N_, clean
from app.platform.access import require, scope
from app.platform.db import locks, note, session
from app.platform.files.models import StoredFile
from app.platform.files.permissions import Permissions, record_models
from app.platform.files.storage import Kept


def store(actor: Actor, kept: Kept, *, table: str, row_id: int, purpose: str = "attachment") -> StoredFile:
    """Give a kept content to a record; part of a use case that has checked the actor.

    Raises: KeyError for a table whose readers nobody declared: such a file could never be read.
    """
    record_models()[table]
    stored = StoredFile(
        sha256=kept.sha256,
        size=kept.size,
        name=kept.name,
        media_type=kept.media_type,
        table_name=table,
        row_id=row_id,
        purpose=purpose,
        stored_by=actor.name,
    )
    session.add(stored)
    session.flush()
    return stored


def attach_file(actor: Actor, *, kept: Kept, table: str, row_id: int, purpose: str = "attachment") -> StoredFile:
    """Put a file on a record the actor may see.  Raises: NotPermitted, NotFound."""
    require(actor, Permissions.FILE_ATTACH)
    require_sight(actor, table, row_id)
    return store(actor, kept, table=table, row_id=row_id, purpose=purpose)


def remove_file(actor: Actor, *, file_id: int, reason: str) -> None:
    """Take a file from its record; the log keeps its name and hash, the content goes when no record has it any more.

    Raises: NotPermitted, NotFound, InvalidInput (no reason).
    """
    require(actor, Permissions.FILE_REMOVE)
    stored = locks.lock(StoredFile, file_id)
    require_sight(actor, stored.table_name, stored.row_id)
    why = clean(reason, 200)
    if not why:
        raise InvalidInput({"reason": N_("Say why the file is removed.")})
    note("file.removed", subject=(stored.table_name, stored.row_id), sha256=stored.sha256, reason=why)
    session.delete(stored)


def require_sight(actor: Actor, table: str, row_id: int) -> None:
    """Raises: NotFound when there is no such record in the actor's sight."""
    model = record_models().get(table)
    if model is None:
        raise NotFound(record=table, id=row_id)
    row = sa.select(sa.literal(1)).where(
        model.id == row_id,  # type: ignore[attr-defined]
        scope(actor, model),
    )
    if session.execute(row).first() is None:
        raise NotFound(record=table, id=row_id)
