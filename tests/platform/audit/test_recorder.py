"""Every write path leaves typed entries in the same transaction, and nothing else writes."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from app.kernel import clock
from app.kernel.actor import Actor, ActorKind
from app.platform.access.models import Department, Role, RoleGrant, SignedLink, User
from app.platform.audit import AuditEntry, canonical, note, note_apart
from app.platform.audit.models import AuditPersonal
from app.platform.db import dml, run, session
from app.platform.db import note as tell
from app.platform.db.changes import UnauditedWrite

LI = Actor(
    name="李伟",
    kind=ActorKind.USER,
    user_id=7,
    surface="sales",
    request_id="r-1",
    address="10.0.0.9",
    on_behalf="Chen",
    reason="asked by phone",
)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHIPPING = {"code": "shipping", "name_en": "Shipping", "name_zh": "发货", "mark_en": "S", "mark_zh": "发"}


def log() -> list[AuditEntry]:
    return list(session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))


def changes(entry: AuditEntry) -> dict[str, Any]:
    return json.loads(entry.changes)


def add(actor: Actor, *, obj: Any) -> int:
    session.add(obj)
    session.flush()
    return int(obj.id)


@pytest.mark.promise("AL1")
@pytest.mark.usefixtures("app")
def test_an_insert_says_who_where_why_and_what():
    with clock.freeze(NOON):
        row_id = run(add, LI, obj=Department(**SHIPPING))
    (entry,) = log()
    assert (entry.action, entry.table_name, entry.row_id) == ("insert", "departments", row_id)
    assert (entry.record_table, entry.record_id) == ("departments", row_id)
    assert (entry.actor_name, entry.actor_kind, entry.user_id, entry.on_behalf) == ("李伟", "user", 7, "Chen")
    assert (entry.surface, entry.request_id, entry.address) == ("sales", "r-1", "10.0.0.9")
    assert (entry.reason, entry.at) == ("asked by phone", NOON)
    expected = {**SHIPPING, "position": 100, "is_active": True}
    assert changes(entry) == {name: {"new": value} for name, value in expected.items()}


@pytest.mark.promise("AL1")
@pytest.mark.usefixtures("app")
def test_an_update_holds_old_and_new_of_what_changed_only():
    row_id = run(add, LI, obj=Department(**SHIPPING))

    def rename(actor: Actor) -> None:
        department = session.get_one(Department, row_id)
        department.name_en, department.position, department.code = "Dispatch", 5, "shipping"

    run(rename, LI)
    assert changes(log()[-1]) == {
        "name_en": {"old": "Shipping", "new": "Dispatch"},
        "position": {"old": 100, "new": 5},
    }


@pytest.mark.promise("AL1")
@pytest.mark.usefixtures("app")
def test_a_delete_keeps_the_last_values():
    row_id = run(add, LI, obj=Department(**SHIPPING))
    run(lambda actor: session.delete(session.get_one(Department, row_id)), LI)
    entry = log()[-1]
    assert (entry.action, entry.row_id) == ("delete", row_id)
    assert changes(entry)["name_zh"] == {"old": "发货"}


@pytest.mark.usefixtures("app")
def test_touching_a_row_without_changing_it_says_nothing():
    row_id = run(add, LI, obj=Department(**SHIPPING))

    def touch(actor: Actor) -> None:
        department = session.get_one(Department, row_id)
        department.name_en = str(department.name_en)
        department.updated_at = NOON

    run(touch, LI)
    assert [entry.action for entry in log()] == ["insert"]


@pytest.mark.promise("AL1")
@pytest.mark.usefixtures("app")
def test_core_helpers_write_the_same_entries():
    def add(actor: Actor) -> list[int]:
        codes = ("a", "b", "c")
        return dml.insert_rows(Department, [{**SHIPPING, "code": c, "position": 1, "is_active": True} for c in codes])

    def work(actor: Actor, *, ids: list[int]) -> None:
        dml.update_where(Department, Department.id.in_(ids[:2]), values={"position": 2})
        dml.delete_where(Department, Department.id == ids[2])

    run(work, LI, ids=run(add, LI))
    entries = log()
    assert [entry.action for entry in entries] == ["insert"] * 3 + ["update"] * 2 + ["delete"]
    assert [changes(entry)["position"] for entry in entries] == [{"new": 1}] * 3 + [{"old": 1, "new": 2}] * 2 + [
        {"old": 1}
    ]
    assert entries[0].row_id == entries[3].row_id
    assert entries[2].row_id == entries[5].row_id


@pytest.mark.promise("AL1")
@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    "statement",
    [
        sa.insert(Department).values(
            **SHIPPING, position=1, is_active=True, version=1, created_at=NOON, updated_at=NOON
        ),
        sa.update(Department).values(position=3),
        sa.delete(Department),
    ],
    ids=["insert", "update", "delete"],
)
def test_a_core_write_behind_the_log_raises(statement: Any):
    run(add, LI, obj=Department(**SHIPPING))
    with pytest.raises(UnauditedWrite):
        run(lambda actor: session.execute(statement), LI)
    assert [entry.action for entry in log()] == ["insert"]
    assert session.scalars(sa.select(Department.position)).all() == [100]


@pytest.mark.promise("AL2")
@pytest.mark.usefixtures("app")
def test_no_entry_without_its_change():
    def fail(actor: Actor) -> None:
        add(actor, obj=Department(**SHIPPING))
        raise LookupError

    with pytest.raises(LookupError):
        run(fail, LI)
    assert log() == []


@pytest.mark.usefixtures("app")
def test_rows_of_a_record_stand_in_its_history():
    role_id = run(add, LI, obj=Role(code="clerk", name_en="Clerk", name_zh="文员"))
    run(add, LI, obj=RoleGrant(role_id=role_id, permission="sales.order.list"))
    entry = log()[-1]
    assert entry.table_name == "role_grants"
    assert (entry.record_table, entry.record_id) == ("roles", role_id)


@pytest.mark.promise("AL7", "SD1")
@pytest.mark.usefixtures("app")
def test_secrets_never_reach_the_log():
    run(add, LI, obj=User(login="li", name="Li", password_hash="$argon2id$canary"))
    link = SignedLink(
        token_hash="canary-token", purpose="confirm", table_name="users", row_id=1, created_at=NOON, expires_at=NOON
    )
    run(add, LI, obj=link)
    entries = log()
    assert changes(entries[0])["password_hash"] == {"type": "secret"}
    assert changes(entries[1])["token_hash"] == {"type": "secret"}
    tables = (AuditEntry.__table__, AuditPersonal.__table__)
    everything = [str(tuple(row)) for table in tables for row in session.connection().execute(sa.select(table))]
    assert not [row for row in everything if "canary" in row]


@pytest.mark.promise("AL7")
@pytest.mark.usefixtures("app")
def test_personal_values_are_kept_outside_with_a_digest():
    run(add, LI, obj=User(login="li", name="Li Wei", phone="13800001111"))
    (entry,) = log()
    assert changes(entry)["phone"] == {"type": "personal"}
    assert "13800001111" not in entry.changes
    kept = session.scalars(sa.select(AuditPersonal)).one()
    assert json.loads(kept.changes) == {"name": {"new": "Li Wei"}, "phone": {"new": "13800001111"}}
    assert entry.personal == canonical.personal_digest(kept.salt, kept.changes)


@pytest.mark.usefixtures("app")
def test_values_keep_their_type():
    def work(actor: Actor) -> None:
        note(
            "test.done",
            amount=Decimal("12.3400"),
            at=NOON,
            on=NOON.date(),
            kind=ActorKind.JOB,
            rows=3,
            names=["a", "李"],
        )

    run(work, LI)
    (entry,) = log()
    assert changes(entry) == {
        "amount": {"type": "decimal", "new": "12.3400"},
        "at": {"type": "datetime", "new": "2026-03-01T12:00:00+00:00"},
        "on": {"type": "date", "new": "2026-03-01"},
        "kind": {"type": "enum", "new": "job"},
        "rows": {"new": 3},
        "names": {"new": ["a", "李"]},
    }
    back = {name: canonical.read_back(found.get("type"), found["new"]) for name, found in changes(entry).items()}
    assert (back["amount"], back["at"], back["on"]) == (Decimal("12.34"), NOON, NOON.date())


@pytest.mark.usefixtures("app")
def test_engines_below_tell_what_happened():
    run(lambda actor: tell("sign_in.refused", subject=("users", 4), login="li"), LI)
    (entry,) = log()
    assert (entry.action, entry.table_name, entry.row_id) == ("sign_in.refused", "users", 4)
    assert (entry.record_table, entry.record_id) == ("users", 4)
    assert changes(entry) == {"login": {"new": "li"}}


@pytest.mark.promise("AL1", "AZ13")
@pytest.mark.usefixtures("app")
def test_a_refusal_is_known_although_everything_was_rolled_back():
    def refused(actor: Actor) -> None:
        add(actor, obj=Department(**SHIPPING))
        raise LookupError

    with pytest.raises(LookupError):
        run(refused, LI)
    note_apart("refusal", LI, about=("departments", 3), permission="sales.order.confirm")
    (entry,) = log()
    assert (entry.action, changes(entry)) == ("refusal", {"permission": {"new": "sales.order.confirm"}})


@pytest.mark.usefixtures("app")
def test_a_flush_costs_one_statement():
    seen: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "audit_" in statement and "INSERT" in statement:
            seen.append(statement)

    def work(actor: Actor) -> None:
        session.add_all([Department(**{**SHIPPING, "code": f"d{n}"}) for n in range(12)])

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        run(work, LI)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    assert (len(seen), len(log())) == (1, 12)


@pytest.mark.usefixtures("app")
def test_a_row_flushed_several_times_is_one_entry():
    def open_it(actor: Actor) -> int:
        department = Department(**{**SHIPPING, "position": 1})
        session.add(department)
        for position in (2, 3):
            session.flush()
            department.position = position
        return department.id

    def move_it(actor: Actor, *, department_id: int, positions: tuple[int, ...]) -> None:
        department = session.get_one(Department, department_id)
        for position in positions:
            department.position = position
            session.flush()

    made = run(open_it, LI)
    run(move_it, LI, department_id=made, positions=(4, 5))
    run(move_it, LI, department_id=made, positions=(6, 5))
    entries = log()
    assert [(entry.action, changes(entry)["position"]) for entry in entries] == [
        ("insert", {"new": 3}),
        ("update", {"old": 3, "new": 5}),
    ]


@pytest.mark.usefixtures("app")
def test_what_a_savepoint_took_back_is_not_in_the_log():
    def work(actor: Actor) -> None:
        kept = Department(**{**SHIPPING, "code": "kept"})
        session.add(kept)
        session.flush()
        with contextlib.suppress(LookupError), session.begin_nested():
            kept.position = 77
            session.add(Department(**{**SHIPPING, "code": "gone"}))
            session.flush()
            raise LookupError
        kept.position = 9

    run(work, LI)
    (entry,) = log()
    assert (changes(entry)["code"], changes(entry)["position"]) == ({"new": "kept"}, {"new": 9})


@pytest.mark.usefixtures("app")
def test_the_old_value_of_a_row_read_afresh_is_known():
    made = run(add, LI, obj=Department(**{**SHIPPING, "position": 4}))

    def work(actor: Actor) -> None:
        department = session.get_one(Department, made)
        session.expire(department)
        department.position = 5

    run(work, LI)
    assert changes(log()[-1]) == {"position": {"old": 4, "new": 5}}
