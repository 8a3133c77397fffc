"""Each attack on the log is found and named, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.platform.access.models import User
from app.platform.audit import Finding, Flaw, canonical, erase_personal, verify
from app.platform.audit.keys import audit_key
from app.platform.audit.models import AuditPersonal
from app.platform.audit.sealing import NO_HASH
from app.platform.db import db, run, session, sqlite
from tests.platform.audit.tampering import CLERK, TABLES, as_owner, put_back, rows_of, seal, write_notes

pytestmark = [pytest.mark.usefixtures("live_app"), pytest.mark.slow]
E, B, P = (table.c for table in TABLES)
ENTRIES, BLOCKS, PERSONAL = TABLES


@pytest.fixture
def log(live_app: Any) -> list[int]:
    """Six entries in three transactions and three blocks."""
    ids = []
    for pair in (("a", "b"), ("c", "d"), ("e", "f")):
        ids += write_notes(*pair)
        seal()
    assert verify().findings == []
    return ids


def first() -> Finding:
    return verify().findings[0]


def test_an_untouched_log_is_good(log: list[int]):
    write_notes("g")
    proof = verify()
    assert (proof.findings, proof.entries, proof.blocks, proof.unsealed) == ([], 7, 3, 1)


EDITS = {
    "uid": "0",
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "actor_name": "somebody else",
    "actor_kind": "job",
    "user_id": 99,
    "on_behalf": "x",
    "surface": "x",
    "request_id": "x",
    "address": "x",
    "reason": "x",
    "action": "x",
    "table_name": "x",
    "row_id": 99,
    "record_table": "x",
    "record_id": 99,
    "changes": '{"text":{"new":"x"}}',
    "personal": "0" * 64,
    "mac": b"0" * 32,
}


@pytest.mark.promise("AL3")
def test_an_edit_of_any_column_is_named(log: list[int]):
    """The id, the epoch and the transaction number decide where an entry stands; they have tests of their own."""
    assert {*EDITS, "id", "epoch", "xid"} == {column.name for column in ENTRIES.c}
    for column, value in EDITS.items():
        with as_owner() as owner:
            old = owner.scalar(sa.select(E[column]).where(E.id == log[2]))
            owner.execute(sa.update(ENTRIES).where(E.id == log[2]).values({column: value}))
        assert (column, first()) == (column, Finding(Flaw.EDITED, entry=log[2]))
        with as_owner() as owner:
            owner.execute(sa.update(ENTRIES).where(E.id == log[2]).values({column: old}))
    assert verify().findings == []


def test_a_changed_id_is_a_deleted_and_an_inserted_entry(log: list[int]):
    with as_owner() as owner:
        owner.exec_driver_sql(f"UPDATE audit_entries SET id = 1000 WHERE id = {log[5]}")
    flaws = [(found.flaw, found.entry) for found in verify().findings]
    assert flaws[0] == (Flaw.DELETED, log[5]) or flaws == [(Flaw.DELETED, log[5])]


def test_an_entry_in_another_transaction_is_named(log: list[int]):
    """The epoch and the transaction number decide into which block an entry falls."""
    with as_owner() as owner:
        owner.exec_driver_sql(f"UPDATE audit_entries SET epoch = 7 WHERE id = {log[2]}")
    assert first() == Finding(Flaw.DELETED, entry=log[2], block=2)


@pytest.mark.postgresql
def test_an_entry_moved_between_transactions_is_named(log: list[int]):
    with as_owner() as owner:
        owner.exec_driver_sql(
            f"UPDATE audit_entries SET xid = (SELECT xid FROM audit_entries WHERE id = {log[0]}) WHERE id = {log[3]}"
        )
    assert first() == Finding(Flaw.INSERTED, entry=log[3], block=1)
    assert Finding(Flaw.DELETED, entry=log[3], block=2) in verify().findings


@pytest.mark.promise("AL3")
@pytest.mark.parametrize("position", [0, 2, 5])
def test_a_deleted_entry_is_named(log: list[int], position: int):
    with as_owner() as owner:
        owner.execute(sa.delete(ENTRIES).where(E.id == log[position]))
    assert verify().findings == [Finding(Flaw.DELETED, entry=log[position], block=position // 2 + 1)]


@pytest.mark.promise("AL3")
def test_an_entry_put_into_a_sealed_block_is_named(log: list[int]):
    with as_owner() as owner:
        row = dict(owner.execute(sa.select(ENTRIES).where(E.id == log[2])).mappings().one())
        owner.execute(sa.delete(ENTRIES).where(E.id == log[3]))
        forged = {**row, "id": log[3], "uid": "forged", "changes": '{"text":{"new":"forged"}}'}
        owner.execute(sa.insert(ENTRIES), forged)
    assert first() == Finding(Flaw.EDITED, entry=log[3])


@pytest.mark.postgresql
def test_a_forged_extra_entry_in_a_sealed_block_is_named(log: list[int]):
    with as_owner() as owner:
        row = dict(owner.execute(sa.select(ENTRIES).where(E.id == log[2])).mappings().one())
        owner.execute(sa.insert(ENTRIES), {**row, "id": 1000, "uid": "forged"})
    assert first() == Finding(Flaw.INSERTED, entry=1000, block=2)


def test_a_forged_entry_at_the_end_is_named(log: list[int]):
    with as_owner() as owner:
        row = dict(owner.execute(sa.select(ENTRIES).where(E.id == log[5])).mappings().one())
        owner.execute(sa.insert(ENTRIES), {**row, "id": 1000, "uid": "forged", "xid": row["xid"] + 1_000_000})
    assert first() == Finding(Flaw.EDITED, entry=1000)


def test_a_copied_entry_is_named_also_when_it_was_sealed(log: list[int], databases: Any):
    with as_owner() as owner:
        row = dict(owner.execute(sa.select(ENTRIES).where(E.id == log[1])).mappings().one())
        del row["xid"]
        xid = sa.func.pg_current_xact_id() if databases.kind == "postgresql" else 0
        owner.execute(sa.insert(ENTRIES).values({**row, "id": 1000, "xid": xid}))
    assert first() == Finding(Flaw.COPIED, entry=1000, other=log[1])
    seal()
    assert verify().findings == [Finding(Flaw.COPIED, entry=1000, other=log[1])]


@pytest.mark.promise("AL3")
def test_two_swapped_entries_are_named(log: list[int]):
    names = [c.name for c in ENTRIES.c if c.name not in {"id", "xid"}]
    with as_owner() as owner:
        one, two = (dict(owner.execute(sa.select(ENTRIES).where(E.id == i)).mappings().one()) for i in (log[2], log[3]))
        for row, other in ((one, two), (two, one)):
            owner.execute(sa.update(ENTRIES).where(E.id == row["id"]).values({n: other[n] for n in names}))
    assert verify().findings == [
        Finding(Flaw.SWAPPED, entry=log[2], other=log[3]),
        Finding(Flaw.SWAPPED, entry=log[3], other=log[2]),
    ]


@pytest.mark.promise("AL3")
def test_an_edit_of_any_column_of_a_block_is_named(log: list[int]):
    for column in [c.name for c in BLOCKS.c if c.name != "number"]:
        with as_owner() as owner:
            old = owner.execute(sa.select(BLOCKS).where(B.number == 2)).mappings().one()[column]
            new = old + 1 if isinstance(old, int) else bytes(len(old)) if isinstance(old, bytes) else datetime.now(UTC)
            owner.execute(sa.update(BLOCKS).where(B.number == 2).values({column: new}))
        assert (column, first()) == (column, Finding(Flaw.BLOCK_EDITED, block=2))
        with as_owner() as owner:
            owner.execute(sa.update(BLOCKS).where(B.number == 2).values({column: old}))
    assert verify().findings == []


@pytest.mark.promise("AL3")
def test_a_missing_block_is_named(log: list[int]):
    with as_owner() as owner:
        owner.execute(sa.delete(BLOCKS).where(B.number == 2))
        owner.execute(sa.delete(ENTRIES).where(E.id.in_(log[2:4])))
    assert first() == Finding(Flaw.BLOCK_MISSING, block=2)


@pytest.mark.promise("AL4")
def test_entries_deleted_with_their_tail_seal_need_the_anchor(log: list[int], tmp_path: Path):
    anchor = tmp_path / "anchor"
    write_notes("g")
    seal(anchor)
    with as_owner() as owner:
        owner.execute(sa.delete(BLOCKS).where(B.number > 2))
        owner.execute(sa.delete(ENTRIES).where(E.id > log[3]))
    assert verify().findings == []
    (found,) = verify(anchor).findings
    assert (found.flaw, found.block, found.other) == (Flaw.BEHIND_ANCHOR, 4, 2)


@pytest.mark.promise("AL4")
def test_a_tail_cut_without_its_seal_is_named(log: list[int]):
    with as_owner() as owner:
        owner.execute(sa.delete(ENTRIES).where(E.id > log[3]))
    assert first() == Finding(Flaw.DELETED, entry=log[4], block=3)


def reseal(keys: tuple[bytes, bytes], from_id: int) -> None:
    """Rewrite history from an entry on: another text, all proofs made anew with the keys given."""
    entry_key, block_key = keys
    with as_owner() as owner:
        for row in owner.execute(sa.select(ENTRIES).where(E.id >= from_id)).mappings().all():
            values = {**row, "changes": '{"text":{"new":"rewritten"}}'}
            mac = canonical.entry_mac(entry_key, canonical.moment_text(values), values)
            owner.execute(sa.update(ENTRIES).where(E.id == row["id"]).values(changes=values["changes"], mac=mac))
        previous = NO_HASH
        for block in owner.execute(sa.select(BLOCKS).order_by(B.number)).mappings().all():
            ids = list(canonical.unpack(block["members"]))
            inside = owner.execute(sa.select(E.id, E.xid, E.mac).where(E.id.in_(ids)).order_by(E.xid, E.id)).all()
            running = canonical.EntriesHash()
            for row in inside:
                running.add(row.id, row.xid, row.mac)
            members = canonical.pack((row.id, row.mac) for row in inside)
            made = {**block, "members": members, "entries_hash": running.digest(), "previous_hash": previous}
            made["hash"] = previous = canonical.block_hash(made)
            made["mac"] = canonical.block_mac(block_key, made["hash"])
            owner.execute(sa.update(BLOCKS).where(B.number == block["number"]).values(made))


@pytest.mark.promise("AL4")
def test_a_rewrite_without_the_key_names_its_first_entry(log: list[int]):
    reseal((b"guess", b"guess"), log[2])
    findings = verify().findings
    assert Finding(Flaw.EDITED, entry=log[2]) == next(found for found in findings if found.entry)
    assert findings[0] == Finding(Flaw.BLOCK_EDITED, block=1)


@pytest.mark.promise("AL4")
def test_a_rewrite_with_the_key_needs_the_anchor(log: list[int], tmp_path: Path):
    anchor = tmp_path / "anchor"
    write_notes("g")
    seal(anchor)
    reseal((audit_key(), audit_key()), log[2])
    assert verify().findings == []
    found = verify(anchor).findings[0]
    assert (found.flaw, found.block) == (Flaw.REWRITTEN, 4)


@pytest.mark.promise("AL4")
def test_an_old_backup_put_back_is_found_with_the_anchor(log: list[int], tmp_path: Path):
    anchor = tmp_path / "anchor"
    backup = {table: rows_of(table) for table in TABLES}
    write_notes("g")
    seal(anchor)
    put_back(backup)
    assert verify().findings == []
    assert verify(anchor).findings[0].flaw == Flaw.BEHIND_ANCHOR
    write_notes("other")
    seal()
    found = verify(anchor).findings[0]
    assert (found.flaw, found.block) == (Flaw.REWRITTEN, 4)


def test_a_forged_anchor_is_named(log: list[int], tmp_path: Path):
    anchor = tmp_path / "anchor"
    write_notes("g")
    seal(anchor)
    anchor.write_text(anchor.read_text().replace('"number":4', '"number":3'))
    assert verify(anchor).findings == [Finding(Flaw.ANCHOR_EDITED, block=3)]


def test_an_entry_no_block_holds_yet_is_proved_too(log: list[int]):
    (entry,) = write_notes("g")
    with as_owner() as owner:
        owner.execute(sa.update(ENTRIES).where(E.id == entry).values(actor_name="x"))
    assert verify().findings == [Finding(Flaw.EDITED, entry=entry)]


@pytest.fixture
def person(live_app: Any) -> tuple[int, int]:
    """A person whose phone the log holds: (entry, user)."""

    def add(actor: Any) -> int:
        user = User(login="li", name="Li Wei", phone="13800001111")
        session.add(user)
        session.flush()
        return int(user.id)

    user_id = run(add, CLERK)
    seal()
    (row,) = rows_of(ENTRIES)
    return row["id"], user_id


def test_edited_personal_values_are_named(person: tuple[int, int]):
    with as_owner() as owner:
        owner.execute(sa.update(PERSONAL).values(changes='{"phone":{"new":"x"}}'))
    assert verify().findings == [Finding(Flaw.PERSONAL_EDITED, entry=person[0])]


@pytest.mark.promise("AL7")
def test_personal_values_gone_without_an_erasure_are_named(person: tuple[int, int]):
    with as_owner() as owner:
        owner.execute(sa.delete(PERSONAL))
    assert verify().findings == [Finding(Flaw.PERSONAL_DELETED, entry=person[0])]


@pytest.mark.promise("AL7")
def test_erased_personal_values_leave_a_good_proof(person: tuple[int, int]):
    user_id = person[1]
    run(lambda actor: erase_personal("users", user_id, reason="asked to be forgotten"), CLERK)
    seal()
    assert rows_of(AuditPersonal.__table__) == []
    assert verify().findings == []
    last = rows_of(ENTRIES)[-1]
    assert (last["action"], last["row_id"], last["reason"]) == (
        "audit.personal.erased", user_id, "asked to be forgotten",
    )  # fmt: skip


def refused(databases: Any) -> list[str]:
    statements = [f"UPDATE {t} SET {c} = {c}" for t, c in KEYS.items()] + [f"DELETE FROM {t}" for t in KEYS]
    if databases.kind == "sqlite":
        return [
            s
            for s in (*statements, *(f"INSERT OR REPLACE INTO {t} SELECT * FROM {t}" for t in KEYS))
            if EPOCHS not in s
        ]
    return statements + [f"TRUNCATE {t}" for t in (*KEYS, "audit_personal")]


EPOCHS = "audit_epochs"  # empty on SQLite, which counts no transactions
KEYS = {"audit_entries": "id", "audit_blocks": "number", EPOCHS: "number"}


@pytest.mark.promise("AL6")
def test_the_database_itself_refuses(log: list[int], databases: Any):
    before = rows_of(ENTRIES)
    for statement in refused(databases):
        with (
            db.engine.connect().execution_options(**{sqlite.WRITE: True}) as connection,
            pytest.raises(DBAPIError, match="only added"),
        ):
            connection.exec_driver_sql(statement)
    assert rows_of(ENTRIES) == before
    assert verify().findings == []
