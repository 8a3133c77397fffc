"""The head of the chain, kept outside the database: what shows that a tail was cut or an old copy put back.

One JSON line a day and one for the newest block. Copy the file to a place that the database's keeper cannot change.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.platform.audit import canonical


class Anchor(NamedTuple):
    """A block as it was when it was sealed."""

    number: int
    hash: bytes
    sealed_at: str
    genuine: bool  #: written by somebody with the key


def keep(path: Path, block: Mapping[str, Any], key: bytes) -> None:
    """Put the block at the end of the file; of earlier days the last one stays."""
    sealed_at = canonical.instant(block["sealed_at"])
    head = {"number": block["number"], "hash": block["hash"].hex(), "sealed_at": sealed_at}
    line = canonical.dump({**head, "mac": _mac(head, key)})
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    if lines and _day(lines[-1]) == sealed_at[:10]:
        lines.pop()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    with draft.open("w", encoding="utf-8") as file:
        file.write("\n".join([*lines, line]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read(path: Path, key: bytes) -> list[Anchor]:
    """All anchors of a file, oldest first.  Raises: OSError, ValueError on a file that is none."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            values = json.loads(line)
            head = {name: values[name] for name in ("number", "hash", "sealed_at")}
            genuine = hmac.compare_digest(str(values.get("mac", "")), _mac(head, key))
            found.append(Anchor(int(head["number"]), bytes.fromhex(head["hash"]), str(head["sealed_at"]), genuine))
    return found


def _mac(head: Mapping[str, Any], key: bytes) -> str:
    return hmac.digest(key, b"anchor\n" + canonical.dump(head).encode(), "sha256").hex()


def _day(line: str) -> str:
    try:
        return str(json.loads(line)["sealed_at"])[:10]
    except (ValueError, KeyError, TypeError):
        return ""
