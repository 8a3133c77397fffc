"""What is written about the code is what the code says."""

import re
import subprocess
import sys

import pytest

from tests.support.source import ROOT, tracked

PAGES = [path for path in tracked() if path.suffix == ".md"]


def test_the_generated_reference_is_current():
    """In a process of its own: what other tests register must not reach the reference."""
    command = [sys.executable, "tools/docs.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("page", PAGES, ids=[page.relative_to(ROOT).as_posix() for page in PAGES])
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [t.partition("#")[0] for t in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in t]
    assert [t for t in targets if t and not (page.parent / t).exists()] == []


def test_every_decision_is_in_the_index():
    folder = ROOT / "docs/adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    pages = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [name for name in pages if f"({name})" not in index] == []
    assert [
        name for name in pages if not (folder / name).read_text(encoding="utf-8").startswith(f"# {name[:4]} ")
    ] == []


def test_no_word_stands_twice_in_the_glossary():
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \|", (ROOT / "docs/glossary.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    words = [word.strip() for first, _ in rows for word in first.split(",") if word.strip() not in {"word", "---"}]
    assert sorted({word for word in words if words.count(word) > 1}) == []
    assert len(words) > 80
