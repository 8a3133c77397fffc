"""Handing files out: saved by default, shown only where a browser runs nothing in them."""

from __future__ import annotations

from urllib.parse import quote

import sqlalchemy as sa
import structlog
from flask import Flask, Response, request, send_file

from app.kernel.actor import Actor
from app.kernel.errors import NotFound
from app.platform.backoffice import page
from app.platform.db import locks, session
from app.platform.files.kinds import BY_MEDIA_TYPE
from app.platform.files.models import StoredFile
from app.platform.files.storage import path_of

log = structlog.get_logger("files")


def send(stored: StoredFile, *, show: bool = False) -> Response:
    """The answer that carries a file somebody may have.  show: in the page's place, if the kind allows.

    Raises: NotFound when the content is missing on disk.
    """
    place = path_of(stored.sha256)
    if not place.is_file():
        log.error("file.missing", file=stored.id, sha256=stored.sha256)
        raise NotFound(record="stored_files", id=stored.id)
    kind = BY_MEDIA_TYPE.get(stored.media_type)
    shown = show and kind is not None and kind.shown
    response = send_file(
        place,
        mimetype=stored.media_type,
        etag=False,
        conditional=True,
        last_modified=stored.stored_at,
    )
    response.headers["Content-Disposition"] = disposition(stored, "inline" if shown else "attachment")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def disposition(stored: StoredFile, kind: str) -> str:
    """The header of RFC 6266: a plain name for old programs, the real one for the others."""
    plain = stored.name if stored.name.isascii() else f"file-{stored.id}.{stored.name.rpartition('.')[2]}"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(stored.name, safe='')}"


def init_app(app: Flask) -> None:
    """Register the address of files."""

    @page(app, "/files/<int:file_id>", permission=None, endpoint="file")
    def download(actor: Actor, file_id: int) -> Response:
        """A file on a record this person may see; everything else does not exist."""
        wanted = sa.select(StoredFile).where(StoredFile.id == file_id)
        stored = session.scalars(wanted).first() if file_id <= locks.MAX_ID else None
        if stored is None:
            raise NotFound(record="stored_files", id=file_id)
        return send(stored, show="show" in request.args)
