"""Amounts in the capital numerals that Chinese papers carry beside the figures, so that no digit can be altered."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万")  # the fourth group counts ten thousands of 亿
CENT = Decimal("0.01")
#: the first amount that has no accepted wording here: ten thousand times ten to the twelfth
LIMIT = Decimal(10) ** 16


def _group(number: int) -> str:
    """1..9999 in words, a run of inner zeros said once, no leading or trailing zero."""
    words = ""
    zero = False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if zero and words else "") + DIGITS[digit] + PLACES[place]
        zero = digit == 0
    return words


def _whole(yuan: int) -> str:
    """The yuan part: groups of four digits, a 零 wherever digits are missing between two spoken ones."""
    groups = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    words = ""
    gap = False
    for index in range(len(groups) - 1, -1, -1):
        group = groups[index]
        if not group:
            gap = bool(words)
            if index == 2 and words:  # ten thousands of 亿 keep their 亿 although its own four digits are zero
                words += "亿"
            continue
        if words and (gap or group < 1_000):
            words += "零"
        words += _group(group) + GROUPS[index]
        gap = False
    return words


def rmb_capitals(amount: Decimal) -> str:
    """A renminbi amount in capitals: 1,409.50 is 壹仟肆佰零玖元伍角.

    Rounded half up to the cent first. 整 closes an amount that ends at yuan (after 角 it may be left out, and is);
    a 零 is said once for each run of missing places between two spoken ones; a negative amount begins with 负.
    Raises: ValueError from 10,000,000,000,000,000 on, where the wording is no longer agreed.
    Source: the rules for filling in settlement vouchers of the People's Bank of China.
    """
    cents = abs(amount).quantize(CENT, rounding=ROUND_HALF_UP)
    if cents >= LIMIT:
        raise ValueError(f"no capital wording for {amount}")
    yuan, rest = divmod(int(cents * 100), 100)
    jiao, fen = divmod(rest, 10)
    if not yuan and not rest:
        return "零元整"
    words = _whole(yuan) + "元" if yuan else ""
    if jiao:
        words += DIGITS[jiao] + "角"
    if fen:
        words += ("零" if yuan and not jiao else "") + DIGITS[fen] + "分"
    if not rest:
        words += "整"
    return ("负" if amount < 0 else "") + words
