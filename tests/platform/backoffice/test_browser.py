"""What only a browser shows: no refused script or style, keys, ticking, the record picker, no sideways scrolling."""

import threading

import pytest
from sqlalchemy.orm import close_all_sessions
from werkzeug.serving import make_server

from app.kernel.actor import ActorKind
from app.platform.access import User, everything
from app.platform.db import db, run, session
from tests.platform.backoffice.conftest import fill
from tests.platform.backoffice.toys import EVERY, keeper

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.slow]
WIDTHS = (320, 390, 768, 820, 1024, 1280, 1920)


def add_keeper(_actor):
    user = User(login="kim", name="Kim")
    session.add(user)
    session.flush()
    return user


@pytest.fixture(scope="module")
def address(shop_house):
    """The shop, served for real: one keeper, three toys of his own."""
    with shop_house.app_context():
        fill()
        user = run(add_keeper, everything("test", ActorKind.SYSTEM, "test"))
        db.session.remove()
    shop_house.config["WTF_CSRF_ENABLED"] = True
    shop_house.extensions["acting"] = keeper(
        *EVERY, user_id=user.id, scope="all", margin="w", language="en", timezone="Asia/Shanghai"
    )
    server = make_server("127.0.0.1", 0, shop_house, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    shop_house.extensions["acting"] = None
    close_all_sessions()


@pytest.fixture
def page(chromium, address):
    context = chromium.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    made = context.new_page()
    made.complaints = []
    made.on("console", lambda message: made.complaints.append(message.text) if message.type == "error" else None)
    made.on("pageerror", lambda error: made.complaints.append(str(error)))
    yield made
    assert made.complaints == []
    context.close()


def test_keys_move_tick_and_open(page):
    page.goto("/sales/toys/")
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    assert page.locator("[data-count]").inner_text() == "1 selected"
    page.locator("input[name=id]").nth(2).click(modifiers=["Shift"])
    assert page.locator("tr[aria-selected=true]").count() == 2
    page.keyboard.press("Escape")
    page.locator("body").click(position={"x": 600, "y": 700})
    page.keyboard.press("Enter")
    page.wait_for_url("**/sales/toys/*/")
    page.keyboard.press("e")
    page.wait_for_url("**/edit/")


def test_sorting_swaps_the_list_and_keeps_it_alive(page):
    page.goto("/sales/toys/")
    page.locator("thead a", has_text="Price").click()
    page.wait_for_url("**/?sort=price")
    assert page.locator("th[aria-sort=ascending]").inner_text() == "Price ↑"
    page.locator("input[name=id]").first.click()
    assert page.locator("[data-bulk]").is_visible()


def test_a_record_is_picked_with_the_keyboard(page):
    page.goto("/sales/toys/new/")
    text = page.get_by_role("combobox", name="Shop")
    text.fill("mi")
    page.get_by_role("option", name="Mine").wait_for()
    assert text.get_attribute("aria-expanded") == "true"
    text.press("ArrowDown")
    text.press("Enter")
    assert text.input_value() == "Mine"
    assert page.locator("input[name=shop_id]").input_value().isdigit()
    text.press("End")
    text.type("x")
    assert page.locator("input[name=shop_id]").input_value() == ""
    page.on("dialog", lambda dialog: dialog.accept())


def test_the_theme_changes_at_once_and_stays(page):
    page.goto("/sales/toys/")
    page.locator("summary[aria-label=Theme]").click()
    with page.expect_response("**/preferences") as answer:
        page.locator("form[data-theme-form] button[value=dark]").click()
    assert answer.value.status == 204
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


def test_the_drawer_opens_and_closes(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/sales/toys/")
    assert not page.locator("#nav").is_visible()
    page.locator(".ho-burger").click()
    assert page.locator("#nav").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#nav").is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/sales/toys/")
    first = page.locator("a.ho-idlink").first.get_attribute("href")
    for path in ("/sales/toys/", "/sales/toys/new/", first, f"{first}edit/", f"{first}delete/"):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, wide) == (path, 0)
