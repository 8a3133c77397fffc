"""Numbers, times and pieces as people read them, in both languages and in their zone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from flask_babel import force_locale

from app.kernel import clock
from app.platform.backoffice import format as shown
from app.platform.backoffice import html
from tests.platform.backoffice.toys import ToyState

NOW = datetime(2026, 11, 22, 10, 42, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(app):
    with app.test_request_context("/"), clock.freeze(NOW):
        yield


@pytest.mark.parametrize(
    ("span", "en", "zh"),
    [
        (timedelta(minutes=18), "18 min", "18 分钟"),
        (timedelta(hours=2, minutes=48), "2 h 48", "2时48分"),
        (timedelta(hours=6), "6 h", "6 小时"),
        (timedelta(days=1, hours=2), "1 d 2 h", "1天2小时"),
        (timedelta(days=3), "3 d", "3 天"),
    ],
)
def test_a_span_has_at_most_two_units(span, en, zh):
    assert shown.duration(span) == en
    with force_locale("zh_Hans_CN"):
        assert shown.duration(span).replace(" ", "") == zh.replace(" ", "")


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=-20), "now"),
        (timedelta(minutes=-4), "4 min"),
        (timedelta(hours=2, minutes=48), "in 2 h 48"),
        (timedelta(days=2, hours=3), "Tue 21:42"),
        (timedelta(days=20), "12 Dec"),
        (timedelta(days=60), "21 Jan 2027"),
    ],
)
def test_near_times_are_relative_far_ones_are_dates(gap, words):
    assert shown.ago(NOW + gap) == words


def test_a_heading_says_the_whole_moment():
    assert shown.spoken(NOW) == "Sunday 22 November, 18:42"
    assert shown.clock_time(NOW) == "18:42"


def test_a_date_is_written_as_the_language_does():
    assert shown.day(date(2026, 11, 5)) == "5 Nov"
    assert shown.long_day(date(2026, 11, 27)) == "Fri 27 Nov 2026"
    with force_locale("zh_Hans_CN"):
        assert shown.day(date(2027, 1, 5)) == "2027年1月5日"


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("1234567.5", "CNY", "1,234,567.50"),
        ("0.35", "CNY", "0.35"),
        ("0.0035", "CNY", "0.0035"),
        ("1500", "JPY", "1,500"),
        ("-3", "USD", "-3.00"),
    ],
)
def test_an_amount_has_its_currencys_decimals(value, currency, text):
    assert shown.amount(Decimal(value), currency) == text


@pytest.mark.parametrize(("value", "text"), [("1200.000", "1,200"), ("2.5", "2.5"), ("-0.5", "-0.5"), ("0", "0")])
def test_a_quantity_has_as_many_decimals_as_it_needs(value, text):
    assert shown.number(Decimal(value)) == text


@pytest.mark.parametrize(
    ("due", "css", "words"),
    [
        (timedelta(hours=3), "ok", "in 3 h"),
        (timedelta(minutes=18), "soon", "in 18 min"),
        (timedelta(hours=-1, minutes=-10), "late", "1 h 10 late"),
    ],
)
def test_the_clock_says_in_time_soon_or_late(due, css, words):
    badge = html.due_badge(NOW + due)
    assert f'class="ho-due {css}"' in badge
    assert f">{words}</time>" in badge
    assert f'datetime="{shown.iso(NOW + due)}"' in badge


def test_soon_is_also_the_last_fifth_of_the_target():
    assert "ho-due soon" in html.due_badge(NOW + timedelta(hours=3), started_at=NOW - timedelta(hours=17))
    assert "ho-due ok" in html.due_badge(NOW + timedelta(hours=3), started_at=NOW - timedelta(hours=2))


def test_paused_and_done_stop_the_clock():
    late = NOW - timedelta(hours=1)
    assert "paused 4 h" in html.due_badge(late, paused_since=NOW - timedelta(hours=4))
    assert "done in 2 h" in html.due_badge(late, completed_at=NOW, started_at=NOW - timedelta(hours=2))


def test_a_bar_never_exceeds_its_width_and_shows_a_small_shortage():
    bar = html.quantity_bar(Decimal(1000), [("picked", Decimal(995)), ("short", Decimal(5))], "995 picked, 5 short")
    assert '<rect class="q-picked" x="0.0%" width="99.5%"' in bar
    assert '<rect class="q-short" x="97.0%" width="3.0%"' in bar
    assert "<rect" not in html.quantity_bar(Decimal(0), [("picked", Decimal(5))], "nothing")


@pytest.mark.promise("OE1")
def test_what_people_typed_is_escaped_everywhere():
    bad = '"><script>'
    pieces = [
        html.person(bad), html.state_pill("draft", bad), html.money(Decimal(1), bad), html.quantity(Decimal(1), bad),
        html.dept_mark("qa", bad), html.time_tag(NOW, bad), html.quantity_bar(Decimal(1), [], bad), html.plain_text(bad),
    ]  # fmt: skip
    assert [piece for piece in pieces if "<script" in piece] == []


def test_a_word_belongs_to_its_own_enumeration():
    assert html.word("draft") == "Draft"
    assert html.word(ToyState.ON_SALE) == "On sale"
    html.tone_states({ToyState.ON_SALE: "ok"}, {ToyState.ON_SALE: "In the window"})
    assert html.word(ToyState.ON_SALE) == "In the window"
    assert html.word("on_sale") == "On sale"
    del html.TONES["ToyState.on_sale"], html.WORDS["ToyState.on_sale"]


def test_a_department_has_its_letter_in_each_language():
    assert ">S</b>" in html.dept_mark("sales")
    with force_locale("zh_Hans_CN"):
        assert ">销</b>" in html.dept_mark("sales")
    assert 'ho-mark "' in html.dept_mark("quality", "Quality")
