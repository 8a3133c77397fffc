"""The audit log and the history of a record in the browser: who may read what, typed values, no guarded field."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.kernel.actor import Actor, ActorKind, FieldRight
from app.platform.access import read_as
from app.platform.audit.permissions import Permissions
from app.platform.audit.recorder import note_apart
from app.records.orders.states import OrderState
from app.records.parties.permissions import Permissions as Parties

LIMIT = "parties.credit_limit"


@pytest.fixture
def browse(house: Flask, app: Flask) -> Iterator[Callable[..., Any]]:
    """``browse(actor, path)``: one page as this person sees it."""
    who: dict[str, Actor | None] = {"as": None}

    def identify() -> None:
        read_as(who["as"])

    house.before_request_funcs.setdefault(None, []).append(identify)

    def get(actor: Actor | None, path: str) -> Any:
        who["as"] = actor
        client: FlaskClient = app.test_client()
        return client.get(path)

    yield get
    house.before_request_funcs[None].remove(identify)


def person(*permissions: Any, fields: tuple[str, ...] = (), **values: Any) -> Actor:
    granted = {permission.code: frozenset({"all"}) for permission in permissions}
    rights = {name: FieldRight(read=True) for name in fields}
    return Actor(
        name="Reader", kind=ActorKind.USER, user_id=1, permissions=MappingProxyType(granted),
        field_rights=MappingProxyType(rights), surface="web", **values,
    )  # fmt: skip


def text_of(answer: Any) -> str:
    """The main part without markup."""
    main = re.search(r"<main.*?</main>", answer.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main.group(0) if main else "").split())


@pytest.fixture
def customer(make: Any) -> Any:
    made = make.customer(name="Acme Tools", code="AC-1", credit_limit=Decimal(1000), phone="555-0101", address=False)
    make.change(made, credit_limit=Decimal("54321.5"), name="Acme Tools Ltd")
    make.change(made, credit_limit=Decimal("66666.5"))
    return made


def path_of(row: Any) -> str:
    return f"/history/{row.__tablename__}/{row.id}/"


@pytest.mark.promise("AZ3")
def test_a_history_shows_old_and_new_of_what_the_reader_may_see(browse: Any, customer: Any):
    answer = browse(person(Parties.PARTY_READ), path_of(customer))
    text = text_of(answer)
    assert answer.status_code == 200
    assert "History of Acme Tools Ltd" in text
    assert "Name Acme Tools → Acme Tools Ltd" in text
    assert "Phone 555-0101" in text
    assert "54,321.5" not in answer.text
    assert "54321" not in answer.text
    assert "Credit limit" not in answer.text
    assert text.count("Changed") == 1  # the change of nothing but the limit is not there at all


@pytest.mark.promise("AZ3")
def test_with_the_right_on_the_field_it_is_there(browse: Any, customer: Any):
    text = text_of(browse(person(Parties.PARTY_READ, fields=(LIMIT,)), path_of(customer)))
    assert "Credit limit 1,000 → 54,321.5" in text
    assert "Credit limit 54,321.5 → 66,666.5" in text


@pytest.mark.parametrize("path", ["/history/parties/{}/", "/setup/audit-log/"])
def test_without_the_right_there_is_nothing(browse: Any, customer: Any, path: str):
    answer = browse(person(), path.format(customer.id))
    assert answer.status_code in {403, 404}
    assert "Acme" not in answer.text
    assert browse(None, path.format(customer.id)).status_code == 302


@pytest.mark.parametrize(
    "path", ["/history/nonsense/1/", "/history/parties/abc/", "/history/parties/0/", "/history/audit_entries/1/"]
)
def test_what_is_no_record_is_not_found(browse: Any, path: str):
    assert browse(person(Parties.PARTY_READ, Permissions.ENTRY_READ), path).status_code == 404


def test_rows_of_a_record_stand_in_its_history_in_pages(browse: Any, make: Any):
    order = make.order(OrderState.DRAFT, customer_order_number="PO-7")
    (line,) = make.lines(order)
    for n in range(1, 61):
        make.change(line, description=f"text {n}")
    actor = make.actor("sales_manager", user_id=1)
    answer = browse(actor, path_of(order))
    assert "Order lines" in text_of(answer)
    assert "text 59 → text 60" in text_of(answer)
    assert "text 9 → text 10" not in text_of(answer)
    earlier = re.search(r'href="([^"]+before=\d+)" rel="next"', answer.text)
    assert earlier
    older = text_of(browse(actor, earlier.group(1)))
    assert "text 9 → text 10" in older
    assert "text 59 → text 60" not in older
    own = text_of(browse(actor, path_of(line)))
    assert "text 59 → text 60" in own
    assert "PO-7" not in own


def test_the_state_is_a_word_and_both_languages_speak(browse: Any, make: Any):
    order = make.order(OrderState.DRAFT)
    make.change(order, state=OrderState.QUOTED)
    actor = make.actor("sales_manager", user_id=1)
    assert "State Draft → Quoted" in text_of(browse(actor, path_of(order)))
    chinese = text_of(browse(make.actor("sales_manager", user_id=1, language="zh_Hans_CN"), path_of(order)))
    assert "历史" in chinese
    assert "修改" in chinese


def test_the_log_is_narrowed_by_person_record_action_and_time(browse: Any, make: Any, customer: Any):
    li = make.user("sales", name="Li Wei")
    note_apart("export", person(Permissions.ENTRY_READ).because("for the tax office"), table="parties")
    make.do(lambda actor: None)
    admin = person(Permissions.ENTRY_READ, *(p for p in (Parties.PARTY_READ,)), fields=(LIMIT,))
    log = "/setup/audit-log/"

    def rows(query: str) -> list[str]:
        body = re.search(r"<tbody.*?</tbody>", browse(admin, log + query).text, re.DOTALL)
        found = re.findall(r"<tr.*?</tr>", body.group(0) if body else "", re.DOTALL)
        return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in found]

    assert "Exported" in rows("")[0]
    only = rows(f"?f.record_table=parties&f.record_id.from={customer.id}&f.record_id.to={customer.id}")
    assert len(only) == 3
    assert "Credit limit 54,321.5 → 66,666.5" in only[0]
    assert [("Exported" in row) for row in rows("?f.action=export")] == [True]
    assert "for the tax office" in rows("?f.action=export")[0]
    assert len(rows("?f.person=1")) == 1
    assert rows(f"?f.person={li.id + 1000}") == []
    assert rows("?f.at.to=2001-01-01") == []
    assert len(rows("?f.action=export&f.at.from=2001-01-01")) == 1


@pytest.mark.promise("AL6")
def test_an_entry_says_all_it_knows_and_cannot_be_changed(browse: Any, make: Any, customer: Any):
    admin = person(Permissions.ENTRY_READ, Parties.PARTY_READ)
    first = browse(admin, "/setup/audit-log/").text
    href = re.search(r'class="ho-idlink" href="([^"]+)"', first)
    assert href
    page = browse(admin, href.group(1))
    assert page.status_code == 200
    assert "Changes" in text_of(page) or "Who" in text_of(page)
    for word in ("edit", "delete"):
        assert browse(admin, f"{href.group(1)}{word}/").status_code == 404
    assert browse(admin, "/setup/audit-log/new/").status_code == 404


@pytest.mark.promise("OE1")
def test_hostile_text_stays_text(browse: Any, make: Any):
    made = make.customer(name="<script>alert(1)</script>", code="X-1", address=False)
    answer = browse(person(Parties.PARTY_READ, Permissions.ENTRY_READ), path_of(made))
    assert "<script>alert(1)" not in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert(1)" not in browse(person(Permissions.ENTRY_READ), "/setup/audit-log/").text


def test_a_deleted_record_is_for_readers_of_the_whole_log(browse: Any, make: Any):
    made = make.customer(name="Gone Ltd", code="G-1", address=False)

    def delete(actor: Any) -> None:
        from app.platform.db import session

        session.delete(session.get_one(type(made), made.id))

    make.do(delete)
    assert browse(person(Parties.PARTY_READ), path_of(made)).status_code == 404
    text = text_of(browse(person(Parties.PARTY_READ, Permissions.ENTRY_READ), path_of(made)))
    assert "Deleted" in text
    assert "Gone Ltd" in text


def test_a_record_page_leads_to_its_history(browse: Any, customer: Any):
    page = browse(person(Parties.PARTY_READ), f"/master/customers/{customer.id}/")
    assert f'href="{path_of(customer)}"' in page.text


def test_a_page_of_history_costs_the_same_whatever_it_shows(browse: Any, make: Any):
    order = make.order()
    (line,) = make.lines(order)
    actor = make.actor("sales_manager", user_id=1)
    make.change(line, description="once")
    few = statements(browse, actor, path_of(order))
    for n in range(20):
        make.change(line, description=f"text {n}")
    assert statements(browse, actor, path_of(order)) == few


def statements(browse: Any, actor: Actor, path: str) -> int:
    import sqlalchemy as sa

    seen: list[str] = []

    def listen(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", listen)
    try:
        assert browse(actor, path).status_code == 200
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", listen)
    return len([one for one in seen if one.startswith("SELECT")])
