"""What is installed is exactly what was reviewed, from wherever the user installs."""

import re

import pytest

from tests.support.source import ROOT

LOCKS = ("requirements", "requirements-dev")


def direct(name):
    """Names of the packages a file asks for itself, folded as package names are."""
    lines = (ROOT / f"{name}.in").read_text().splitlines()
    wanted = (re.match(r"[A-Za-z0-9._-]+", line) for line in lines if not line.startswith(("#", "-")))
    return {re.sub(r"[-_.]+", "-", found.group()).lower() for found in wanted if found}


def locked(name):
    """Package -> its whole entry with hashes."""
    text = (ROOT / f"{name}.txt").read_text().replace("\\\n", " ")
    entries = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {re.match(r"[A-Za-z0-9._-]+", entry).group().lower(): entry for entry in entries}


@pytest.mark.promise("SD3")
@pytest.mark.parametrize("name", LOCKS)
def test_every_package_has_a_version_and_hashes(name):
    loose = [p for p, entry in locked(name).items() if "==" not in entry or "--hash=sha256:" not in entry]
    assert loose == []


@pytest.mark.promise("SD3")
@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked(name):
    assert direct(name) - set(locked(name)) == set()


@pytest.mark.parametrize("name", LOCKS)
def test_no_address_is_written_down(name):
    assert "://" not in (ROOT / f"{name}.txt").read_text()


def test_the_core_tests_need_requirements_txt_only():
    assert "pytest" in direct("requirements")
    assert direct("requirements") & direct("requirements-dev") == set()


@pytest.mark.promise("SD3")
def test_both_locks_agree_on_every_version():
    first, second = (
        {package: re.search(r"==([^\s;]+)", entry).group(1) for package, entry in locked(name).items()}
        for name in LOCKS
    )
    assert {p: (first[p], second[p]) for p in first.keys() & second.keys() if first[p] != second[p]} == {}
