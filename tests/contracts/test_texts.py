"""Both languages say everything, and say it with the same values."""

import importlib.util
import subprocess
import sys

import pytest
from babel.messages.catalog import Catalog, Message

from tests.support.source import ROOT


@pytest.fixture(scope="module")
def texts():
    spec = importlib.util.spec_from_file_location("texts_under_test", ROOT / "tools/texts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_stands_in_both_catalogs():
    command = [sys.executable, "tools/texts.py", "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_check_finds_what_is_missing(texts):
    wanted = Catalog()
    wanted.add("No code says this sentence.")
    assert list(texts.flaws("zh_Hans_CN", wanted)) == ["zh_Hans_CN: 'No code says this sentence.' is missing"]


@pytest.mark.parametrize(
    ("translated", "flaw"),
    [
        ("订单 %(number)s 已确认", None),
        ("", "zh: 'Order %(number)s confirmed' is not translated"),
        ("订单已确认", "zh: 'Order %(number)s confirmed' and '订单已确认' do not name the same values"),
        ("订单 %(id)s", "zh: 'Order %(number)s confirmed' and '订单 %(id)s' do not name the same values"),
    ],
)
def test_the_check_finds_damage(texts, translated, flaw):
    found = list(texts.damage("zh", Message("Order %(number)s confirmed", translated)))
    assert found == ([flaw] if flaw else [])


def test_what_is_translated_stays_and_what_is_gone_goes(texts, monkeypatch, tmp_path):
    monkeypatch.setattr(texts, "CATALOGS", tmp_path)
    known = Catalog(locale="zh_Hans_CN", charset="utf-8")
    known.add("kept", "留下")
    known.add("gone", "离开")
    monkeypatch.setattr(texts, "read", lambda language: known)
    wanted = Catalog()
    wanted.add("kept")
    wanted.add("new")
    written = texts.written("zh_Hans_CN", wanted).decode()
    assert 'msgid "kept"\nmsgstr "留下"' in written
    assert 'msgid "new"\nmsgstr ""' in written
    assert "gone" not in written
