"""Counting in two units: what people write is what is meant, and what is written back reads the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.kernel.counting import Counting, parts_of

D = Decimal
BOXES = Counting("件", "箱", D(12), {"pcs": D(1), "piece": D(1), "box": D(12), "箱": D(12)})


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("3", "36"), ("3+5", "41"), ("3 + 5", "41"), ("３＋５", "41"), ("3 boxes 5 pcs", "41"), ("3 Box + 5 Pieces", "41"),
        ("3箱5件", "41"), ("3 箱 5 件", "41"), ("41 pcs", "41"), ("41件", "41"), ("0+7", "7"), ("2.5", "30"),
        ("1,000", "12000"), ("5 pcs + 3 box", "41"), ("0", "0"),
        ("", None), ("+5", None), ("3 5", None), ("1 000", None), ("3 bo", None), ("3 boxing", None), ("-3", None),
        ("3+", None), ("3++5", None), ("many", None), ("1e9", None), ("3 pallets", None), ("1,00", None),
    ],
)  # fmt: skip
def test_what_is_written_is_counted(text, base):
    assert BOXES.read(text) == (None if base is None else D(base))


@pytest.mark.parametrize(
    ("base", "written"), [("41", "3 + 5"), ("36", "3"), ("5", "5 件"), ("0", "0"), ("40.5", "3 + 4.5")]
)
def test_what_is_shown_reads_the_same(base, written):
    assert BOXES.write(D(base)) == written
    assert BOXES.read(written) == D(base)


def test_a_line_in_its_own_unit_is_a_plain_number():
    pieces = Counting("pcs")
    assert (pieces.write(D("41")), pieces.read("41"), pieces.read("41 pcs")) == ("41", D(41), D(41))
    assert parts_of(D(41), "pcs") == [(D(41), "pcs")]
    assert Counting("").read("12") == D(12)
