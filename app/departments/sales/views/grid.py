"""The grid of order lines: rows of cells, kept as they were typed, each with its problems."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext

from app.departments.sales import parsing
from app.departments.sales.values import LineValues
from app.kernel.errors import InvalidInput
from app.platform.backoffice import sentence
from app.platform.backoffice.identifiers import parse

#: empty rows below what is there
SPARE = 3
FIRST = 6
MOST_ROWS = 1_000
NAMES = (*parsing.CELLS, "part", "source", "id")


@dataclass(slots=True)
class Row:
    """One line of the grid."""

    cells: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    doubts: dict[str, list[str]] = field(default_factory=dict)  #: what somebody with the right may let pass

    def blame(self, cell: str, words: str) -> None:
        """Say what is wrong with a cell."""
        self.errors.setdefault(parsing.CELL_OF.get(cell, cell), []).append(words)

    @property
    def words(self) -> list[str]:
        """All problems of the row."""
        return [text for texts in self.errors.values() for text in texts]


@dataclass(slots=True)
class Grid:
    """All rows, and what is wrong with the order as a whole."""

    rows: list[Row] = field(default_factory=list)
    general: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many problems there are."""
        return len(self.general) + sum(len(row.words) for row in self.rows)

    def padded(self) -> list[Row]:
        """With empty rows to write into."""
        return [*self.rows, *(Row() for _ in range(max(SPARE, FIRST - len(self.rows))))]


def posted() -> Grid:
    """What was typed; rows without a word are left out."""
    columns = {name: request.form.getlist(f"line-{name}")[:MOST_ROWS] for name in NAMES}
    count = max(len(texts) for texts in columns.values())
    rows = [Row({name: texts[at] if at < len(texts) else "" for name, texts in columns.items()}) for at in range(count)]
    return Grid([row for row in rows if not parsing.is_blank(row.cells)])


def of_lines(lines: Iterable[LineValues]) -> Grid:
    """The grid of a draft."""
    return Grid([Row({**parsing.cells_of(line), "id": str(line.line_id or "")}) for line in lines])


def values(grid: Grid) -> list[LineValues] | None:
    """The rows as plain values; None when a cell cannot be read, which is then blamed."""
    found: list[LineValues] = []
    for row in grid.rows:
        try:
            found.append(parsing.read_line(row.cells, line_id=parse(row.cells.get("id"))))
        except InvalidInput as refusal:
            for cell, message in refusal.fields.items():
                row.blame(cell, sentence(message))
    return found if not any(row.errors for row in grid.rows) else None


def refuse(grid: Grid, refusal: InvalidInput) -> dict[str, Any]:
    """Put each sentence at its cell; gives those that belong to the header."""
    others: dict[str, Any] = {}
    for path, message in refusal.fields.items():
        head, _, rest = path.partition(".")
        position, _, cell = rest.partition(".")
        if head == "lines" and position.isdigit() and 0 < int(position) <= len(grid.rows):
            grid.rows[int(position) - 1].blame(cell, sentence(message))
        elif head == "lines":
            grid.general.append(sentence(message))
        else:
            others[path] = message
    return others


def differences(changes: Mapping[str, tuple[Any, Any]]) -> list[tuple[str, str, str]]:
    """A conflict as rows of a table: what, saved by the other, entered by you."""
    return [(_named(name), _shown(now), _shown(yours)) for name, (now, yours) in changes.items() if name != "version"]


def _named(path: str) -> str:
    head, _, rest = path.partition(".")
    if head == "lines":
        position, _, cell = rest.partition(".")
        return gettext("Line %(position)s", position=position) + (f" · {_word(cell)}" if cell else "")
    return _word(head)


def _word(name: str) -> str:
    from app.platform.backoffice.labels import label_of

    return str(label_of(name, {}))


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(str(value.get(name) or "") for name in ("product_code", "quantity", "unit")).strip()
    return "–" if value is None or value == "" else str(getattr(value, "value", value))
