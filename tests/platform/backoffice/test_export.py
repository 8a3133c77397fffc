"""The file: the same rows and fields as the list, safe in a sheet, written down before it leaves."""

import csv
import io
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from app.kernel.actor import ActorKind
from app.kernel.sheets import guarded
from app.platform.access import everything
from app.platform.db import notes, run, session
from tests.platform.backoffice import toys
from tests.platform.backoffice.toys import EVERY, keeper

PATH = "/sales/toys/export/csv/"


def rows(answer):
    text = answer.data.decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def change(code, **values):
    def use_case(_actor):
        row = session.scalars(sa.select(toys.Toy).where(toys.Toy.code == code)).one()
        for name, value in values.items():
            setattr(row, name, value)

    run(use_case, everything("test", ActorKind.SYSTEM, "test"))


@pytest.mark.promise("AZ5")
def test_the_file_holds_what_the_list_shows(browse):
    answer = browse(keeper(*EVERY), f"{PATH}?f.price.from=20&sort=code")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="sales_toys-')
    found = rows(answer)
    assert [row["Code"] for row in found] == ["M2", "M3"]
    assert found[0] == {
        "Code": "M2", "Name": "Mine 2", "State": "draft", "Price": "20", "Currency": "CNY", "Shop": "Mine", "Due": "",
        "Made on": "",
    }  # fmt: skip


@pytest.mark.promise("AZ3")
def test_a_guarded_column_needs_its_right(browse):
    assert "Margin" not in rows(browse(keeper(*EVERY), PATH))[0]
    assert rows(browse(keeper(*EVERY, margin="r"), PATH))[0]["Margin"] == "7.77"


def test_times_are_the_readers(browse):
    change("M1", due_at=datetime(2026, 11, 22, 17, tzinfo=UTC))
    found = rows(browse(keeper(*EVERY, timezone="Asia/Shanghai"), f"{PATH}?sort=code"))
    assert found[0]["Due"] == "2026-11-23 01:00:00"


@pytest.mark.promise("OE3")
@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(browse, text):
    change("M1", name=text)
    assert guarded(text) == f"'{text}"
    found = rows(browse(keeper(*EVERY), f"{PATH}?sort=code"))
    assert found[0]["Name"].startswith("'")


@pytest.mark.promise("AZ5")
def test_an_export_is_written_down(browse, monkeypatch):
    heard = []
    monkeypatch.setattr(notes, "listeners", [lambda _session, note: heard.append(note)])
    browse(keeper(*EVERY), f"{PATH}?q=m")
    assert [(note.action, note.facts["table"], note.facts["narrowed_by"]) for note in heard] == [
        ("export", "toys", "q=m")
    ]
    assert "margin" not in heard[0].facts["columns"]
