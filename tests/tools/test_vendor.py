"""What the browser gets is what was reviewed: every vendored file has its hash, and the one sheet its sources."""

import importlib.util
import json
import re

import pytest

from tests.support.source import ROOT

STATIC = ROOT / "app" / "static"


def vendor():
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "tools" / "vendor.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.promise("SD3")
def test_every_vendored_file_has_its_hash():
    tool = vendor()
    listed = json.loads((STATIC / "vendor.json").read_text())["files"]
    found = {path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").rglob("*") if path.is_file()}
    assert found | {"handoff.css"} == set(listed)
    assert {name: tool.sha384((STATIC / name).read_bytes()) for name in listed} == listed


def test_the_sheet_is_made_of_its_sources():
    assert (STATIC / "handoff.css").read_bytes() == vendor().bundle()


def test_the_sheet_asks_for_nothing_a_strict_policy_refuses():
    sheet = (STATIC / "handoff.css").read_text()
    assert re.findall(r"url\(|@import|data:", sheet) == []


def test_the_lock_names_no_address():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_each_package_brings_its_licence():
    packages = json.loads((STATIC / "vendor.json").read_text())["packages"]
    assert len(list((STATIC / "vendor").glob("*/LICENSE"))) == len(packages) == 2
