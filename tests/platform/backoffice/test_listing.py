"""Lists: the same rows page by page in both directions, few statements however many rows, honest counts."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from app.kernel.actor import ActorKind
from app.platform.access import everything
from app.platform.backoffice import listing
from app.platform.db import db, run, session
from tests.platform.backoffice import toys
from tests.platform.backoffice.toys import EVERY, LIST, keeper

START = datetime(2026, 11, 22, 8, tzinfo=UTC)


@pytest.fixture
def many(shop):
    """47 toys in the first shop; every third without a due time, prices in pairs."""

    def stock(_actor):
        shop_id = session.scalars(sa.select(toys.Shop.id).order_by(toys.Shop.id)).first()
        session.add_all(
            toys.Toy(
                code=f"X{n:02d}",
                name=f"Toy {n}",
                shop_id=shop_id,
                price=Decimal(n // 2),
                due_at=None if n % 3 == 0 else START + timedelta(hours=n % 7),
            )
            for n in range(44)
        )

    run(stock, everything("test", ActorKind.SYSTEM, "test"))


def codes(page):
    return re.findall(r'<a class="ho-idlink"[^>]*>(\w+)</a>', page)


def link(page, rel):
    found = re.search(rf'href="([^"]+)" rel="{rel}"', page)
    return found.group(1).replace("&amp;", "&") if found else None


@pytest.mark.parametrize("sort", ["code", "-code", "price", "-price", "due_at", "-due_at", "-id"])
def test_walking_there_and_back_meets_every_row_once(browse, many, sort):
    actor = keeper(LIST)
    there, path = [], f"/sales/toys/?size=20&sort={sort}"
    while path:
        page = browse(actor, path).text
        there.append(codes(page))
        path = link(page, "next")
    assert [len(part) for part in there] == [20, 20, 7]
    assert len({code for part in there for code in part}) == 47
    back, path = [], f"/sales/toys/?size=20&sort={sort}&last=1"
    while path:
        page = browse(actor, path).text
        back.insert(0, codes(page))
        path = link(page, "prev")
    assert [code for part in back for code in part] == [code for part in there for code in part]


def test_the_order_is_the_same_on_both_databases(browse, many):
    page = browse(keeper(LIST), "/sales/toys/?size=50&sort=due_at").text
    empty = [f"X{n:02d}" for n in range(44) if n % 3 == 0]
    assert codes(page)[:3] == ["X07", "X14", "X28"]
    assert [code for code in codes(page) if code in empty] == codes(page)[-3 - len(empty) :][3:]
    down = codes(browse(keeper(LIST), "/sales/toys/?size=50&sort=-due_at").text)
    assert down == codes(page)[::-1]


@pytest.fixture
def statements(shop):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield seen
    event.remove(db.engine, "before_cursor_execute", note)


@pytest.mark.promise("DS1")
@pytest.mark.parametrize("size", [20, 50])
def test_a_list_takes_three_statements_however_many_rows(browse, many, statements, size):
    statements.clear()
    page = browse(keeper(*EVERY), f"/sales/toys/?size={size}").text
    assert len(codes(page)) == min(size, 47)
    selects = [one for one in statements if one.lstrip().startswith("SELECT")]
    assert len(selects) == 3
    assert db.engine.dialect.name == "sqlite" or not any("OFFSET" in one for one in selects)


def test_a_details_page_takes_few_statements(browse, toy, statements):
    mine = toy("M1").id
    statements.clear()
    browse(keeper(*EVERY), f"/sales/toys/{mine}/")
    assert len([one for one in statements if one.lstrip().startswith("SELECT")]) <= 2


@pytest.mark.promise("DS1")
def test_the_count_stops(browse, many, monkeypatch):
    monkeypatch.setattr(listing, "COUNT_LIMIT", 30)
    assert "20 shown of 30+" in browse(keeper(LIST), "/sales/toys/?size=20").text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=M", ["M3", "M2", "M1"]),
        ("q=m2", ["M2"]),
        ("q=%25", []),
        ("q=mine 1", ["M1"]),
        ("f.price.from=20", ["M3", "M2"]),
        ("f.price.from=15&f.price.to=25", ["M2"]),
        ("f.state=gone", []),
        ("f.state=gone&f.state=draft", ["M3", "M2", "M1"]),
        ("f.is_fragile=1", []),
        ("f.is_fragile=0", ["M3", "M2", "M1"]),
        ("f.name=mine 3", ["M3"]),
        ("f.size=dear", []),
    ],
)
def test_search_and_filters_narrow(browse, query, expected):
    assert codes(browse(keeper(LIST), f"/sales/toys/?{query}").text) == expected


def test_a_filter_by_day_means_the_readers_day(browse, toy, shop):
    def put(_actor):
        session.execute(sa.select(toys.Toy).where(toys.Toy.code == "M1")).scalar_one().due_at = datetime(
            2026, 11, 22, 17, tzinfo=UTC
        )

    run(put, everything("test", ActorKind.SYSTEM, "test"))
    path = "/sales/toys/?f.due_at.from=2026-11-23&f.due_at.to=2026-11-23"
    assert codes(browse(keeper(LIST, timezone="Asia/Shanghai"), path).text) == ["M1"]
    assert codes(browse(keeper(LIST, timezone="UTC"), path).text) == []


def test_an_active_filter_is_a_chip_that_can_be_removed(browse):
    page = browse(keeper(LIST), "/sales/toys/?f.state=draft&q=m").text
    assert re.search(r'<span class="ho-chip"><span>State</span><b>Draft</b><a href="/sales/toys/\?q=m"', page)


def test_an_empty_list_says_what_comes_next(browse):
    page = browse(keeper(*EVERY, user_id=77), "/sales/toys/").text
    assert "Nothing here yet" in page
    assert 'class="btn btn-primary" href="/sales/toys/new/"' in page


@pytest.mark.promise("OE1")
def test_a_cell_never_carries_markup_of_its_own(browse, toy, shop):
    def put(_actor):
        session.execute(sa.select(toys.Toy).where(toys.Toy.code == "M1")).scalar_one().name = "<b>x</b>"

    run(put, everything("test", ActorKind.SYSTEM, "test"))
    assert "&lt;b&gt;x&lt;/b&gt;" in browse(keeper(LIST), "/sales/toys/").text
