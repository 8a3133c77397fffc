"""The engine behind the papers."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.platform import documents
from app.platform.documents import engine
from tests.support import pdf


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder of templates registered as ``room``."""
    monkeypatch.setattr(engine, "_folders", {})
    folder = tmp_path / "room"
    folder.mkdir()
    engine.add_templates("room", folder)
    return folder


def test_typst_is_not_loaded_before_the_first_paper():
    code = "import sys, app.records.billing.documents; sys.exit('typst' in sys.modules or 'segno' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parents[3]).returncode == 0


def test_unknown_template_is_refused(room):
    (room / "known.typ").write_text("x")
    for name in ("room/unknown", "other/known", "room/../known", "room", ""):
        with pytest.raises(engine.UnknownTemplate):
            documents.render_pdf(name, {}, "en")


def test_template_reads_nothing_outside_its_folder(room):
    (room.parent / "secret.txt").write_text("the secret")
    for path in ("../secret.txt", "/../secret.txt", str(room.parent / "secret.txt")):
        (room / "nosy.typ").write_text(f'#read("{path}")')
        with pytest.raises(Exception, match=r"(?i)file not found|would escape|cannot read|access") as refused:
            documents.render_pdf("room/nosy", {}, "en")
        assert type(refused.value).__name__ == "TypstError"


def test_room_has_one_folder(room, tmp_path):
    engine.add_templates("room", room)
    with pytest.raises(ValueError, match="two folders"):
        engine.add_templates("room", tmp_path)


def test_fonts_hold_standard_characters_and_common_signs():
    assert (
        documents.missing_characters(
            "喆 镕 堃 玥 珺 㛃 𬭼 ¥ ￥ × ÷ ℃ Ø ± ② Łódź Škoda Nguyễn ΔΩ Завод « » — …　，。（）"
        )
        == set()
    )


def test_rare_characters_are_named_and_do_not_stop_the_paper(room):
    assert documents.missing_characters("王𠮷龘") == {"𠮷", "龘"}
    (room / "rare.typ").write_text("#json(bytes(sys.inputs.data)).name")
    assert pdf.pages(documents.render_pdf("room/rare", {"name": "王𠮷龘 Ltd"}, "en")) != []


def test_qr_code_is_a_drawing_with_a_quiet_zone():
    drawing = documents.qr_svg("https://handoff.example/p/abc")
    assert drawing.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert documents.qr_svg("https://handoff.example/p/abc") == drawing
    assert documents.qr_svg("https://handoff.example/p/abd") != drawing


def test_values_become_json_without_losing_a_digit():
    assert documents.plain(
        {
            "amount": Decimal("1E+3"),
            "small": Decimal("0.0000001"),
            "day": date(2026, 11, 22),
            "at": datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
            "rows": (1, None, True, "x"),
            "party": documents.Party(name="N"),
        }
    ) == {
        "amount": "1000",
        "small": "0.0000001",
        "day": "2026-11-22",
        "at": "2026-11-22T08:30:00+00:00",
        "rows": [1, None, True, "x"],
        "party": {
            **dict.fromkeys(("address", "contact", "phone", "email", "tax_id", "bank", "account"), ""),
            "name": "N",
        },
    }
    with pytest.raises(TypeError, match="float has no place"):
        documents.plain({"x": 1.5})
