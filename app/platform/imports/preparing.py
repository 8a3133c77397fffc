"""Blocks of a file as staged rows: keys, texts, references and problems. Each different text is looked at once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from app.kernel.errors import Message
from app.kernel.text import N_
from app.platform.db.bulk import Remembered
from app.platform.imports.mapping import PLACE, Column, Table
from app.platform.imports.models import SPLIT
from app.platform.imports.reading import Block, Files, blocks_of
from app.platform.imports.targets import targets
from app.platform.imports.values import Unreadable, folded, is_before, value_of

KEY_LIMIT = 80


@dataclass(slots=True)
class Prepared:
    """Rows ready for staging, by column."""

    numbers: Sequence[int]
    keys: list[str]
    data: list[str]
    refs: list[list[str | None]]  #: one list per reference
    #: place -> [column, value, sentence, is an error]
    problems: dict[int, list[list[Any]]] = field(default_factory=dict)

    def blame(self, place: int, column: str, value: str, sentence: Message, *, is_error: bool = True) -> None:
        """Name a problem of a row."""
        told = [sentence.text, {name: str(given) for name, given in sentence.data.items()}]
        self.problems.setdefault(place, []).append([column, value, told, is_error])

    def is_bad(self, place: int) -> bool:
        """Whether the row cannot be applied."""
        return any(problem[3] for problem in self.problems.get(place, ()))

    def told(self, place: int) -> str | None:
        """Its problems as they are stored."""
        found = self.problems.get(place)
        return json.dumps(found, ensure_ascii=False) if found else None


def prepared(table: Table, source: Files) -> Iterator[Prepared]:
    """All rows of a table, block by block."""
    key_of = Template(table.key)
    readers = [FieldReader(column, table) for column in table.columns]
    seen: set[str] = set()
    for given in blocks_of(table, source):
        block, keys = given, key_of.texts(given)
        if table.distinct:
            fresh = [place for place, key in enumerate(keys) if not (key in seen or seen.add(key))]  # type: ignore[func-returns-value]
            block, keys = given.picked(fresh), [keys[place] for place in fresh]
        if keys:
            yield _prepare(block, keys, readers, table)


def _prepare(block: Block, keys: list[str], readers: Sequence[FieldReader], table: Table) -> Prepared:
    made = Prepared(block.numbers, keys, [], [])
    texts = [(reader, reader.read(block, made)) for reader in readers]
    for place, key in enumerate(keys):
        if not key or len(key) > KEY_LIMIT:
            made.blame(
                place, " ".join(PLACE.findall(table.key)), key[:KEY_LIMIT], Message(N_("The key is empty or too long."))
            )
            keys[place] = key[:KEY_LIMIT]
    values = [found for reader, found in texts if reader.kind is not None]
    made.data = [SPLIT.join(row) for row in zip(*values, strict=True)] if values else [""] * len(keys)
    made.refs = [[key[:KEY_LIMIT] or None for key in found] for reader, found in texts if reader.kind is None]
    return made


class Template:
    """A text with places for columns."""

    def __init__(self, template: str) -> None:
        literals = PLACE.split(template)
        self._names = literals[1::2]
        self._constant = folded(template)
        self._is_column = len(self._names) == 1 and not literals[0] and not literals[2]
        escaped = [part.replace("{", "{{").replace("}", "}}") for part in literals[::2]]
        self._fill = "{}".join(escaped).format

    def texts(self, block: Block) -> list[str]:
        """Filled in for each record, blanks folded."""
        if not self._names:
            return [self._constant] * len(block.numbers)
        columns = [block.column(name) for name in self._names]
        if self._is_column:
            return list(map(folded, columns[0]))
        return [folded(self._fill(*row)) for row in zip(*columns, strict=True)]


class FieldReader:
    """Reads one field of all rows."""

    def __init__(self, column: Column, table: Table) -> None:
        self._column = column
        self._templates = [Template(template) for template in column.templates]
        self.kind: sa.types.TypeEngine[Any] | None = (
            None if column.ref else targets.get(table.target).types()[column.field]
        )
        self._read = Remembered(self._one)
        self._is_good = True

    def _one(self, given: tuple[str, str] | str) -> str | Unreadable:
        text, divisor = given if isinstance(given, tuple) else (given, "")
        try:
            return value_of(self._column, self.kind, text, divisor)
        except Unreadable as problem:
            self._is_good = False
            return problem

    def read(self, block: Block, made: Prepared) -> list[str]:
        """Texts to stage; problems are named in ``made``."""
        column, given = self._column, self._texts(block)
        wanted: Any = given if not column.divide_by else list(zip(given, block.column(column.divide_by), strict=True))
        found = list(map(self._read.__getitem__, wanted))
        if not self._is_good:
            for place, result in enumerate(found):
                if isinstance(result, Unreadable):
                    made.blame(place, column.field, given[place], result.sentence)
                    found[place] = ""
        if column.not_before:
            for place, other in enumerate(block.column(column.not_before)):
                if is_before(found[place], other):
                    sentence = Message(N_("Before the date of its order: left empty."))
                    made.blame(place, column.field, given[place], sentence, is_error=False)
                    found[place] = ""
        return found

    def _texts(self, block: Block) -> list[str]:
        if not self._templates:
            return [""] * len(block.numbers)
        texts = self._templates[0].texts(block)
        for other in self._templates[1:]:
            texts = [first or second for first, second in zip(texts, other.texts(block), strict=True)]
        return texts
