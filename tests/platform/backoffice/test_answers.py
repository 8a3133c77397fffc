"""Every answer: status, words, headers, one origin, a token on each write, two languages."""

import logging
import re

import pytest

from app.kernel.actor import ActorKind
from app.platform.access import everything
from app.platform.access.models import Role, RoleGrant
from app.platform.backoffice import i18n, pages
from app.platform.db import run, session
from tests.platform.backoffice.toys import EVERY, EXPORT, LIST, ToyDesk, keeper

ZH = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"}


def token_on(page):
    return re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)


@pytest.mark.promise("OE2", "SE5")
def test_the_headers_are_strict(browse):
    headers = browse(keeper(LIST), "/sales/toys/").headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "'unsafe-inline'" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == "no-store"
    assert (headers["X-Content-Type-Options"], headers["Referrer-Policy"]) == ("nosniff", "same-origin")


@pytest.mark.promise("OE2")
def test_each_page_has_its_own_nonce_on_every_script(browse):
    first, second = (browse(keeper(LIST), "/sales/toys/") for _ in range(2))
    nonces = [re.search(r"'nonce-([^']+)'", one.headers["Content-Security-Policy"]).group(1) for one in (first, second)]
    assert nonces[0] != nonces[1]
    scripts = re.findall(r"<script[^>]*>", first.text)
    assert len(scripts) == 2
    assert all(f'nonce="{nonces[0]}"' in script for script in scripts)


@pytest.mark.promise("OE2")
def test_no_page_has_inline_styles_or_handlers(browse, toy):
    mine = toy("M1").id
    for path in ("", f"{mine}/", f"{mine}/edit/", f"{mine}/delete/", "new/", f"action/return/?id={mine}"):
        page = browse(keeper(*EVERY), f"/sales/toys/{path}").text
        assert re.findall(r"<[^>]+\s(?:style|on\w+)=", page) == []
        assert "<style" not in page


@pytest.mark.promise("SE6")
def test_a_write_needs_the_token(browse, toy, shop):
    mine, actor, client = toy("M1").id, keeper(*EVERY), shop.test_client()
    data = {"id": mine}
    assert browse(actor, "/sales/toys/action/sell/", "post", data=data, csrf=True, client=client).status_code == 400
    page = browse(actor, f"/sales/toys/{mine}/", csrf=True, client=client).text
    data["csrf_token"] = token_on(page)
    assert browse(actor, "/sales/toys/action/sell/", "post", data=data, csrf=True, client=client).status_code == 302
    assert shop.config["WTF_CSRF_TIME_LIMIT"] is None


@pytest.mark.promise("SE6")
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 302),
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({}, 302),
    ],
)
def test_a_write_from_another_site_is_refused(browse, toy, headers, status):
    data = {"id": toy("M1").id}
    assert browse(keeper(*EVERY), "/sales/toys/action/sell/", "post", data=data, headers=headers).status_code == status


def test_a_refusal_says_what_is_missing_who_may_and_carries_an_id(browse, shop):
    def grant(_actor):
        role = Role(code="toys", name_en="Toy keepers", name_zh="玩具")
        session.add(role)
        session.flush()
        session.add(RoleGrant(role_id=role.id, permission=EXPORT.code))

    run(grant, everything("test", ActorKind.SYSTEM, "test"))
    answer = browse(keeper(LIST), "/sales/toys/export/csv/")
    assert answer.status_code == 403
    assert "You may not do this" in answer.text
    assert "Needed: “Export toys”." in answer.text
    assert "Roles that may: Toy keepers." in answer.text
    assert f"Id {answer.headers['X-Request-Id']}" in answer.text


def test_programs_get_json(browse):
    accept = {"Accept": "application/json"}
    refused = browse(keeper(LIST), "/sales/toys/export/csv/", headers=accept)
    assert (refused.status_code, refused.json["error"]["code"]) == (403, "not_permitted")
    assert refused.json["error"]["id"] == refused.headers["X-Request-Id"]
    assert browse(None, "/sales/toys/", headers=accept).json["error"]["code"] == "not_authenticated"
    assert browse(keeper(LIST), "/sales/toys/?f.state=x", headers=accept).json["error"]["fields"] == {
        "f.state": "This filter cannot be read: x"
    }


def test_htmx_gets_a_part(browse):
    part = browse(keeper(LIST), "/sales/toys/99/", headers={"HX-Request": "true"})
    assert (part.status_code, "<html" in part.text) == (404, False)


def test_a_wrong_method_and_an_unknown_address_are_pages(browse):
    wrong = browse(keeper(LIST), "/sales/toys/", "post")
    assert (wrong.status_code, "GET" in wrong.headers["Allow"]) == (405, True)
    assert browse(keeper(LIST), "/nowhere").status_code == 404
    assert "ho-sidebar" in browse(keeper(LIST), "/nowhere").text
    assert "ho-sidebar" not in browse(None, "/nowhere").text


@pytest.mark.promise("LG2")
def test_a_failure_shows_an_id_and_no_cause(browse, shop, monkeypatch, caplog):
    def fail(*_rest):
        raise TypeError("secret: unexpected keyword argument")

    monkeypatch.setattr(ToyDesk, "criteria", fail)
    monkeypatch.setitem(shop.config, "PROPAGATE_EXCEPTIONS", False)
    with caplog.at_level(logging.CRITICAL):
        answer = browse(keeper(LIST), "/sales/toys/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert f"Id {answer.headers['X-Request-Id']}" in answer.text


def test_a_type_error_inside_a_screen_stays_itself(browse, monkeypatch):
    def fail(*_rest):
        raise TypeError("the real cause")

    monkeypatch.setattr(ToyDesk, "criteria", fail)
    with pytest.raises(TypeError, match="the real cause"):
        browse(keeper(LIST), "/sales/toys/")


@pytest.mark.promise("DS2")
def test_too_large_is_told(browse, shop, monkeypatch):
    monkeypatch.setitem(shop.config, "MAX_CONTENT_LENGTH", 100)
    answer = browse(keeper(*EVERY), "/sales/toys/new/", "post", data={"name": "x" * 200})
    assert answer.status_code == 413
    assert "That is too much at once" in answer.text


def test_the_browser_decides_the_language_of_who_has_none(browse):
    page = browse(keeper(LIST, language=""), "/sales/toys/", headers=ZH).text
    assert '<html lang="zh-Hans"' in page
    assert "跳到内容" in page
    assert '<html lang="en"' in browse(keeper(LIST, language="en"), "/sales/toys/", headers=ZH).text


@pytest.mark.parametrize(
    ("code", "catalog"),
    [("zh", "zh_Hans_CN"), ("zh-TW", "zh_Hans_CN"), ("en-GB", "en"), ("fr", None), ("", None), (None, None)],
)
def test_every_chinese_is_simplified_chinese(code, catalog):
    assert i18n.known(code) == catalog


def test_a_visitors_choice_is_kept_in_a_cookie(browse, shop):
    client = shop.test_client()
    answer = browse(
        None, "/preferences", "post", data={"language": "zh", "theme": "dark", "next": "/nowhere"}, client=client
    )
    assert (answer.status_code, answer.location) == (302, "/nowhere")
    page = browse(None, "/nowhere", client=client).text
    assert '<html lang="zh-Hans" data-bs-theme="dark">' in page
    browse(None, "/preferences", "post", data={"theme": "<script>", "language": "xx"}, client=client)
    assert 'data-bs-theme="dark"' in browse(None, "/nowhere", client=client).text


def test_static_files_are_kept_only_under_their_version(browse, shop):
    sheet = re.search(r'href="(/assets/[^"]+handoff.css)"', browse(None, "/nowhere").text).group(1)
    with browse(None, sheet) as kept:
        assert "immutable" in kept.headers["Cache-Control"]
    with browse(None, "/assets/000000000000/handoff.css") as old:
        assert (old.status_code, "immutable" in old.headers.get("Cache-Control", "")) == (200, False)
    assert browse(None, "/assets/x/../../config.py").status_code == 404


def test_an_address_added_after_the_seal_is_closed(browse, shop):
    rule = next(rule for rule in shop.url_map.iter_rules() if rule.endpoint == "sales_toys.index_view")
    known = pages.policies(shop).pop(rule.endpoint)
    try:
        assert browse(keeper(LIST), "/sales/toys/").status_code == 404
    finally:
        pages.policies(shop)[rule.endpoint] = known


def test_the_sidebar_shows_only_what_the_person_may_open(browse):
    assert 'href="/sales/toys/"' in browse(keeper(LIST), "/nowhere").text
    assert 'href="/sales/toys/"' not in browse(keeper(), "/nowhere").text
    assert browse(keeper(LIST), "/admin/").location == "/sales/toys/"


def test_the_root_leads_to_the_first_place_of_the_person(browse):
    assert browse(keeper(LIST), "/").status_code == 302
    assert browse(None, "/").location == "/sign-in?next=%2F"
