"""How records introduce themselves on a desk: the engine knows tables and ids, records know numbers and names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from app.kernel.registry import Registry

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One record in a few words."""

    number: str
    party: str = ""
    note: str = ""
    size: str = ""


#: the lines of those of the ids that the reader may see; one or two queries for all of them
Describe = Callable[[Collection[int]], Mapping[int, SubjectLine]]

_describers: Registry[Describe] = Registry("subject")


def introduce(table: str, describe: Describe) -> None:
    """Say how records of a table are shown where hand-offs are listed."""
    _describers.add(table, describe)


def described(subjects: Iterable[Subject]) -> Mapping[Subject, SubjectLine]:
    """A line for every subject; what the reader may not see, or nobody introduced, has only its number."""
    by_table: dict[str, set[int]] = defaultdict(set)
    for table, row_id in subjects:
        by_table[table].add(row_id)
    lines: dict[Subject, SubjectLine] = {}
    for table, ids in sorted(by_table.items()):
        describe = _describers.find(table)
        known = describe(ids) if describe else {}
        lines.update({(table, row_id): known.get(row_id, SubjectLine(f"#{row_id}")) for row_id in ids})
    return lines
