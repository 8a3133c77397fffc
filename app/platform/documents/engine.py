"""Templates and data in, PDF out. Typst is loaded at the first paper: it costs 25 MB that only jobs should pay."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FONTS = HERE / "fonts"
#: holds the package @handoff/paper, the only thing a template can read outside its own folder
PACKAGES = HERE / "typst"

_folders: dict[str, Path] = {}


class UnknownTemplate(LookupError):
    """No room has registered a template of this name: a mistake in code, not of a person."""


def add_templates(room: str, folder: Path) -> None:
    """Make the ``.typ`` files of ``folder`` known as ``<room>/<name without suffix>``."""
    if _folders.setdefault(room, folder) != folder:
        raise ValueError(f"templates of {room} come from two folders")


def templates() -> list[str]:
    """Names of all registered templates, sorted."""
    return sorted(f"{room}/{file.stem}" for room, folder in _folders.items() for file in folder.glob("*.typ"))


def _template_file(name: str) -> Path:
    if name not in templates():
        raise UnknownTemplate(name)
    room, _, stem = name.partition("/")
    return _folders[room] / f"{stem}.typ"


def render_pdf(template: str, data: Mapping[str, Any], language: str) -> bytes:
    """A PDF/A file, the same bytes for the same input on every machine.

    template: ``<room>/<file>``.  data: JSON values; texts in it are set as they are and never read as markup.
    language: ``zh...`` sets Chinese, everything else English.
    Characters outside the fonts that ship with Handoff are taken from the fonts of the machine; only such a paper can
    look different elsewhere.  Raises: UnknownTemplate, typst.TypstError (the template and its data do not fit).
    """
    import typst

    file = _template_file(template)
    written = json.dumps(data, ensure_ascii=False, sort_keys=True)
    result = typst.Compiler(
        input=file,
        root=file.parent,
        font_paths=_fonts(with_machine=bool(missing_characters(written))),
        sys_inputs={"data": written, "language": "zh" if language.lower().startswith("zh") else "en"},
        package_path=PACKAGES,
        package_cache_path=PACKAGES,
    ).compile(format="pdf", pdf_standards="a-2u", timestamp=0)
    if not isinstance(result, bytes):
        raise TypeError(f"{template} did not become one file")
    return result


@cache
def _fonts(*, with_machine: bool) -> Any:
    import typst

    return typst.Fonts(include_system_fonts=with_machine, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _coverage() -> frozenset[int]:
    """Code points the shipped fonts hold."""

    def points() -> Iterator[int]:
        for held in (FONTS / "coverage.txt").read_text().split():
            first, _, last = held.partition("-")
            yield from range(int(first, 16), int(last or first, 16) + 1)

    return frozenset(points())


def missing_characters(text: str) -> set[str]:
    """Visible characters of ``text`` that the shipped fonts cannot show."""
    return {sign for sign in set(text) if ord(sign) not in _coverage() and sign.isprintable()}


def qr_svg(text: str) -> str:
    """A QR code as SVG, medium error correction, with the quiet zone scanners need."""
    import segno

    drawing = io.BytesIO()
    segno.make(text, error="m", micro=False).save(drawing, kind="svg", border=4, xmldecl=False, svgns=True)
    return drawing.getvalue().decode()
