"""Create, edit and delete: plain values reach the use case, a refusal keeps the input, nobody's change is lost."""

import html
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.platform.backoffice import toys
from tests.platform.backoffice.toys import DELETE, EDIT, EVERY, LIST, keeper

FORM = {"code": "M9", "name": "Bear", "state": "on_sale", "price": "1,234.5", "is_fragile": "y", "note": " a\r\nb \x00"}


def version_on(page):
    return re.search(r'name="version_seen" value="(\d+)"', page).group(1)


@pytest.fixture
def mine(toy):
    return toy("M1")


@pytest.fixture
def form(mine):
    return {"code": "M1", "name": "Mine 1", "shop_id": mine.shop_id, "state": "draft", "version_seen": mine.version}


def test_values_arrive_typed_and_in_utc(browse, toy, mine):
    actor = keeper(*EVERY, timezone="Asia/Shanghai")
    data = FORM | {"shop_id": mine.shop_id, "made_on": "2026-11-30", "due_at": "2026-12-01T08:30"}
    answer = browse(actor, "/sales/toys/new/", "post", data=data)
    made = toy("M9")
    assert (answer.status_code, answer.location) == (302, f"/sales/toys/{made.id}/")
    assert (made.price, made.state, made.is_fragile) == (Decimal("1234.5"), toys.ToyState.ON_SALE, True)
    assert (made.made_on, made.due_at) == (date(2026, 11, 30), datetime(2026, 12, 1, 0, 30, tzinfo=UTC))
    assert made.note == "a\nb"
    page = browse(actor, f"/sales/toys/{made.id}/edit/").text
    assert 'value="2026-12-01T08:30"' in page
    assert 'value="1234.5"' in page
    assert 'value="Mine"' in page


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("code", "", "Please fill this in."),
        ("name", "x" * 21, "Field cannot be longer than 20 characters."),
        ("shop_id", "", "Please fill this in."),
        ("state", "nonsense", "Invalid Choice"),
        ("price", "abc", "Not a number"),
        ("price", "1.00001", "At most 4 decimals."),
        ("price", "1e30", "too large"),
        ("price", "NaN", "too large"),
        ("price", "Infinity", "too large"),
        ("made_on", "30.11.2026", "Not a date."),
        ("made_on", "0001-01-01", "Not a date."),
        ("due_at", "tomorrow", "Not a date and time."),
        ("due_at", "9999-12-31T23:59", "Not a date and time."),
    ],
)
def test_wrong_input_is_refused_at_its_field_and_kept(browse, toy, mine, name, value, words):
    data = FORM | {"shop_id": mine.shop_id, name: value}
    answer = browse(keeper(*EVERY), "/sales/toys/new/", "post", data=data)
    assert answer.status_code == 422
    assert f'id="f-{name}-error"' in answer.text
    assert f'href="#f-{name}"' in answer.text
    assert words in html.unescape(answer.text)
    if name not in {"shop_id", "state"}:
        assert f'value="{value}"' in answer.text
    assert 'value="Bear"' in answer.text or name == "name"
    assert toy("M9") is None


def test_a_taken_code_is_a_sentence_not_a_failure(browse, toy, mine):
    data = FORM | {"shop_id": mine.shop_id, "code": "M2"}
    answer = browse(keeper(*EVERY), "/sales/toys/new/", "post", data=data)
    assert answer.status_code == 409
    assert "There is already a record with these values." in answer.text
    assert "INSERT" not in answer.text
    assert 'value="Bear"' in answer.text


def test_the_use_cases_words_stand_at_the_field(browse, toy, mine, form):
    answer = browse(keeper(*EVERY), f"/sales/toys/{mine.id}/edit/", "post", data=form | {"name": "forbidden"})
    assert answer.status_code == 422
    assert "Not forbidden, please." in answer.text
    broken = browse(keeper(*EVERY), f"/sales/toys/{mine.id}/edit/", "post", data=form | {"name": "broken"})
    assert broken.status_code == 409
    assert "Toys are never broken." in broken.text
    assert toy("M1").name == "Mine 1"


@pytest.mark.promise("CO3")
def test_nobodys_change_is_lost(browse, toy, mine, form):
    actor, path = keeper(*EVERY), f"/sales/toys/{mine.id}/edit/"
    both = version_on(browse(actor, path).text)
    first = browse(actor, path, "post", data=form | {"name": "First", "version_seen": both})
    second = browse(actor, path, "post", data=form | {"name": "Second", "version_seen": both})
    assert (first.status_code, second.status_code) == (302, 409)
    assert toy("M1").name == "First"
    row = re.search(r'<th scope="row">Name</th><td>(.*?)</td><td>(.*?)</td>', second.text)
    assert row.groups() == ("First", "Second")
    assert 'name="name"' in second.text
    assert 'value="Second"' in second.text
    third = browse(actor, path, "post", data=form | {"name": "Second", "version_seen": version_on(second.text)})
    assert third.status_code == 302
    assert toy("M1").name == "Second"


@pytest.mark.promise("CO3")
@pytest.mark.parametrize("seen", ["", "abc", "0", "999999999999999999999"])
def test_a_form_without_a_version_changes_nothing(browse, toy, mine, form, seen):
    answer = browse(
        keeper(*EVERY), f"/sales/toys/{mine.id}/edit/", "post", data=form | {"name": "x", "version_seen": seen}
    )
    assert answer.status_code == 409
    assert toy("M1").name == "Mine 1"


def test_deleting_asks_first_and_names_the_row(browse, toy, mine):
    actor, path = keeper(*EVERY), f"/sales/toys/{mine.id}/delete/"
    assert "Delete M1?" in browse(actor, path).text
    assert toy("M1") is not None
    assert browse(actor, path, "post").location == "/sales/toys/"
    assert toy("M1") is None


def test_buttons_follow_the_rights(browse, mine):
    path = f"/sales/toys/{mine.id}/"
    plain, full = browse(keeper(LIST), path).text, browse(keeper(*EVERY), path).text
    for address in (f"{path}edit/", f"{path}delete/", "/sales/toys/action/sell/"):
        assert address not in plain
        assert address in full
    assert "/sales/toys/new/" not in browse(keeper(LIST, DELETE), "/sales/toys/").text
    assert "/sales/toys/new/" in browse(keeper(LIST, EDIT), "/sales/toys/").text


@pytest.mark.promise("AU7")
@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_way_back_leads_out_of_the_house(browse, toy, mine, target):
    page = browse(keeper(*EVERY), f"/sales/toys/{mine.id}/?next={target}").text
    assert f'href="{html.escape(target)}"' not in page
    sold = browse(keeper(*EVERY), "/sales/toys/action/sell/", "post", data={"id": mine.id, "next": target})
    assert sold.location == f"/sales/toys/{mine.id}/"
