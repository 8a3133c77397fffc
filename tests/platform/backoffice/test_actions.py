"""Buttons: one row or many, a step of their own where words are needed, a result for each row."""

import pytest
import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.platform.access import everything
from app.platform.backoffice.actions import MOST_ROWS
from app.platform.db import run, session
from tests.platform.backoffice import toys
from tests.platform.backoffice.toys import EVERY, keeper

SELL, RETURN = "/sales/toys/action/sell/", "/sales/toys/action/return/"


def sold(*codes):
    def use_case(_actor):
        for row in session.scalars(sa.select(toys.Toy).where(toys.Toy.code.in_(codes))):
            row.state = toys.ToyState.GONE

    run(use_case, everything("test", ActorKind.SYSTEM, "test"))


def test_one_row_goes_back_to_its_page(browse, toy):
    mine = toy("M1").id
    answer = browse(keeper(*EVERY), SELL, "post", data={"id": mine})
    assert (answer.status_code, answer.location) == (302, f"/sales/toys/{mine}/")
    assert toy("M1").state is toys.ToyState.GONE


@pytest.mark.promise("AZ4")
def test_many_rows_get_a_result_each(browse, toy):
    sold("M2")
    ids = [toy(code).id for code in ("M1", "M2", "M3")]
    answer = browse(keeper(*EVERY), SELL, "post", data={"id": ids})
    assert answer.status_code == 200
    assert "2 of 3 done" in answer.text
    assert "M2 is gone already." in answer.text
    assert [toy(code).state.value for code in ("M1", "M2", "M3")] == ["gone", "gone", "gone"]


def test_a_refused_single_row_says_why(browse, toy):
    sold("M1")
    answer = browse(keeper(*EVERY), SELL, "post", data={"id": toy("M1").id})
    assert answer.status_code == 409
    assert "M1 is gone already." in answer.text


def test_an_action_with_a_form_asks_first(browse, toy):
    sold("M1")
    actor, mine = keeper(*EVERY), toy("M1").id
    assert 'name="reason"' in browse(actor, f"{RETURN}?id={mine}").text
    from_the_list = browse(actor, RETURN, "post", data={"id": mine})
    assert (from_the_list.status_code, 'name="reason"' in from_the_list.text) == (200, True)
    assert "Please" not in from_the_list.text
    empty = browse(actor, RETURN, "post", data={"id": mine, "_go": "1", "reason": " "})
    assert (empty.status_code, 'id="f-reason-error"' in empty.text) == (422, True)
    assert toy("M1").state is toys.ToyState.GONE
    assert browse(actor, RETURN, "post", data={"id": mine, "_go": "1", "reason": "broken"}).status_code == 302
    assert (toy("M1").state, toy("M1").note) == (toys.ToyState.ON_SALE, "broken")


def test_a_button_shows_only_where_it_makes_sense(browse, toy):
    mine = toy("M1").id
    assert RETURN not in browse(keeper(*EVERY), f"/sales/toys/{mine}/").text
    sold("M1")
    assert RETURN in browse(keeper(*EVERY), f"/sales/toys/{mine}/").text


@pytest.mark.promise("AZ4")
def test_no_row_and_too_many_rows_are_told(browse):
    assert browse(keeper(*EVERY), SELL, "post").status_code == 422
    answer = browse(keeper(*EVERY), SELL, "post", data={"id": [str(n) for n in range(1, MOST_ROWS + 2)]})
    assert answer.status_code == 422
    assert f"At most {MOST_ROWS} rows at once." in answer.text


def test_reading_the_step_changes_nothing(browse, toy):
    mine = toy("M1").id
    assert browse(keeper(*EVERY), f"{SELL}?id={mine}").status_code == 200
    assert toy("M1").state is toys.ToyState.DRAFT
