"""What a reader of a PDF sees, for tests."""

from __future__ import annotations

import io

import pytest


def _reader(pdf: bytes):
    return pytest.importorskip("pypdf").PdfReader(io.BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """The text of each page, blanks and line ends folded into one blank."""
    return [" ".join(page.extract_text().split()) for page in _reader(pdf).pages]


def text(pdf: bytes) -> str:
    """The text of all pages."""
    return " ".join(pages(pdf))


def size_mm(pdf: bytes) -> tuple[int, int]:
    """Width and height of the first page."""
    box = _reader(pdf).pages[0].mediabox
    return round(float(box.width) * 25.4 / 72), round(float(box.height) * 25.4 / 72)


def fonts(pdf: bytes) -> dict[str, bool]:
    """Name of each font without the subset's prefix -> whether it is embedded."""
    found = {}
    for page in _reader(pdf).pages:
        for entry in page["/Resources"].get("/Font", {}).values():
            descendant = entry.get_object()["/DescendantFonts"][0].get_object()
            descriptor = descendant["/FontDescriptor"].get_object()
            name = descriptor["/FontName"].lstrip("/").split("+")[-1]
            found[name] = any(key.startswith("/FontFile") for key in descriptor)
    return found
