"""Files as records: CSV in UTF-8, plain or gzip, streamed; joined files are held by key."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.kernel.errors import InvalidInput, Message
from app.kernel.sheets import unguarded
from app.kernel.text import N_
from app.platform.imports.mapping import PLACE, ImportMapping, Join, Table

Record = dict[str, str]
#: a field longer than this is no field of a table
FIELD_LIMIT = 131_072
CHUNK = 1 << 20


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

    def open(self, name: str) -> IO[str]:
        """The file as text."""
        path = self.path(name)
        if path.suffix == ".gz":
            return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig", newline="")
        return path.open(encoding="utf-8-sig", newline="")

    def records(self, name: str) -> Iterator[tuple[int, Record]]:
        """(number, record) of a file; the header is number 1.  Raises: InvalidInput."""
        csv.field_size_limit(FIELD_LIMIT)
        try:
            with self.open(name) as text:
                reader = csv.DictReader(text, restkey="")
                for number, record in enumerate(reader, start=2):
                    record.pop("", None)
                    yield number, {key: unguarded(value or "") for key, value in record.items()}
        except (UnicodeDecodeError, csv.Error, OSError, EOFError) as problem:
            sentence = Message(N_("%(name)s cannot be read: %(problem)s."), name=name, problem=problem)
            raise InvalidInput({"folder": sentence}) from None

    def header(self, name: str) -> list[str]:
        """Names of the columns.  Raises: InvalidInput."""
        try:
            with self.open(name) as text:
                return next(csv.reader(text), [])
        except (UnicodeDecodeError, csv.Error, OSError, EOFError) as problem:
            sentence = Message(N_("%(name)s cannot be read: %(problem)s."), name=name, problem=problem)
            raise InvalidInput({"folder": sentence}) from None


def digest_of(mapping_path: Path, mapping: ImportMapping, source: Source) -> str:
    """SHA-256 over the mapping and every file it reads."""
    found = hashlib.sha256(mapping_path.read_bytes())
    for name in mapping.files():
        with source.path(name).open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
    return found.hexdigest()


def check_columns(mapping: ImportMapping, source: Source) -> None:
    """Every column the mapping names is in its file.  Raises: InvalidInput naming all that are missing."""
    problems: dict[str, Message | str] = {}
    for table in mapping.tables:
        known = set(source.header(table.file)) if table.file else {name for row in table.rows for name in row}
        for join in table.joins:
            missing = {join.on} - known
            known |= {f"{join.name}.{column}" for column in source.header(join.file)}
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


def rows_of(table: Table, source: Source) -> Iterator[tuple[int, Record]]:
    """(record number, record with the columns of its joins as ``join.column``) of a table, filtered."""
    joined = [(join, _held(join, source)) for join in table.joins]
    given = source.records(table.file) if table.file else enumerate(map(dict, table.rows), start=1)
    for number, record in given:
        for row in _joined(record, joined):
            if _passes(row, table.where):
                yield number, row


def _held(join: Join, source: Source) -> dict[str, list[Record]]:
    held: dict[str, list[Record]] = {}
    for _, record in source.records(join.file):
        if _passes(record, join.where):
            held.setdefault(record[join.key], []).append(record)
    return held


def _joined(record: Record, joined: list[tuple[Join, dict[str, list[Record]]]]) -> Iterator[Record]:
    rows = [dict(record)]
    for join, held in joined:
        next_rows = []
        for row in rows:
            found = held.get(row.get(join.on, ""), []) if row.get(join.on) else []
            matches = found if join.many else (found[:1] or [{}])
            next_rows += [{**row, **{f"{join.name}.{key}": value for key, value in match.items()}} for match in matches]
        rows = next_rows
    yield from rows


def _passes(record: Mapping[str, str], where: Mapping[str, tuple[str, ...]]) -> bool:
    return all(record.get(column, "") in allowed for column, allowed in where.items())
