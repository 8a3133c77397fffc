"""What a phone reads when it is held over a code."""

from __future__ import annotations

import re

import pytest

SIDE = 6  #: pixels of one module, about what a camera sees of a printed code

_step = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")


def scanned(drawing: str) -> str:
    """The text behind a QR code given as the SVG that goes on paper."""
    zxing = pytest.importorskip("zxingcpp")
    (code,) = zxing.read_barcodes(_pixels(drawing))
    return code.text


def _pixels(drawing: str) -> memoryview:
    """Grey values, one byte a pixel; the drawing is one line of strokes, each a row of modules high."""
    width = int(re.search(r'width="(\d+)"', drawing).group(1))
    rows = [bytearray(b"\xff" * width * SIDE) for _ in range(width)]
    x, y = 0.0, 0.0
    for command, first, second in _step.findall(re.search(r' d="([^"]+)"', drawing).group(1)):
        if command == "h":
            start = int(x) * SIDE
            length = int(float(first)) * SIDE
            rows[int(y)][start : start + length] = bytes(length)
            x += float(first)
        else:
            x, y = (0.0, 0.0) if command == "M" else (x, y)
            x, y = x + float(first), y + float(second)
    return memoryview(b"".join(bytes(row) for row in rows for _ in range(SIDE))).cast("B", (width * SIDE, width * SIDE))
