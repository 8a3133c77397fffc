import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.kernel.sheets import FORMULA_SIGNS, guarded, unguarded


@pytest.mark.promise("OE3")
@pytest.mark.parametrize("sign", FORMULA_SIGNS)
def test_a_formula_becomes_a_text(sign):
    assert guarded(f"{sign}1+1") == f"'{sign}1+1"
    assert guarded(f"'{sign}1+1") == f"''{sign}1+1"


@pytest.mark.promise("OE3")
def test_what_is_no_formula_stays():
    for text in ("", "'", "it's", "'tis", "1-1", "a=b", "中文"):
        assert (guarded(text), unguarded(text)) == (text, text)


@pytest.mark.promise("OE3")
@given(st.text(alphabet="'=+-@\t\r\n＝a1 ", max_size=6))
@example("''=1")
def test_every_text_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(FORMULA_SIGNS)
