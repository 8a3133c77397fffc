"""Every way in which a table screen can show or change what is not this person's, tried on both databases."""

import json
import re

import pytest

from app.platform.db import session
from tests.platform.backoffice import toys
from tests.platform.backoffice.toys import DELETE, EDIT, EVERY, EXPORT, LIST, SELL, keeper

GARBAGE = [
    "abc",
    "1,2",
    "0",
    "-1",
    "%00",
    "1%00",
    "9223372036854775808",
    "99999999999999999999999999",
    "1.0",
    "²",
    "%F0%9F%8E%B2",
    "' OR 1=1",
]


@pytest.mark.promise("AZ2")
def test_the_list_holds_only_own_rows(browse):
    page = browse(keeper(*EVERY), "/sales/toys/").text
    assert "M1" in page
    assert "T1" not in page
    assert "3 shown of 3" in page


@pytest.mark.promise("AZ2")
def test_a_foreign_row_is_not_there(browse, toy):
    foreign, actor = toy("T1").id, keeper(*EVERY)
    assert browse(actor, f"/sales/toys/{foreign}/").status_code == 404
    assert browse(actor, f"/sales/toys/{foreign}/edit/").status_code == 404
    assert browse(actor, f"/sales/toys/{foreign}/edit/", "post", data={"name": "stolen"}).status_code == 404
    assert browse(actor, f"/sales/toys/{foreign}/delete/").status_code == 404
    assert browse(actor, f"/sales/toys/{foreign}/delete/", "post").status_code == 404
    assert browse(actor, "/sales/toys/action/sell/", "post", data={"id": foreign}).status_code == 404
    assert browse(actor, f"/sales/toys/action/return/?id={foreign}").status_code == 404
    assert (toy("T1").name, toy("T1").state) == ("Theirs 1", toys.ToyState.DRAFT)


@pytest.mark.promise("AZ4")
def test_one_foreign_row_stops_the_whole_click(browse, toy):
    both = [toy("M1").id, toy("T1").id]
    assert browse(keeper(*EVERY), "/sales/toys/action/sell/", "post", data={"id": both}).status_code == 404
    assert toy("M1").state is toys.ToyState.DRAFT


@pytest.mark.promise("IV4")
@pytest.mark.parametrize("raw", GARBAGE)
def test_a_garbage_id_is_nobodys(browse, raw):
    actor = keeper(*EVERY)
    for path in ("", "edit/", "delete/"):
        assert browse(actor, f"/sales/toys/{raw}/{path}").status_code == 404
    assert browse(actor, f"/sales/toys/action/sell/?id={raw}").status_code == 404
    assert browse(actor, "/sales/toys/action/sell/", "post", data={"id": [raw]}).status_code == 404


@pytest.mark.promise("IV4")
@pytest.mark.parametrize(
    "query",
    [
        "after=garbage", "before=garbage", "after=WzEsMl0", "after=eyJhIjogMX0", "sort=secret", "sort=margin", "sort=-name",
        "size=-1", "size=abc", "size=1000000", "last=7", "q=%00", "q=%25", "q=_" * 3, "f.nothing=1", "page=-1",
        "sort=price&after=WyIxZTk5OTk5OTkiLCAxXQ", "sort=price&after=W251bGwsIDFd", "sort=code&after=WyJcdTAwMDAiLCAxXQ",
    ],
)  # fmt: skip
def test_no_address_breaks_the_list(browse, query):
    assert browse(keeper(*EVERY), f"/sales/toys/?{query}").status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "f.state=nonsense", "f.shop_id=abc", "f.price.from=abc", "f.price.to=1e30", "f.price.from=NaN",
        "f.made_on.from=2026-13-01", "f.due_at.to=99999-01-01", "f.is_fragile=maybe", "f.size=huge",
    ],
)  # fmt: skip
def test_an_unreadable_filter_is_named(browse, query):
    answer = browse(keeper(*EVERY), f"/sales/toys/?{query}")
    assert answer.status_code == 422
    assert query.split("=")[0].removesuffix(".from").removesuffix(".to") in answer.text


@pytest.mark.promise("AZ4")
@pytest.mark.parametrize(
    ("path", "method", "needed"),
    [
        ("/sales/toys/", "get", LIST),
        ("/sales/toys/{id}/", "get", LIST),
        ("/sales/toys/new/", "get", EDIT),
        ("/sales/toys/new/", "post", EDIT),
        ("/sales/toys/{id}/edit/", "get", EDIT),
        ("/sales/toys/{id}/edit/", "post", EDIT),
        ("/sales/toys/{id}/delete/", "post", DELETE),
        ("/sales/toys/action/sell/", "post", SELL),
        ("/sales/toys/export/csv/", "get", EXPORT),
    ],
)
def test_each_endpoint_needs_its_own_right(browse, toy, path, method, needed):
    mine = toy("M1").id
    path = path.format(id=mine)
    without = keeper(*(one for one in EVERY if one is not needed))
    answer = browse(without, path, method, data={"id": mine, "name": "x"} if method == "post" else None)
    assert answer.status_code == 403
    assert needed.sentence in answer.text
    visitor = browse(None, path, method, data={"id": mine} if method == "post" else None)
    assert visitor.status_code in ({302, 401} if method == "get" else {401})
    after = toy("M1")
    assert (after.name, after.state) == ("Mine 1", toys.ToyState.DRAFT)


@pytest.mark.promise("AZ6")
def test_the_scaffolds_own_ajax_addresses_do_not_exist(browse, toy):
    actor, mine = keeper(*EVERY), toy("M1").id
    assert browse(actor, "/sales/toys/ajax/lookup/?name=shop&query=").status_code == 404
    assert (
        browse(actor, "/sales/toys/ajax/update/", "post", data={"list_form_pk": mine, "name": "x"}).status_code == 404
    )
    assert browse(actor, "/sales/toys/export/xlsx/").status_code == 404
    assert browse(actor, "/sales/toys/action/delete/", "post", data={"id": mine}).status_code == 404
    assert browse(actor, "/sales/toys/action/__init__/", "post", data={"id": mine}).status_code == 404


@pytest.mark.promise("AZ3")
def test_a_guarded_field_is_nowhere(browse, toy):
    actor, mine = keeper(*EVERY), toy("M1").id
    pages = [
        browse(actor, "/sales/toys/").text,
        browse(actor, f"/sales/toys/{mine}/").text,
        browse(actor, f"/sales/toys/{mine}/edit/").text,
        browse(actor, "/sales/toys/new/").text,
        browse(actor, "/sales/toys/export/csv/").text,
    ]
    assert [page for page in pages if "7.77" in page or "margin" in page.lower()] == []
    assert "7.77" in browse(keeper(*EVERY, margin="r"), "/sales/toys/").text


@pytest.mark.promise("AZ3")
def test_a_guarded_field_is_no_oracle(browse):
    actor = keeper(*EVERY)
    assert "3 shown of 3" in browse(actor, "/sales/toys/?f.margin.from=1000").text
    assert 'aria-sort="descending"' not in re.sub(
        r".*<thead", "<thead", browse(actor, "/sales/toys/?sort=-margin").text
    )
    assert "Nothing matches" in browse(keeper(*EVERY, margin="r"), "/sales/toys/?f.margin.from=1000").text


@pytest.mark.promise("AZ3")
def test_a_guarded_field_cannot_be_written(browse, toy):
    mine = toy("M1")
    form = {"code": "M1", "name": "Mine 1", "shop_id": mine.shop_id, "state": "draft", "version_seen": mine.version}
    answer = browse(keeper(*EVERY, margin="r"), f"/sales/toys/{mine.id}/edit/", "post", data={**form, "margin": "0"})
    assert answer.status_code == 302
    assert str(toy("M1").margin) == "7.7700"
    form["version_seen"] = toy("M1").version
    assert (
        browse(
            keeper(*EVERY, margin="w"), f"/sales/toys/{mine.id}/edit/", "post", data={**form, "margin": "1"}
        ).status_code
        == 302
    )
    assert str(toy("M1").margin) == "1.0000"


@pytest.mark.promise("AZ3")
def test_fields_that_are_not_in_the_form_are_ignored(browse, toy):
    mine = toy("M1")
    form = {"code": "M1", "name": "Mine 1", "shop_id": mine.shop_id, "state": "draft", "version_seen": mine.version}
    answer = browse(
        keeper(*EVERY), f"/sales/toys/{mine.id}/edit/", "post", data={**form, "currency": "USD", "id": 77, "del-1": "1"}
    )
    assert answer.status_code == 302
    assert toy("M1").currency == "CNY"


@pytest.mark.promise("AZ6")
def test_the_picker_offers_and_takes_only_own_rows(browse, toy):
    actor, mine, theirs = keeper(*EVERY), toy("M1"), toy("T1").shop_id
    rows = json.loads(browse(actor, "/lookup/toy_shops?q=").text)["rows"]
    assert rows == []
    assert [row["text"] for row in json.loads(browse(actor, "/lookup/toy_shops?q=m&limit=100000").text)["rows"]] == [
        "Mine"
    ]
    assert json.loads(browse(actor, "/lookup/toy_shops?q=Their").text)["rows"] == []
    form = {"code": "M1", "name": "Mine 1", "state": "draft", "version_seen": mine.version}
    for foreign in (str(theirs), "abc", "99999999999999999999", "1,2"):
        answer = browse(actor, f"/sales/toys/{mine.id}/edit/", "post", data={**form, "shop_id": foreign})
        assert answer.status_code == 422
        assert "Choose one from the list." in answer.text
    assert toy("M1").shop_id == mine.shop_id


@pytest.mark.promise("AZ6")
def test_the_picker_needs_its_right(browse):
    assert browse(keeper(EDIT, DELETE, SELL, EXPORT), "/lookup/toy_shops?q=m").status_code == 403
    assert browse(None, "/lookup/toy_shops?q=m", headers={"Accept": "application/json"}).status_code == 401
    assert browse(keeper(*EVERY), "/lookup/nothing?q=m").status_code == 404


def test_without_script_the_picked_words_are_enough(browse, toy):
    mine = toy("M1")
    form = {"code": "M1", "name": "Mine 1", "state": "draft", "version_seen": mine.version, "shop_id": ""}
    path = f"/sales/toys/{mine.id}/edit/"
    assert browse(keeper(*EVERY), path, "post", data={**form, "shop_id-text": "Theirs"}).status_code == 422
    assert browse(keeper(*EVERY), path, "post", data={**form, "shop_id-text": "mine"}).status_code == 302


@pytest.mark.promise("AZ1")
def test_a_view_without_rights_does_not_start(shop):
    from app.platform.backoffice import BadView, DepartmentView, add_view

    class Open(DepartmentView, model=toys.Toy):
        slug = "open_toys"
        columns = ("code",)

    with pytest.raises(BadView, match="declares no list_permission"):
        add_view(shop, Open)


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"columns": ()}, "declares no columns"),
        ({"columns": ("code", "nothing")}, "no mapped attribute"),
        ({"columns": ("code", "shop")}, "column at the end"),
        ({"sortable": ("name",)}, "has no index"),
        ({"filters": ("shop",)}, "no column"),
        ({"edit_permission": EDIT}, "both a permission and a use case"),
        ({"slug": "Bad Slug"}, "needs a slug"),
        ({"default_size": 33}, "default_size"),
    ],
)
def test_a_view_that_cannot_work_does_not_start(shop, declared, words):
    from app.platform.backoffice import DepartmentView, add_view

    members = {"slug": "bad_toys", "columns": ("code",), "list_permission": LIST, **declared}
    made = type(DepartmentView)("Bad", (DepartmentView,), members, model=toys.Toy)
    with pytest.raises(TypeError, match=words):
        add_view(shop, made)


@pytest.mark.promise("AZ1")
def test_an_address_without_a_policy_does_not_start(shop_house):
    from app.platform.backoffice.pages import Undeclared, seal

    rule = shop_house.url_map._rules[0]
    known = shop_house.extensions["handoff_policies"].pop(rule.endpoint)
    try:
        with pytest.raises(Undeclared, match=re.escape(str(rule))):
            seal(shop_house)
    finally:
        shop_house.extensions["handoff_policies"][rule.endpoint] = known
    assert session is not None
