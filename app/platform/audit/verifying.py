"""Proves the log from the first entry to the last, and names the first place where it is not what was written.

Entries and blocks are read once, in order, in one snapshot. Entry and block carry a proof made with a key outside the
database; anchors show what even somebody with the key cannot hide: a cut tail, a rewrite, an older copy put back.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.platform.audit import canonical
from app.platform.audit.anchors import Anchor
from app.platform.audit.anchors import read as read_anchors
from app.platform.audit.keys import audit_key
from app.platform.audit.models import AuditPersonal
from app.platform.audit.personal import ERASED
from app.platform.audit.sealing import NO_HASH, blocks, entries, own_connection, place

MOST_FINDINGS = 50
CHUNK = 1_000
_personal = AuditPersonal.__table__


class Flaw(StrEnum):
    """What is wrong."""

    EDITED = "edited"
    INSERTED = "inserted"
    DELETED = "deleted"
    SWAPPED = "swapped"
    COPIED = "copied"
    MOVED = "moved"
    PERSONAL_EDITED = "personal_edited"
    PERSONAL_DELETED = "personal_deleted"
    BLOCK_EDITED = "block_edited"
    BLOCK_MISSING = "block_missing"
    REWRITTEN = "rewritten"
    BEHIND_ANCHOR = "behind_anchor"
    ANCHOR_EDITED = "anchor_edited"


SENTENCES = {
    Flaw.EDITED: "entry {entry}: its contents are not what was written",
    Flaw.INSERTED: "entry {entry}: put in after its block {block} was sealed",
    Flaw.DELETED: "entry {entry}: deleted from sealed block {block}",
    Flaw.SWAPPED: "entry {entry}: holds what was written as entry {other}",
    Flaw.COPIED: "entry {entry}: a copy of entry {other}",
    Flaw.MOVED: "entry {entry}: moved to another place in block {block}",
    Flaw.PERSONAL_EDITED: "entry {entry}: its personal values are not what was written",
    Flaw.PERSONAL_DELETED: "entry {entry}: its personal values are gone without an erasure",
    Flaw.BLOCK_EDITED: "block {block}: it is not what was sealed",
    Flaw.BLOCK_MISSING: "block {block}: missing, the chain has a gap",
    Flaw.REWRITTEN: (
        "block {block}: not the one that was anchored at {at}; the log was rewritten or an older copy put back"
    ),
    Flaw.BEHIND_ANCHOR: (
        "block {block}: gone, although anchored at {at}; the tail was cut after block {other} or an older copy put back"
    ),
    Flaw.ANCHOR_EDITED: "the anchor of block {block} was not written by this house",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that is wrong."""

    flaw: Flaw
    entry: int | None = None
    block: int | None = None
    other: int | None = None
    at: str | None = None

    def __str__(self) -> str:
        return SENTENCES[self.flaw].format(entry=self.entry, block=self.block, other=self.other, at=self.at)


@dataclass(slots=True)
class Proof:
    """The outcome."""

    entries: int = 0
    blocks: int = 0
    unsealed: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def verify(anchor: Path | None = None) -> Proof:
    """Read everything once, in one snapshot.  anchor: file of anchors.  Raises: OSError, ValueError when it is none."""
    key = audit_key()
    known = read_anchors(anchor, key) if anchor else []
    with own_connection() as connection:
        if connection.dialect.name != "sqlite" and not connection.in_transaction():
            connection.execution_options(isolation_level="REPEATABLE READ")
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        return _Verifier(connection, key, known).prove()


class _Verifier:
    def __init__(self, connection: sa.Connection, key: bytes, anchors: Sequence[Anchor]) -> None:
        self._connection = connection
        self._key = key
        self._anchors: dict[int, list[Anchor]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.number, []).append(anchor)
        self._proof = Proof()
        self._place = place(connection.dialect.name).name
        #: (table, row) -> first entry whose personal values are gone, until an erasure explains it
        self._unexplained: dict[tuple[str, int], int] = {}
        self._moment: tuple[tuple[Any, ...], bytes] | None = None

    def prove(self) -> Proof:
        for anchor in (anchor for same in self._anchors.values() for anchor in same if not anchor.genuine):
            self._found(Flaw.ANCHOR_EDITED, block=anchor.number)
        rows = self._entries()
        row = next(rows, None)
        previous: Any = None
        for block in self._blocks():
            self._check_block(block, previous)
            inside: list[Any] = []
            while row is not None and self._is_before(row, block):
                inside.append(row)
                row = next(rows, None)
            self._check_entries(block, inside)
            previous = block
        self._check_rest(row, rows, previous)
        self._check_anchored_tail(previous)
        self._check_copies()
        for entry_id in self._unexplained.values():
            self._found(Flaw.PERSONAL_DELETED, entry=entry_id)
        return self._proof

    def _found(self, flaw: Flaw, **where: Any) -> None:
        if len(self._proof.findings) < MOST_FINDINGS:
            self._proof.findings.append(Finding(flaw, **where))

    # ------------------------------------------------------------------------------------------------ reading
    def _entries(self) -> Iterator[Any]:
        """Entries in the order of sealing, each with its personal values."""
        order = (entries.c.epoch, entries.c.xid, entries.c.id)
        result = self._connection.execution_options(yield_per=CHUNK).execute(sa.select(entries).order_by(*order))
        for part in result.mappings().partitions():
            uids = [row["uid"] for row in part if row["personal"]]
            kept: dict[str, Any] = {}
            if uids:
                query = sa.select(_personal).where(_personal.c.entry_uid.in_(uids))
                kept = {found.entry_uid: found for found in self._connection.execute(query)}
            for row in part:
                self._proof.entries += 1
                yield {**row, "kept": kept.get(row["uid"])}

    def _blocks(self) -> Iterator[Any]:
        last = 0
        while True:
            query = sa.select(blocks).where(blocks.c.number > last).order_by(blocks.c.number).limit(CHUNK)
            found = self._connection.execute(query).mappings().all()
            for block in found:
                self._proof.blocks += 1
                yield block
            if len(found) < CHUNK:
                return
            last = found[-1]["number"]

    def _is_before(self, row: Mapping[str, Any], block: Mapping[str, Any]) -> bool:
        return (row["epoch"], row[self._place]) < (block["epoch"], block["high"])

    # ------------------------------------------------------------------------------------------------- blocks
    def _check_block(self, block: Mapping[str, Any], previous: Mapping[str, Any] | None) -> None:
        number = block["number"]
        expected = previous["number"] + 1 if previous else 1
        if number != expected:
            self._found(Flaw.BLOCK_MISSING, block=expected)
        digest = canonical.block_hash(block)
        genuine = hmac.compare_digest(canonical.block_mac(self._key, digest), block["mac"]) and digest == block["hash"]
        chained = number != expected or block["previous_hash"] == (previous["hash"] if previous else NO_HASH)
        if not genuine or not chained:
            self._found(Flaw.BLOCK_EDITED, block=number)
        for anchor in self._anchors.pop(number, []):
            if anchor.genuine and anchor.hash != block["hash"]:
                self._found(Flaw.REWRITTEN, block=number, at=anchor.sealed_at)

    def _check_anchored_tail(self, last: Mapping[str, Any] | None) -> None:
        head = last["number"] if last else 0
        for number in sorted(self._anchors):
            gone = [anchor for anchor in self._anchors[number] if anchor.genuine]
            if gone and number > head:
                self._found(Flaw.BEHIND_ANCHOR, block=number, other=head, at=gone[0].sealed_at)
                return

    # ------------------------------------------------------------------------------------------------ entries
    def _check_entries(self, block: Mapping[str, Any], inside: Sequence[Mapping[str, Any]]) -> None:
        members = canonical.unpack(block["members"])
        places = {mac: entry_id for entry_id, mac in members.items()}
        running = canonical.EntriesHash()
        there = set()
        before = len(self._proof.findings)
        for row in inside:
            entry_id, mac = row["id"], bytes(row["mac"])
            there.add(entry_id)
            running.add(entry_id, row["xid"], mac)
            genuine = self._is_genuine(row)
            if entry_id not in members:
                self._found(Flaw.INSERTED, entry=entry_id, block=block["number"])
            elif not genuine:
                self._found(Flaw.EDITED, entry=entry_id)
            elif mac[:8] != members[entry_id]:
                other = places.get(mac[:8])
                self._found(Flaw.SWAPPED if other else Flaw.EDITED, entry=entry_id, other=other)
        for entry_id in members:
            if entry_id not in there:
                self._found(Flaw.DELETED, entry=entry_id, block=block["number"])
        self._proof.findings[before:] = sorted(self._proof.findings[before:], key=lambda found: found.entry or 0)
        if len(self._proof.findings) == before and running.digest() != block["entries_hash"]:
            self._found(Flaw.MOVED, entry=inside[0]["id"] if inside else None, block=block["number"])

    def _is_genuine(self, row: Mapping[str, Any]) -> bool:
        """The entry's own proof; its personal values are looked at on the way."""
        moment = tuple(row[name] for name in canonical.MOMENT)
        if self._moment is None or self._moment[0] != moment:
            self._moment = (moment, canonical.moment_text(row))
        if not hmac.compare_digest(canonical.entry_mac(self._key, self._moment[1], row), bytes(row["mac"])):
            return False
        about = (row["table_name"], row["row_id"])
        if row["action"] == ERASED:
            self._unexplained.pop(about, None)
        if row["personal"]:
            kept = row["kept"]
            if kept is None:
                self._unexplained.setdefault(about, row["id"])
            elif canonical.personal_digest(kept.salt, kept.changes) != row["personal"]:
                self._found(Flaw.PERSONAL_EDITED, entry=row["id"])
        return True

    def _check_rest(self, row: Any, rows: Iterator[Any], last: Mapping[str, Any] | None) -> None:
        """What no block holds yet."""
        while row is not None:
            self._proof.unsealed += 1
            if not self._is_genuine(row):
                self._found(Flaw.EDITED, entry=row["id"])
            row = next(rows, None)

    def _check_copies(self) -> None:
        first, again = sa.func.min(entries.c.id), sa.func.max(entries.c.id)
        twice = sa.select(first, again).group_by(entries.c.uid).having(sa.func.count() > 1)
        for original, copy in self._connection.execute(twice.order_by(again).limit(MOST_FINDINGS)):
            self._found(Flaw.COPIED, entry=copy, other=original)
