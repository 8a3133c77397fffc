"""Files as columns of texts: CSV in UTF-8, plain or gzip, streamed in blocks; joined files are held by key."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Protocol

from app.kernel.errors import InvalidInput, Message
from app.kernel.sheets import unguarded
from app.kernel.text import N_
from app.platform.imports.mapping import PLACE, ImportMapping, Join, Table

#: a field longer than this is no field of a table
FIELD_LIMIT = 131_072
CHUNK = 1 << 20
BLOCK = 2_500


class Files(Protocol):
    """Where the files of a mapping come from."""

    def rows(self, name: str) -> Iterator[list[str]]:
        """The rows of a file that hold anything, first its headings.  Raises: InvalidInput."""

    def contents(self, name: str) -> Iterator[bytes]:
        """All of a file, for its digest.  Raises: InvalidInput."""


@dataclass(frozen=True, slots=True)
class Source:
    """A folder with the files of a mapping."""

    folder: Path

    def path(self, name: str) -> Path:
        """The file, which lies in the folder.  Raises: InvalidInput."""
        path = (self.folder / name).resolve()
        if not path.is_relative_to(self.folder.resolve()):
            raise InvalidInput({"folder": Message(N_("%(name)s lies outside the folder."), name=name)})
        if not path.is_file():
            raise InvalidInput({"folder": Message(N_("There is no file %(path)s."), path=path)})
        return path

    def _open(self, name: str) -> IO[str]:
        path = self.path(name)
        if path.suffix == ".gz":
            return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
        return path.open(encoding="utf-8-sig", newline="")

    def rows(self, name: str) -> Iterator[list[str]]:
        """The rows of a file that hold anything, first its headings.  Raises: InvalidInput."""
        csv.field_size_limit(FIELD_LIMIT)
        try:
            with self._open(name) as text:
                for row in csv.reader(text):
                    if row:
                        yield list(map(unguarded, row))
        except (UnicodeDecodeError, csv.Error, OSError, EOFError) as problem:
            sentence = Message(N_("%(name)s cannot be read: %(problem)s."), name=name, problem=problem)
            raise InvalidInput({"folder": sentence}) from None

    def contents(self, name: str) -> Iterator[bytes]:
        """All of a file, for its digest.  Raises: InvalidInput."""
        with self.path(name).open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk


def digest_of(mapping_path: Path, mapping: ImportMapping, source: Files) -> str:
    """SHA-256 over the mapping and every file it reads."""
    found = hashlib.sha256(mapping_path.read_bytes())
    for name in mapping.files():
        for chunk in source.contents(name):
            found.update(chunk)
    return found.hexdigest()


def check_columns(mapping: ImportMapping, source: Files) -> None:
    """Every column the mapping names is in its file.  Raises: InvalidInput naming all that are missing."""
    problems: dict[str, Message | str] = {}
    for table in mapping.tables:
        known = set(_header(source, table.file)) if table.file else {name for row in table.rows for name in row}
        for join in table.joins:
            missing = {join.on} - known
            known |= {f"{join.name}.{column}" for column in _header(source, join.file)}
            if f"{join.name}.{join.key}" not in known:
                missing.add(f"{join.name}.{join.key}")
            _name_missing(problems, f"tables.{table.number}.joins.{join.name}", missing)
        for column in table.columns:
            wanted = {name for template in column.templates for name in PLACE.findall(template)}
            wanted |= {name for name in (column.not_before, column.divide_by) if name}
            _name_missing(problems, f"tables.{table.number}.columns.{column.field}", wanted - known)
        _name_missing(problems, f"tables.{table.number}.key", set(PLACE.findall(table.key)) - known)
        _name_missing(problems, f"tables.{table.number}.where", set(table.where) - known)
    if problems:
        raise InvalidInput(problems)


def _name_missing(problems: dict[str, Message | str], place: str, missing: set[str]) -> None:
    if missing:
        problems[place] = Message(N_("The file has no column %(names)s."), names=", ".join(sorted(missing)))


def _header(source: Files, name: str) -> list[str]:
    return next(source.rows(name), [])


@dataclass(slots=True)
class Block:
    """Some records of a table, by column. ``numbers`` are their places in the file; the headings are number 1."""

    numbers: list[int]
    columns: dict[str, Sequence[str]]

    def picked(self, places: Sequence[int]) -> Block:
        """The records at these places, in this order; one may come several times."""
        return Block(
            [self.numbers[place] for place in places],
            {name: [column[place] for place in places] for name, column in self.columns.items()},
        )

    def column(self, name: str) -> Sequence[str]:
        """A column; empty texts where the file has none of this name."""
        return self.columns.get(name) or [""] * len(self.numbers)


def blocks_of(table: Table, source: Files) -> Iterator[Block]:
    """The records of a table with the columns of its joins as ``join.column``, filtered. Only columns that are used."""
    wanted = _wanted(table)
    held = [(join, *_held(join, source, wanted)) for join in table.joins]
    for block in _plain_blocks(table, source, wanted):
        found = _complete(block, held)
        if table.where:
            found = found.picked([place for place in range(len(found.numbers)) if _passes(found, place, table.where)])
        if found.numbers:
            yield found


def _wanted(table: Table) -> set[str]:
    """Every column that anything of the table reads."""
    texts = [table.key, *(template for column in table.columns for template in column.templates)]
    names = {name for text in texts for name in PLACE.findall(text)}
    names |= {name for column in table.columns for name in (column.not_before, column.divide_by) if name}
    return names | {join.on for join in table.joins} | set(table.where)


def _plain_blocks(table: Table, source: Files, wanted: set[str]) -> Iterator[Block]:
    if not table.file:
        columns = {name: [row.get(name, "") for row in table.rows] for name in wanted}
        yield Block(list(range(1, len(table.rows) + 1)), dict(columns))
        return
    rows = source.rows(table.file)
    header = next(rows, [])
    used = {name: place for place, name in enumerate(header) if name in wanted}
    number = 2
    while chunk := list(islice(rows, BLOCK)):
        by_place = _by_column(chunk, len(header))
        yield Block(list(range(number, number + len(chunk))), {name: by_place[place] for name, place in used.items()})
        number += len(chunk)


def _by_column(rows: Sequence[list[str]], width: int) -> list[tuple[str, ...]]:
    """Short rows end with empty texts."""
    whole = [row if len(row) >= width else [*row, *[""] * (width - len(row))] for row in rows]
    return list(zip(*whole, strict=False)) if whole else []


def _held(join: Join, source: Files, wanted: set[str]) -> tuple[list[str], dict[str, list[tuple[str, ...]]]]:
    """(columns of the other file that are used, its records by key)."""
    rows = source.rows(join.file)
    places = {name: place for place, name in enumerate(next(rows, []))}
    names = [name for name in places if f"{join.name}.{name}" in wanted]
    held: dict[str, list[tuple[str, ...]]] = {}

    def value(row: Sequence[str], name: str) -> str:
        place = places.get(name, len(row))
        return row[place] if place < len(row) else ""

    for row in rows:
        if all(value(row, name) in allowed for name, allowed in join.where.items()):
            held.setdefault(value(row, join.key), []).append(tuple(value(row, name) for name in names))
    return names, held


def _complete(block: Block, held: Sequence[tuple[Join, list[str], dict[str, list[tuple[str, ...]]]]]) -> Block:
    for join, names, records in held:
        block = _joined(block, join, names, records)
    return block


def _joined(block: Block, join: Join, names: Sequence[str], held: Mapping[str, list[tuple[str, ...]]]) -> Block:
    keys = block.column(join.on)
    if join.many:
        found = [held.get(key, []) if key else [] for key in keys]
        block = block.picked([place for place, matches in enumerate(found) for _ in matches])
        records = [match for matches in found for match in matches]
    else:
        nothing = [("",) * len(names)]
        records = [(held.get(key, nothing) if key else nothing)[0] for key in keys]
    for place, name in enumerate(names):
        block.columns[f"{join.name}.{name}"] = [record[place] for record in records]
    return block


def _passes(block: Block, place: int, where: Mapping[str, tuple[str, ...]]) -> bool:
    return all(block.column(name)[place] in allowed for name, allowed in where.items())
