"""Every pair of colours the components use is readable, in light and dark."""

import re

import pytest

from tests.support.source import ROOT

CSS = (ROOT / "app/platform/backoffice/styles/tokens.css").read_text()
GROUNDS = ("surface", "canvas", "sunken", "hover", "selected")
MEANINGS = ("ok", "waiting", "warning", "breach", "info")
DEPARTMENTS = ("sales", "purchasing", "warehouse", "logistics", "finance", "other")
TEXTS = ("text", "text-2", "text-3", "accent-text")

PAIRS = [(text, ground, 4.5) for text in TEXTS for ground in GROUNDS]
PAIRS += [("on-accent", "accent", 4.5), ("on-accent", "accent-hover", 4.5)]
PAIRS += [("control", "surface", 3), ("control", "canvas", 3)]
PAIRS += [(f"{m}-text", ground, 4.5) for m in MEANINGS for ground in (f"{m}-tint", "surface", "selected")]
PAIRS += [(f"on-{m}", m, 4.5) for m in MEANINGS] + [(m, "surface", 3) for m in MEANINGS]
PAIRS += [(text, f"{m}-tint", 4.5) for text in ("text", "text-2") for m in MEANINGS]
PAIRS += [("on-dept", f"dept-{d}", 4.5) for d in DEPARTMENTS]


def block(selector):
    start = CSS.index(selector)
    return dict(re.findall(r"--ho-([\w-]+): (#[0-9a-f]{6})", CSS[start : CSS.index("}", start)]))


THEMES = {"light": block('[data-bs-theme="light"] {'), "dark": block('[data-bs-theme="dark"] {')}


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_every_pair_has_enough_contrast(theme):
    colours = THEMES[theme]
    weak = [
        (f, b, round(ratio(colours[f], colours[b]), 2)) for f, b, need in PAIRS if ratio(colours[f], colours[b]) < need
    ]
    assert weak == []


def test_dark_by_choice_is_dark_by_system():
    assert block(":root:not([data-bs-theme]) {") == THEMES["dark"]
