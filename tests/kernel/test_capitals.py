"""Amounts in Chinese capitals."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.capitals import DIGITS, rmb_capitals

PLACE = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.004", "零元整"),
        ("0.01", "壹分"),
        ("0.10", "壹角"),
        ("0.16", "壹角陆分"),
        ("1", "壹元整"),
        ("1.05", "壹元零伍分"),
        ("1.50", "壹元伍角"),
        ("10", "壹拾元整"),
        ("10.05", "壹拾元零伍分"),
        ("17.85", "壹拾柒元捌角伍分"),
        ("100.00", "壹佰元整"),
        ("105", "壹佰零伍元整"),
        ("110", "壹佰壹拾元整"),
        ("1001", "壹仟零壹元整"),
        ("1010", "壹仟零壹拾元整"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("7000.00", "柒仟元整"),
        ("10000", "壹万元整"),
        ("10001", "壹万零壹元整"),
        ("10500", "壹万零伍佰元整"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100000", "壹拾万元整"),
        ("101000", "壹拾万壹仟元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("386400", "叁拾捌万陆仟肆佰元整"),
        ("1000001", "壹佰万零壹元整"),
        ("20003000", "贰仟万叁仟元整"),
        ("100000000", "壹亿元整"),
        ("100000005", "壹亿零伍元整"),
        ("100010000", "壹亿零壹万元整"),
        ("100200000", "壹亿零贰拾万元整"),
        ("1010010001.01", "壹拾亿壹仟零壹万零壹元零壹分"),
        ("123456789012.34", "壹仟贰佰叁拾肆亿伍仟陆佰柒拾捌万玖仟零壹拾贰元叁角肆分"),
        ("1000000000000", "壹万亿元整"),
        ("1000000000001", "壹万亿零壹元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("1234500000000", "壹万贰仟叁佰肆拾伍亿元整"),
        ("1000010000000", "壹万亿零壹仟万元整"),
        ("-3720", "负叁仟柒佰贰拾元整"),
        ("2.345", "贰元叁角伍分"),
        ("9999999999999999.99", "玖仟玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ],
)
def test_amount_in_words(amount, words):
    assert rmb_capitals(Decimal(amount)) == words


def test_refuses_what_has_no_wording():
    with pytest.raises(ValueError, match="no capital wording"):
        rmb_capitals(Decimal(10) ** 16)


def _read(words: str) -> Decimal:
    """The amount a reader understands; an independent way back."""
    yuan, _, rest = words.rpartition("元") if "元" in words else ("", "", words)
    total = section = digit = 0
    high = 0
    for sign in yuan:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign in PLACE:
            section += digit * PLACE[sign]
            digit = 0
        elif sign == "万":
            total += (section + digit) * 10_000
            section = digit = 0
        elif sign == "亿":
            high = (total + section + digit) * 100_000_000
            total = section = digit = 0
    value = Decimal(high + total + section + digit)
    for sign in rest:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        elif sign == "角":
            value += Decimal(digit) / 10
        elif sign == "分":
            value += Decimal(digit) / 100
    return value


@given(st.decimals(min_value=0, max_value=Decimal("9999999999999999.99"), places=2, allow_nan=False))
def test_reading_the_words_gives_the_amount_back(amount):
    words = rmb_capitals(amount)
    assert _read(words) == amount
    assert "零零" not in words
    assert "零元" not in words or amount < 1
