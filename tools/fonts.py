"""Cut the fonts that papers are set in out of Noto Sans CJK and Noto Sans.

    python tools/fonts.py --unihan Unihan_OtherMappings.txt[.bz2] \\
        --regular NotoSansCJK-Regular.ttc --bold NotoSansCJK-Bold.ttc \\
        --latin-regular NotoSans-Regular.ttf --latin-bold NotoSans-Bold.ttf

Kept: the 8,105 characters of the Table of General Standard Chinese Characters (property kTGH of the Unihan database),
all of GB2312, Latin, punctuation, currency signs, arrows, shapes and full-width forms; from Noto Sans the accented
Latin, Greek and Cyrillic letters that Noto Sans CJK has none of. The sources are in Debian's packages unicode-data,
fonts-noto-cjk and fonts-noto-core. Needs fontTools (requirements-dev). Writes the fonts and coverage.txt, the ranges of
code points they hold; the same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import bz2
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

FONTS = Path(__file__).resolve().parent.parent / "app" / "platform" / "documents" / "fonts"
FAMILY = "Noto Sans CJK SC"
STANDARD_CHARACTERS = 8105
#: version 2.004 of the fonts; without a fixed date every run would write other bytes
BUILT_AT = "1640995200"

BLOCKS = (
    (0x0020, 0x007E),  # Latin
    (0x00A0, 0x00FF),  # Latin-1
    (0x2010, 0x206F),  # punctuation
    (0x20A0, 0x20BF),  # currency signs
    (0x2100, 0x25FF),  # letter-like signs, numbers, arrows, mathematics, enclosed numbers, shapes
    (0x2610, 0x2612),  # ballot boxes
    (0x2713, 0x2717),  # ticks
    (0x3000, 0x303F),  # Chinese punctuation
    (0xFF00, 0xFFEF),  # full-width forms
)
LETTERS = (
    (0x0100, 0x024F),  # Latin Extended-A and B
    (0x0300, 0x0304),  # combining accents
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x045F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin Extended Additional, for Vietnamese
)


def points_of(blocks: Iterable[tuple[int, int]]) -> set[int]:
    """All code points of the blocks, ends included."""
    return {point for first, last in blocks for point in range(first, last + 1)}


def standard_characters(unihan: Path) -> set[int]:
    """Code points of the Table of General Standard Chinese Characters."""
    packed = unihan.read_bytes()
    text = (bz2.decompress(packed) if unihan.suffix == ".bz2" else packed).decode()
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    found = {int(row[0].removeprefix("U+"), base=16) for row in rows if len(row) == 3 and row[1] == "kTGH"}
    if len(found) != STANDARD_CHARACTERS:
        raise SystemExit(f"{unihan} holds {len(found)} standard characters, not {STANDARD_CHARACTERS}")
    return found


def gb2312() -> Iterator[int]:
    """Code points of all rows of GB2312."""
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            text = bytes((row, cell)).decode("gb2312", errors="ignore")
            if text:
                yield ord(text)


def face(path: Path) -> TTFont:
    """The simplified Chinese face of a font file or collection."""
    if path.suffix != ".ttc":
        return TTFont(path, recalcTimestamp=False)
    names = [font["name"].getDebugName(1) for font in TTCollection(path, lazy=True).fonts]
    return TTFont(path, fontNumber=names.index(FAMILY), recalcTimestamp=False)


def cut(source: Path, target: Path, wanted: Iterable[int]) -> set[int]:
    """Write the part of ``source`` that shows ``wanted``; gives the code points it really holds."""
    options = Options()
    options.layout_features = ["kern", "mark"]  # 'locl' would pull in the Japanese and Korean shapes
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    options.name_languages = [0x409]
    font = face(source)
    cutter = Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    font.save(target)
    return set(font.getBestCmap())


def ranges(points: list[int]) -> Iterator[str]:
    """Sorted code points as ``4E00-4E03`` or ``4E07``."""
    first = last = points[0]
    for point in [*points[1:], -1]:
        if point == last + 1:
            last = point
            continue
        yield f"{first:04X}" if first == last else f"{first:04X}-{last:04X}"
        first = last = point


def main() -> None:
    """Read the arguments, write the folder of fonts."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("unihan", "regular", "bold", "latin-regular", "latin-bold"):
        reader.add_argument(f"--{name}", type=Path, required=True)
    arguments = reader.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = BUILT_AT
    wanted = standard_characters(arguments.unihan) | set(gb2312()) | points_of(BLOCKS)
    FONTS.mkdir(parents=True, exist_ok=True)
    regular = cut(arguments.regular, FONTS / "NotoSansCJKsc-Regular.otf", wanted)
    bold = cut(arguments.bold, FONTS / "NotoSansCJKsc-Bold.otf", wanted)
    letters = points_of(LETTERS) - regular
    latin = cut(arguments.latin_regular, FONTS / "NotoSans-Regular.ttf", letters)
    latin_bold = cut(arguments.latin_bold, FONTS / "NotoSans-Bold.ttf", letters)
    if regular != bold or latin != latin_bold:
        raise SystemExit("the two weights do not hold the same characters")
    held = list(ranges(sorted(regular | latin)))
    rows = (" ".join(held[start : start + 10]) for start in range(0, len(held), 10))
    (FONTS / "coverage.txt").write_text("\n".join(rows) + "\n")
    print(f"{len(regular | latin)} characters in {FONTS}")


if __name__ == "__main__":
    main()
