"""Every promise of docs/security.md is proved by a test that names it, or the page says why not yet."""

import ast
import re
from collections import defaultdict

from tests.support.source import ROOT, dotted, nodes, python_files, where

PAGE = ROOT / "docs/security.md"
GROUPS = {
    "AU": 8, "SE": 7, "AZ": 13, "IV": 6, "OE": 5, "AL": 7, "CO": 8, "DU": 6, "MI": 4, "SD": 4, "LG": 2, "DS": 5,
}  # fmt: skip
EVERY = [f"{group}{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]
NOT_YET = "Not yet:"


def named_by_tests():
    """Promise -> files with a test that carries ``pytest.mark.promise`` with its id."""
    found = defaultdict(set)
    for path in python_files("tests"):
        for node in nodes(path):
            if isinstance(node, ast.Call) and dotted(node.func) == "pytest.mark.promise":
                for argument in node.args:
                    found[ast.literal_eval(argument)].add(where(path))
    return found


def rows():
    """Promise -> (what is promised, its limit, how it is tested)."""
    found = re.findall(
        r"^\| ([A-Z]{2}\d+) \| ([^|]+) \| ([^|]*) \| ([^|]+) \|$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert len(found) == len({row[0] for row in found})
    return {key: (promise.strip(), limit.strip(), tested.strip()) for key, promise, limit, tested in found}


def test_every_promise_is_proved_or_says_why_not_yet():
    tested, page = named_by_tests(), rows()
    assert sorted(set(EVERY) - set(page)) == []
    assert sorted(set(tested) - set(page)) == []
    unproved = {key for key in page if not tested[key]}
    excused = {key for key, (_, _, how) in page.items() if NOT_YET in how}
    assert sorted(unproved - excused) == []
    reasons = [key for key in excused if len(page[key][2].partition(NOT_YET)[2].split()) < 4]
    assert reasons == []


def test_the_page_leads_to_the_tests_that_name_the_promise():
    tested = named_by_tests()
    wrong = []
    for key, (_, _, how) in rows().items():
        linked = {target.removeprefix("../") for target in re.findall(r"\]\((\.\./tests/[^)]+)\)", how)}
        wrong += [f"{key}: {target}" for target in linked - tested[key]]
        if tested[key] and not linked:
            wrong.append(f"{key}: no link to {sorted(tested[key])}")
    assert wrong == []
