"""How values and entries are written down, so that they read back typed and prove the same on both databases.

``changes`` is one JSON object: field -> {"old": ..., "new": ..., "type": ...}; an insert has no old, a delete no new.
"type" is there where JSON itself does not tell: decimal, datetime, date, enum, bytes, secret, personal.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any

#: raised when the way of writing down changes; verify keeps the older ways
FORM = 1
_NATIVE = {str, int, bool, float, type(None)}
_TYPES: dict[type, tuple[str, Callable[[Any], str]]] = {
    Decimal: ("decimal", lambda value: format(value, "f")),
    datetime: ("datetime", lambda value: value.astimezone(UTC).isoformat()),
    date: ("date", date.isoformat),
    time: ("time", time.isoformat),
    bytes: ("bytes", lambda value: base64.b64encode(value).decode()),
}
_READ: dict[str, Callable[[str], Any]] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "bytes": base64.b64decode,
}
_MEMBER = struct.Struct(">Q8s")
_dumps = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=lambda value: written(value)[1]
).encode


def written(value: Any) -> tuple[str | None, Any]:
    """The name of the type, where JSON needs one, and the value as JSON holds it."""
    kind = type(value)
    if kind in _NATIVE:
        return None, value
    if isinstance(value, Enum):
        return "enum", value.value
    if kind in _TYPES:
        name, write = _TYPES[kind]
        return name, write(value)
    if isinstance(value, Mapping):
        return None, dict(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return None, sorted(value) if isinstance(value, (set, frozenset)) else list(value)
    return None, str(value)


def read_back(kind: str | None, value: Any) -> Any:
    """The value as the house uses it."""
    return value if value is None or kind not in _READ else _READ[kind](value)


def change_of(old: Any, new: Any, action: str) -> dict[str, Any]:
    """One field's entry in ``changes``."""
    found: dict[str, Any] = {}
    kind = None
    if action != "insert":
        kind, found["old"] = written(old)
    if action != "delete":
        new_kind, found["new"] = written(new)
        kind = new_kind or kind
    if kind is not None:
        found["type"] = kind
    return found


def dump(value: Any) -> str:
    """Canonical JSON."""
    return _dumps(value)


#: a text as ``dump`` writes it
quoted: Callable[[str], str] = json.JSONEncoder(ensure_ascii=False).encode


def instant(at: datetime) -> str:
    """The same text for the same instant, whatever the database made of it."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


#: columns of an entry that its mac covers: those of the moment, the same for a whole flush, and those of the row
_ACTOR = ("actor_name", "actor_kind", "user_id", "on_behalf")
MOMENT = ("epoch", "at", *_ACTOR, "surface", "request_id", "address", "reason")
ROW = ("uid", "action", "table_name", "row_id", "record_table", "record_id", "changes", "personal")


def moment_text(values: Mapping[str, Any]) -> bytes:
    """The part of the proof that all entries of a flush share."""
    return _dumps([FORM, *(instant(values[n]) if n == "at" else values[n] for n in MOMENT)]).encode()


def entry_mac(key: bytes, moment: bytes, values: Mapping[str, Any]) -> bytes:
    """The proof of one entry."""
    return row_mac(key, moment, _dumps([values[name] for name in ROW]))


def row_mac(key: bytes, moment: bytes, row: str) -> bytes:
    """The proof of one entry whose row is written down already."""
    return hmac.digest(key, moment + b"\n" + row.encode(), "sha256")


def personal_digest(salt: bytes, changes: str) -> str:
    """What the entry keeps of personal values; without the salt nobody can guess them back."""
    return hmac.new(salt, changes.encode(), hashlib.sha256).hexdigest()


def pack(entries: Iterable[tuple[int, bytes]]) -> bytes:
    """Ids and beginnings of macs, 16 bytes each: enough to say which entry is gone, new or exchanged."""
    return b"".join(_MEMBER.pack(entry_id, mac[:8]) for entry_id, mac in entries)


def unpack(members: bytes) -> dict[int, bytes]:
    """Id -> beginning of the mac, in order; what does not fit the pattern is left out."""
    whole = len(members) - len(members) % _MEMBER.size
    return dict(_MEMBER.iter_unpack(members[:whole]))


class EntriesHash:
    """Running hash over the entries of a block, in order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, entry_id: int, xid: int, mac: bytes) -> None:
        """The next entry."""
        self._hash.update(b"\x00%d:%d:" % (entry_id, xid) + mac)

    def digest(self) -> bytes:
        """Over all so far."""
        return self._hash.digest()


def block_hash(values: Mapping[str, Any]) -> bytes:
    """Over everything of a block but its hash and mac."""
    text = [
        FORM,
        *(values[name] for name in ("number", "epoch", "low", "high", "entry_count")),
        instant(values["sealed_at"]),
        *(values[name].hex() for name in ("entries_hash", "previous_hash")),
        hashlib.sha256(values["members"]).hexdigest(),
    ]
    return hashlib.sha256(b"\x01" + _dumps(text).encode()).digest()


def block_mac(key: bytes, digest: bytes) -> bytes:
    """The proof that somebody with the key sealed this block."""
    return hmac.digest(key, b"block\n" + digest, "sha256")
