"""Contents on disk, each under its SHA-256. Checking and writing happen before the transaction that uses the content."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flask import current_app

from app.kernel.errors import InvalidInput, Message
from app.kernel.text import N_
from app.platform.files.kinds import ENDINGS, kind_of

LONGEST_NAME = 255
_READ = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """A checked content that lies on disk; `store` gives it to a record."""

    sha256: str
    size: int
    name: str
    media_type: str


def keep(content: bytes | IO[bytes], name: str, *, field: str = "file") -> Kept:
    """Check a content and write it to disk, outside any transaction. What no record takes is forgotten after some days.

    field: the form field that a refusal names.
    Raises: InvalidInput when it is empty, too large, of a kind that is not allowed, or not what its name says.
    """
    limit = int(current_app.config["MAX_UPLOAD_MB"]) * 1024 * 1024
    body = _read(content, limit)
    clear = clean_name(name)
    if not body:
        raise InvalidInput({field: Message(N_("The file %(name)s is empty."), name=clear)})
    if len(body) > limit:
        raise InvalidInput(
            {field: Message(N_("The file is larger than %(limit)s MB."), limit=current_app.config["MAX_UPLOAD_MB"])}
        )
    ending = clear.rpartition(".")[2].lower() if "." in clear else ""
    kind = kind_of(body, ending)
    if kind is None:
        raise InvalidInput(
            {
                field: Message(
                    N_("Files of this kind are not taken. Allowed are: %(endings)s."), endings=", ".join(ENDINGS)
                )
            }
        )
    if ending not in kind.endings:
        raise InvalidInput(
            {field: Message(N_("The content of %(name)s is not what the end of its name says."), name=clear)}
        )
    digest = hashlib.sha256(body).hexdigest()
    _write(digest, body)
    return Kept(digest, len(body), clear, kind.media_type)


def _read(content: bytes | IO[bytes], limit: int) -> bytes:
    """At most one byte more than the limit."""
    if isinstance(content, bytes):
        return content
    parts: list[bytes] = []
    size = 0
    while size <= limit and (part := content.read(min(_READ, limit + 1 - size))):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def clean_name(name: str) -> str:
    """A name that is safe on every system and in a header: no folders, no control or direction characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    kept = " ".join("".join("_" if sign in '<>:"|?*' else sign for sign in kept).split()).strip(". ")
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = (stem[: LONGEST_NAME - len(ending) - 1] + dot + ending) if dot else kept[:LONGEST_NAME]
    return kept or "file"


# ------------------------------------------------------------------------------------------------------------- disk
def folder() -> Path:
    """Where contents lie; part of every backup."""
    return Path(current_app.config["FILES_FOLDER"])


def path_of(sha256: str) -> Path:
    """Place of a content: two folders deep, so that none holds too many."""
    return folder() / sha256[:2] / sha256[2:4] / sha256


def _write(sha256: str, body: bytes) -> None:
    """Durable before it is named; a content that is there already counts as used again."""
    place = path_of(sha256)
    if place.exists():
        os.utime(place)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(place)
    finally:
        Path(draft).unlink(missing_ok=True)
    _sync_folder(place.parent)


def _sync_folder(place: Path) -> None:
    """Make the new name itself survive a power cut; Windows has no such call."""
    if os.name == "nt":
        return
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def is_older(place: Path, seconds: float) -> bool:
    """Whether a content has not been touched for so long."""
    return place.stat().st_mtime <= time.time() - seconds


def contents(older_than_seconds: float = 0) -> Iterator[Path]:
    """Contents and forgotten drafts on disk that were not touched for so long."""
    for place in folder().glob("*/*/*"):
        if place.is_file() and is_older(place, older_than_seconds):
            yield place
