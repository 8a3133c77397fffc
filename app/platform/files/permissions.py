"""Files are seen by whoever sees their record; putting them there and taking them away are rights of their own."""

from __future__ import annotations

import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind
from app.kernel.text import N_
from app.platform.access import PermissionSet, permission, scope, scoped_by
from app.platform.access.policy import is_readable_model
from app.platform.db import Base
from app.platform.files.models import StoredFile


class Permissions(PermissionSet, package="files"):
    """Rights on files."""

    FILE_ATTACH = permission("file.attach", N_("Attach files to records one may see"))
    FILE_REMOVE = permission("file.remove", N_("Remove files from records one may see, with a reason"))


def record_models() -> dict[str, type[Base]]:
    """Tables a file can hang on: all whose readers are declared, but not files themselves."""
    models = {mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers}
    return {name: model for name, model in models.items() if model is not StoredFile and is_readable_model(model)}


def files_in_sight(actor: Actor) -> sa.ColumnElement[bool]:
    """Files on records the actor may see.

    A visitor with a link sees none this way: among the files of his record are internal ones, so his page says which.
    """
    if actor.kind is ActorKind.PORTAL:
        return sa.false()
    everywhere: list[str] = []
    parts: list[sa.ColumnElement[bool]] = []
    for name, model in sorted(record_models().items()):
        seen = scope(actor, model)
        if isinstance(seen, sa.True_):
            everywhere.append(name)
        elif not isinstance(seen, sa.False_):
            ids = sa.select(model.id).where(seen)  # type: ignore[attr-defined]
            parts.append(sa.and_(StoredFile.table_name == name, StoredFile.row_id.in_(ids)))
    if everywhere:
        parts.append(StoredFile.table_name.in_(everywhere))
    return sa.or_(*parts) if parts else sa.false()


scoped_by(StoredFile, files_in_sight)
