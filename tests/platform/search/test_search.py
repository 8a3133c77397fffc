"""Both databases find the same rows, through an index, for whoever may see them."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

from app.kernel.actor import Actor, ActorKind
from app.platform.access import reader
from app.platform.access.models import Department, Role, RoleGrant
from app.platform.access.permissions import Permission, registry
from app.platform.db import Base, dml, run, session
from app.platform.search import NotSearchable, find_anything, rebuild, search, searchable
from app.platform.search import registry as kinds
from app.platform.search.feeding import _entries
from app.platform.search.models import SearchEntry

CLERK = Actor(name="clerk", kind=ActorKind.USER, user_id=1)
NAMES = {
    "so-1001": ("SO-1001", "华东电子有限公司"),
    "so-1002": ("SO-1002", "华南电力有限公司"),
    "so-2001": ("SO-2001", "Café Müller GmbH"),
    "x99": ("AB12CD 3.5mm", "ＡＣＭＥ (full width)"),
}


@pytest.fixture(autouse=True)
def _only_these(monkeypatch: pytest.MonkeyPatch):
    """Departments and grants stand for any record; what the house registers is out of the way."""
    monkeypatch.setattr(kinds, "_registered", {})
    monkeypatch.setattr(kinds, "_followers", {})
    before = {model: model.__dict__.get("search_criterion") for model in (Department, Role, RoleGrant)}
    searchable(Department, "code", "name_en", "name_zh", label=("name_en", "name_zh"))
    searchable(Role, "code", "name_en", label="name_en", weight=10)
    searchable(RoleGrant, "permission", label="permission", through=[("role_id", Role, ["name_en"])], weight=200)
    yield
    for model, old in before.items():
        if old is None:
            del model.search_criterion
        else:
            model.search_criterion = old


def add(actor: Actor, *, objects: list[Any]) -> list[int]:
    session.add_all(objects)
    session.flush()
    return [obj.id for obj in objects]


@pytest.fixture
def departments(app: Any) -> dict[str, int]:
    made = [Department(code=code, name_en=en, name_zh=zh, mark_en="x", mark_zh="x") for code, (en, zh) in NAMES.items()]
    return dict(zip(NAMES, run(add, CLERK, objects=made), strict=True))


def found(text: str, model: type[Base] = Department) -> list[str]:
    return list(session.scalars(sa.select(model.code).where(search(model, text)).order_by(model.code)))


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("SO-1001", ["so-1001"]),
        ("so1001", []),
        ("1001", ["so-1001"]),
        ("10", ["so-1001", "so-1002"]),
        ("so", ["so-1001", "so-1002", "so-2001"]),
        ("s", []),
        ("so 20", ["so-2001"]),
        ("电子", ["so-1001"]),
        ("华", ["so-1001", "so-1002"]),
        ("华东电子", ["so-1001"]),
        ("有限公司", ["so-1001", "so-1002"]),
        ("司", ["so-1001", "so-1002"]),
        ("华东 1001", ["so-1001"]),
        ("华东 1002", []),
        ("cafe", ["so-2001"]),
        ("CAFÉ", ["so-2001"]),
        ("muller", ["so-2001"]),
        ("mull", ["so-2001"]),
        ("acme", ["x99"]),
        ("12", ["x99"]),
        ("3.5mm", ["x99"]),
        ("ab12", ["x99"]),
        ("", []),
        ("  %_* ", []),
        ("'; drop", []),
        ('so" OR "x99', []),
        ("so* AND NOT", []),
        ("\\", []),
    ],
)
def test_both_databases_find_the_same(departments: dict[str, int], text: str, codes: list[str]):
    assert found(text) == codes


def test_words_follow_every_way_of_writing(departments: dict[str, int]):
    def rename(actor: Actor) -> None:
        session.get_one(Department, departments["so-1001"]).name_en = "Harbour"
        dml.update_where(Department, Department.id == departments["so-1002"], values={"name_en": "Airport"})
        dml.delete_where(Department, Department.id == departments["so-2001"])
        session.delete(session.get_one(Department, departments["x99"]))
        row = {"name_en": "Depot", "name_zh": "仓", "mark_en": "x", "mark_zh": "x", "position": 1, "is_active": True}
        dml.insert_rows(Department, [{**row, "code": "depot"}])

    run(rename, CLERK)
    words = ("harbour", "airport", "muller", "acme", "depot", "SO-1001")
    assert [found(word) for word in words] == [["so-1001"], ["so-1002"], [], [], ["depot"], ["so-1001"]]
    assert session.connection().scalar(sa.select(sa.func.count()).select_from(_entries)) == 3


def test_what_is_rolled_back_is_not_found(departments: dict[str, int]):
    def fail(actor: Actor) -> None:
        session.get_one(Department, departments["so-1001"]).name_en = "Harbour"
        session.flush()
        raise LookupError

    with pytest.raises(LookupError):
        run(fail, CLERK)
    assert found("harbour") == []
    assert found("1001") == ["so-1001"]


def test_a_record_is_found_by_the_name_of_another_one_it_refers_to(app: Any):
    (role_id,) = run(add, CLERK, objects=[Role(code="clerk", name_en="Clerk", name_zh="文员")])
    (grant_id,) = run(add, CLERK, objects=[RoleGrant(role_id=role_id, permission="sales.order.list")])
    grants = sa.select(RoleGrant.id).where(search(RoleGrant, "clerk order"))
    assert session.scalars(grants).all() == [grant_id]

    def rename(actor: Actor) -> None:
        session.get_one(Role, role_id).name_en = "Desk"

    run(rename, CLERK)
    assert session.scalars(grants).all() == []
    assert session.scalars(sa.select(RoleGrant.id).where(search(RoleGrant, "desk order"))).all() == [grant_id]


def test_the_list_screen_asks_the_model(departments: dict[str, int]):
    query = sa.select(Department.code).where(Department.search_criterion("2001"))
    assert session.scalars(query).all() == ["so-2001"]


def test_a_model_nobody_declared_is_refused(app: Any):
    with pytest.raises(NotSearchable):
        search(SearchEntry, "x")


@pytest.fixture
def seer(monkeypatch: pytest.MonkeyPatch) -> Actor:
    """Sees all departments (as everybody does) and roles of no one."""
    monkeypatch.setitem(registry._items, "test.role", Permission("test.role", "See roles", (Role,)))
    return Actor(name="seer", kind=ActorKind.USER, permissions=MappingProxyType({"test.role": frozenset({"all"})}))


@pytest.mark.promise("AZ10")
def test_anything_is_found_by_kind_newest_first_and_only_what_may_be_seen(departments: dict[str, int], seer: Actor):
    (role_id,) = run(add, CLERK, objects=[Role(code="so-role", name_en="SO keeper", name_zh="x")])
    run(add, CLERK, objects=[RoleGrant(role_id=role_id, permission="so.secret")])
    everybody = Actor(name="nobody", kind=ActorKind.USER)
    assert [(hit.table_name, hit.label) for hit in find_anything(seer, "so")] == [
        ("roles", "SO keeper"),
        ("departments", "SO-2001 · Café Müller GmbH"),
        ("departments", "SO-1002 · 华南电力有限公司"),
        ("departments", "SO-1001 · 华东电子有限公司"),
    ]
    assert [hit.table_name for hit in find_anything(everybody, "so")] == ["departments"] * 3
    assert [hit.row_id for hit in find_anything(seer, "so", limit=2)] == [role_id, departments["so-2001"]]
    assert find_anything(seer, " - ") == []
    assert reader() is None


def test_rebuilding_ends_where_following_does(departments: dict[str, int]):
    connection = session.connection()
    kept = connection.execute(sa.select(_entries.c.row_id, _entries.c.tokens).order_by(_entries.c.row_id)).all()
    connection.execute(sa.update(SearchEntry).values(tokens=["nonsense"]))
    assert found("1001") == []
    assert dict(rebuild(connection)) == {"roles": 0, "departments": 4, "role_grants": 0}
    again = connection.execute(sa.select(_entries.c.row_id, _entries.c.tokens).order_by(_entries.c.row_id)).all()
    assert again == kept
    assert found("1001") == ["so-1001"]


@pytest.mark.promise("DS3")
@pytest.mark.postgresql
@pytest.mark.parametrize("text", ["1001", "so 20", "华东电子", "华"])
def test_postgresql_reads_the_words_through_gin(departments: dict[str, int], text: str):
    plan = plan_of(sa.select(Department.id).where(search(Department, text)), "EXPLAIN")
    assert "ix_search_entries_tokens" in plan


@pytest.mark.promise("DS3")
@pytest.mark.sqlite
@pytest.mark.parametrize("text", ["1001", "so 20", "华东电子", "华"])
def test_sqlite_reads_the_words_through_fts(departments: dict[str, int], text: str):
    plan = plan_of(sa.select(Department.id).where(search(Department, text)), "EXPLAIN QUERY PLAN")
    assert "SCAN search_fts VIRTUAL TABLE INDEX" in plan
    assert "SCAN departments" not in plan
    assert "SCAN search_entries" not in plan


def plan_of(query: sa.Select[Any], explain: str) -> str:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        # on four rows the planner would rather read the other index
        connection.exec_driver_sql("ALTER TABLE search_entries DROP CONSTRAINT uq_search_entries_table_name_row_id")
    compiled = query.compile(connection, compile_kwargs={"literal_binds": True})
    return "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(f"{explain} {compiled}"))
